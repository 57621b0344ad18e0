package asifalone

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// effectSchema is what the proof knows; here foreign keys, rules, triggers and
// defaults are in force. A row of another tenant bears the mark "B-".
const effectSchema = `CREATE TABLE orgs (id int PRIMARY KEY, name text);
CREATE TABLE categories (id int PRIMARY KEY, name text UNIQUE, sort int);
CREATE TABLE quiet (id int PRIMARY KEY, name text);
CREATE TABLE docs (id int PRIMARY KEY, org_id int NOT NULL REFERENCES orgs (id) ON DELETE CASCADE, title text,
  category_id int REFERENCES categories ON DELETE CASCADE, category_name text REFERENCES categories (name) ON UPDATE CASCADE);
CREATE TABLE parts (id int PRIMARY KEY, doc_id int NOT NULL REFERENCES docs (id) ON DELETE CASCADE, body text);
CREATE TABLE settings (id int PRIMARY KEY, name text);
CREATE TABLE ruled (id int PRIMARY KEY, org_id int NOT NULL REFERENCES orgs (id) ON DELETE CASCADE, title text);
CREATE RULE on_settings AS ON INSERT TO settings DO ALSO DELETE FROM docs;
CREATE RULE on_ruled AS ON UPDATE TO ruled DO INSTEAD UPDATE docs SET title = 'x';
CREATE FUNCTION total() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM docs $$;
CREATE TABLE counted (id int GENERATED ALWAYS AS IDENTITY, org_id int NOT NULL REFERENCES orgs (id), n bigint DEFAULT total());
CREATE FUNCTION step(int, text) RETURNS int LANGUAGE sql AS $$ SELECT $1 + 1 $$;
CREATE AGGREGATE tally(text) (SFUNC = step, STYPE = int, INITCOND = '0');
CREATE TABLE boards (id int PRIMARY KEY, name text);
CREATE TABLE pins (id int PRIMARY KEY, board_id int NOT NULL REFERENCES boards ON DELETE CASCADE);
CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN DELETE FROM docs; RETURN NULL; END $$;
CREATE TRIGGER forget AFTER DELETE ON pins FOR EACH ROW EXECUTE FUNCTION forget();
CREATE TABLE imports (id int PRIMARY KEY, n int);
CREATE TRIGGER forget AFTER TRUNCATE ON imports FOR EACH STATEMENT EXECUTE FUNCTION forget();
CREATE FUNCTION listed(int, int) RETURNS boolean LANGUAGE sql AS $$ SELECT count(*) > 2 FROM docs WHERE id > $1 - $2 $$;
CREATE FUNCTION near(int, int) RETURNS boolean LANGUAGE sql AS $$ SELECT abs($1 - $2) < 2 $$;
CREATE OPERATOR <!> (LEFTARG = int, RIGHTARG = int, FUNCTION = listed);
CREATE OPERATOR <~> (LEFTARG = int, RIGHTARG = int, FUNCTION = near);
`

// hiddenSchema is on the server, and the proof does not know it.
const hiddenSchema = `CREATE SCHEMA reporting;
CREATE FUNCTION reporting.all_docs(int) RETURNS SETOF docs LANGUAGE sql AS $$ SELECT * FROM docs $$;
CREATE PROCEDURE purge() LANGUAGE sql AS $$ DELETE FROM docs $$;
CREATE FUNCTION visible(int) RETURNS boolean LANGUAGE sql AS $$ SELECT count(*) < 3 FROM docs $$;
`

// The first tenant's id is rounded to that of the second, and its truth is that of
// the third.
const sharedRows = `INSERT INTO orgs VALUES (16777217, 'one'); INSERT INTO categories VALUES (1, 'c', 0), (2, 'd', 0); INSERT INTO quiet VALUES (1, 'q');
	INSERT INTO boards VALUES (1, 'b'); INSERT INTO pins VALUES (1, 1); INSERT INTO imports VALUES (1, 1);
	INSERT INTO docs VALUES (1, 16777217, 'A-1', 1, 'c'), (2, 16777217, 'A-2', NULL, NULL); INSERT INTO parts VALUES (1, 1, 'A-1'); INSERT INTO ruled VALUES (1, 16777217, 'A-1');
	SELECT lo_from_bytea(1, 'A-');`

