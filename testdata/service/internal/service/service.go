// Package service is what the program does.
package service

import "context"

// Store keeps tickets.
type Store interface {
	Subject(ctx context.Context, id, org string) (string, error)
	AnySubject(ctx context.Context, id string) (string, error)
}

// Tickets answers questions about tickets.
type Tickets struct{ store Store }

// New makes a service over a store.
func New(store Store) *Tickets { return &Tickets{store: store} }

// Subject is the subject of a ticket of the organization.
func (t *Tickets) Subject(ctx context.Context, id, org string) (string, error) {
	return t.store.Subject(ctx, id, org)
}

// AnySubject forgets the organization.
func (t *Tickets) AnySubject(ctx context.Context, id string) (string, error) {
	return t.store.AnySubject(ctx, id)
}
