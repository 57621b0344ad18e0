// Package store is another package than the program's own.
package store

import (
	"context"
	"database/sql"
)

// Purge has the organization in reach.
func Purge(ctx context.Context, db *sql.DB, org, id string) error {
	_, err := db.ExecContext(ctx, `DELETE FROM notes WHERE id = $1`, id)
	return err
}
