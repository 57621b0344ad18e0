// Package naming compares columns of a schema by their names and types alone.
//
// What words mean is said in package trust; here are the rules that need the columns of a
// whole table, or two types.
package naming

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Prefix is the words that most columns of a table begin with, as in
// space_id, space_name of spaces or c_orgid, c_name; none if they share none.
func Prefix(names []string) []string {
	var prefix []string
	for {
		count := map[string]int{}
		for _, name := range names {
			if w := trust.Split(name); len(w) > len(prefix)+1 && slices.Equal(w[:len(prefix)], prefix) {
				count[w[len(prefix)]]++
			}
		}
		next := ""
		for w, n := range count {
			if n >= 3 && 10*n >= 6*len(names) {
				next = w // more than half of the columns: there is one
			}
		}
		if next == "" {
			return prefix
		}
		prefix = append(prefix, next)
	}
}

// Bare is a column's name without the prefix that its table gives to all.
func Bare(name string, prefix []string) string {
	w := trust.Split(name)
	if len(prefix) == 0 || len(w) <= len(prefix) || !slices.Equal(w[:len(prefix)], prefix) {
		return name
	}
	return strings.Join(w[len(prefix):], "_")
}

// typeFamily groups types whose values can be equal. A foreign key may be wider
// than the key that it refers to.
func typeFamily(typ string) string {
	switch typ {
	case "smallint", "integer", "bigint", "numeric":
		return "number"
	case "text", "character varying", "character", "citext", "varchar", "char":
		return "text"
	}
	return typ
}

// Compatible reports whether two types may refer to each other; unknown ones may,
// because a missing type must not hide an edge.
func Compatible(a, b string) bool {
	return a == "" || b == "" || typeFamily(a) == typeFamily(b)
}

// Small tells types that hold counts and flags at least as often as keys.
func Small(typ string) bool { return typ == "boolean" || typeFamily(typ) == "number" }
