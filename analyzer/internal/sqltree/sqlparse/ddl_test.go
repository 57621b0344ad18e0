package sqlparse_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgddl"
)

func parseOne(t *testing.T, text string) sqltree.Change {
	changes, err := pgddl.Parse(text)
	require.NoError(t, err)
	require.Len(t, changes, 1, text)
	return changes[0]
}

func TestCreateTable(t *testing.T) {
	text := `CREATE TABLE app."Items" (
  id serial8,
  org_id uuid NOT NULL CONSTRAINT fk REFERENCES orgs (id) MATCH FULL NOT ENFORCED,
  price numeric(10,2) DEFAULT 1 + 2,
  "Name" varchar(20)[] DEFAULT 'it''s' UNIQUE NULLS NOT DISTINCT,
  at timestamptz DEFAULT now(),
  PRIMARY KEY (id, org_id)
)`
	c := parseOne(t, text).(*sqltree.CreateTable)
	assert.Equal(t, sqltree.ObjectName{Schema: "app", Name: "Items"}, c.Name)
	var cols []string
	for _, col := range c.Columns {
		cols = append(cols, fmt.Sprintf("%s %s %v %q %v", col.Name, col.Type, col.NotNull, col.Default, col.Identity))
		assert.True(t, strings.HasPrefix(strings.ReplaceAll(text[col.Pos:], `"`, ""), col.Name), "position of %s", col.Name)
	}
	assert.Equal(t, []string{
		`id bigint true "" true`, `org_id uuid true "" false`, `price numeric false "1 + 2" false`,
		`Name character varying[] false "'it''s'" false`, `at timestamptz false "now()" false`,
	}, cols)
	require.Len(t, c.Constraints, 3)
	fk := c.Constraints[0]
	assert.Equal(t, sqltree.ForeignKey, fk.Kind)
	assert.Equal(t, []string{"org_id"}, fk.Columns)
	assert.True(t, fk.MatchFull && fk.NotValid && fk.Name == "fk")
	assert.True(t, c.Constraints[1].NullsNotDistinct)
	assert.Equal(t, []string{"id", "org_id"}, c.Constraints[2].Columns)
}

func TestAlterTable(t *testing.T) {
	a := parseOne(t, `ALTER TABLE IF EXISTS ONLY t ADD COLUMN IF NOT EXISTS a int REFERENCES b, DROP c, ALTER d DROP NOT NULL,
		ALTER e DROP DEFAULT, ALTER f DROP IDENTITY, ADD CONSTRAINT nn NOT NULL g, DROP CONSTRAINT h, VALIDATE CONSTRAINT i,
		INHERIT j, NO INHERIT k, OWNER TO me, ENABLE ROW LEVEL SECURITY`).(*sqltree.AlterTable)
	assert.True(t, a.MissingOK)
	var kinds []string
	for _, act := range a.Actions {
		kinds = append(kinds, strings.TrimPrefix(fmt.Sprintf("%T", act), "*sqltree."))
	}
	assert.Equal(t, []string{"AddColumn", "DropColumn", "AlterColumn", "AlterColumn", "AlterColumn", "AlterColumn", "DropConstraint", "ValidateConstraint", "SetParent", "SetParent", "ChangeOwner", "RowSecurity"}, kinds)
	assert.False(t, *a.Actions[2].(*sqltree.AlterColumn).NotNull)
	assert.Empty(t, *a.Actions[3].(*sqltree.AlterColumn).Default)
	assert.False(t, *a.Actions[4].(*sqltree.AlterColumn).Identity)
	assert.True(t, *a.Actions[5].(*sqltree.AlterColumn).NotNull)
}

