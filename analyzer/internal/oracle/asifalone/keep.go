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
	// Shown are references that no edge of the catalogue is.
	Shown []shown
}

// edgeName names columns of a table; proofs name edges and keys like that.
func edgeName(table string, columns []string) string {
	return table + "(" + strings.Join(columns, ",") + ")"
}

// keepOf is what an alternative lists. The second result names an assumption
// that the generator cannot bring about.
func keepOf(alternative proof.Alternative, cat *catalogue.Catalogue) (Keep, string) {
	k := Keep{Refs: map[string]bool{}, Uniq: map[string][]string{}}
	for _, a := range alternative.Assumes {
		a.Table, a.To = holder(cat, a.Table), holder(cat, a.To)
		switch a.Kind {
		case proof.Ref:
			if a.Inferred && !hasEdge(cat, a) {
				k.Shown = append(k.Shown, shown{table: a.Table, to: a.To, columns: a.Columns})
				continue
			}
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

// hasEdge tells whether an inferred reference is one that the catalogue knows.
func hasEdge(cat *catalogue.Catalogue, a proof.Assumption) bool {
	for _, t := range cat.Tables {
		for _, e := range t.Edges {
			if tableName(t) == a.Table && slices.Equal(e.Columns, a.Columns) && e.Inferred {
				return true
			}
		}
	}
	return false
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
	for _, s := range k.Shown {
		parts = append(parts, "shown "+edgeName(s.table, s.columns)+" "+s.to)
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// sameTenant tells whether rows along the edge must have one tenant.
func (k Keep) sameTenant(e *catalogue.Edge) bool {
	return k.All || k.Refs[edgeName(tableName(e.From), e.Columns)]
}

// uniques lists the column sets of t that must be unique although the database
// does not enforce it; where everything is kept, what the catalogue takes for
// unique.
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
	for _, key := range slices.Concat(t.Unique, t.SoftUnique) {
		out = append(out, key.Columns)
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
