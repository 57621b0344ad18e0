package service

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.com/invoicing/internal/auth"
	"example.com/invoicing/internal/db"
)

// Overdue lists the late invoices of the caller's organization.
//
// RIGHT: without an organization nothing is asked of the database; the error
// becomes a 401.
func (s *invoices) Overdue(ctx context.Context) ([]db.Invoice, error) {
	org, err := auth.OrgFromContext(ctx)
	if err != nil {
		return nil, err
	}
	return s.store.OverdueInvoices(ctx, uuid.NullUUID{UUID: org, Valid: true}, time.Now())
}

// OverdueOrEverything lists the late invoices of the caller's organization, or
// so it was meant.
//
// WRONG (unchecked-tenant): the error is dropped, a missing organization is the
// zero id, and for the optional filter that means "no filter": every tenant.
func (s *invoices) OverdueOrEverything(ctx context.Context) ([]db.Invoice, error) {
	org, _ := auth.OrgFromContext(ctx)
	return s.store.OverdueInvoices(ctx, uuid.NullUUID{UUID: org, Valid: org != uuid.Nil}, time.Now())
}

// Pay marks an invoice as paid.
//
// RIGHT: the row is loaded by its id alone, but its organization is compared
// before anything is done with it; another organization's row is a 403.
func (s *invoices) Pay(ctx context.Context, org, id uuid.UUID) error {
	invoice, err := s.store.InvoiceByID(ctx, id)
	if err != nil {
		return err
	}
	if invoice.OrganizationID != org {
		return ErrForbidden
	}
	if invoice.Status == "paid" {
		return nil
	}
	return s.store.MarkPaid(ctx, invoice.ID)
}

// PayAnybodys marks an invoice as paid.
//
// WRONG (missing-filter, at the handler that passes the id): the row is loaded
// and looked at, but nobody asks whose it is.
func (s *invoices) PayAnybodys(ctx context.Context, id uuid.UUID) error {
	invoice, err := s.store.InvoiceByID(ctx, id)
	if err != nil {
		return err
	}
	if invoice.Status == "paid" {
		return nil
	}
	return s.store.MarkPaid(ctx, id)
}

// Delete removes an invoice.
//
// RIGHT: a guard. InvoiceOwned asks with id and organization; only where its
// answer is yes does the query by id alone run.
func (s *invoices) Delete(ctx context.Context, org, id uuid.UUID) error {
	owned, err := s.store.InvoiceOwned(ctx, org, id)
	if err != nil {
		return err
	}
	if !owned {
		return ErrNotFound
	}
	return s.store.DeleteInvoice(ctx, id)
}

// DeleteUnheeded removes an invoice.
//
// WRONG (missing-filter, at the handler that passes the id): the guard is asked,
// but only its error is looked at, not its answer.
func (s *invoices) DeleteUnheeded(ctx context.Context, org, id uuid.UUID) error {
	if _, err := s.store.InvoiceOwned(ctx, org, id); err != nil {
		return err
	}
	return s.store.DeleteInvoice(ctx, id)
}
