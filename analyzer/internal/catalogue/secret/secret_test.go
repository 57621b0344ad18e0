package secret

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

func TestTokens(t *testing.T) {
	tests := []struct {
		table, column, typ string
		want               bool
	}{
		{"portal_links", "token", "text", true},
		{"api_keys", "key_hash", "bytea", true},
		{"api_keys", "hash", "varchar(64)", true},
		{"sessions", "refreshToken", "text", true},
		{"users", "api_key", "text", true},
		{"clients", "client_secret", "text", true},
		{"invitations", "token_digest", "character(64)", true},
		{"devices", "access_token", "uuid", true},
		{"job_tokens", "value", "text", true},
		{"users", "password_reset_token", "text", true},
		{"sign_ons", "oauth_state_hash", "bytea", true},

		{"files", "blob_sha256", "bytea", false},
		{"workspaces", "state_sha256", "bytea", false},
		{"images", "sha256", "text", false},
		{"users", "password_token", "text", false},
		{"devices", "push_reset_token", "text", false},
		{"token_settings", "value", "text", false},
		{"job_tokens", "max_value", "text", false},
		{"invitations", "value", "text", false},
		{"api_keys", "mask_id", "text", false},
		{"api_keys", "token_prefix", "text", false},
		{"api_keys", "public_key", "text", false},
		{"portal_tokens", "token_salt", "text", false},
		{"projects", "slug", "text", false},
		{"files", "hash", "text", false},
		{"documents", "content_hash", "text", false},
		{"users", "password_hash", "text", false},
		{"verification_codes", "code", "text", false},
		{"jobs", "idempotency_key", "text", false},
		{"jobs", "idempotency_token", "text", false},
		{"devices", "push_token", "text", false},
		{"settings", "key", "text", false},
		{"usage", "token_count", "bigint", false},
		{"sessions", "token", "jsonb", false},
		{"sessions", "token_expires_at", "timestamptz", false},
	}
	for _, x := range tests {
		table := &schema.Table{Name: x.table, Columns: []*schema.Column{{Name: x.column, Type: x.typ}}}
		assert.Equal(t, x.want, len(Tokens(nil, table, "")) > 0, "%s.%s %s", x.table, x.column, x.typ)
	}
}

// TestTokenOfEachTenant: what a key makes unique beside the tenant's column may
// repeat over tenants.
func TestTokenOfEachTenant(t *testing.T) {
	columns := []*schema.Column{{Name: "org_id", Type: "uuid"}, {Name: "token", Type: "text"}}
	table := &schema.Table{Name: "events", Columns: columns}
	assert.Equal(t, []string{"token"}, Tokens(nil, table, "org_id"))
	table.Keys = []*schema.Key{{Columns: []string{"org_id", "token"}}}
	assert.Empty(t, Tokens(nil, table, "org_id"))
}
