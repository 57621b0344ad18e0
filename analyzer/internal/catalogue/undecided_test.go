package catalogue

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema/discover"
)

// base is a schema whose tenant column is sure; invoices has lost it.
const base = `CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE users (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations(id), email text NOT NULL UNIQUE);
CREATE TABLE customers (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations(id), name text NOT NULL);
CREATE TABLE projects (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations(id), name text NOT NULL);
CREATE TABLE tags (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations(id), name text NOT NULL);
CREATE TABLE api_keys (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations(id), hash text NOT NULL UNIQUE);
CREATE TABLE countries (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE invoices (id uuid PRIMARY KEY, total int NOT NULL);
`

const (
	add  = "ALTER TABLE invoices ADD COLUMN organization_id uuid NOT NULL REFERENCES organizations(id);\n"
	note = "ALTER TABLE invoices ADD COLUMN note text;\n"
	fn   = "CREATE FUNCTION add_tenant(t text) RETURNS void AS $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN organization_id uuid', t); END $$ LANGUAGE plpgsql;\n"
)

// written lays files beside the base and decides; a name that ends in "->" is a
// link to its text, one that ends in "|" a FIFO.
func written(t *testing.T, files map[string]string) []*Catalogue {
	root := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(root, "migrations"), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(root, "migrations", "1_a.up.sql"), []byte(base), 0o600))
	for name, text := range files {
		file := filepath.Join(root, filepath.FromSlash(strings.TrimRight(name, "->|")))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		switch {
		case strings.HasSuffix(name, "->"):
			require.NoError(t, os.Symlink(text, file))
		case strings.HasSuffix(name, "|"):
			require.NoError(t, syscall.Mkfifo(file, 0o600))
		default:
			require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		}
	}
	diagrams, err := discover.Load(root, nil)
	require.NoError(t, err)
	return Decide(diagrams, Settings{})
}

// standing is what was decided of a table, in a word.
func standing(cats []*Catalogue, name string) string {
	out := "unknown"
	for _, c := range cats {
		switch t := c.Lookup("", name); {
		case t == nil:
		case t.Undecided != "":
			return "undecided"
		default:
			out = t.Tenancy.String()
		}
	}
	return out
}

