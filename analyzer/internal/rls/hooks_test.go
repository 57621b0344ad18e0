package rls_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
)

type tenantKey struct{}

// as is the context of a request of a tenant.
func as(tenant string) context.Context {
	return context.WithValue(context.Background(), tenantKey{}, tenant)
}

// give sets the variable for the session to the tenant of a context, or to nothing.
func give(ctx context.Context, conn *pgx.Conn) error {
	tenant, _ := ctx.Value(tenantKey{}).(string)
	_, err := conn.Exec(ctx, "SELECT set_config('app.tenant', $1, false)", tenant)
	return err
}

// hooked is a server's database with rows of two tenants, which a policy holds for role app.
func hooked(t *testing.T) (dsn string) {
	s := server(t)
	ctx := context.Background()
	dsn, err := s.DSN(ctx, "hooks")
	require.NoError(t, err)
	conn, err := pgconn.Connect(ctx, dsn)
	require.NoError(t, err)
	defer conn.Close(ctx)
	require.NoError(t, pgserver.Run(ctx, conn, "SET search_path = public;"+roles+"ALTER ROLE app LOGIN; SET ROLE owns;"+prelude+
		`ALTER TABLE invoices ENABLE ROW LEVEL SECURITY; ALTER TABLE invoices FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invoices USING (organization_id = NULLIF(current_setting('app.tenant', true), '')::bigint);
RESET ROLE;`+rows+grants))
	return dsn
}

// TestHooks shows on a PostgreSQL what the hooks of pgx's pool do with the tenant, on a pool of
// one connection: which of them give it to each statement, and which leave another's.
func TestHooks(t *testing.T) {
	dsn, ctx := hooked(t), context.Background()

	open := func(hook func(*pgxpool.Config)) *pgxpool.Pool {
		config, err := pgxpool.ParseConfig(dsn)
		require.NoError(t, err)
		config.MaxConns = 1
		config.ConnConfig.RuntimeParams["role"] = "app"
		config.ConnConfig.RuntimeParams["search_path"] = "public"
		hook(config)
		pool, err := pgxpool.NewWithConfig(ctx, config)
		require.NoError(t, err)
		t.Cleanup(pool.Close)
		return pool
	}
	seen := func(ctx context.Context, q interface {
		Query(context.Context, string, ...any) (pgx.Rows, error)
	}) string {
		found, err := q.Query(ctx, "SELECT organization_id::text FROM invoices ORDER BY id")
		require.NoError(t, err)
		list, err := pgx.CollectRows(found, pgx.RowTo[string])
		require.NoError(t, err)
		return strings.Join(list, " ")
	}

	t.Run("PrepareConn", func(t *testing.T) {
		pool := open(func(c *pgxpool.Config) {
			c.PrepareConn = func(ctx context.Context, conn *pgx.Conn) (bool, error) {
				err := give(ctx, conn)
				return err == nil, err
			}
		})
		assert.Equal(t, "1", seen(as("1"), pool))
		assert.Equal(t, "2 2", seen(as("2"), pool))
		assert.Empty(t, seen(ctx, pool), "nobody has nothing of who was before")
		tx, err := pool.Begin(as("1"))
		require.NoError(t, err)
		assert.Equal(t, "1", seen(as("2"), tx), "who began the transaction counts")
		require.NoError(t, tx.Rollback(ctx))
		require.NoError(t, pool.AcquireFunc(as("2"), func(c *pgxpool.Conn) error {
			assert.Equal(t, "2 2", seen(ctx, c))
			return nil
		}))
		gone, cancel := context.WithCancel(as("1"))
		cancel()
		_, err = pool.Exec(gone, "SELECT 1")
		assert.Error(t, err, "where it failed nothing is handed out")
		assert.Empty(t, seen(ctx, pool))
	})
	t.Run("BeforeAcquire", func(t *testing.T) {
		pool := open(func(c *pgxpool.Config) {
			//lint:ignore SA1019 programs have it
			c.BeforeAcquire = func(ctx context.Context, conn *pgx.Conn) bool { return give(ctx, conn) == nil }
		})
		assert.Equal(t, "1", seen(as("1"), pool))
		assert.Equal(t, "2 2", seen(as("2"), pool))
		assert.Empty(t, seen(ctx, pool))
	})
	t.Run("one of both", func(t *testing.T) { // each of several hooks must give it
		pool := open(func(c *pgxpool.Config) {
			//lint:ignore SA1019 programs have it
			c.BeforeAcquire = func(ctx context.Context, conn *pgx.Conn) bool { return give(ctx, conn) == nil }
			c.PrepareConn = func(context.Context, *pgx.Conn) (bool, error) { return true, nil }
		})
		assert.Empty(t, seen(as("1"), pool), "BeforeAcquire is not called beside PrepareConn")
	})
	t.Run("set for a transaction", func(t *testing.T) { // rls-no-transaction
		pool := open(func(c *pgxpool.Config) {
			c.PrepareConn = func(ctx context.Context, conn *pgx.Conn) (bool, error) {
				_, err := conn.Exec(ctx, "SELECT set_config('app.tenant', '1', true)")
				return err == nil, err
			}
		})
		assert.Empty(t, seen(as("1"), pool))
	})
	t.Run("on some ways", func(t *testing.T) { // rls-hook-reset
		sometimes := func(c *pgxpool.Config) {
			c.PrepareConn = func(ctx context.Context, conn *pgx.Conn) (bool, error) {
				if ctx.Value(tenantKey{}) == nil {
					return true, nil
				}
				err := give(ctx, conn)
				return err == nil, err
			}
		}
		pool := open(sometimes)
		assert.Equal(t, "2 2", seen(as("2"), pool))
		assert.Equal(t, "2 2", seen(ctx, pool), "nobody has who was before")
		pool = open(func(c *pgxpool.Config) {
			sometimes(c)
			c.AfterRelease = func(conn *pgx.Conn) bool {
				_, err := conn.Exec(ctx, "RESET ALL")
				return err == nil
			}
		})
		assert.Equal(t, "2 2", seen(as("2"), pool))
		assert.Empty(t, seen(ctx, pool))
	})
	t.Run("AfterConnect", func(t *testing.T) { // rls-hook-once
		pool := open(func(c *pgxpool.Config) { c.AfterConnect = give })
		assert.Equal(t, "1", seen(as("1"), pool))
		assert.Equal(t, "1", seen(as("2"), pool), "the tenant of the first request")
	})
	t.Run("AfterRelease", func(t *testing.T) { // what a request sets for the session
		set := func(pool *pgxpool.Pool) {
			require.NoError(t, pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error { return give(as("2"), c.Conn()) }))
		}
		pool := open(func(*pgxpool.Config) {})
		set(pool)
		assert.Equal(t, "2 2", seen(ctx, pool), "rls-session-setting")
		pool = open(func(c *pgxpool.Config) {
			c.AfterRelease = func(conn *pgx.Conn) bool {
				_, err := conn.Exec(ctx, "SELECT set_config('app.tenant', '', false)")
				return err == nil
			}
		})
		set(pool)
		assert.Empty(t, seen(ctx, pool))
	})
}
