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
CREATE VIEW "Odd Amounts" AS SELECT id, organization_id, amount FROM invoices;
`

// form is how a tool has its migrations: the names of the files of one, and what it runs of them.
type form struct {
	name     string
	names    [3]string // of the first, of the second, and of the fix
	wrap     func(up string) string
	up, down func(files []rls.File) string
}

var forms = []form{
	{
		name: "plain", names: [3]string{"migrations/001_prelude.sql", "migrations/002_loose.sql", "migrations/003_row_level_security.sql"},
		wrap: func(up string) string { return up },
		up:   func(files []rls.File) string { return files[0].Text },
	},
	{
		name: "goose", names: [3]string{"db/20240102030405_prelude.sql", "db/20240102030406_loose.sql", "db/20240102030407_row_level_security.sql"},
		wrap: func(up string) string { return "-- +goose Up\n" + up + "-- +goose Down\nSELECT 1;\n" },
		up: func(files []rls.File) string {
			up, _, _ := strings.Cut(files[0].Text, "-- +goose Down\n")
			return strings.TrimPrefix(up, "-- +goose Up\n")
		},
		down: func(files []rls.File) string {
			_, down, _ := strings.Cut(files[0].Text, "-- +goose Down\n")
			return down
		},
	},
	{
		name: "golang-migrate", names: [3]string{"db/000001_prelude.up.sql", "db/000002_loose.up.sql", "db/000003_row_level_security.up.sql"},
		wrap: func(up string) string { return up },
		up:   func(files []rls.File) string { return files[0].Text },
		down: func(files []rls.File) string { return files[1].Text },
	},
}

// TestFix: behind the fix, in the form of each tool, nothing is missing of what it adds, and on
// a server every table shows the owner, too, the rows of one tenant alone; and its way down
// leads back.
func TestFix(t *testing.T) {
	s := server(t)
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) { f.try(t, s) })
	}
}

func (f form) try(t *testing.T, s *pgserver.Server) {
	before := []schema.Text{{File: f.names[0], Text: f.wrap(prelude)}, {File: f.names[1], Text: f.wrap(loose)}}
	of := func(texts []schema.Text) *catalogue.Catalogue {
		return catalogue.Decide([]*schema.Diagram{schema.Replay("db", texts)}, catalogue.Settings{})[0]
	}
	files := rls.FixOf(of(before)).Files(before)
	require.Equal(t, f.names[2], files[0].Path)
	assert.NotEmpty(t, rls.Check(of(before)))
	mended := append(before, schema.Text{File: files[0].Path, Text: files[0].Text})
	assert.Empty(t, rls.Check(of(mended)))
	assert.Empty(t, rls.FixOf(of(mended)).Up)

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
			for _, table := range []string{"invoices", "exports", "notes", "drafts", "amounts", `"Odd Amounts"`} {
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
	must("SET ROLE owns;" + f.up(files) + "RESET ROLE")
	assert.Empty(t, others())
	if f.down == nil {
		assert.Len(t, files, 1)
		return
	}
	must("SET ROLE owns;" + f.down(files) + "RESET ROLE")
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
