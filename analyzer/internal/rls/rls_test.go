package rls_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// prelude is the schema that every case begins with: one table of a tenant that is secured
// as it should be, and one that the case secures.
const prelude = `CREATE TABLE organizations (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE projects (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations (id), name text NOT NULL);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
ALTER TABLE projects FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON projects USING (organization_id = current_setting('app.tenant')::bigint);
CREATE TABLE invoices (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations (id), status text NOT NULL, amount bigint NOT NULL);
`

// section is a file of a case, "" if it has none.
func section(in *txtar.Archive, name string) string {
	for _, f := range in.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func decide(migration string) *catalogue.Catalogue {
	d := schema.Replay("db", []schema.Text{{File: "prelude.sql", Text: prelude}, {File: "migration.sql", Text: migration}})
	return catalogue.Decide([]*schema.Diagram{d}, catalogue.Settings{})[0]
}

// TestRules compares what is found in a migration with what its case says, and finds
// nothing of the case's rule in the mended one.
func TestRules(t *testing.T) {
	golden.Cases(t, "testdata/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		rule := filepath.Base(t.Name())
		var b strings.Builder
		for _, f := range rls.Check(decide(section(in, "before.sql"))) {
			fmt.Fprintf(&b, "%s:%d: %s: %s [%s]\n", f.File, f.Line, f.Tier, f.Message, f.Rule)
		}
		for _, f := range rls.Check(decide(section(in, "after.sql"))) {
			assert.NotEqual(t, rule, f.Rule, "after: %s", f.Message)
			fmt.Fprintf(&b, "after: %s:%d: %s: %s [%s]\n", f.File, f.Line, f.Tier, f.Message, f.Rule)
		}
		return b.String()
	})
}

// TestEveryRuleHasACase: a rule without a case is one that no test would miss, and each
// case finds its rule.
func TestEveryRuleHasACase(t *testing.T) {
	for _, r := range finding.Rules() {
		if r.Basis == "" || r.Name == finding.UndecidedTable {
			continue
		}
		assert.FileExists(t, filepath.Join("testdata", "server", r.Name+".golden"), "no server has shown it")
		in, err := txtar.ParseFile(filepath.Join("testdata", r.Name+".txtar"))
		require.NoError(t, err, r.Name)
		if r.Go { // the shapes find it
			continue
		}
		found := false
		for _, f := range rls.Check(decide(section(in, "before.sql"))) {
			found = found || f.Rule == r.Name
		}
		assert.True(t, found, r.Name)
	}
}

// TestNoSecondWall: a database that has none is not asked for one.
func TestNoSecondWall(t *testing.T) {
	d := schema.Replay("db", []schema.Text{{File: "a.sql", Text: `CREATE TABLE organizations (id bigint PRIMARY KEY);
CREATE TABLE invoices (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations (id), number text UNIQUE);
CREATE VIEW v AS SELECT * FROM invoices; CREATE ROLE app LOGIN SUPERUSER;`}})
	assert.Empty(t, rls.Check(catalogue.Decide([]*schema.Diagram{d}, catalogue.Settings{})[0]))
}

// TestShownOn: the version that the rules say they were shown on is that of a server which has
// shown them.
func TestShownOn(t *testing.T) {
	ctx := context.Background()
	conn, err := server(t).Database(ctx, "version")
	require.NoError(t, err)
	defer conn.Close(ctx)
	version, _, _ := strings.Cut(conn.ParameterStatus("server_version"), ".")
	assert.Contains(t, strings.Split(finding.ShownOn, ", "), version, "run TestOnServer on it, and name it in finding.ShownOn")
}

// TestOnServer runs the probe of each case on a PostgreSQL, once behind the migration and
// once behind the mended one: what a rule warns of is there, and then it is not.
func TestOnServer(t *testing.T) {
	s := server(t)
	golden.Cases(t, "testdata/server/*.golden", func(t *testing.T, in *txtar.Archive) string {
		rule := filepath.Base(t.Name())
		c, err := txtar.ParseFile(filepath.Join("testdata", rule+".txtar"))
		require.NoError(t, err)
		before, after := probe(t, s, c, "before.sql"), probe(t, s, c, "after.sql")
		assert.NotEqual(t, before, after)
		return "before:\n" + before + "after:\n" + after
	})
}

