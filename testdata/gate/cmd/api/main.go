// Command api serves notes.
package main

import (
	"database/sql"
	"log"
	"net/http"
	"os"

	"example.com/gate/internal/member"
	"example.com/gate/internal/notes"
)

func main() {
	db, err := sql.Open("postgres", os.Getenv("DATABASE_URL"))
	if err != nil {
		log.Fatal(err)
	}
	h := &notes.Handler{Store: &notes.Store{DB: db}}
	mux := http.NewServeMux()
	mux.Handle("GET /orgs/{org}/notes", member.Of(db, http.HandlerFunc(h.List)))
	mux.Handle("GET /orgs/{org}/folders", member.Of(db, http.HandlerFunc(h.Folders)))
	mux.Handle("GET /notes/{id}/title", http.HandlerFunc(h.Title))
	log.Fatal(http.ListenAndServe(":8080", member.SignedIn(db, mux)))
}
