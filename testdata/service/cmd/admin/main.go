// Command admin serves tickets.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	"example.com/tickets/internal/auth"
	"example.com/tickets/internal/handler"
	"example.com/tickets/internal/service"
	"example.com/tickets/internal/store"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	h := &handler.Handler{Tickets: service.New(store.New(db))}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /tickets/{id}", h.Subject)
	mux.HandleFunc("GET /any/{id}", h.AnySubject)
	log.Fatal(http.ListenAndServe(":8080", auth.ByKey(db, mux)))
}
