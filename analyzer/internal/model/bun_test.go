package model

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

func TestNamesTablesAsBunDoes(t *testing.T) {
	for typ, want := range map[string]string{"User": "users", "OrderItem": "order_items", "HTTPStatus": "http_statuses", "APIKey": "api_keys", "Company": "companies"} {
		assert.Equal(t, want, bunNaming{}.table(typ))
	}
}

func TestReadsTypesByBunTags(t *testing.T) {
	models := New([]*unit.Unit{{Models: []unit.Model{
		{Name: "m.Device", Site: unit.NoSite, Fields: []unit.ModelField{
			{Name: "BaseModel", Type: "github.com/uptrace/bun.BaseModel", Kind: unit.ModelStruct, Embedded: true, Tag: `bun:"table:things,alias:d"`},
			{Name: "ID", Type: "string", Kind: unit.ModelText, Tag: `bun:"uid,pk"`},
			{Name: "NamespaceID", Type: "string", Kind: unit.ModelText, Tag: `bun:",notnull"`},
			{Name: "Namespace", Type: "m.Namespace", Kind: unit.ModelStruct, Pointer: true, Tag: `bun:"rel:belongs-to,join:namespace_id=id"`},
			{Name: "Gone", Type: "time.Time", Kind: unit.ModelTime, Tag: `bun:",soft_delete,nullzero"`},
			{Name: "Skipped", Type: "string", Kind: unit.ModelText, Tag: `bun:"-"`},
		}},
		{Name: "m.Seen", Site: unit.NoSite, Fields: []unit.ModelField{
			{Name: "Device", Type: "m.Device", Kind: unit.ModelStruct, Embedded: true, Tag: `bun:",extend"`},
			{Name: "Times", Type: "int", Kind: unit.ModelInt},
		}},
		{Name: "m.Namespace", Site: unit.NoSite, Fields: []unit.ModelField{{Name: "ID", Type: "string", Kind: unit.ModelText, Tag: `bun:",pk"`}, {Name: "Devices", Type: "m.Device", Kind: unit.ModelStruct, List: true, Tag: `bun:"rel:has-many,join:id=namespace_id"`}}},
	}}})
	d := models.Of("m.Device", "bun")
	assert.Equal(t, "things", d.Name)
	assert.Equal(t, "uid", d.Key()[0].Name)
	assert.Equal(t, "gone", d.Deleted.Name)
	assert.Nil(t, d.Column("Skipped"))
	assert.True(t, d.Column("namespace_id").NotNull)
	assert.Equal(t, []string{"namespace_id"}, d.Relation("Namespace").Own)
	assert.Equal(t, "d", d.Alias)
	seen := models.Of("m.Seen", "bun")
	assert.Equal(t, []string{"things", "d"}, []string{seen.Name, seen.Alias})
	assert.NotNil(t, seen.Column("namespace_id"))
	ns := models.Of("m.Namespace", "bun")
	assert.Equal(t, "namespace", ns.Alias)
	assert.Equal(t, []string{"namespace_id"}, ns.Relation("Devices").Other)
	d2 := models.Diagram("bun")
	assert.Equal(t, "namespaces", d2.Tables[0].ForeignKeys[0].RefTable)
}

// Migrations often have structs of their own for a part of a table: the table has what any
// of them names.
func TestSecondStructsOfATableAddTheirColumns(t *testing.T) {
	base := unit.ModelField{Name: "BaseModel", Type: "github.com/uptrace/bun.BaseModel", Kind: unit.ModelStruct, Embedded: true, Tag: `bun:"table:things"`}
	field := func(name, tag string) unit.ModelField {
		return unit.ModelField{Name: name, Type: "string", Kind: unit.ModelText, Tag: tag}
	}
	d := New([]*unit.Unit{{Models: []unit.Model{
		{Name: "m.Old", Site: unit.NoSite, Used: true, Fields: []unit.ModelField{base, field("ID", `bun:",pk"`)}},
		{Name: "m.Thing", Site: unit.NoSite, Used: true, Fields: []unit.ModelField{base, field("ID", `bun:",pk"`), field("OrgID", "")}},
	}}}).Diagram("bun")
	assert.Len(t, d.Tables, 1)
	assert.Len(t, d.Tables[0].Columns, 2)
	assert.Equal(t, "org_id", d.Tables[0].Columns[1].Name)
}

func TestReadsTypesByTagsOfGoPG(t *testing.T) {
	models := New([]*unit.Unit{{Models: []unit.Model{
		{Name: "m.Device", Site: unit.NoSite, Fields: []unit.ModelField{
			{Name: "tableName", Type: "struct{}", Kind: unit.ModelStruct, Tag: `pg:"things,alias:d"`},
			{Name: "ID", Type: "int", Kind: unit.ModelInt},
			{Name: "SpaceID", Type: "string", Kind: unit.ModelText, Tag: `pg:",use_zero"`},
			{Name: "Space", Type: "m.Space", Kind: unit.ModelStruct, Pointer: true, Tag: `pg:"rel:has-one"`},
			{Name: "Gone", Type: "time.Time", Kind: unit.ModelTime, Tag: `pg:",soft_delete"`},
			{Name: "Skipped", Type: "string", Kind: unit.ModelText, Tag: `pg:"-"`},
		}},
		{Name: "m.Space", Site: unit.NoSite, Fields: []unit.ModelField{
			{Name: "ID", Type: "string", Kind: unit.ModelText},
			{Name: "Devices", Type: "m.Device", Kind: unit.ModelStruct, List: true, Tag: `pg:"rel:has-many"`},
		}},
	}}})
	d := models.Of("m.Device", "pg")
	assert.Equal(t, []string{"things", "d", "id", "gone"}, []string{d.Name, d.Alias, d.Key()[0].Name, d.Deleted.Name})
	assert.True(t, d.Key()[0].Counted)
	assert.False(t, d.Column("space_id").NullZero)
	assert.Nil(t, d.Column("Skipped"))
	assert.Equal(t, []string{"space_id"}, d.Relation("Space").Own)
	assert.Equal(t, []string{"space_id"}, models.Of("m.Space", "pg").Relation("Devices").Other)
}

func TestReadsTypesByTagsOfPop(t *testing.T) {
	models := New([]*unit.Unit{{Models: []unit.Model{
		{Name: "m.HTTPDevice", Site: unit.NoSite, Fields: []unit.ModelField{
			{Name: "ID", Type: "int", Kind: unit.ModelInt, Tag: `db:"uid"`},
			{Name: "OrgID", Type: "string", Kind: unit.ModelText, Tag: `db:"org"`},
			{Name: "Shown", Type: "string", Kind: unit.ModelText, Tag: `db:"shown" rw:"r"`},
			{Name: "Skipped", Type: "string", Kind: unit.ModelText, Tag: `db:"-"`},
			{Name: "Parts", Type: "m.Part", Kind: unit.ModelStruct, List: true, Tag: `has_many:"parts"`},
		}},
	}}})
	d := models.Of("m.HTTPDevice", "pop")
	assert.Equal(t, []string{"http_devices", "uid"}, []string{d.Name, d.Key()[0].Name})
	assert.True(t, d.Key()[0].Counted)
	assert.True(t, d.Column("shown").ReadOnly)
	assert.Len(t, d.Columns, 3)
}
