package rls_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// loose is a schema that lacks a bit of everything that a fix adds.
const loose = `ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invoices USING (organization_id = NULLIF(current_setting('app.tenant', true), '')::bigint);
CREATE TABLE exports (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations (id));
CREATE TABLE notes (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations (id));
ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
CREATE TABLE drafts (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations (id));
CREATE POLICY tenant ON drafts USING (organization_id = NULLIF(current_setting('app.tenant', true), '')::bigint);
CREATE VIEW amounts AS SELECT id, organization_id, amount FROM invoices;
`

// TestFix: behind the fix nothing is missing of what it adds, and on a server every table
// shows the owner, too, the rows of one tenant alone; and its way down leads back.
func TestFix(t *testing.T) {
	before := []schema.Text{{File: "migrations/001_prelude.sql", Text: prelude}, {File: "migrations/002_loose.sql", Text: loose}}
	of := func(texts []schema.Text) *catalogue.Catalogue {
		return catalogue.Decide([]*schema.Diagram{schema.Replay("db", texts)}, catalogue.Settings{})[0]
	}
	fix := rls.FixOf(of(before))
	files := fix.Files(before)
	require.Len(t, files, 1)
	assert.Equal(t, "migrations/003_row_level_security.sql", files[0].Path)
	assert.NotEmpty(t, rls.Check(of(before)))
	mended := append(before, schema.Text{File: files[0].Path, Text: files[0].Text})
	assert.Empty(t, rls.Check(of(mended)))
	assert.Empty(t, rls.FixOf(of(mended)).Up)

	s := server(t)
	ctx := context.Background()
	conn, err := s.Database(ctx, "fix")
	require.NoError(t, err)
	defer conn.Close(ctx)
	must := func(sql string) { require.NoError(t, pgserver.Run(ctx, conn, sql), sql) }
	must("SET search_path = public; DROP SCHEMA asifalone CASCADE;" + roles + "SET ROLE owns;" + prelude + loose)
	must("RESET ROLE;" + rows + "INSERT INTO exports VALUES (1, 1), (2, 2); INSERT INTO notes VALUES (1, 1), (2, 2); INSERT INTO drafts VALUES (1, 1), (2, 2);" + grants)
	others := func() string {
		var seen []string
		for _, role := range []string{"owns", "app"} {
			for _, table := range []string{"invoices", "exports", "notes", "drafts", "amounts"} {
				must("SET ROLE " + role + "; SELECT set_config('app.tenant', '1', false)")
				results, err := conn.Exec(ctx, "SELECT count(*) FROM "+table+" WHERE organization_id <> 1").ReadAll()
				require.NoError(t, err)
				if string(results[0].Rows[0][0]) != "0" {
					seen = append(seen, role+" "+table)
				}
				must("RESET ROLE")
			}
		}
		return strings.Join(seen, ", ")
	}
	loosely := others()
	assert.NotEmpty(t, loosely)
	must("SET ROLE owns;" + strings.Join(fix.Up, "\n") + "RESET ROLE")
	assert.Empty(t, others())
	must("SET ROLE owns;" + strings.Join(fix.Down, "\n") + "RESET ROLE")
	assert.Equal(t, loosely, others())
}

// TestFixFiles: a fix has the form of the files beside it.
func TestFixFiles(t *testing.T) {
	fix := rls.Fix{Up: []string{"UP;"}, Down: []string{"DOWN;"}}
	file := func(name, text string) []schema.Text { return []schema.Text{{File: name, Text: text}} }
	assert.Equal(t, []rls.File{{Path: "db/20240102030406_row_level_security.sql", Text: "-- +goose Up\nUP;\n\n-- +goose Down\nDOWN;\n"}},
		fix.Files(file("db/20240102030405_a.sql", "-- +goose Up\nSELECT 1;")))
	assert.Equal(t, []rls.File{{Path: "db/000008_row_level_security.up.sql", Text: "UP;\n"}, {Path: "db/000008_row_level_security.down.sql", Text: "DOWN;\n"}},
		fix.Files(file("db/000007_a.up.sql", "SELECT 1;")))
	assert.Equal(t, []rls.File{{Path: "schema/1_row_level_security.sql", Text: "UP;\n"}}, fix.Files(file("schema/schema.sql", "SELECT 1;")))
	assert.Empty(t, fix.Files(nil))
	assert.Empty(t, rls.Fix{}.Files(file("a.sql", "")))
}
