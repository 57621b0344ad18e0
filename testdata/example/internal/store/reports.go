package store

import (
	"context"

	"github.com/google/uuid"

	"example.com/invoicing/internal/db"
)

// The mistakes of this file are in the statements themselves: no caller can
// repair them, so they are reported here, at the hand-written call.

// SearchInvoices finds invoices by their note or their customer's name.
//
// RIGHT: the two ways to match stand in parentheses.
func (s *store) SearchInvoices(ctx context.Context, org uuid.UUID, text string) ([]db.Invoice, error) {
	return s.queries.SearchInvoices(ctx, db.SearchInvoicesParams{OrganizationID: org, Text: text})
}

// SearchInvoicesWithoutParentheses finds invoices by their note, or anybody's
// by their customer's name.
//
// WRONG (partial-filter): in the statement, AND binds tighter than OR.
func (s *store) SearchInvoicesWithoutParentheses(ctx context.Context, org uuid.UUID, text string) ([]db.Invoice, error) {
	return s.queries.SearchInvoicesWithoutParentheses(ctx,
		db.SearchInvoicesWithoutParenthesesParams{OrganizationID: org, Text: text})
}

// LatestInvoices lists the invoices of the organization's last busy day.
//
// RIGHT: the sub-select names the organization, too.
func (s *store) LatestInvoices(ctx context.Context, org uuid.UUID) ([]db.Invoice, error) {
	return s.queries.LatestInvoices(ctx, org)
}

// LatestInvoicesOfWhom lists the invoices of everybody's last busy day.
//
// WRONG (partial-filter): the sub-select looks at the invoices of every tenant.
func (s *store) LatestInvoicesOfWhom(ctx context.Context, org uuid.UUID) ([]db.Invoice, error) {
	return s.queries.LatestInvoicesOfWhom(ctx, org)
}

const countOpen = `SELECT count(*) FROM invoices WHERE status = 'open'`

// CountOpen counts the open invoices of an organization.
//
// RIGHT: the condition is added to the common text.
func (s *store) CountOpen(ctx context.Context, org uuid.UUID) (int64, error) {
	var n int64
	err := s.conn.QueryRowContext(ctx, countOpen+` AND organization_id = $1`, org).Scan(&n)
	return n, err
}

// CountOpenOfAll counts the open invoices.
//
// WRONG (missing-filter): the common text alone counts those of every tenant.
func (s *store) CountOpenOfAll(ctx context.Context) (int64, error) {
	var n int64
	err := s.conn.QueryRowContext(ctx, countOpen).Scan(&n)
	return n, err
}
