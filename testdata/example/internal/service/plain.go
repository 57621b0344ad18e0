package service

import (
	"context"
	"time"

	"github.com/google/uuid"

	"example.com/invoicing/internal/db"
)

// The methods of this file decide nothing: they hand on what they were given.

func (s *invoices) List(ctx context.Context, org uuid.UUID, from, until time.Time) ([]db.Invoice, error) {
	return s.store.ListInvoices(ctx, org, from, until)
}

func (s *invoices) Get(ctx context.Context, org, id uuid.UUID) (db.Invoice, error) {
	return s.store.Invoice(ctx, org, id)
}

func (s *invoices) GetByID(ctx context.Context, id uuid.UUID) (db.Invoice, error) {
	return s.store.InvoiceByID(ctx, id)
}

func (s *invoices) Create(ctx context.Context, org uuid.UUID, draft Draft) (db.Invoice, error) {
	return s.store.CreateInvoice(ctx, db.CreateInvoiceParams{
		OrganizationID: org,
		CustomerID:     draft.CustomerID,
		Currency:       draft.Currency,
		Number:         draft.Number,
		Note:           draft.Note,
		DueOn:          draft.DueOn,
	})
}

func (s *invoices) Search(ctx context.Context, org uuid.UUID, text string) ([]db.Invoice, error) {
	return s.store.SearchInvoices(ctx, org, text)
}

func (s *invoices) SearchWithoutParentheses(ctx context.Context, org uuid.UUID, text string) ([]db.Invoice, error) {
	return s.store.SearchInvoicesWithoutParentheses(ctx, org, text)
}

func (s *invoices) Latest(ctx context.Context, org uuid.UUID) ([]db.Invoice, error) {
	return s.store.LatestInvoices(ctx, org)
}

func (s *invoices) LatestOfWhom(ctx context.Context, org uuid.UUID) ([]db.Invoice, error) {
	return s.store.LatestInvoicesOfWhom(ctx, org)
}

func (s *invoices) Lines(ctx context.Context, org, id uuid.UUID) ([]db.InvoiceLine, error) {
	return s.store.Lines(ctx, org, id)
}

func (s *invoices) LinesByInvoice(ctx context.Context, id uuid.UUID) ([]db.InvoiceLine, error) {
	return s.store.LinesByInvoice(ctx, id)
}

func (s *invoices) CountOpen(ctx context.Context, org uuid.UUID) (int64, error) {
	return s.store.CountOpen(ctx, org)
}

func (s *invoices) CountOpenOfAll(ctx context.Context) (int64, error) {
	return s.store.CountOpenOfAll(ctx)
}

func (s *invoices) CountOfPlatform(ctx context.Context) (int64, error) {
	return s.store.CountOfPlatform(ctx)
}

func (s *invoices) Currencies(ctx context.Context) ([]db.Currency, error) {
	return s.store.Currencies(ctx)
}
