// Package notes keeps notes.
package notes

import (
	"context"
	"database/sql"
)

// Store keeps notes in a database.
type Store struct{ DB *sql.DB }

// Count counts what an organization has.
func (s *Store) Count(ctx context.Context, what, org string) (any, error) {
	query := `SELECT count(*) FROM notes WHERE org_id = $1`
	if what == "folders" {
		query = `SELECT count(*) FROM folders WHERE org_id = $1`
	}
	var n int
	err := s.DB.QueryRowContext(ctx, query, org).Scan(&n)
	return n, err
}

// Title is the title of a note.
func (s *Store) Title(ctx context.Context, id string) (any, error) {
	var title string
	err := s.DB.QueryRowContext(ctx, `SELECT title FROM notes WHERE id = $1`, id).Scan(&title)
	return title, err
}
