// Package store keeps tickets in a database.
package store

import (
	"context"
	"database/sql"

	"example.com/tickets/internal/service"
)

type pg struct{ db *sql.DB }

// New makes a store over a database.
func New(db *sql.DB) service.Store { return &pg{db: db} }

func (s *pg) Subject(ctx context.Context, id, org string) (string, error) {
	var subject string
	err := s.db.QueryRowContext(ctx, `SELECT subject FROM tickets WHERE id = $1 AND organization_id = $2`, id, org).Scan(&subject)
	return subject, err
}

func (s *pg) AnySubject(ctx context.Context, id string) (string, error) {
	var subject string
	err := s.db.QueryRowContext(ctx, `SELECT subject FROM tickets WHERE id = $1`, id).Scan(&subject)
	return subject, err
}
