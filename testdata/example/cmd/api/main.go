// Command api serves the invoicing API.
package main

import (
	"database/sql"
	"log"
	"os"

	_ "github.com/lib/pq"

	"example.com/invoicing/internal/auth"
	"example.com/invoicing/internal/httpapi"
	"example.com/invoicing/internal/service"
	"example.com/invoicing/internal/store"
)

func main() {
	conn, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	defer conn.Close()

	st := store.New(conn)
	handler := httpapi.NewHandler(service.New(st), auth.NewAuthenticator(st))
	if err := handler.Router().Run(":8080"); err != nil {
		log.Print(err)
	}
}