func wideText(text string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

// TestWhatIsNotReadIsUndecided holds each way in which a change of invoices may not
// be seen beside its twin, in which it is, and neighbours that hide nothing. With
// "invoices" stands what becomes of countries, which only a change of any table
// may touch.
func TestWhatIsNotReadIsUndecided(t *testing.T) {
	const second = "migrations/2_b.up.sql"
	for _, c := range []struct {
		name                string
		files               map[string]string
		invoices, countries string
	}{
		{"the change is read", map[string]string{second: add}, "owned", "shared"},
		{"another change is read", map[string]string{second: note}, "shared", "shared"},
		{"a mark of UTF-8", map[string]string{second: "\xef\xbb\xbf" + add}, "owned", "shared"},
		{"UTF-16", map[string]string{second: wideText(add)}, "owned", "shared"},
		{"no text", map[string]string{second: "\x00\x01" + add}, "undecided", "undecided"},
		{"a newer syntax", map[string]string{second: "ALTER TABLE invoices ADD COLUMN organization_id uuid SOMETHING NEW;"}, "undecided", "shared"},
		{"a newer syntax of another table", map[string]string{second: "ALTER TABLE other ADD COLUMN x uuid SOMETHING NEW;"}, "shared", "shared"},
		{"a broken grant", map[string]string{second: "GRANT SELECT ON invoices TO TO nobody;"}, "shared", "shared"},
		{"rows that a merge left behind", map[string]string{second: "INSERT INTO tags VALUES ('1', 'it''s');\n    ('2', 'b'),\n  (3);"}, "shared", "shared"},
		{"a word among rows that a merge left behind", map[string]string{second: "('1'), organization_id uuid;"}, "undecided", "undecided"},
		{"psql's variable", map[string]string{second: "ALTER TABLE :t ADD COLUMN organization_id uuid;"}, "undecided", "undecided"},
		{"Jinja", map[string]string{second: "{% if x %}\n" + add + "{% endif %}\n"}, "undecided", "shared"},
		{"both arms of a template", map[string]string{second: "{{ if .T }}\n" + add + "{{ else }}\nALTER TABLE invoices DROP COLUMN organization_id;\n{{ end }}\n"}, "undecided", "shared"},
		{"data without an end", map[string]string{second: "COPY tags (id) FROM stdin;\n1\tx\n" + add}, "undecided", "shared"},
		{"a text that is put together", map[string]string{second: "DO $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN organization_id uuid', 'invoices'); END $$;"}, "undecided", "shared"},
		{"a text over all tables", map[string]string{second: "DO $$ DECLARE t text; BEGIN FOR t IN SELECT table_name FROM information_schema.tables LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN organization_id uuid', t); END LOOP; END $$;"}, "undecided", "undecided"},
		{"a function is called", map[string]string{second: fn + "SELECT add_tenant('invoices');"}, "undecided", "shared"},
		{"a function is called in a block", map[string]string{second: fn + "DO $$ BEGIN PERFORM add_tenant('invoices'); END $$;"}, "undecided", "shared"},
		{"a function is made and not called", map[string]string{second: fn}, "shared", "shared"},
		{"a function of the server", map[string]string{second: "SELECT setval('invoices', 1);"}, "shared", "shared"},
		{"a procedure is called", map[string]string{second: strings.Replace(fn, "FUNCTION add_tenant(t text) RETURNS void", "PROCEDURE add_tenant(t text)", 1) + "CALL add_tenant('invoices');"}, "undecided", "shared"},
		{`\gexec`, map[string]string{second: `SELECT format('ALTER TABLE %I ADD COLUMN x uuid', t) FROM unnest(ARRAY['invoices']) t \gexec`}, "undecided", "undecided"},
		{`\gexec of a database`, map[string]string{second: `SELECT 'CREATE DATABASE x' \gexec`}, "shared", "shared"},
		{`\i`, map[string]string{second: `\i inc/alter.inc`}, "undecided", "undecided"},
		{`\i of what can be read`, map[string]string{second: `\i inc/alter.inc`, "migrations/inc/alter.inc": add}, "undecided", "shared"},
		{"a comment that looks like a marker", map[string]string{second: "-- down\n" + add}, "owned", "shared"},
		{"a marker that may be a comment", map[string]string{"migrations/2_b.sql": "-- down\n" + add}, "undecided", "shared"},
		{"a marker behind its other", map[string]string{"migrations/2_b.sql": "-- migrate:up\nSELECT 1;\n-- migrate:down\n" + add}, "shared", "shared"},
		{"a drop under a condition", map[string]string{second: add + "DO $$ BEGIN IF current_setting('x') = 'y' THEN ALTER TABLE invoices DROP COLUMN organization_id; END IF; END $$;"}, "undecided", "shared"},
		{"a drop of another column under a condition", map[string]string{second: note + "DO $$ BEGIN IF current_setting('x') = 'y' THEN ALTER TABLE invoices DROP COLUMN note; END IF; END $$;"}, "shared", "shared"},
		{"a drop that is rolled back", map[string]string{second: add + "BEGIN;\nALTER TABLE invoices DROP COLUMN organization_id;\nROLLBACK;"}, "owned", "shared"},
		{"a drop that is committed", map[string]string{second: add + "BEGIN;\nALTER TABLE invoices DROP COLUMN organization_id;\nCOMMIT;"}, "shared", "shared"},
		{"a drop behind a savepoint", map[string]string{second: add + "BEGIN;\nSAVEPOINT s;\nALTER TABLE invoices DROP COLUMN organization_id;\nROLLBACK TO s;\nCOMMIT;"}, "owned", "shared"},
		{"a namesake in another schema", map[string]string{second: "ALTER TABLE IF EXISTS other.invoices ADD COLUMN organization_id uuid;"}, "undecided", "shared"},
		{"a table that may not be there", map[string]string{second: "ALTER TABLE IF EXISTS gone ADD COLUMN organization_id uuid;"}, "shared", "shared"},
		{"equal numbers", map[string]string{"migrations/2_z.up.sql": "CREATE TABLE receipts (id uuid);", "migrations/2_a.up.sql": "ALTER TABLE receipts ADD COLUMN organization_id uuid;"}, "shared", "shared"},
		{"a packed file", map[string]string{second + ".gz": "x"}, "undecided", "undecided"},
		{"a packed way down", map[string]string{"migrations/2_b.down.sql.gz": "x"}, "shared", "shared"},
		{"a link to nothing", map[string]string{second + "->": "nowhere"}, "undecided", "undecided"},
		{"a link out of the module", map[string]string{second + "->": "/proc/self/environ"}, "undecided", "undecided"},
		{"a link to memory", map[string]string{second + "->": "/dev/zero"}, "undecided", "undecided"},
		{"a pipe", map[string]string{second + "|": ""}, "undecided", "undecided"},
		{"a linked folder outside", map[string]string{"migrations/next->": "/usr"}, "undecided", "undecided"},
		{"a second folder", map[string]string{"migrations_v2/1_b.up.sql": add}, "undecided", "shared"},
		{"a second folder of tests", map[string]string{"tests/1_b.up.sql": add}, "shared", "shared"},
		{"a migration in Go", map[string]string{"migrations/02_b.go": "package m\nvar _ = \"ALTER TABLE \" + \"invoices ADD COLUMN organization_id uuid NOT NULL\"\n"}, "owned", "shared"},
		{"a migration in Go with a variable", map[string]string{"migrations/02_b.go": "package m\nvar t string\nvar _ = \"ALTER TABLE \" + t + \" ADD COLUMN organization_id uuid\"\n"}, "undecided", "undecided"},
		{"a change in Go elsewhere", map[string]string{"main.go": "package main\nvar _ = `" + add + "`\n"}, "undecided", "shared"},
		{"an older dump", map[string]string{second: add, "db/schema.sql": base + "CREATE TABLE more (id uuid);"}, "undecided", "shared"},
		{"the same dump", map[string]string{second: add, "db/schema.sql": base}, "owned", "shared"},
	} {
		t.Run(c.name, func(t *testing.T) {
			cats := written(t, c.files)
			assert.Equal(t, c.invoices+" "+c.countries, standing(cats, "invoices")+" "+standing(cats, "countries"), "%s", problems(cats))
			assert.Equal(t, "owned", standing(cats, "customers"), "an owner is not taken away")
		})
	}
}

func problems(cats []*Catalogue) string {
	var b strings.Builder
	for _, c := range cats {
		for _, p := range c.Diagram.Problems {
			fmt.Fprintf(&b, "%s:%d: %s %+v\n", p.File, p.Line, p.Message, p.Hides)
		}
	}
	return b.String()
}

// TestWeakSigns: a table for whose owner something speaks is not shared.
func TestWeakSigns(t *testing.T) {
	for definition, want := range map[string]string{
		"CREATE TABLE x (id uuid, tenant_id uuid NOT NULL)":                             "undecided",
		"CREATE TABLE x (id uuid, org uuid NOT NULL)":                                   "undecided",
		"CREATE TABLE x (id uuid, org_slug text)":                                       "undecided",
		"CREATE TABLE x (id uuid, customer uuid)":                                       "undecided",
		"CREATE TABLE x (id uuid, owner_type text, owner_id uuid)":                      "undecided",
		"CREATE TABLE x AS SELECT id, name FROM customers":                              "undecided",
		"CREATE TABLE x (LIKE customers); ALTER TABLE x DROP organization_id":           "undecided",
		"CREATE TABLE x AS SELECT id, name FROM countries":                              "shared",
		"CREATE TABLE x (id uuid, customer text)":                                       "shared",
		"CREATE TABLE x (id uuid, organization_limit int)":                              "shared",
		"CREATE TABLE x (id uuid, name text, kind text, position int)":                  "shared",
		"CREATE TABLE x (id uuid, customer_id uuid NOT NULL REFERENCES customers (id))": "child",
	} {
		cats := written(t, map[string]string{"migrations/2_b.up.sql": definition + ";"})
		assert.Equal(t, want, standing(cats, "x"), definition)
	}
}

// TestOneNameIsOneColumn: tables with the column and no foreign key are those of the
// tables with one, whether the settings name it or not.
func TestOneNameIsOneColumn(t *testing.T) {
	text := "CREATE TABLE tenants (id uuid PRIMARY KEY);\n"
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		text += fmt.Sprintf("CREATE TABLE %s (id uuid, organization_id uuid NOT NULL REFERENCES tenants (id));\n", name)
		text += fmt.Sprintf("CREATE TABLE plain_%s (id uuid, organization_id uuid NOT NULL);\n", name)
	}
	d := schema.Replay("test", []schema.Text{{File: "a.sql", Text: text}})
	for _, s := range []Settings{{}, {TenantColumn: "organization_id"}} {
		cats := Decide([]*schema.Diagram{d}, s)
		for _, name := range []string{"a", "plain_a", "plain_e"} {
			assert.Equal(t, "owned", standing(cats, name), name)
		}
	}
}

// TestWithoutTenantNothingIsShared: no column, no proof.
func TestWithoutTenantNothingIsShared(t *testing.T) {
	d := schema.Replay("test", []schema.Text{{File: "a.sql", Text: "CREATE TABLE notes (id uuid, body text);"}})
	assert.Equal(t, "undecided", standing(Decide([]*schema.Diagram{d}, Settings{}), "notes"))
	assert.Equal(t, "shared", standing(Decide([]*schema.Diagram{d}, Settings{Shared: []string{"notes"}}), "notes"))
}
