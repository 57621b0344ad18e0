package setter_test

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema/setter"
)

// prelude has a table, and routines that set the variable that a case is about and another.
const prelude = `CREATE TABLE plain (id bigint PRIMARY KEY, word text);
CREATE FUNCTION sets(v text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM set_config('app.tenant', v, true); RETURN true; END $$;
CREATE FUNCTION tells(v text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM set_config('app.other', v, true); RETURN true; END $$;
CREATE FUNCTION on_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('app.tenant', NEW.word, true); RETURN NEW; END $$;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
`

// cases are ways in which a statement may set app.tenant beside what it says, and beside each
// a twin that does not.
var cases = []struct {
	name, schema, statement string
	sets                    bool
}{
	{"check", "CREATE TABLE t (id bigint, word text CHECK (sets(word)))", "INSERT INTO t VALUES (1, 'x')", true},
	{"check, another variable", "CREATE TABLE t (id bigint, word text CHECK (tells(word)))", "INSERT INTO t VALUES (1, 'x')", false},
	{"check, only read", "CREATE TABLE t (id bigint, word text CHECK (sets(word)))", "SELECT word FROM t", false},
	{"check, of another table", "CREATE TABLE t (id bigint, word text CHECK (sets(word)))", "INSERT INTO plain VALUES (1, 'x')", false},
	{"check of a table", "CREATE TABLE t (id bigint, word text, CONSTRAINT c CHECK (id > 0 AND set_config('app.tenant', word, true) <> ''))", "INSERT INTO t VALUES (1, 'x')", true},
	{"check that is gone", "CREATE TABLE t (id bigint, word text, CONSTRAINT c CHECK (sets(word))); ALTER TABLE t DROP CONSTRAINT c", "INSERT INTO t VALUES (1, 'x')", false},
	{"check that is added", "CREATE TABLE t (id bigint, word text); ALTER TABLE t ADD CONSTRAINT c CHECK (sets(word)) NOT VALID", "INSERT INTO t VALUES (1, 'x')", true},
	{"check of a copied table", "CREATE TABLE of (id bigint, word text CHECK (sets(word))); CREATE TABLE t (LIKE of INCLUDING CONSTRAINTS)", "INSERT INTO t VALUES (1, 'x')", true},
	{"check of an heir", "CREATE TABLE p (id bigint, word text CHECK (sets(word))); CREATE TABLE t () INHERITS (p)", "INSERT INTO t VALUES (1, 'x')", true},
	{"check of a partition", "CREATE TABLE t (id bigint, word text) PARTITION BY LIST (id); CREATE TABLE t1 PARTITION OF t (CHECK (sets(word))) FOR VALUES IN (1)", "INSERT INTO t VALUES (1, 'x')", true},
	{"check by a routine of another name", "CREATE TABLE t (id bigint, word text CHECK (sets(word))); ALTER FUNCTION sets(text) RENAME TO renamed", "INSERT INTO t VALUES (1, 'x')", true},
	{"check behind a view", "CREATE TABLE t (id bigint, word text CHECK (sets(word))); CREATE VIEW v AS SELECT * FROM t", "INSERT INTO v VALUES (1, 'x')", true},
	{"check behind a view that is read", "CREATE TABLE t (id bigint, word text CHECK (sets(word))); CREATE VIEW v AS SELECT * FROM t", "SELECT * FROM v", false},
	{"check by a routine behind another", "CREATE FUNCTION ok(v text) RETURNS boolean LANGUAGE sql AS $$ SELECT sets(v) $$; CREATE TABLE t (id bigint, word text CHECK (ok(word)))", "INSERT INTO t VALUES (1, 'x')", true},
	{"generated", "CREATE TABLE t (id bigint, word text, b boolean GENERATED ALWAYS AS (sets(word)) STORED)", "INSERT INTO t VALUES (1, 'x')", true},
	{"generated, dropped", "CREATE TABLE t (id bigint, word text, b boolean GENERATED ALWAYS AS (sets(word)) STORED); ALTER TABLE t DROP COLUMN b", "INSERT INTO t VALUES (1, 'x')", false},
	{"index", "CREATE TABLE t (id bigint, word text); CREATE INDEX i ON t ((sets(word)))", "INSERT INTO t VALUES (1, 'x')", true},
	{"index of some rows", "CREATE TABLE t (id bigint, word text); CREATE UNIQUE INDEX i ON t (id) WHERE sets(word)", "INSERT INTO t VALUES (1, 'x')", true},
	{"index, dropped", "CREATE TABLE t (id bigint, word text); CREATE INDEX i ON t ((sets(word))); DROP INDEX i", "INSERT INTO t VALUES (1, 'x')", false},
	{"exclusion", "CREATE TABLE t (id bigint, word text, EXCLUDE USING btree ((sets(word)::int) WITH =))", "INSERT INTO t VALUES (1, 'x')", true},
	{"partition key", "CREATE FUNCTION part(v text) RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM set_config('app.tenant', v, true); RETURN 1; END $$; CREATE TABLE t (id bigint, word text) PARTITION BY LIST (part(word)); CREATE TABLE t1 PARTITION OF t DEFAULT", "INSERT INTO t VALUES (1, 'x')", true},
	{"domain", "CREATE DOMAIN named AS text CHECK (sets(VALUE)); CREATE TABLE t (id bigint, word named)", "INSERT INTO t VALUES (1, 'x')", true},
	{"domain of a domain", "CREATE DOMAIN base AS text CHECK (sets(VALUE)); CREATE DOMAIN named AS base; CREATE TABLE t (id bigint, word named)", "INSERT INTO t VALUES (1, 'x')", true},
	{"domain in a cast", "CREATE DOMAIN named AS text; ALTER DOMAIN named ADD CHECK (sets(VALUE))", "SELECT 'x'::named", true},
	{"domain of another variable", "CREATE DOMAIN named AS text CHECK (tells(VALUE))", "SELECT 'x'::named", false},
	{"trigger's condition", "CREATE TABLE t (id bigint, word text); CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW WHEN (sets(NEW.word)) EXECUTE FUNCTION nothing()", "INSERT INTO t VALUES (1, 'x')", true},
	{"trigger without", "CREATE TABLE t (id bigint, word text); CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION nothing()", "INSERT INTO t VALUES (1, 'x')", false},
	{"trigger behind a trigger", "CREATE TABLE logs (word text); CREATE TRIGGER x BEFORE INSERT ON logs FOR EACH ROW EXECUTE FUNCTION on_row(); CREATE FUNCTION logged() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO logs VALUES (NEW.word); RETURN NEW; END $$; CREATE TABLE t (id bigint, word text); CREATE TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION logged()", "INSERT INTO t VALUES (1, 'x')", true},
	{"trigger behind a key", "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE t (id bigint REFERENCES p ON UPDATE CASCADE, word text CHECK (sets(word))); INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 'x')", "UPDATE p SET id = 2", true},
	{"key that does nothing", "CREATE TABLE p (id bigint PRIMARY KEY); CREATE TABLE t (id bigint REFERENCES p, word text CHECK (sets(word))); INSERT INTO p VALUES (1)", "UPDATE p SET id = 2", false},
	{"default of a function", "CREATE FUNCTION given() RETURNS text LANGUAGE sql AS $$ SELECT set_config('app.tenant', 'x', true) $$; CREATE TABLE t (id bigint, word text DEFAULT given())", "INSERT INTO t (id) VALUES (1)", true},
	{"operator", "CREATE FUNCTION op(a text, b text) RETURNS boolean LANGUAGE sql AS $$ SELECT sets(a) $$; CREATE OPERATOR ### (LEFTARG = text, RIGHTARG = text, FUNCTION = op)", "SELECT 'x'::text ### 'y'::text", true},
	{"operator in a check", "CREATE FUNCTION op(a text, b text) RETURNS boolean LANGUAGE sql AS $$ SELECT sets(a) $$; CREATE OPERATOR ### (LEFTARG = text, RIGHTARG = text, FUNCTION = op); CREATE TABLE t (id bigint, word text CHECK (word ### 'y'))", "INSERT INTO t VALUES (1, 'x')", true},
	{"aggregate", "CREATE FUNCTION step(a text, b text) RETURNS text LANGUAGE sql AS $$ SELECT set_config('app.tenant', b, true) $$; CREATE AGGREGATE last_of(text) (SFUNC = step, STYPE = text); INSERT INTO plain VALUES (1, 'x')", "SELECT last_of(word) FROM plain", true},
	{"cast", "CREATE TYPE pair AS (a text); CREATE FUNCTION of_pair(p pair) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN PERFORM set_config('app.tenant', p.a, true); RETURN 1; END $$; CREATE CAST (pair AS bigint) WITH FUNCTION of_pair(pair) AS ASSIGNMENT", "INSERT INTO plain VALUES (ROW('x')::pair, 'x')", true},
	{"view", "CREATE VIEW v AS SELECT sets(word) FROM plain; INSERT INTO plain VALUES (1, 'x')", "SELECT * FROM v", true},
	{"comment before the arguments", "", "SELECT sets /* it */ ('x')", true},
	{"nothing", "", "INSERT INTO plain VALUES (1, 'x')", false},
}