const foreignRows = `INSERT INTO orgs VALUES (16777216, 'B-2'), (1, 'B-3'); INSERT INTO docs VALUES (11, 16777216, 'B-1', 1, 'c'), (12, 16777216, 'B-2', 2, NULL), (13, 1, 'B-1', 1, NULL);
	INSERT INTO parts VALUES (11, 11, 'B-1'); INSERT INTO ruled VALUES (11, 16777216, 'B-1');
	SELECT lo_from_bytea(2, 'B-');`

// An effect is a statement of the first tenant, and whether it stays there.
type effect struct {
	name, sql string
	tied      bool
	before    string // what the database did before by itself
}

var effects = []effect{
	{name: "cascade from a shared row", sql: "DELETE FROM categories WHERE id = 1"},
	{name: "change of a key that is copied", sql: "UPDATE categories SET name = 'e' WHERE id = 1"},
	{name: "change of another column", sql: "UPDATE categories SET sort = 2 WHERE id = 1", tied: true},
	{name: "shared row that nothing follows", sql: "DELETE FROM quiet WHERE id = 1", tied: true},
	{name: "upsert that changes a copied key", sql: "INSERT INTO categories VALUES (1, 'f') ON CONFLICT (id) DO UPDATE SET name = excluded.name"},
	{name: "merge that deletes a shared row", sql: "MERGE INTO categories c USING (VALUES (1)) v (id) ON c.id = v.id WHEN MATCHED THEN DELETE"},
	{name: "cascade from a tied row", sql: "DELETE FROM docs WHERE org_id = $1", tied: true},
	{name: "cascade from the tenant", sql: "DELETE FROM orgs WHERE id = $1", tied: true},
	{name: "cascade that fires a trigger", sql: "DELETE FROM boards WHERE id = 1"},
	{name: "update that cascades nothing", sql: "UPDATE boards SET name = 'x' WHERE id = 1", tied: true},
	{name: "rule on a shared table", sql: "INSERT INTO settings VALUES (1, 'x')"},
	{name: "rule instead of a tied write", sql: "UPDATE ruled SET title = 'x' WHERE org_id = $1"},
	{name: "rule for another event", sql: "DELETE FROM ruled WHERE org_id = $1", tied: true},
	{name: "unknown function in FROM", sql: "SELECT * FROM reporting.all_docs($1)"},
	{name: "unknown function in a condition", sql: "SELECT title FROM docs WHERE org_id = $1 AND visible(id)"},
	{name: "function of PostgreSQL", sql: "SELECT upper(title) FROM docs WHERE org_id = $1", tied: true},
	{name: "unknown procedure", sql: "CALL purge()"},
	{name: "block that calls it", sql: "DO $do$ BEGIN CALL purge(); END $do$"},
	{name: "default that reads all", sql: "INSERT INTO counted (org_id) VALUES ($1) RETURNING n"},
	{name: "default that is not used", sql: "INSERT INTO counted (org_id, n) VALUES ($1, 0) RETURNING n", tied: true},
	{name: "aggregate of the schema under EXISTS", sql: "SELECT title FROM docs d WHERE EXISTS (SELECT tally(r.title) FROM ruled r WHERE r.org_id = d.org_id AND r.org_id = $1)"},
	{name: "window under EXISTS", sql: "SELECT title FROM docs d WHERE EXISTS (SELECT rank() OVER () FROM ruled r WHERE r.org_id = d.org_id AND r.org_id = $1)", tied: true},
	{name: "operator that reads", sql: "SELECT name FROM boards WHERE id <!> 1"},
	{name: "operator that works on its operands", sql: "SELECT name FROM boards WHERE id <~> 1", tied: true},
	{name: "truncate with what refers to it", sql: "TRUNCATE categories CASCADE"},
	{name: "truncate that fires a trigger", sql: "TRUNCATE imports"},
	{name: "truncate of a shared table", sql: "TRUNCATE quiet", tied: true},
	{name: "drop of a table", sql: "DROP TABLE parts"},
	{name: "drop of a shared table", sql: "DROP TABLE settings", tied: true},
	{name: "drop of a column", sql: "ALTER TABLE parts DROP COLUMN body"},
	{name: "new values for a column", sql: "ALTER TABLE parts ALTER COLUMN body TYPE text USING lower(body)"},
	{name: "new column of a shared table", sql: "ALTER TABLE quiet ADD COLUMN sort int", tied: true},
	{name: "drop of a schema", sql: "DROP SCHEMA public CASCADE"},
	{name: "statistics", sql: "SELECT most_common_vals FROM pg_stats WHERE tablename = 'docs' AND attname = 'title'", before: "ANALYZE docs"},
	{name: "large objects", sql: "SELECT data FROM pg_largeobject WHERE loid < 10"},
	{name: "names of tables", sql: "SELECT relname FROM pg_class WHERE relname = 'docs'", tied: true},
	{name: "tenant through another type", sql: "SELECT title FROM docs WHERE org_id = $1::boolean::int"},
	{name: "tenant through its text", sql: "SELECT title FROM docs WHERE org_id = $1::text::int", tied: true},
	{name: "tenant that is rounded", sql: "SELECT title FROM docs WHERE org_id = $1::float4"},
}