// TestSecurity reads what definitions say of row-level security.
func TestSecurity(t *testing.T) {
	assert.Equal(t, &sqltree.CreatePolicy{
		Pos: 19, Name: "p", Table: sqltree.ObjectName{Schema: "s", Name: "t"}, Restrictive: true, Command: "UPDATE", Roles: []string{"app"},
		Using: "a = 1", Check: "true",
	}, parseOne(t, "CREATE POLICY p ON s.t AS RESTRICTIVE FOR UPDATE TO app USING (a = 1) WITH CHECK (true)"))
	plain := parseOne(t, "CREATE POLICY p ON t TO PUBLIC USING (a)").(*sqltree.CreatePolicy)
	assert.Equal(t, "ALL", plain.Command)
	assert.Empty(t, plain.Roles)
	assert.False(t, plain.Restrictive)
	assert.Equal(t, "b", parseOne(t, "ALTER POLICY p ON t USING (b)").(*sqltree.AlterPolicy).Using)
	assert.Equal(t, sqltree.PolicyObject, parseOne(t, "DROP POLICY IF EXISTS p ON t").(*sqltree.DropObject).Kind)
	assert.Equal(t, sqltree.PolicyObject, parseOne(t, "ALTER POLICY p ON t RENAME TO q").(*sqltree.RenameObject).Kind)
	for text, want := range map[string][2]bool{
		"CREATE ROLE r BYPASSRLS LOGIN": {true, true}, "CREATE USER r": {false, true}, "CREATE ROLE r": {}, "ALTER ROLE r NOBYPASSRLS": {},
	} {
		r := parseOne(t, text).(*sqltree.SetRole)
		assert.Equal(t, want, [2]bool{r.Bypass != nil && *r.Bypass, r.Login != nil && *r.Login}, text)
	}
	assert.Equal(t, &sqltree.Membership{Roles: []string{"a", "b"}, Members: []string{"c"}}, parseOne(t, "GRANT a, b TO c"))
	assert.True(t, parseOne(t, "REVOKE a FROM c").(*sqltree.Membership).Revoke)
	for text, want := range map[string]sqltree.SessionDefault{
		"ALTER ROLE r SET app.Tenant = 'x'": {Role: "r", Name: "app.tenant", Value: "x"}, "ALTER ROLE ALL SET app.tenant TO 7": {Name: "app.tenant", Value: "7"},
		"ALTER DATABASE d SET app.tenant = ''": {Database: "d", Name: "app.tenant"}, "ALTER ROLE r IN DATABASE d SET app.bypass = on": {Role: "r", Database: "d", Name: "app.bypass", Value: "on"},
		"ALTER ROLE r RESET app.tenant": {Role: "r", Name: "app.tenant", Reset: true}, "ALTER DATABASE d RESET ALL": {Database: "d", Reset: true}, "ALTER ROLE r SET app.tenant TO DEFAULT": {Role: "r", Name: "app.tenant", Reset: true},
	} {
		want.Pos = sqltree.NoPos
		assert.Equal(t, &want, parseOne(t, text), text)
	}
	for option, want := range map[string]bool{
		"security_invoker": true, "security_invoker = on": true, "security_invoker = true": true, "security_invoker = 1": true,
		"security_invoker = false": false, "security_invoker = off": false, "security_invoker = 0": false, "security_barrier": false,
	} {
		assert.Equal(t, want, parseOne(t, "CREATE VIEW v WITH ("+option+") AS SELECT 1").(*sqltree.CreateView).Invoker, option)
	}
	assert.True(t, parseOne(t, "ALTER VIEW v SET (security_invoker = true)").(*sqltree.AlterView).Invoker)
	assert.False(t, parseOne(t, "ALTER VIEW v RESET (security_invoker)").(*sqltree.AlterView).Invoker)
	assert.True(t, parseOne(t, "CREATE FUNCTION f() RETURNS int LANGUAGE sql SET search_path = pg_catalog AS 'SELECT 1'").(*sqltree.CreateFunction).FixedPath)
}

