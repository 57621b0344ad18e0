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
