// Package store runs the statements. None of them names an organization: the policies do.
package store

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Runner is a pool, a connection or a transaction.
type Runner interface {
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
}

// Cents is what an invoice is about.
func Cents(ctx context.Context, db Runner, id string) (cents int64, err error) {
	err = db.QueryRow(ctx, "SELECT cents FROM invoices WHERE id = $1", id).Scan(&cents)
	return cents, err
}

// Lines counts the lines of an invoice.
func Lines(ctx context.Context, db Runner, invoice string) (n int64, err error) {
	err = db.QueryRow(ctx, "SELECT count(*) FROM invoice_lines WHERE invoice_id = $1", invoice).Scan(&n)
	return n, err
}

// Pay marks an invoice as paid.
func Pay(ctx context.Context, db Runner, id string) (number string, err error) {
	err = db.QueryRow(ctx, "UPDATE invoices SET status = 'paid' WHERE id = $1 RETURNING number", id).Scan(&number)
	return number, err
}

// Customer is the name of a customer, of whichever organization: customers are held by no policy.
func Customer(ctx context.Context, db Runner, id string) (name string, err error) {
	err = db.QueryRow(ctx, "SELECT name FROM customers WHERE id = $1", id).Scan(&name)
	return name, err
}

// Note is a note: its policy is open where nobody has set the variable.
func Note(ctx context.Context, db Runner, id string) (words string, err error) {
	err = db.QueryRow(ctx, "SELECT words FROM notes WHERE id = $1", id).Scan(&words)
	return words, err
}
