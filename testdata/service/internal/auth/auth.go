// Package auth says on whose behalf a request is made.
package auth

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"net/http"
)

type orgKey struct{}

// OrgFromContext is the organization of the caller.
func OrgFromContext(ctx context.Context) (string, error) {
	org, ok := ctx.Value(orgKey{}).(string)
	if !ok {
		return "", errors.New("no organization")
	}
	return org, nil
}

// ByKey lets requests with an API key through.
func ByKey(db *sql.DB, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sum := sha256.Sum256([]byte(r.Header.Get("X-Api-Key")))
		row := db.QueryRowContext(r.Context(), `SELECT organization_id FROM api_keys WHERE key_hash = $1`, hex.EncodeToString(sum[:]))
		var org string
		if err := row.Scan(&org); err != nil {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), orgKey{}, org)))
	})
}
