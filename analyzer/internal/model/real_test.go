package model

import (
	"database/sql/driver"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// The real library parses these types, and so do we: both must find the same.

type UUID [16]byte

func (UUID) Value() (driver.Value, error) { return nil, nil }
func (*UUID) Scan(any) error              { return nil }

type status string

type Audit struct {
	CreatedBy string
	UpdatedBy string `gorm:"column:changed_by"`
}

type Org struct {
	ID       UUID   `gorm:"primaryKey;default:gen_random_uuid()"`
	Name     string `gorm:"unique;not null"`
	Members  []Member
	Invoices []*Invoice `gorm:"constraint:OnDelete:CASCADE"`
}

type Member struct {
	UserID int  `gorm:"primaryKey;autoIncrement:false"`
	OrgID  UUID `gorm:"primaryKey"`
	Role   status
}

type Invoice struct {
	gorm.Model
	OrgID    UUID
	Org      Org
	Number   *string `gorm:"uniqueIndex:idx_number"`
	Due      *time.Time
	Parent   *Invoice
	ParentID *uint
	Tags     []*Tag `gorm:"many2many:invoice_tags"`
	Lines    []HTTPLine
	Payee    Org `gorm:"foreignKey:PayeeRef;references:ID"`
	PayeeRef UUID
	Audit    `gorm:"embeddedPrefix:audit_"`
	Extra    map[string]string `gorm:"serializer:json"`
	Skipped  string            `gorm:"-"`
	Data     []byte
}

type HTTPLine struct {
	ID        string
	InvoiceID uint
	Amount    float64
	Paid      bool
	Only      string `gorm:"->"`
}

type Tag struct{ Id int64 }

// Batch has a key of its own beside that of its part, which it hides.
type Batch struct {
	gorm.Model
	ID   UUID `gorm:"primary_key"`
	Jobs []Job
}

type Job struct {
	gorm.Model
	Batch   *Batch
	BatchID *string
}

// Owned and Placed are parts with relations of their own.
type Owned struct {
	OrgID UUID
	Org   *Org
}

type Placed struct {
	BatchKey string
	Batch    *Batch `gorm:"foreignKey:BatchKey"`
	Tags     []Tag  `gorm:"many2many:placed_tags"`
}

type Visit struct {
	ID uint
	Owned
	Placed `gorm:"embedded;embeddedPrefix:at_"`
	Guests []Guest
}

type Guest struct {
	ID      uint
	VisitID uint
	Owned
}

func (Tag) TableName() string { return "labels" }

func TestReadsTypesAsGormDoes(t *testing.T) {
	for _, x := range []any{Org{}, Member{}, Invoice{}, HTTPLine{}, Tag{}, Batch{}, Job{}, Visit{}, Guest{}} {
		t.Run(reflect.TypeOf(x).Name(), func(t *testing.T) {
			theirs, err := schema.Parse(x, &sync.Map{}, schema.NamingStrategy{})
			require.NoError(t, err)
			ours := New([]*unit.Unit{{Models: declared(x)}}).Of(typeName(reflect.TypeOf(x)), "gorm")
			require.NotNil(t, ours)
			assert.Equal(t, theirs.Table, ours.Name)
			var names, key []string
			for _, c := range ours.Columns {
				names = append(names, c.Name)
				if c.Primary {
					key = append(key, c.Name)
				}
				f := theirs.FieldsByDBName[c.Name]
				if assert.NotNil(t, f, c.Name) {
					assert.Equal(t, f.AutoIncrement, c.Counted, c.Name)
					assert.Equal(t, f.NotNull || f.PrimaryKey, c.NotNull, c.Name)
					assert.Equal(t, !f.Creatable, c.ReadOnly, c.Name)
				}
			}
			assert.Equal(t, theirs.DBNames, names)
			var primary []string
			for _, f := range theirs.PrimaryFields {
				primary = append(primary, f.DBName)
			}
			assert.Equal(t, primary, key)
			assert.Equal(t, theirs.FieldsByDBName["deleted_at"] != nil, ours.Deleted != nil)
			for name := range theirs.Relationships.Relations {
				assert.Truef(t, strings.HasPrefix(name, "_") || ours.Relation(name) != nil, "%s", name) // it notes some the other way
			}
			for _, r := range ours.Relations {
				sameRelation(t, theirs.Relationships.Relations[r.Field], r)
			}
		})
	}
}

func sameRelation(t *testing.T, theirs *schema.Relationship, ours *Relation) {
	t.Helper()
	require.NotNil(t, theirs, ours.Field)
	kinds := map[schema.RelationshipType]Kind{schema.BelongsTo: BelongsTo, schema.HasOne: HasOne, schema.HasMany: HasMany, schema.Many2Many: ManyToMany}
	assert.Equal(t, kinds[theirs.Type], ours.Kind, ours.Field)
	var own, other []string
	for _, ref := range theirs.References {
		switch {
		case theirs.Type == schema.Many2Many:
			if ref.OwnPrimaryKey {
				own = append(own, ref.ForeignKey.DBName)
			} else {
				other = append(other, ref.ForeignKey.DBName)
			}
		case ref.OwnPrimaryKey:
			own, other = append(own, ref.PrimaryKey.DBName), append(other, ref.ForeignKey.DBName)
		default:
			own, other = append(own, ref.ForeignKey.DBName), append(other, ref.PrimaryKey.DBName)
		}
	}
	if theirs.Type == schema.Many2Many {
		assert.Equal(t, theirs.JoinTable.Table, ours.Between)
		assert.Equal(t, own, ours.OwnRefs)
		assert.Equal(t, other, ours.OthRefs)
		return
	}
	assert.Equal(t, own, ours.Own, ours.Field)
	assert.Equal(t, other, ours.Other, ours.Field)
}

// declared are the models that compile makes of a type and what it consists of.
func declared(x any) []unit.Model {
	var out []unit.Model
	seen := map[string]bool{}
	var add func(t reflect.Type)
	add = func(t reflect.Type) {
		name := typeName(t)
		if seen[name] {
			return
		}
		seen[name] = true
		m := unit.Model{Name: name, Site: unit.NoSite}
		if n, ok := reflect.New(t).Interface().(interface{ TableName() string }); ok {
			m.Method, m.Table = true, n.TableName()
		}
		var parts []reflect.Type
		for i := range t.NumField() {
			f := t.Field(i)
			field := unit.ModelField{Name: f.Name, Embedded: f.Anonymous, Tag: string(f.Tag)}
			inner := f.Type
			_, values := reflect.New(inner).Elem().Interface().(driver.Valuer)
			for !values && inner.Kind() != reflect.Struct && (inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice) {
				if inner.Kind() == reflect.Pointer {
					field.Pointer = true
				} else if inner.Elem().Kind() != reflect.Uint8 {
					field.List = true
				} else {
					break
				}
				inner = inner.Elem()
				_, values = reflect.New(inner).Elem().Interface().(driver.Valuer)
			}
			field.Type = typeName(inner)
			switch {
			case inner == reflect.TypeFor[gorm.DeletedAt]():
				field.Kind = unit.ModelDeleted
			case values:
				field.Kind = unit.ModelValue
			case field.Type == "time.Time":
				field.Kind = unit.ModelTime
			case inner.Kind() == reflect.Struct:
				field.Kind = unit.ModelStruct
				parts = append(parts, inner)
			case inner.Kind() == reflect.String:
				field.Kind = unit.ModelText
			case inner.Kind() == reflect.Bool:
				field.Kind = unit.ModelBool
			case inner.Kind() == reflect.Float64:
				field.Kind = unit.ModelFloat
			case inner.Kind() == reflect.Slice:
				field.Kind = unit.ModelBytes
			case strings.Contains(inner.Kind().String(), "int"):
				field.Kind = unit.ModelInt
			default:
				field.Kind = unit.ModelOther
			}
			m.Fields = append(m.Fields, field)
		}
		out = append(out, m)
		for _, p := range parts {
			add(p)
		}
	}
	add(reflect.TypeOf(x))
	return out
}

func typeName(t reflect.Type) string {
	if t.PkgPath() == "" {
		return t.Name()
	}
	return t.PkgPath() + "." + t.Name()
}
