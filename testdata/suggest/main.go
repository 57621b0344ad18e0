// Command suggest has findings that a driver can offer a fix for, and some that it cannot.
package main

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/http"

	"example.com/suggest/store"
	"example.com/suggest/tenant"
)

func byKey(db *sql.DB, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.Header.Get("X-Api-Key")))
		var org string
		if err := db.QueryRowContext(r.Context(), `SELECT org_id FROM api_keys WHERE key_hash = $1`, hex.EncodeToString(sum[:])).Scan(&org); err != nil {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(tenant.With(r.Context(), org)))
	})
}

type app struct{ db *sql.DB }

func main() {
	db, err := sql.Open("postgres", "")
	if err != nil {
		panic(err)
	}
	a := &app{db}
	mux := http.NewServeMux()
	mux.HandleFunc("/title", a.title)
	mux.HandleFunc("/search", a.search)
	mux.HandleFunc("/list", a.list)
	mux.HandleFunc("/wrong", a.wrong)
	mux.HandleFunc("/nothing", a.nothing)
	mux.HandleFunc("/purge", a.purge)
	http.ListenAndServe(":8080", byKey(db, mux))
}

// title lacks the predicate; the organization is at hand.
func (a *app) title(w http.ResponseWriter, r *http.Request) {
	org := tenant.OrgFromContext(r.Context())
	var title string
	err := a.db.QueryRow(`SELECT title FROM notes WHERE id = $1`, r.FormValue("id")).Scan(&title)
	fmt.Fprintln(w, org, title, err)
}

// search lets the second arm escape.
func (a *app) search(w http.ResponseWriter, r *http.Request) {
	var n int
	err := a.db.QueryRow("SELECT count(*) FROM notes WHERE org_id = $1 AND title = $2 OR body = $2", tenant.OrgFromContext(r.Context()), r.FormValue("q")).Scan(&n)
	fmt.Fprintln(w, n, err)
}

// list takes the organization that the client names.
func (a *app) list(w http.ResponseWriter, r *http.Request) {
	var n int
	err := a.db.QueryRow(`SELECT count(*) FROM notes WHERE org_id = $1`, r.FormValue("org")).Scan(&n)
	fmt.Fprintln(w, n, err)
}

// wrong drops what the client names.
func (a *app) wrong(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, a.drop(r.FormValue("org"), r.FormValue("id")))
}

// drop has a value of that name in reach, which the client chose.
func (a *app) drop(orgID, id string) error {
	_, err := a.db.Exec(`DELETE FROM folders WHERE id = $1`, id)
	return err
}

type note struct{ db *sql.DB }

// title has nothing of the caller in reach.
func (n note) title(id string) (title string, err error) {
	err = n.db.QueryRow(`SELECT title FROM notes WHERE id = $1`, id).Scan(&title)
	return title, err
}

func (a *app) nothing(w http.ResponseWriter, r *http.Request) {
	title, err := note{a.db}.title(r.FormValue("id"))
	fmt.Fprintln(w, title, err)
}

// purge calls another package, whose statement lacks the predicate.
func (a *app) purge(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintln(w, store.Purge(r.Context(), a.db, tenant.OrgFromContext(r.Context()), r.FormValue("id")))
}
