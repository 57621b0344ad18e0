package gorm_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm/schema"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/reallib"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

const namingSource = `package main

import (
	"os"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"
)

var _, _, _ = os.Getenv, strings.ToUpper, schema.NamingStrategy{}

type OrgNote struct {
	ID    uint
	OrgID string
	Tags  []Label ` + "`gorm:\"many2many:NoteLabel\"`" + `
}

type Label struct{ ID uint }

func (Label) TableName() string { return "labels" }

type upper struct{ schema.NamingStrategy }

func (upper) TableName(s string) string { return strings.ToUpper(s) }

func open(d gorm.Dialector) (*gorm.DB, error) { %s }

func other(d gorm.Dialector) (*gorm.DB, error) { %s }

var db *gorm.DB

func Find(d gorm.Dialector) []OrgNote { open(d); other(d); var x []OrgNote; db.Preload("Tags").Find(&x); return x }
`

// TestFollowsTheStrategyOfAProgram holds the names against the library's own, asked with
// the strategy that the program gives it. Names that are not followed are not known.
func TestFollowsTheStrategyOfAProgram(t *testing.T) {
	const none = "return gorm.Open(d, &gorm.Config{})"
	type want struct {
		table, column, between string
	}
	as := func(ns schema.NamingStrategy) *want {
		return &want{ns.TableName("OrgNote"), ns.ColumnName("", "OrgID"), ns.JoinTableName("NoteLabel")}
	}
	noTables := &want{column: "org_id"}
	for _, c := range []struct {
		name, open, other string
		want              *want // nil if nothing is known
	}{
		{"default", none, none, as(schema.NamingStrategy{})},
		{"no option", "return gorm.Open(d)", none, as(schema.NamingStrategy{})},
		{"prefix", `return gorm.Open(d, &gorm.Config{NamingStrategy: schema.NamingStrategy{TablePrefix: "t_"}})`, "return nil, nil", as(schema.NamingStrategy{TablePrefix: "t_"})},
		{"pointer", `return gorm.Open(d, &gorm.Config{NamingStrategy: &schema.NamingStrategy{TablePrefix: "t_", SingularTable: true}})`, "return nil, nil", as(schema.NamingStrategy{TablePrefix: "t_", SingularTable: true})},
		{"no lower case", `c := &gorm.Config{}; c.NamingStrategy = schema.NamingStrategy{NoLowerCase: true}; return gorm.Open(d, c)`, "return nil, nil", as(schema.NamingStrategy{NoLowerCase: true})},
		{"twice the same", `return gorm.Open(d, &gorm.Config{NamingStrategy: schema.NamingStrategy{SingularTable: true}})`, `return gorm.Open(d, &gorm.Config{NamingStrategy: schema.NamingStrategy{SingularTable: true}})`, as(schema.NamingStrategy{SingularTable: true})},
		{"two of them", `return gorm.Open(d, &gorm.Config{NamingStrategy: schema.NamingStrategy{SingularTable: true}})`, none, noTables},
		{"two, without an option", `return gorm.Open(d, &gorm.Config{NamingStrategy: schema.NamingStrategy{SingularTable: true}})`, "return gorm.Open(d)", noTables},
		{"computed prefix", `return gorm.Open(d, &gorm.Config{NamingStrategy: schema.NamingStrategy{TablePrefix: os.Getenv("P")}})`, none, noTables},
		{"sometimes", `c := &gorm.Config{}; if os.Getenv("P") != "" { c.NamingStrategy = schema.NamingStrategy{SingularTable: true} }; return gorm.Open(d, c)`, "return nil, nil", nil},
		{"set in a helper", `c := &gorm.Config{}; set(c); return gorm.Open(d, c) }; func set(c *gorm.Config) { c.NamingStrategy = schema.NamingStrategy{SingularTable: true}`, "return nil, nil", as(schema.NamingStrategy{SingularTable: true})},
		{"replacer", `return gorm.Open(d, &gorm.Config{NamingStrategy: schema.NamingStrategy{NameReplacer: strings.NewReplacer("Org", "Tenant")}})`, "return nil, nil", nil},
		{"its own", `return gorm.Open(d, &gorm.Config{NamingStrategy: upper{}})`, "return nil, nil", nil},
		{"another case elsewhere", `return gorm.Open(d, &gorm.Config{NamingStrategy: schema.NamingStrategy{NoLowerCase: true}})`, none, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			u := reallib.Compiled(t, fmt.Appendf(nil, namingSource, c.open, c.other))
			models := model.New([]*unit.Unit{u})
			notes := models.Of("example.com/libs/golden.OrgNote", "gorm")
			if c.want == nil {
				assert.Nil(t, notes)
				assert.Nil(t, models.Diagram("gorm"))
				return
			}
			require.NotNil(t, notes)
			got := want{table: notes.Name, column: notes.Columns[1].Name}
			if r := notes.Relation("Tags"); r != nil {
				got.between = r.Between
			}
			assert.Equal(t, *c.want, got)
			assert.Equal(t, "labels", models.Of("example.com/libs/golden.Label", "gorm").Name)
		})
	}
}
