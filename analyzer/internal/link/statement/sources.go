package statement

import (
	"maps"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// A shared table has rows of everybody. Which of them a query found says who the
// caller is only if it was found by a secret, or as the user's own, or by a row
// that was: sessions s JOIN users u ON u.id = s.user_id WHERE s.token_hash = $1.

// Found is how a row of a relation was found.
type Found struct {
	Secret bool // by a credential
	Named  bool // which is one by its name alone
	Hole   int  // by this bind value, the user's key; 0 if not
}

func (f Found) known() bool { return f.Secret || f.Hole > 0 }

// looked is a relation of a query, an update or a delete.
type looked struct {
	table *catalogue.Table // nil if it is none that is known
	found Found
}

// FoundRow is how the row was found that a column of the result is of.
func (s *Statement) FoundRow(o *proof.Output) Found {
	if o.Source < 0 {
		return Found{}
	}
	return s.sources()[o.Source].found
}

// OfUser reports whether a row was found by its own user, or by what only the caller has, and
// not only beside such a row of the same tenant.
func (s *Statement) OfUser(o *proof.Output) bool {
	bound := map[string]int{}
	for _, b := range s.Proof.Bounds {
		if b.Relation == o.Relation {
			bound[b.Column] = b.Hole
		}
	}
	found := s.foundBy(o.Table, bound)
	return found.known() || s.FoundRow(o).known()
}

// sources are the relations of a statement and how their rows were found.
func (s *Statement) sources() []looked {
	list := make([]looked, len(s.Proof.Shape.Sources))
	for i, x := range s.Proof.Shape.Sources {
		list[i].table = x.Table
		if x.Table != nil && len(x.Bound) > 0 {
			bound := map[string]int{}
			for _, b := range x.Bound {
				bound[b.Column] = b.Hole
			}
			list[i].found = s.foundBy(x.Table, bound)
		}
	}
	s.passOn(list)
	return list
}

// foundBy tells what a row of a table is found by where columns are bound.
func (s *Statement) foundBy(t *catalogue.Table, bound map[string]int) Found {
	if f := bySecret(t, bound); f.Secret {
		return f
	}
	for _, c := range slices.Sorted(maps.Keys(bound)) {
		if t.OfUser(c) {
			return Found{Hole: bound[c]}
		}
	}
	return Found{}
}

// bySecret reports whether a unique secret, or a random one, is bound, and whether
// that is one by its name alone.
func bySecret(t *catalogue.Table, bound map[string]int) Found {
	out := Found{}
	has := func(columns []string) {
		all, plain := len(columns) > 0, false
		for _, c := range columns {
			_, ok := bound[c]
			all = all && ok
			plain = plain || !slices.Contains(t.Named, c)
		}
		if all {
			out = Found{Secret: true, Named: !plain && (out.Named || !out.Secret)}
		}
	}
	for _, c := range t.Tokens {
		has([]string{c})
	}
	for _, k := range t.Secrets {
		has(k.Columns)
	}
	return out
}

// passOn goes from a row that was found to the one row that it names by a key,
// and from the user to the rows that are the user's.
func (s *Statement) passOn(list []looked) {
	for range list {
		for _, eq := range s.Proof.Shape.Equal {
			s.pass(list, eq.A, eq.B)
			s.pass(list, eq.B, eq.A)
		}
	}
}

func (s *Statement) pass(list []looked, from, to proof.SourceColumn) {
	a, b := &list[from.Source], &list[to.Source]
	if a == b || a.table == nil || b.table == nil || !a.found.known() || b.found.known() {
		return
	}
	own := a.table == s.Cat.Principal && isKey(a.table, from.Column) && b.table.OfUser(to.Column)
	if isKey(b.table, to.Column) || own {
		b.found = a.found
	}
}

// isKey reports whether a column alone is a key that is unique over all tenants.
func isKey(t *catalogue.Table, column string) bool {
	alone := func(k *schema.Key) bool { return len(k.Columns) == 1 && k.Columns[0] == column }
	return slices.ContainsFunc(t.Unique, func(k *schema.Key) bool { return alone(k) && !k.Expressions }) || slices.ContainsFunc(t.Keys, func(k *schema.Key) bool { return alone(k) && k.Primary })
}
