package project

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// rows are units of a program whose struct types stand for tables.
func rows() []Program {
	id := unit.ModelField{Name: "ID", Type: "string", Kind: unit.ModelText}
	tenant := unit.ModelField{Name: "TenantID", Type: "string", Kind: unit.ModelText}
	field := func(name, kind, typ string) unit.ModelField {
		return unit.ModelField{Name: name, Type: typ, Kind: kind}
	}
	u := &unit.Unit{
		Path: "example.com/m", Module: "example.com/m", Name: "main", Libraries: []string{"gorm.io/gorm"},
		Files: []unit.File{{Name: "models.go"}}, Sites: []unit.Site{{Line: 7}, {Line: 9}, {Line: 11}},
		Models: []unit.Model{
			{Name: "example.com/m.Tenant", Site: 0, Fields: []unit.ModelField{id}},
			{Name: "example.com/m.Invoice", Site: 1, Fields: []unit.ModelField{id, tenant, field("Tenant", unit.ModelStruct, "example.com/m.Tenant")}},
			{Name: "example.com/m.Line", Site: 2, Fields: []unit.ModelField{id, field("InvoiceID", unit.ModelText, "string"), field("Invoice", unit.ModelStruct, "example.com/m.Invoice")}},
		},
	}
	return []Program{{Path: "example.com/m", Units: []*unit.Unit{u}}}
}

func TestStructTypesAreTheSchemaWhereNoFileIs(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "go.mod"), "module example.com/m\n")
	p, err := Find(top, none)
	require.NoError(t, err)
	d, err := p.Decide()
	require.NoError(t, err)
	got := p.withModels(d, rows())
	require.Len(t, got.Catalogues, 1)
	tenancies := map[string]string{}
	for _, r := range got.Records().Tables {
		tenancies[r.Name] = r.Tenancy
		assert.Equal(t, "models.go", r.File)
	}
	assert.Equal(t, map[string]string{"tenants": "root", "invoices": "owned", "lines": "child"}, tenancies)
}

func TestSchemaFilesWinOverStructTypes(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "go.mod"), "module example.com/m\n")
	write(t, filepath.Join(top, "schema.sql"), "CREATE TABLE tenants (id text PRIMARY KEY);\nCREATE TABLE invoices (id text PRIMARY KEY, tenant_id text REFERENCES tenants);\n")
	p, err := Find(top, none)
	require.NoError(t, err)
	d, err := p.Decide()
	require.NoError(t, err)
	assert.Same(t, d, p.withModels(d, rows()))
}

// A program may have a file for one table of another database, and struct types for all
// the rest.
func TestStructTypesAreTheSchemaBesideFilesOfFewTables(t *testing.T) {
	top := t.TempDir()
	write(t, filepath.Join(top, "go.mod"), "module example.com/m\n")
	write(t, filepath.Join(top, "schema.sql"), "CREATE TABLE tenants (id text PRIMARY KEY);\n")
	p, err := Find(top, none)
	require.NoError(t, err)
	d, err := p.Decide()
	require.NoError(t, err)
	got := p.withModels(d, rows())
	require.Len(t, got.Diagrams, 2)
	var names []string
	for _, x := range got.Diagrams[1].Tables {
		names = append(names, x.Name)
	}
	assert.Equal(t, []string{"invoices", "lines"}, names)
}
