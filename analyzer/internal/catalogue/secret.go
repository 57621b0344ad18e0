package catalogue

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// secrets lists the unique keys whose value only its owner can know. A key that
// holds the tenant column is none: who has it has the tenant, too.
func (t *Table) secrets(w *trust.Words) []*schema.Key {
	var out []*schema.Key
	for _, k := range t.Keys {
		if k.Expressions || t.Column != "" && t.Tenancy != Root && slices.Contains(k.Columns, t.Column) {
			continue
		}
		if slices.ContainsFunc(k.Columns, func(c string) bool { return w.SecretColumn(t.Name, c) }) {
			out = append(out, k)
		}
	}
	return out
}

// tokens lists the columns that hold a random secret, whether or not a key says
// so: random values do not repeat. One that a key makes unique for each tenant
// apart is none: the schema expects it to repeat.
func (t *Table) tokens(w *trust.Words) []string {
	var out []string
	for _, c := range t.Columns {
		if w.TokenColumn(t.Name, c.Name) && holdsToken(c.Type) && !t.uniquePerTenant(c.Name) {
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

// named lists the columns that are secrets by their names alone: those of random
// values that no key alone makes unique, and those of keys whose name does not say
// it plainly.
func (t *Table) named(w *trust.Words) []string {
	var out []string
	for _, c := range t.Columns {
		inKey := func(k *schema.Key) bool { return slices.Contains(k.Columns, c.Name) }
		unique := slices.ContainsFunc(t.secrets(w), inKey)
		random := slices.Contains(t.tokens(w), c.Name)
		if (unique || random) && !(unique && w.PlainSecret(t.Name, c.Name)) && !(random && w.HashOfSecret(c.Name)) {
			out = append(out, c.Name)
		}
	}
	return out
}
