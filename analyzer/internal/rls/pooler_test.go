package rls_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/live"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
)

// TestBehindPooler tries on a pgbouncer in transaction mode what rules say of connections
// that are shared: what is set for the session is there for another client, what is set for
// the transaction is not.
func TestBehindPooler(t *testing.T) {
	s := server(t)
	ctx := context.Background()
	conn, err := s.Database(ctx, "pooled")
	require.NoError(t, err)
	require.NoError(t, pgserver.Run(ctx, conn, "SET search_path = public; DROP SCHEMA asifalone CASCADE;"+roles+"ALTER ROLE app LOGIN; SET ROLE owns;"+prelude+
		`ALTER TABLE invoices ENABLE ROW LEVEL SECURITY; ALTER TABLE invoices FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invoices USING (organization_id = NULLIF(current_setting('app.tenant', true), '')::bigint);
RESET ROLE;`+rows+grants))
	require.NoError(t, conn.Close(ctx))

	pooler, err := s.StartPooler("app")
	if errors.Is(err, pgserver.ErrNoPooler) && os.Getenv("TENANTVET_REQUIRE_PGBOUNCER") != "1" {
		t.Skipf("not run: nothing was tried behind a pooler, because there is %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(pooler.Stop)

	client := func() *pgx.Conn {
		config, err := pgx.ParseConfig(pooler.DSN("app", "pooled"))
		require.NoError(t, err)
		config.DefaultQueryExecMode = pgx.QueryExecModeExec
		c, err := pgx.ConnectConfig(ctx, config)
		require.NoError(t, err)
		t.Cleanup(func() { c.Close(ctx) })
		return c
	}
	seen := func(q interface {
		Query(context.Context, string, ...any) (pgx.Rows, error)
	}) string {
		found, err := q.Query(ctx, "SELECT organization_id::text FROM invoices ORDER BY id")
		require.NoError(t, err)
		list, err := pgx.CollectRows(found, pgx.RowTo[string])
		require.NoError(t, err)
		return strings.Join(list, " ")
	}
	do := func(c interface {
		QueryRow(context.Context, string, ...any) pgx.Row
	}, sql string) {
		var got string
		require.NoError(t, c.QueryRow(ctx, sql).Scan(&got))
	}
	one, two := client(), client()

	// rls-session-setting: the next client has the tenant of the one before.
	assert.Empty(t, seen(two))
	do(one, "SELECT set_config('app.tenant', '2', false)")
	assert.Equal(t, "2 2", seen(two), "the tenant of another client")
	// And whoever set it is shown what another one has set since.
	do(two, "SELECT set_config('app.tenant', '1', false)")
	assert.Equal(t, "1", seen(one), "the tenant of another client")
	// Closing does not help: in transaction mode the pooler resets nothing.
	require.NoError(t, two.Close(ctx))
	assert.Equal(t, "1", seen(client()))
	do(one, "SELECT set_config('app.tenant', '', false)")

	// The transaction holds its connection, and takes its tenant along.
	tx, err := one.Begin(ctx)
	require.NoError(t, err)
	do(tx, "SELECT set_config('app.tenant', '1', true)")
	assert.Equal(t, "1", seen(tx))
	require.NoError(t, tx.Commit(ctx))
	assert.Empty(t, seen(client()), "nothing is left")

	// rls-no-transaction: each statement is a transaction of its own.
	do(one, "SELECT set_config('app.tenant', '1', true)")
	assert.Empty(t, seen(one))

	// The variable that a client gives when it connects does not reach the server.
	config, err := pgx.ParseConfig(pooler.DSN("app", "pooled") + " options='-c app.tenant=2'")
	require.NoError(t, err)
	_, err = pgx.ConnectConfig(ctx, config)
	assert.Error(t, err, "pgbouncer refuses it")

	// tenantvet rls --dsn reads through it.
	db, err := live.Read(ctx, pooler.DSN("app", "pooled"))
	require.NoError(t, err)
	assert.Contains(t, db.Text.Text, "CREATE POLICY tenant ON public.invoices")
}
