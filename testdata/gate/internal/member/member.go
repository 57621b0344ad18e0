// Package member says who asks, and lets members of an organization through.
package member

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"net/http"
)

type userKey struct{}

// SignedIn puts the user of a session into the context.
func SignedIn(db *sql.DB, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.Header.Get("Authorization")))
		var user string
		err := db.QueryRowContext(r.Context(), `SELECT user_id FROM sessions WHERE token_hash = $1`, hex.EncodeToString(sum[:])).Scan(&user)
		if err != nil {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, user)))
	})
}

// Of lets members of the organization in the path through.
func Of(db *sql.DB, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, ok := r.Context().Value(userKey{}).(string)
		if !ok {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		var one int
		err := db.QueryRowContext(r.Context(), `SELECT 1 FROM memberships WHERE org_id = $1 AND user_id = $2`, r.PathValue("org"), user).Scan(&one)
		if err != nil {
			http.Error(w, "forbidden", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
