// Command api serves the walled invoicing API. It connects as walled_app.
package main

import (
	"context"
	"log"
	"net/http"
	"os"

	"github.com/jackc/pgx/v5/pgxpool"

	"example.com/walled/internal/httpapi"
)

func main() {
	pool, err := pgxpool.New(context.Background(), os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer pool.Close()
	s := &httpapi.Server{Pool: pool}
	log.Print(http.ListenAndServe(":8080", s.Routes()))
}
