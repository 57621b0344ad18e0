package domain

import (
	"math/rand/v2"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

// TenantNumber numbers tenants so that a truncated id of one is that of another.
func TenantNumber(i int) int { return [Tenants]int{1, 2, 12}[i%Tenants] }

// Tenants is how many tenants a data set has.
const Tenants = 3

// TableName is the name under which a proof speaks of a table.
func TableName(t *catalogue.Table) string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}

// One picks an element.
func One[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// QuotedName writes the name of a table with its schema, unless that is the default.
func QuotedName(t *catalogue.Table) string {
	if t.Schema == "" {
		return Ident(t.Name)
	}
	return Ident(t.Schema) + "." + Ident(t.Name)
}

// Ident quotes an identifier, so that reserved words and capitals stay what they are.
func Ident(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }
