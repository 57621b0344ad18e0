// Package httpapi serves invoices.
package httpapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/walled/internal/auth"
	"example.com/walled/internal/store"
	"example.com/walled/internal/tenantdb"
)

// Server has the pool.
type Server struct{ Pool *pgxpool.Pool }

// Routes are the routes, behind authentication.
func (s *Server) Routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /invoices/{id}", s.invoice)
	mux.HandleFunc("POST /invoices/{id}/pay", s.pay)
	mux.HandleFunc("GET /invoices/{id}/quick", s.quick)
	mux.HandleFunc("GET /invoices/{id}/aside", s.aside)
	mux.HandleFunc("GET /organizations/{org}/invoices/{id}", s.named)
	mux.HandleFunc("GET /customers/{id}", s.customer)
	mux.HandleFunc("GET /notes/{id}", s.note)
	return auth.Required(s.Pool, mux)
}

// RIGHT: proved by row-level security, twice; neither statement filters.
func (s *Server) invoice(w http.ResponseWriter, r *http.Request) {
	ctx, id := r.Context(), r.PathValue("id")
	err := tenantdb.In(ctx, s.Pool, func(tx pgx.Tx) error {
		cents, err := store.Cents(ctx, tx, id)
		if err != nil {
			return err
		}
		lines, err := store.Lines(ctx, tx, id)
		fmt.Fprintln(w, cents, lines)
		return err
	})
	answer(w, err)
}

// RIGHT: a write is held as a read is.
func (s *Server) pay(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	answer(w, tenantdb.In(ctx, s.Pool, func(tx pgx.Tx) error {
		number, err := store.Pay(ctx, tx, r.PathValue("id"))
		fmt.Fprintln(w, number)
		return err
	}))
}

// WRONG (rls-outside): on the pool the policies show it nothing, or what somebody has left there.
func (s *Server) quick(w http.ResponseWriter, r *http.Request) {
	var cents int64
	err := s.Pool.QueryRow(r.Context(), "SELECT cents FROM invoices WHERE id = $1", r.PathValue("id")).Scan(&cents)
	fmt.Fprintln(w, cents)
	answer(w, err)
}

// WRONG (rls-other-connection): the transaction knows the organization, and the pool is asked.
func (s *Server) aside(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	tx, err := s.Pool.Begin(ctx)
	if err != nil {
		answer(w, err)
		return
	}
	defer tx.Rollback(context.WithoutCancel(ctx))
	if _, err := tx.Exec(ctx, "SELECT set_config('app.organization', $1, true)", auth.Organization(ctx)); err != nil {
		answer(w, err)
		return
	}
	var number string
	err = s.Pool.QueryRow(ctx, "SELECT number FROM invoices WHERE id = $1", r.PathValue("id")).Scan(&number)
	fmt.Fprintln(w, number)
	answer(w, err)
}

// WRONG (request-tenant): whose rows the policies show, the client says.
func (s *Server) named(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	answer(w, tenantdb.Named(ctx, s.Pool, r.PathValue("org"), func(tx pgx.Tx) error {
		var number string
		err := tx.QueryRow(ctx, "SELECT number, status FROM invoices WHERE id = $1", r.PathValue("id")).Scan(&number, new(string))
		fmt.Fprintln(w, number)
		return err
	}))
}

// WRONG (missing-filter): no policy holds customers (rls-not-enabled), and nothing filters.
func (s *Server) customer(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	answer(w, tenantdb.In(ctx, s.Pool, func(tx pgx.Tx) error {
		name, err := store.Customer(ctx, tx, r.PathValue("id"))
		fmt.Fprintln(w, name)
		return err
	}))
}

// Unproven: its policy leaves a gap (rls-escape).
func (s *Server) note(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	answer(w, tenantdb.In(ctx, s.Pool, func(tx pgx.Tx) error {
		words, err := store.Note(ctx, tx, r.PathValue("id"))
		fmt.Fprintln(w, words)
		return err
	}))
}

func answer(w http.ResponseWriter, err error) {
	if err != nil {
		http.Error(w, "not found", http.StatusNotFound)
	}
}