// TestEffects holds what a statement does beside what it says against the server:
// those that the proof calls tied leave the rows of others alone and give the same
// with and without them, the others do not.
func TestEffects(t *testing.T) {
	ctx := context.Background()
	conn, err := server(t).Database(ctx, "effects")
	require.NoError(t, err)
	require.NoError(t, pgserver.Run(ctx, conn, effectSchema+hiddenSchema))
	cat, err := worlds.Decide(effectSchema, catalogue.Settings{})
	require.NoError(t, err)
	for _, e := range effects {
		t.Run(e.name, func(t *testing.T) {
			tree, err := sqlparse.Parse(e.sql, sqltree.Postgres)
			require.NoError(t, err)
			result := proof.Prove(tree, cat)
			tied := len(result.Unproven) == 0 && len(result.Alternatives) > 0
			assert.Equal(t, e.tied, tied, "proof: %v", result.Unproven)

			with, foreign := e.outcome(ctx, t, conn, sharedRows+foreignRows)
			alone, _ := e.outcome(ctx, t, conn, sharedRows)
			_, untouched := effect{sql: "SELECT 1"}.outcome(ctx, t, conn, sharedRows+foreignRows)
			assert.Equal(t, e.tied, with == alone && foreign == untouched,
				"with others: %s\nalone: %s\nothers before:\n%s\nothers after:\n%s", with, alone, untouched, foreign)
		})
	}
}

// outcome is what a statement gives on some rows, and what is there of other
// tenants afterwards. Nothing of it stays.
func (e effect) outcome(ctx context.Context, t *testing.T, conn *pgconn.PgConn, rows string) (result, foreign string) {
	exec := func(sql string) []*pgconn.Result {
		results, err := conn.Exec(ctx, sql).ReadAll()
		require.NoError(t, err, sql)
		return results
	}
	defer exec("ROLLBACK")
	exec("BEGIN; SET LOCAL search_path = public, pg_catalog;" + rows + e.before)
	out := exec(strings.ReplaceAll(e.sql, "$1", "16777217"))
	var left strings.Builder
	for _, table := range []string{"orgs", "docs", "parts", "ruled"} {
		left.WriteString(table + ":")
		if exec("SELECT to_regclass('" + table + "')")[0].Rows[0][0] != nil {
			found := exec("SELECT t::text FROM " + table + " t WHERE t::text LIKE '%B-%' ORDER BY 1")
			left.WriteString(onOneLine(found[0].Rows))
		}
	}
	return onOneLine(out[len(out)-1].Rows), left.String()
}

// onOneLine writes rows on one line.
func onOneLine(rows [][][]byte) string {
	var b strings.Builder
	for _, row := range rows {
		for _, v := range row {
			b.WriteString(" " + string(v))
		}
		b.WriteByte(';')
	}
	return b.String()
}