func server(t *testing.T) *pgserver.Server {
	s, err := pgserver.StartServer()
	if errors.Is(err, pgserver.ErrNoServer) && os.Getenv("TENANTVET_REQUIRE_PG") != "1" {
		t.Skipf("not run: no policy was tried, because there is %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	return s
}

// Two roles as an application has them: one owns the tables, one connects. The rows are of
// two tenants; 1 is the caller's.
const (
	roles = `DO $$ BEGIN CREATE ROLE owns; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE app; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE reporting; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
DO $$ BEGIN CREATE ROLE jobs; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
GRANT ALL ON SCHEMA public TO owns; GRANT USAGE ON SCHEMA public TO app, reporting, jobs;`
	rows = `INSERT INTO organizations VALUES (1, 'mine'), (2, 'other');
INSERT INTO projects VALUES (1, 1, 'mine'), (2, 2, 'other');
INSERT INTO invoices VALUES (1, 1, 'open', 10), (2, 2, 'open', 20), (3, 2, 'draft', 30);`
	grants = `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO app, reporting;`
)

// probe sets up a database of the owner's with a migration, and gives what the statements
// of the probe give, each on a line.
func probe(t *testing.T, s *pgserver.Server, c *txtar.Archive, migration string) string {
	ctx := context.Background()
	dsn, err := s.DSN(ctx, "policies")
	require.NoError(t, err)
	conn, err := pgconn.Connect(ctx, dsn)
	require.NoError(t, err)
	defer conn.Close(ctx)
	must := func(sql string) { require.NoError(t, pgserver.Run(ctx, conn, sql), "%s: %s", migration, sql) }
	must("SET search_path = public;" + roles)
	if section(c, "admin") == "" {
		must("SET ROLE owns")
	}
	must(prelude + section(c, migration))
	must("RESET ROLE;" + rows + section(c, "rows.sql") + grants)
	asks := conn
	if role := strings.TrimSpace(section(c, "login")); role != "" { // a role of the case, which connects by itself
		asks, err = pgconn.Connect(ctx, dsn+" user="+role)
		require.NoError(t, err)
		defer must("DROP OWNED BY " + role + "; DROP ROLE " + role)
		defer asks.Close(ctx)
	}
	var b strings.Builder
	// What the program does differs where the migrations do not.
	lines := section(c, "probe.sql") + section(c, strings.TrimSuffix(migration, ".sql")+"-probe.sql")
	for _, line := range strings.Split(strings.TrimSpace(lines), "\n") {
		fmt.Fprintf(&b, "  %s\n", line)
		results, err := asks.Exec(ctx, line).ReadAll()
		var refused *pgconn.PgError
		if errors.As(err, &refused) {
			fmt.Fprintf(&b, "    refused: %s\n", refused.Message)
			continue
		}
		require.NoError(t, err, line)
		for _, r := range results {
			for _, row := range r.Rows {
				b.WriteString("    " + joined(row) + "\n")
			}
		}
	}
	must("RESET ROLE")
	return b.String()
}

func joined(row [][]byte) string {
	out := make([]string, len(row))
	for i, v := range row {
		if out[i] = string(v); v == nil {
			out[i] = "NULL"
		}
	}
	return strings.Join(out, " | ")
}

// TestOnce: one folder that several modules name is one database; another folder, or other
// tables in the same one, is another.
func TestOnce(t *testing.T) {
	const more = prelude + "CREATE TABLE notes (id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organizations (id));"
	of := func(name, file, text string) *catalogue.Catalogue {
		return catalogue.Decide([]*schema.Diagram{schema.Replay(name, []schema.Text{{File: file, Text: text}})}, catalogue.Settings{})[0]
	}
	once, names := rls.Once([]*catalogue.Catalogue{of("db", "db/1.sql", prelude), of("a/sqlc.yaml: ../db", "db/1.sql", prelude), of("b", "b/1.sql", prelude), of("c", "db/1.sql", more)})
	assert.Len(t, once, 3)
	assert.Equal(t, []string{"db, a/sqlc.yaml: ../db", "b", "c"}, names)
}

// TestTables compares what is shown of the tables of a tenant.
func TestTables(t *testing.T) {
	golden.Cases(t, "testdata/tables/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		var b strings.Builder
		for _, o := range rls.Tables(decide(section(in, "migration.sql"))) {
			fmt.Fprintf(&b, "%s %s:%d enabled=%t forced=%t restrictive=%v gaps=%v", o.Table, o.File, o.Line, o.Enabled, o.Forced, o.Restrictive, o.Gaps)
			for _, command := range rls.Commands() {
				fmt.Fprintf(&b, " %s=%v", command, o.Policies[command])
			}
			b.WriteString("\n")
		}
		return b.String()
	})
}