// TestLoops: a loop over constants runs what it says for each of them; anything else that
// is put together as text is opaque.
func TestLoops(t *testing.T) {
	for body, want := range map[string][]string{
		"FOREACH t IN ARRAY ARRAY['a', 'B'] LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN x int', t); END LOOP;": {
			`ALTER TABLE a ADD COLUMN x int`, `ALTER TABLE "B" ADD COLUMN x int`,
		},
		"FOREACH t IN ARRAY ARRAY['a']::text[] LOOP EXECUTE 'ALTER TABLE ' || quote_ident(t) || ' ADD y int'; END LOOP;":           {`ALTER TABLE a ADD y int`},
		"FOR t IN SELECT unnest(ARRAY['a', 'b']) LOOP EXECUTE format('DROP TABLE %1$I; CREATE TABLE %1$I (n text)', t); END LOOP;": {`DROP TABLE a; CREATE TABLE a (n text)`, `DROP TABLE b; CREATE TABLE b (n text)`},
		"FOREACH t IN ARRAY ARRAY['a'] LOOP IF x THEN EXECUTE format('ALTER TABLE %s ADD z text DEFAULT %L, ADD p text DEFAULT ''%%''', t, 'o''k'); END IF; END LOOP;": {
			`ALTER TABLE a ADD z text DEFAULT 'o''k', ADD p text DEFAULT '%'`,
		},
		"FOREACH t IN ARRAY names LOOP EXECUTE format('ALTER TABLE %I ADD x int', t); END LOOP;":                                                   nil,
		"FOREACH t IN ARRAY ARRAY['a', n] LOOP EXECUTE format('ALTER TABLE %I ADD x int', t); END LOOP;":                                           nil,
		"FOREACH t IN ARRAY ARRAY['a'] LOOP NULL; END LOOP; EXECUTE format('ALTER TABLE %I ADD x int', t);":                                        nil,
		"FOREACH t IN ARRAY ARRAY['a'] LOOP EXECUTE format('ALTER TABLE %I ADD %I int', t, c); END LOOP;":                                          nil,
		"FOREACH t IN ARRAY ARRAY['a'] LOOP EXECUTE format('ALTER TABLE %I ADD x int', lower(t)); END LOOP;":                                       nil,
		"FOREACH t IN ARRAY ARRAY['a'] LOOP EXECUTE format('ALTER TABLE %I ADD %5I int', t, t); END LOOP;":                                         nil,
		"FOREACH s IN ARRAY ARRAY['a'] LOOP FOREACH t IN ARRAY ARRAY['b'] LOOP EXECUTE format('ALTER TABLE %I ADD x int', t); END LOOP; END LOOP;": nil,
	} {
		b := parseOne(t, "DO $$ BEGIN "+body+" END $$").(*sqltree.DoBlock)
		var got []string
		for _, p := range b.Parts {
			got = append(got, p.Text)
		}
		assert.Equal(t, want, got, body)
		assert.Equal(t, want == nil, b.Opaque, body)
	}
	b := parseOne(t, `DO $$ DECLARE t text; tables text[] := ARRAY['a', 'b']; others text[] := '{c, "D"}'; BEGIN
		FOREACH t IN ARRAY tables LOOP EXECUTE format('DROP TABLE %I', t); END LOOP;
		FOR t IN SELECT unnest(others) AS n LOOP EXECUTE format('DROP TABLE %I', t); END LOOP; END $$`).(*sqltree.DoBlock)
	require.Len(t, b.Parts, 4)
	assert.Equal(t, "DROP TABLE b", b.Parts[1].Text)
	assert.Equal(t, `DROP TABLE "D"`, b.Parts[3].Text)
}

// TestChangesNothing holds that statements without a table, view, index,
// function, trigger, policy or role are no errors and no changes.
func TestChangesNothing(t *testing.T) {
	for _, text := range []string{
		"GRANT EXECUTE ON FUNCTION f() TO b", "COMMENT ON TABLE a IS 'x'", "SET lock_timeout = '2s'", "CREATE TYPE e AS ENUM ('a')", "CREATE EXTENSION x",
		"SELECT 1", "INSERT INTO a VALUES (1)", "DROP TYPE e",
		"ALTER TYPE e ADD VALUE 'b'", "DO $$ BEGIN PERFORM 1; END $$", "CREATE SEQUENCE s", "ALTER VIEW v SET (security_barrier)", "VACUUM", "",
	} {
		changes, err := pgddl.Parse(text)
		assert.NoError(t, err, text)
		assert.Empty(t, changes, text)
	}
}

