package rls_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSQLHooks shows on a PostgreSQL what the hooks of database/sql do with the tenant: one is
// called when a connection is made, one before it is used once more.
func TestSQLHooks(t *testing.T) {
	dsn := hooked(t)
	ctx := context.Background()
	config := func() *pgx.ConnConfig {
		c, err := pgx.ParseConfig(dsn)
		require.NoError(t, err)
		c.RuntimeParams["role"], c.RuntimeParams["search_path"] = "app", "public"
		return c
	}
	one := func(db *sql.DB) *sql.DB {
		t.Cleanup(func() { db.Close() })
		db.SetMaxOpenConns(1)
		return db
	}
	reset := func(fail error) stdlib.OptionOpenDB {
		return stdlib.OptionResetSession(func(ctx context.Context, conn *pgx.Conn) error {
			if tenant, _ := ctx.Value(tenantKey{}).(string); tenant == "?" { // an accessor that fails
				return fail
			}
			if give(ctx, conn) != nil {
				return driver.ErrBadConn
			}
			return nil
		})
	}

	t.Run("ResetSession", func(t *testing.T) {
		db := one(stdlib.OpenDB(*config(), reset(driver.ErrBadConn)))
		assert.Empty(t, found(as("1"), t, db), "a new connection has no tenant")
		assert.Equal(t, "1", found(as("1"), t, db))
		assert.Equal(t, "2 2", found(as("2"), t, db))
		assert.Empty(t, found(ctx, t, db), "nobody has nothing of who was before")
		assert.Equal(t, "2 2", found(as("2"), t, db))
		assert.Empty(t, found(as("?"), t, db), "the connection is dropped, and a new one has no tenant")
	})
	t.Run("another error", func(t *testing.T) { // rls-hook-reset
		db := one(stdlib.OpenDB(*config(), reset(errors.New("no tenant"))))
		found(as("2"), t, db)
		assert.Equal(t, "2 2", found(as("2"), t, db))
		assert.Equal(t, "2 2", found(as("?"), t, db), "the tenant of the request before")
	})
	t.Run("AfterConnect", func(t *testing.T) { // rls-hook-once
		db := one(stdlib.OpenDB(*config(), stdlib.OptionAfterConnect(give)))
		assert.Equal(t, "1", found(as("1"), t, db))
		assert.Equal(t, "1", found(as("2"), t, db), "the tenant of the first request")
	})
	t.Run("both", func(t *testing.T) {
		db := one(sql.OpenDB(stdlib.GetConnector(*config(), stdlib.OptionAfterConnect(give), reset(driver.ErrBadConn))))
		assert.Equal(t, "1", found(as("1"), t, db))
		assert.Equal(t, "2 2", found(as("2"), t, db))
	})

	prepared := func() *pgxpool.Pool {
		c, err := pgxpool.ParseConfig(dsn)
		require.NoError(t, err)
		c.ConnConfig.RuntimeParams["role"], c.ConnConfig.RuntimeParams["search_path"] = "app", "public"
		c.PrepareConn = func(ctx context.Context, conn *pgx.Conn) (bool, error) {
			err := give(ctx, conn)
			return err == nil, err
		}
		pool, err := pgxpool.NewWithConfig(ctx, c)
		require.NoError(t, err)
		t.Cleanup(pool.Close)
		return pool
	}
	t.Run("OpenDBFromPool", func(t *testing.T) {
		db := stdlib.OpenDBFromPool(prepared())
		t.Cleanup(func() { db.Close() })
		assert.Equal(t, "1", found(as("1"), t, db))
		assert.Equal(t, "2 2", found(as("2"), t, db))
	})
	t.Run("kept", func(t *testing.T) {
		db := stdlib.OpenDBFromPool(prepared())
		t.Cleanup(func() { db.Close() })
		db.SetMaxIdleConns(1)
		assert.Equal(t, "1", found(as("1"), t, db))
		assert.Equal(t, "1", found(as("2"), t, db), "the pool was not asked again")
	})
	t.Run("waiting", func(t *testing.T) {
		db := one(stdlib.OpenDBFromPool(prepared()))
		tx, err := db.BeginTx(as("1"), nil)
		require.NoError(t, err)
		got := make(chan string)
		go func() { got <- found(as("2"), t, db) }()
		for db.Stats().WaitCount == 0 {
			time.Sleep(time.Millisecond)
		}
		require.NoError(t, tx.Rollback())
		assert.Equal(t, "1", <-got, "it went to who waited for it")
	})
	t.Run("GetPoolConnector", func(t *testing.T) {
		db := sql.OpenDB(stdlib.GetPoolConnector(prepared()))
		t.Cleanup(func() { db.Close() })
		assert.Equal(t, "1", found(as("1"), t, db))
		assert.Equal(t, "1", found(as("2"), t, db), "two connections are kept")
	})
}

// found are the tenants of the invoices that a pool shows.
func found(ctx context.Context, t *testing.T, db *sql.DB) string {
	rows, err := db.QueryContext(ctx, "SELECT organization_id::text FROM invoices ORDER BY id")
	if !assert.NoError(t, err) {
		return err.Error()
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var tenant string
		assert.NoError(t, rows.Scan(&tenant))
		list = append(list, tenant)
	}
	return strings.Join(list, " ")
}
