// Command reminder runs once a night and reminds of the late invoices of all
// organizations. No request reaches it: that it looks at every tenant is its job.
package main

import (
	"context"
	"database/sql"
	"log"
	"os"
	"time"

	"github.com/google/uuid"
	_ "github.com/lib/pq"

	"example.com/invoicing/internal/service"
	"example.com/invoicing/internal/store"
)

func main() {
	conn, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	if err := remind(context.Background(), store.New(conn)); err != nil {
		log.Print(err)
	}
}

func remind(ctx context.Context, st service.Store) error {
	late, err := st.OverdueInvoices(ctx, uuid.NullUUID{}, time.Now())
	if err != nil {
		return err
	}
	for _, invoice := range late {
		log.Printf("organization %s: invoice %s was due on %s",
			invoice.OrganizationID, invoice.Number, invoice.DueOn.Format(time.DateOnly))
		if err := st.MarkReminded(ctx, invoice.ID); err != nil {
			return err
		}
	}
	return nil
}
