// Package secret tells the columns of a table whose values only their owner can know.
//
// In go a table of the schema and the column of its tenant ("" if it has none, or is
// the table of the tenants itself); out come keys and columns. What a name means is
// asked of package trust.
package secret

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Keys lists the unique keys whose value only its owner can know. A key that
// holds the tenant column is none: who has it has the tenant, too.
func Keys(w *trust.Words, t *schema.Table, tenant string) []*schema.Key {
	var out []*schema.Key
	for _, k := range t.Keys {
		if k.Expressions || tenant != "" && slices.Contains(k.Columns, tenant) {
			continue
		}
		if slices.ContainsFunc(k.Columns, func(c string) bool { return w.SecretColumn(t.Name, c) }) {
			out = append(out, k)
		}
	}
	return out
}

// Tokens lists the columns that hold a random secret, whether or not a key says
// so: random values do not repeat. One that a key makes unique for each tenant
// apart is none: the schema expects it to repeat.
func Tokens(w *trust.Words, t *schema.Table, tenant string) []string {
	var out []string
	for _, c := range t.Columns {
		if w.TokenColumn(t.Name, c.Name) && holdsToken(c.Type) && !uniquePerTenant(t, c.Name, tenant) {
			out = append(out, c.Name)
		}
	}
	return out
}

// uniquePerTenant reports whether a key makes a column unique beside the tenant's.
func uniquePerTenant(t *schema.Table, column, tenant string) bool {
	return tenant != "" && slices.ContainsFunc(t.Keys, func(k *schema.Key) bool {
		return slices.Contains(k.Columns, tenant) && slices.Contains(k.Columns, column)
	})
}

// holdsToken reports whether a type is one in which programs keep random values.
func holdsToken(typ string) bool {
	base, _, _ := strings.Cut(strings.ToLower(typ), "(")
	switch strings.TrimPrefix(strings.TrimSpace(base), "pg_catalog.") {
	case "text", "varchar", "character varying", "char", "character", "bpchar", "citext", "bytea", "uuid":
		return true
	}
	return false
}

// Named lists the columns that are secrets by their names alone: those of random
// values that no key alone makes unique, and those of keys whose name does not say
// it plainly.
func Named(w *trust.Words, t *schema.Table, tenant string) []string {
	var out []string
	keys, tokens := Keys(w, t, tenant), Tokens(w, t, tenant)
	for _, c := range t.Columns {
		inKey := func(k *schema.Key) bool { return slices.Contains(k.Columns, c.Name) }
		unique := slices.ContainsFunc(keys, inKey)
		random := slices.Contains(tokens, c.Name)
		if (unique || random) && !(unique && w.PlainSecret(t.Name, c.Name)) && !(random && w.HashOfSecret(c.Name)) {
			out = append(out, c.Name)
		}
	}
	return out
}
