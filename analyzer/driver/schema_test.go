package driver

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
)

// liveDatabase is an empty database on a server of its own: how it is reached, and what runs
// statements on it.
func liveDatabase(t *testing.T, name string) (dsn string, exec func(sql string)) {
	s, err := pgserver.StartServer()
	if errors.Is(err, pgserver.ErrNoServer) && os.Getenv("TENANTVET_REQUIRE_PG") != "1" {
		t.Skipf("not run: no database was looked at, because there is %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	ctx := context.Background()
	dsn, err = s.DSN(ctx, name)
	require.NoError(t, err)
	conn, err := pgx.Connect(ctx, dsn)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(ctx) })
	return dsn, func(sql string) {
		_, err := conn.Exec(ctx, sql)
		require.NoError(t, err, sql)
	}
}

// TestLiveSecurity runs `tenantvet rls --dsn` beside migrations that the database follows,
// and beside ones that it does not.
func TestLiveSecurity(t *testing.T) {
	dsn, exec := liveDatabase(t, "live")

	const migration = `CREATE TABLE organizations (id uuid PRIMARY KEY, name text NOT NULL);
CREATE TABLE invoices (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id), amount bigint NOT NULL);
CREATE TABLE notes (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id), words text NOT NULL);
ALTER TABLE invoices ENABLE ROW LEVEL SECURITY;
ALTER TABLE invoices FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invoices USING (organization_id = NULLIF(current_setting('app.tenant', true), '')::uuid);
`
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module example.com/live\n\ngo 1.25.0\n", "migrations/1.sql": migration} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	run := func(args ...string) (code int, stdout, stderr string) {
		var out, problems bytes.Buffer
		code = Main(append([]string{"rls", "-C", dir}, args...), strings.NewReader(""), &out, &problems)
		return code, out.String(), problems.String()
	}

	exec(migration)
	code, out, _ := run("--dsn", dsn)
	assert.Equal(t, exitClean, code, out)
	assert.Contains(t, out, "as postgres: it is a superuser, whom no policy holds; if the application connects so, it has no second wall")
	assert.Regexp(t, `(?m)^  invoices +yes +yes +tenant +tenant +tenant +tenant +app\.tenant +-$`, out)
	assert.Regexp(t, `(?m)^  notes: it belongs to a tenant .* \(rls-missing\)$`, out)
	assert.Contains(t, out, "no difference from the migrations (migrations)")

	exec("ALTER TABLE invoices NO FORCE ROW LEVEL SECURITY; CREATE ROLE driver_app LOGIN; ALTER TABLE invoices OWNER TO driver_app")
	code, out, _ = run("--dsn", strings.Replace(dsn, "user=postgres", "user=driver_app", 1))
	assert.Equal(t, exitFound, code, out)
	assert.Contains(t, out, "as driver_app, who owns 1 table of a tenant (invoices): where row-level security is not forced no policy holds its owner")
	assert.Contains(t, out, "differences from the migrations (migrations):\n  invoices: row-level security is forced in the migrations, and not in the database\n")

	code, out, _ = run("--dsn", dsn, "--format", "json")
	assert.Equal(t, exitFound, code)
	var got report.LiveDatabase
	require.NoError(t, json.Unmarshal([]byte(out), &got))
	assert.Equal(t, "invoices", got.Differences[0].Table)

	code, _, problems := run("--dsn", dsn, "--fix")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, problems, "--dsn only looks")
	code, _, problems = run("--dsn", "host=/nowhere dbname=x")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, problems, "connecting")
}

// TestLiveExample runs it on a database that the migrations of the bundled example have made,
// and on what somebody has done to that by hand.
func TestLiveExample(t *testing.T) {
	dsn, exec := liveDatabase(t, "example")
	dir := filepath.Join("..", "..", "testdata", "example-rls")
	files, err := filepath.Glob(filepath.Join(dir, "migrations", "*.sql"))
	require.NoError(t, err)
	for _, name := range files {
		text, err := os.ReadFile(name)
		require.NoError(t, err)
		exec(string(text))
	}
	run := func() string {
		var out bytes.Buffer
		Main([]string{"rls", "-C", dir, "--dsn", dsn}, strings.NewReader(""), &out, &out)
		return out.String()
	}

	assert.Contains(t, run(), "no difference from the migrations (migrations)")
	exec(`ALTER TABLE invoices NO FORCE ROW LEVEL SECURITY;
DROP POLICY tenant ON invoice_lines;
ALTER POLICY tenant ON notes USING (true);
CREATE TABLE exports (id uuid PRIMARY KEY, organization_id uuid NOT NULL REFERENCES organizations (id));
CREATE VIEW open_invoices AS SELECT * FROM invoices;
ALTER ROLE walled_app BYPASSRLS;
ALTER ROLE walled_reports SET app.organization = '11111111-1111-1111-1111-111111111111'`)
	out := run()
	for _, want := range []string{
		"invoices: row-level security is forced in the migrations, and not in the database",
		"invoice_lines: the migrations have the policy tenant, and the database has not",
		"notes: policy tenant has USING (",
		"exports: the database has it, and no migration makes it",
		"the view open_invoices of the database shows it, and no migration makes that",
		"the role walled_app goes past every policy in the database, and not in the migrations",
		"every session of walled_reports begins with app.organization",
	} {
		assert.Contains(t, out, want)
	}
}