// TestByObjects: what is found to set the variable, and nothing else.
func TestByObjects(t *testing.T) {
	for _, c := range cases {
		d := schema.Replay("db", []schema.Text{{File: "a.sql", Text: prelude + c.schema + ";"}})
		require.Empty(t, d.Problems, c.name)
		p := setter.Of(d)
		assert.Equal(t, c.sets, p.In(c.statement)["app.tenant"], c.name)
		assert.False(t, p.In(c.statement)[""], "%s: its names are written out", c.name)
	}
}

// TestNamesNotWritten: a name that is put together may be any, beside one that is not.
func TestNamesNotWritten(t *testing.T) {
	p := setter.Of(&schema.Diagram{})
	assert.Equal(t, []string{"", "app.tenant"}, p.In("SELECT set_config('app.tenant', 'x', true), set_config('app.' || $1, 'y', true)").Sorted())
	assert.Equal(t, []string{""}, p.In("SET LOCAL ROLE owner").Sorted())
	assert.Empty(t, p.In("SELECT current_setting('app.tenant')").Sorted())
}

// TestOnServer runs each statement on a PostgreSQL: it sets the variable exactly where that is
// found.
func TestOnServer(t *testing.T) {
	s, err := pgserver.StartServer()
	if errors.Is(err, pgserver.ErrNoServer) && os.Getenv("TENANTVET_REQUIRE_PG") != "1" {
		t.Skipf("not run: no statement was tried, because there is %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	ctx := context.Background()
	conn, err := s.Database(ctx, "setters")
	require.NoError(t, err)
	defer conn.Close(ctx)
	for _, c := range cases {
		require.NoError(t, pgserver.Run(ctx, conn, "BEGIN;"+prelude+c.schema+"; SELECT set_config('app.tenant', 'mine', true);"), c.name)
		require.NoError(t, pgserver.Run(ctx, conn, c.statement), c.name)
		got, err := conn.Exec(ctx, "SELECT current_setting('app.tenant')").ReadAll()
		require.NoError(t, err, c.name)
		assert.Equal(t, c.sets, !slices.Equal(got[0].Rows[0][0], []byte("mine")), c.name)
		require.NoError(t, pgserver.Run(ctx, conn, "ROLLBACK"), c.name)
	}
}
