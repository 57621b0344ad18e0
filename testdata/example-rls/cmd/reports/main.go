// Command reports serves one report. It connects as walled_reports.
package main

import (
	"context"
	"fmt"
	"log"
	"net/http"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/walled/internal/auth"
	"example.com/walled/internal/tenantdb"
)

func main() {
	pool, err := pgxpool.New(context.Background(), os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	http.Handle("GET /open", auth.Required(pool, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		open(w, r, pool)
	})))
	log.Print(http.ListenAndServe(":8081", nil))
}

// Unproven: the variable outlives the request (see [tenantdb.ForSession]).
func open(w http.ResponseWriter, r *http.Request, pool *pgxpool.Pool) {
	ctx := r.Context()
	err := tenantdb.ForSession(ctx, pool, func(conn *pgxpool.Conn) error {
		var n int64
		err := conn.QueryRow(ctx, "SELECT count(*) FROM invoices WHERE status = 'open'").Scan(&n)
		fmt.Fprintln(w, n)
		return err
	})
	if err != nil {
		http.Error(w, "not found", http.StatusNotFound)
	}
}
