// Package auth tells for which organization a request acts.
package auth

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

type organizationKey struct{}

// Organization is the one of the request, "" if nobody has said who is calling.
func Organization(ctx context.Context) string {
	org, _ := ctx.Value(organizationKey{}).(string)
	return org
}

// Required lets requests pass that bring the key of an organization.
func Required(pool *pgxpool.Pool, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secret := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
		sum := sha256.Sum256([]byte(secret))
		var org string
		err := pool.QueryRow(r.Context(), "SELECT organization_id FROM api_keys WHERE key_hash = $1", hex.EncodeToString(sum[:])).Scan(&org)
		if err != nil {
			http.Error(w, "unauthorized", http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), organizationKey{}, org)))
	})
}
