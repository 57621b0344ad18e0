// Package tenantdb gives transactions the organization of the caller.
package tenantdb

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/walled/internal/auth"
)

// In runs f in a transaction that knows the organization of the caller.
//
// RIGHT: for the transaction alone, from the context, before anything else, and its error
// ends the request.
func In(ctx context.Context, pool *pgxpool.Pool, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT set_config('app.organization', $1, true)", auth.Organization(ctx)); err != nil {
			return err
		}
		return f(tx)
	})
}

// ForSession gives the organization to a connection.
//
// WRONG (rls-session-setting): the connection goes back to the pool and keeps it.
func ForSession(ctx context.Context, pool *pgxpool.Pool, f func(conn *pgxpool.Conn) error) error {
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT set_config('app.organization', $1, false)", auth.Organization(ctx)); err != nil {
		return err
	}
	return f(conn)
}

// Named gives the transaction the organization that somebody names.
func Named(ctx context.Context, pool *pgxpool.Pool, org string, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "SELECT set_config('app.organization', $1, true)", org); err != nil {
			return err
		}
		return f(tx)
	})
}
