package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// uniqueKey is the excuse of a look-up that asks no more than whether a name is
// taken: the unique key of the table tells every tenant the same.
const uniqueKey = "unique key"

// probes tells how a statement asks for the one row with a natural key that is
// unique over all tenants, such as a slug: by a query that gives nothing of the
// row (only), or by one whose row does not matter. An id is no natural key: who
// asks whether an id exists is about to use it.
func (s *stmt) probes() (key, only bool) {
	q, ok := s.tree.(*sqltree.Query)
	if !ok || q.With != nil {
		return false, false
	}
	sel, ok := q.Body.(*sqltree.Select)
	if !ok {
		return false, false
	}
	if len(sel.From) == 0 && len(sel.Items) == 1 {
		if inner := asked(sel.Items[0].Expr); inner != nil {
			return s.byNaturalKey(inner), true
		}
		return false, false
	}
	return s.byNaturalKey(sel), !slices.ContainsFunc(sel.Items, givesColumn)
}

// asked is the block of [NOT] EXISTS (…), nil if e is something else.
func asked(e sqltree.Expr) *sqltree.Select {
	switch x := uncast(e).(type) {
	case *sqltree.Not:
		return asked(x.X)
	case *sqltree.Exists:
		if sel, ok := x.Query.Body.(*sqltree.Select); ok && x.Query.With == nil {
			return sel
		}
	}
	return nil
}

// givesColumn tells an element of a select list that holds something of a row.
func givesColumn(i sqltree.Item) bool {
	switch x := uncast(i.Expr).(type) {
	case *sqltree.Literal:
		return false
	case *sqltree.Call:
		return !countsAll(x)
	case *sqltree.Binary:
		return givesColumn(sqltree.Item{Expr: x.L}) || givesColumn(sqltree.Item{Expr: x.R})
	}
	return true
}

func (s *stmt) byNaturalKey(sel *sqltree.Select) bool {
	if len(sel.From) != 1 {
		return false
	}
	l := lookup{s: s}
	l.from(sel.From[0])
	l.condition(sel.Where)
	if len(l.list) != 1 || l.list[0].table == nil {
		return false
	}
	bound := map[string]bool{}
	for _, eq := range l.equal {
		if _, ok := eq[1].(*sqltree.Hole); ok {
			bound[eq[0].(*sqltree.Column).Name] = true
		}
	}
	for _, k := range l.list[0].table.Unique {
		whole := !k.Primary && !k.Expressions && len(k.Columns) > 0
		for _, c := range k.Columns {
			whole = whole && bound[c]
		}
		if whole {
			return true
		}
	}
	return false
}
