package report

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

const ordersSQL = `CREATE TABLE orgs (id uuid PRIMARY KEY DEFAULT gen_random_uuid());
CREATE TABLE users (id uuid PRIMARY KEY, email text);
CREATE TABLE org_members (org_id uuid NOT NULL REFERENCES orgs, user_id uuid NOT NULL REFERENCES users, PRIMARY KEY (org_id, user_id));
CREATE TABLE orders (id uuid PRIMARY KEY, org_id uuid NOT NULL REFERENCES orgs, token text UNIQUE);
CREATE TABLE lines (id bigint GENERATED ALWAYS AS IDENTITY, order_id uuid, n int, PRIMARY KEY (id, n));
CREATE TABLE countries (code text PRIMARY KEY);
ALTER TABLE gone ADD x int;`

func orders() []*catalogue.Catalogue {
	d := schema.Replay("migrations", []schema.Text{{File: "migrations/001.sql", Text: ordersSQL}})
	return catalogue.Decide([]*schema.Diagram{d}, catalogue.Settings{Public: []string{"orders"}})
}

func schemaOf(t *testing.T, cats []*catalogue.Catalogue, opts SchemaOptions) string {
	var b bytes.Buffer
	require.NoError(t, Schema(&b, cats, opts))
	return b.String()
}

func TestSchemaText(t *testing.T) {
	want := `migrations: 1 file, 7 statements, 6 tables
  tenant column: org_id, 2 tables of 6, root orgs (high confidence)
  users: users
  root: 1
    orgs  the table of tenants: org_id of other tables refers to its id
  membership: 1
    org_members  joins users (user_id) to orgs (org_id)
  owned: 1
    orders  has org_id, a foreign key to orgs (public rows)
  child: 1
    lines  through order_id to orders (owned by org_id), by name only, nullable: rows without it are nobody's (not sure)
  shared: 2
    countries  no org_id, and no foreign key leads to a table that has one
    users      the table of users, who may belong to several tenants
  1 problem in the schema files: run tenantvet schema -v
`
	assert.Equal(t, want, schemaOf(t, orders(), SchemaOptions{}))
	verbose := schemaOf(t, orders(), SchemaOptions{Verbose: true})
	assert.Contains(t, verbose, "  migrations/001.sql:7: table gone is altered, but it is not known here\n")
	assert.NotContains(t, verbose, "run tenantvet schema -v")
}

func TestSchemaWhy(t *testing.T) {
	want := `lines is child (low confidence): through order_id to orders (owned by org_id), by name only, nullable: rows without it are nobody's
  defined at migrations/001.sql:5
  order_id refers to orders (id), by name only, owns the row
  id, n is unique over all tenants (migrations/001.sql:5)
  id is made by the server and taken as unique
  tenant column of the schema: org_id, 2 tables of 6, root orgs (high confidence)
`
	assert.Equal(t, want, schemaOf(t, orders(), SchemaOptions{Why: "lines"}))
	assert.Contains(t, schemaOf(t, orders(), SchemaOptions{Why: "public.orders"}), "token is a secret: a look-up by it needs no tenant")
	assert.ErrorContains(t, Schema(&bytes.Buffer{}, orders(), SchemaOptions{Why: "order"}), "table order is in no schema that was found; did you mean orders?")
}

func TestSchemaJSON(t *testing.T) {
	first := schemaOf(t, orders(), SchemaOptions{JSON: true})
	assert.Equal(t, first, schemaOf(t, orders(), SchemaOptions{JSON: true}), "byte-identical")
	var doc schemaDoc
	require.NoError(t, json.Unmarshal([]byte(first), &doc))
	require.Len(t, doc.Databases, 1)
	db := doc.Databases[0]
	assert.Equal(t, "org_id", db.TenantColumn)
	assert.Len(t, db.Tables, 6)
	assert.Equal(t, []problemDoc{{File: "migrations/001.sql", Line: 7, Message: "table gone is altered, but it is not known here"}}, db.Problems)
	assert.NotContains(t, first, ": null", "lists are empty, not null")
}

func TestSchemaWithoutSchema(t *testing.T) {
	assert.Contains(t, schemaOf(t, nil, SchemaOptions{}), "no schema was found")
	assert.JSONEq(t, `{"databases": []}`, schemaOf(t, nil, SchemaOptions{JSON: true}))
}

func TestSchemaUnclear(t *testing.T) {
	d := schema.Replay("x", []schema.Text{{File: "a.sql", Text: `
		CREATE TABLE orgs (id int PRIMARY KEY); CREATE TABLE accounts (id int PRIMARY KEY);
		CREATE TABLE a (org_id int NOT NULL REFERENCES orgs); CREATE TABLE b (account_id int NOT NULL REFERENCES accounts);`}})
	text := schemaOf(t, catalogue.Decide([]*schema.Diagram{d}, catalogue.Settings{}), SchemaOptions{})
	assert.Contains(t, text, "tenant column unclear: org_id (1 table) or account_id (1 table): name the right one as tenant_column in .tenantvet.yml (low confidence)")
	assert.Contains(t, text, "  candidates:\n    org_id: 1 table, score")
}
