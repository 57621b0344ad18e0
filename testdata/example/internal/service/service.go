// Package service holds the rules of invoicing, between the handlers and the
// store. It knows neither HTTP nor SQL.
package service

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"example.com/invoicing/internal/db"
)

// The errors that handlers turn into status codes.
var (
	ErrNotFound  = errors.New("service: not found")
	ErrForbidden = errors.New("service: belongs to another organization")
)

// Invoices is what handlers may ask for.
type Invoices interface {
	List(ctx context.Context, org uuid.UUID, from, until time.Time) ([]db.Invoice, error)
	Get(ctx context.Context, org, id uuid.UUID) (db.Invoice, error)
	GetByID(ctx context.Context, id uuid.UUID) (db.Invoice, error)
	Create(ctx context.Context, org uuid.UUID, draft Draft) (db.Invoice, error)
	Search(ctx context.Context, org uuid.UUID, text string) ([]db.Invoice, error)
	SearchWithoutParentheses(ctx context.Context, org uuid.UUID, text string) ([]db.Invoice, error)
	Latest(ctx context.Context, org uuid.UUID) ([]db.Invoice, error)
	LatestOfWhom(ctx context.Context, org uuid.UUID) ([]db.Invoice, error)
	Overdue(ctx context.Context) ([]db.Invoice, error)
	OverdueOrEverything(ctx context.Context) ([]db.Invoice, error)
	Pay(ctx context.Context, org, id uuid.UUID) error
	PayAnybodys(ctx context.Context, id uuid.UUID) error
	Delete(ctx context.Context, org, id uuid.UUID) error
	DeleteUnheeded(ctx context.Context, org, id uuid.UUID) error
	Lines(ctx context.Context, org, id uuid.UUID) ([]db.InvoiceLine, error)
	LinesByInvoice(ctx context.Context, id uuid.UUID) ([]db.InvoiceLine, error)
	CountOpen(ctx context.Context, org uuid.UUID) (int64, error)
	CountOpenOfAll(ctx context.Context) (int64, error)
	CountOfPlatform(ctx context.Context) (int64, error)
	Currencies(ctx context.Context) ([]db.Currency, error)
}

// Store is what the service needs of a database. Methods without an
// organization reach the rows of every tenant: their callers answer for that.
type Store interface {
	ListInvoices(ctx context.Context, org uuid.UUID, from, until time.Time) ([]db.Invoice, error)
	Invoice(ctx context.Context, org, id uuid.UUID) (db.Invoice, error)
	InvoiceByID(ctx context.Context, id uuid.UUID) (db.Invoice, error)
	InvoiceOwned(ctx context.Context, org, id uuid.UUID) (bool, error)
	CreateInvoice(ctx context.Context, arg db.CreateInvoiceParams) (db.Invoice, error)
	SearchInvoices(ctx context.Context, org uuid.UUID, text string) ([]db.Invoice, error)
	SearchInvoicesWithoutParentheses(ctx context.Context, org uuid.UUID, text string) ([]db.Invoice, error)
	LatestInvoices(ctx context.Context, org uuid.UUID) ([]db.Invoice, error)
	LatestInvoicesOfWhom(ctx context.Context, org uuid.UUID) ([]db.Invoice, error)
	OverdueInvoices(ctx context.Context, org uuid.NullUUID, before time.Time) ([]db.Invoice, error)
	MarkPaid(ctx context.Context, id uuid.UUID) error
	MarkReminded(ctx context.Context, id uuid.UUID) error
	DeleteInvoice(ctx context.Context, id uuid.UUID) error
	Lines(ctx context.Context, org, invoice uuid.UUID) ([]db.InvoiceLine, error)
	LinesByInvoice(ctx context.Context, invoice uuid.UUID) ([]db.InvoiceLine, error)
	CountOpen(ctx context.Context, org uuid.UUID) (int64, error)
	CountOpenOfAll(ctx context.Context) (int64, error)
	CountOfPlatform(ctx context.Context) (int64, error)
	Currencies(ctx context.Context) ([]db.Currency, error)
}

// Draft is an invoice as a client may describe it. It has no organization: that
// comes from the context.
type Draft struct {
	CustomerID uuid.UUID `json:"customer_id"`
	Currency   string    `json:"currency"`
	Number     string    `json:"number"`
	Note       string    `json:"note"`
	DueOn      time.Time `json:"due_on"`
}

type invoices struct {
	store Store
}

// New returns the service over a store.
func New(store Store) Invoices {
	return &invoices{store: store}
}
