package asifalone

import (
	"maps"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// Keep is the set of assumptions that a data set keeps although nothing in the
// database enforces them; the others are broken.
type Keep struct {
	All  bool                // keep every one
	Refs map[string]bool     // foreign keys, by edgeName
	Uniq map[string][]string // columns of keys, by edgeName
}

// edgeName names columns of a table; proofs name edges and keys like that.
func edgeName(table string, columns []string) string {
	return table + "(" + strings.Join(columns, ",") + ")"
}

// keepOf is what an alternative lists. The second result names an assumption
// that the generator cannot bring about.
func keepOf(alternative proof.Alternative) (Keep, string) {
	k := Keep{Refs: map[string]bool{}, Uniq: map[string][]string{}}
	for _, a := range alternative.Assumes {
		switch a.Kind {
		case proof.Ref:
			k.Refs[edgeName(a.Table, a.Columns)] = true
		case proof.Uniq:
			k.Uniq[edgeName(a.Table, a.Columns)] = a.Columns
		case proof.TriggerFills:
			return k, "trigger fills the tenant column"
		case proof.PublicRows:
			return k, "public rows"
		}
	}
	return k, ""
}

// name is the same for equal sets.
func (k Keep) name() string {
	if k.All {
		return "all"
	}
	var parts []string
	for e := range k.Refs {
		parts = append(parts, "ref "+e)
	}
	for e := range k.Uniq {
		parts = append(parts, "uniq "+e)
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// sameTenant tells whether rows along the edge must have one tenant.
func (k Keep) sameTenant(e *catalogue.Edge) bool {
	return k.All || k.Refs[edgeName(tableName(e.From), e.Columns)]
}

// uniques lists the column sets of t that must be unique although the database
// does not enforce it. Where everything is kept, that is what the catalogue
// takes for unique, and every id that the server makes.
func (k Keep) uniques(t *catalogue.Table) [][]string {
	var out [][]string
	for _, name := range slices.Sorted(maps.Keys(k.Uniq)) {
		if strings.HasPrefix(name, tableName(t)+"(") {
			out = append(out, k.Uniq[name])
		}
	}
	if !k.All {
		return out
	}
	for _, key := range t.Unique {
		out = append(out, key.Columns)
	}
	for _, c := range t.Columns {
		if c.Identity || strings.Contains(c.Default, "uuid") {
			out = append(out, []string{c.Name})
		}
	}
	return out
}

// tableName is the name under which a proof speaks of a table.
func tableName(t *catalogue.Table) string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}
