package catalogue

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// graph is what names and foreign keys of a schema say before anything is decided:
// the nouns of its tables, its edges and its people, and what the settings name.
type graph struct {
	cat      *Catalogue
	settings Settings
	words    *trust.Words
	size     int // tables without partitions
	nouns    map[string][]*Table
	prefixed map[string][]*Table
	product  map[string]bool     // words that so many tables begin with that they name the product
	columns  map[*Table][]string // what the columns of a table begin with
	missing  []absent            // settings that this schema cannot follow
}

// absent is a table that a setting names and a schema lacks.
type absent struct{ key, name string }

// What words mean is said in package trust; here are the rules of names that need
// a schema.

// columnPrefix is the words that most columns of a table begin with, as in
// space_id, space_name of spaces or c_orgid, c_name; none if they share none.
func columnPrefix(names []string) []string {
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

// bare is a column's name without the prefix that its table gives to all.
func bare(name string, prefix []string) string {
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

// compatible tells that two types may refer to each other; unknown ones may,
// because a missing type must not hide an edge.
func compatible(a, b string) bool {
	return a == "" || b == "" || typeFamily(a) == typeFamily(b)
}
