package catalogue

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// secrets lists the unique keys whose value only its owner can know. A key that
// holds the tenant column is none: who has it has the tenant, too.
func (t *Table) secrets() []*schema.Key {
	var out []*schema.Key
	for _, k := range t.Keys {
		if k.Expressions || t.Column != "" && t.Tenancy != Root && slices.Contains(k.Columns, t.Column) {
			continue
		}
		if slices.ContainsFunc(k.Columns, func(c string) bool { return secretColumn(t.Name, c) }) {
			out = append(out, k)
		}
	}
	return out
}

// secretColumn tells by its name that a column holds a secret; hashes of
// content are no secrets.
func secretColumn(table, column string) bool {
	w := words(column)
	for _, x := range w {
		switch x {
		case "content", "file", "commit", "checksum", "blob", "payload", "image", "body", "text", "block", "tx", "git", "type", "query", "schema", "config", "count", "id", "name":
			return false
		}
	}
	for i, x := range w {
		switch x {
		case "hash", "token", "secret", "apikey", "digest", "otp", "nonce", "hashed", "signature":
			return true
		case "key":
			if i > 0 && (w[i-1] == "mask" || keyOfSecret(w[i-1])) || secretTable(table) {
				return true
			}
		case "code":
			if secretTable(table) {
				return true
			}
		}
	}
	return false
}

// secretTable tells tables that are about secrets, where a bare key is one:
// sessions, invitations and resets are found by nothing else.
func secretTable(name string) bool {
	for _, x := range words(name) {
		switch singular(x) {
		case "session", "token", "verification", "invite", "invitation", "reset", "apikey", "credential", "otp", "magic":
			return true
		}
	}
	return strings.HasSuffix(norm(name), "apikeys") || strings.HasSuffix(norm(name), "apikey")
}

// tokens lists the columns that hold a random secret, whether or not a key says
// so: random values do not repeat. One that a key makes unique for each tenant
// apart is none: the schema expects it to repeat.
func (t *Table) tokens() []string {
	var out []string
	for _, c := range t.Columns {
		if tokenColumn(t.Name, c.Name) && holdsToken(c.Type) && !t.uniquePerTenant(c.Name) {
			out = append(out, c.Name)
		}
	}
	return out
}

// uniquePerTenant tells a column that a key makes unique beside the tenant's.
func (t *Table) uniquePerTenant(column string) bool {
	if t.Column == "" || t.Tenancy == Root {
		return false
	}
	return slices.ContainsFunc(t.Keys, func(k *schema.Key) bool {
		return slices.Contains(k.Columns, t.Column) && slices.Contains(k.Columns, column)
	})
}

// holdsToken tells the types in which programs keep random values.
func holdsToken(typ string) bool {
	base, _, _ := strings.Cut(strings.ToLower(typ), "(")
	switch strings.TrimPrefix(strings.TrimSpace(base), "pg_catalog.") {
	case "text", "varchar", "character varying", "char", "character", "bpchar", "citext", "bytea", "uuid":
		return true
	}
	return false
}

// tokenColumn tells by its name that a column holds a random secret. It is
// stricter than [secretColumn], for no key vouches for it: what people choose or
// type (passwords, short codes), what clients number (idempotency, pages,
// devices), what is shown (prefixes, masks, public keys) and hashes of content
// repeat.
func tokenColumn(table, column string) bool {
	w := words(column)
	if len(w) == 0 || slices.ContainsFunc(w, repeats) {
		return false
	}
	last, before := w[len(w)-1], ""
	if len(w) > 1 {
		before = w[len(w)-2]
	}
	switch last {
	case "token", "secret", "apikey":
		return true
	case "key":
		return keyOfSecret(before) || before == "" && secretTable(table)
	case "hash", "digest", "hashed":
		return slices.ContainsFunc(w[:len(w)-1], hashedSecret) || before == "" && secretTable(table)
	}
	return false
}

// repeats tells the words of values that two tenants may well have in common.
func repeats(word string) bool {
	switch word {
	case "password", "passwd", "pwd", "salt", "pin", "otp", "code", "idempotency", "dedup", "dedupe", "deduplication", "request",
		"page", "cursor", "continuation", "next", "sync", "device", "push", "fcm", "apns", "public", "publishable", "mask", "masked",
		"prefix", "content", "file", "commit", "checksum", "blob", "payload", "image", "body", "text", "block", "tx", "git",
		"query", "schema", "config", "data", "event", "partition", "sort", "cache", "lock":
		return true
	}
	return false
}

// keyOfSecret tells what stands before "key" in the name of a secret.
func keyOfSecret(word string) bool {
	switch word {
	case "api", "secret", "access", "auth", "hashed", "license",
		"cancel", "cancellation", "verification", "activation", "confirmation", "unsubscribe", "reset", "recovery":
		return true
	}
	return false
}

// hashedSecret tells the words beside "hash" that say a secret was hashed.
func hashedSecret(word string) bool {
	switch word {
	case "token", "key", "apikey", "secret", "session", "refresh", "access", "invite", "invitation", "credential":
		return true
	}
	return false
}