func TestViewsKeepTheirQuery(t *testing.T) {
	for text, want := range map[string]string{
		"CREATE VIEW v AS SELECT a AS b FROM c":                                                   "SELECT a AS b FROM c",
		"CREATE OR REPLACE VIEW v (x) WITH (security_invoker) AS SELECT 1;":                       "SELECT 1",
		"CREATE VIEW v AS WITH w AS (SELECT 1) SELECT * FROM w WITH CASCADED CHECK OPTION":        "WITH w AS (SELECT 1) SELECT * FROM w",
		"CREATE MATERIALIZED VIEW v AS SELECT a, -- as\n b FROM c WITH NO DATA":                   "SELECT a, -- as\n b FROM c",
		"CREATE VIEW \"as\" AS SELECT ts AT TIME ZONE 'x' FROM c WHERE d WITH LOCAL CHECK OPTION": "SELECT ts AT TIME ZONE 'x' FROM c WHERE d",
	} {
		assert.Equal(t, want, parseOne(t, text).(*sqltree.CreateView).Query, text)
	}
}

func TestFunctions(t *testing.T) {
	f := parseOne(t, "CREATE FUNCTION f(a int, b text DEFAULT 'x', OUT c int) LANGUAGE plpgsql SECURITY DEFINER AS $x$ BEGIN c := a; END $x$").(*sqltree.CreateFunction)
	assert.Equal(t, []string{"a", "b"}, f.Args)
	assert.True(t, f.Definer)
	assert.Equal(t, "plpgsql", f.Language)
	assert.Equal(t, " BEGIN c := a; END ", f.Body)
	sql := parseOne(t, "CREATE FUNCTION f(a int) RETURNS int RETURN a + 1").(*sqltree.CreateFunction)
	assert.Equal(t, "SELECT a + 1", sql.Body)
	atomic := parseOne(t, "CREATE PROCEDURE p() BEGIN ATOMIC DELETE FROM a; INSERT INTO b VALUES (1); END").(*sqltree.CreateFunction)
	assert.Equal(t, "DELETE FROM a; INSERT INTO b VALUES (1);", atomic.Body)
}

func TestBlocks(t *testing.T) {
	text := "DO $$\nBEGIN\n  IF x THEN\n    ALTER TABLE a ADD b int;\n  ELSE CREATE TABLE c (d text DEFAULT ';');\n  END IF;\n  EXECUTE 'DROP TABLE ''q''';\nEND $$"
	b := parseOne(t, text).(*sqltree.DoBlock)
	require.Len(t, b.Parts, 3)
	assert.Equal(t, "ALTER TABLE a ADD b int", b.Parts[0].Text)
	assert.True(t, strings.HasPrefix(text[b.Parts[0].Offset:], b.Parts[0].Text))
	assert.Equal(t, "CREATE TABLE c (d text DEFAULT ';')", b.Parts[1].Text)
	assert.Equal(t, "DROP TABLE 'q'", b.Parts[2].Text)
	assert.False(t, b.Opaque)
	for text, opaque := range map[string]bool{
		"EXECUTE format('ALTER TABLE %I ADD x int', t);":                                                 true,
		"EXECUTE format('ALTER INDEX IF EXISTS i_%s_a RENAME TO i_%s_b', n, n);":                         false,
		"EXECUTE format('ALTER VIEW %I RENAME TO %I', a, b);":                                            true,
		"EXECUTE format('ALTER INDEX i_%s RENAME TO j_%s; ALTER VIEW v_%s RENAME TO w_%s', n, n, n, n);": true,
		"EXECUTE format('CREATE UNIQUE INDEX IF NOT EXISTS i_%s ON events_%s (a, b)', n, n);":            false,
	} {
		assert.Equal(t, opaque, parseOne(t, "DO $$ BEGIN "+text+" END $$").(*sqltree.DoBlock).Opaque, text)
	}
}

func TestDDLErrors(t *testing.T) {
	_, err := pgddl.Parse("CREATE TABLE é (a int,, b int)")
	var stop *sqltree.Error
	require.ErrorAs(t, err, &stop)
	assert.Equal(t, sqltree.Pos(strings.Index("CREATE TABLE é (a int,, b int)", ", b")), stop.At, "bytes, not characters")
	_, err = pgddl.Parse("SELECT " + strings.Repeat("(", 1000) + "1" + strings.Repeat(")", 1000))
	assert.ErrorContains(t, err, "too deeply nested")
	_, err = pgddl.Parse(strings.Repeat(" ", pgddl.MaxDDL+1))
	assert.True(t, errors.As(err, &stop))
}
