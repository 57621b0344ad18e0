package vary

import (
	"math/rand/v2"
	"reflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/queries"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

// Seed is a case of the proof that statements are made from.
type Seed struct {
	Name     string
	DDL      string
	Settings catalogue.Settings
	SQL      string
}

// mutator changes a tree in places that decide who sees a row.
type mutator struct {
	r     *rand.Rand
	exprs []reflect.Value // slots that hold an expression
	conds []reflect.Value // those of them that hold a condition
	froms []reflect.Value
	nodes []any
}

// Mutate makes a statement from a case by one to four changes; one in eight
// stays as it is.
func Mutate(r *rand.Rand, seed Seed, cat *catalogue.Catalogue) (queries.Statement, bool) {
	tree, err := sqlparse.Parse(seed.SQL, sqltree.Postgres)
	if err != nil {
		return queries.Statement{}, false
	}
	root := reflect.ValueOf(&tree).Elem()
	changes := 1 + r.IntN(4)
	if r.IntN(8) == 0 {
		changes = 0
	}
	for range changes {
		m := &mutator{r: r}
		m.collect(root)
		m.change()
	}
	sql, ok := Printed(tree)
	if !ok {
		return queries.Statement{}, false
	}
	return queries.Renumber(queries.Statement{SQL: sql, Meant: meant(tree, cat), Origin: seed.Name, Odd: changes > 0}), true
}

// collect finds what can be changed.
func (m *mutator) collect(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		if v.IsNil() {
			return
		}
		m.slot(v)
		m.collect(v.Elem())
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		m.nodes = append(m.nodes, v.Interface())
		m.collect(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			m.collect(v.Index(i))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			m.collect(v.Field(i))
		}
	}
}

// slot remembers a place whose content may be replaced by one of its kind.
func (m *mutator) slot(v reflect.Value) {
	switch node := v.Interface().(type) {
	case sqltree.Expr:
		m.exprs = append(m.exprs, v)
		if isCondition(node) {
			m.conds = append(m.conds, v)
		}
	case sqltree.From:
		m.froms = append(m.froms, v)
	}
}

// isCondition reports whether an expression is a truth value.
func isCondition(e sqltree.Expr) bool {
	switch n := e.(type) {
	case *sqltree.Logic, *sqltree.Not, *sqltree.In, *sqltree.Exists, *sqltree.Quantified, *sqltree.IsNull, *sqltree.IsBool:
		return true
	case *sqltree.Binary:
		switch n.Op {
		case "=", "<>", "<", ">", "<=", ">=", "~~", "IS DISTINCT FROM", "IS NOT DISTINCT FROM":
			return true
		}
	}
	return false
}

// change applies one change.
func (m *mutator) change() {
	switch n := m.r.IntN(10); {
	case n < 4 && len(m.conds) > 0:
		slot := domain.One(m.r, m.conds)
		slot.Set(reflect.ValueOf(m.condition(slot.Interface().(sqltree.Expr))))
	case n < 5 && len(m.exprs) > 1:
		m.copyExpression()
	default:
		m.inPlace(domain.One(m.r, m.nodes))
	}
}

// condition puts a condition into another.
func (m *mutator) condition(c sqltree.Expr) sqltree.Expr {
	yes, no := &sqltree.Literal{Kind: sqltree.Bool, Text: "true"}, &sqltree.Literal{Kind: sqltree.Bool, Text: "false"}
	other := clone(domain.One(m.r, m.conds)).Interface().(sqltree.Expr) // a copy: it may hold c
	switch m.r.IntN(14) {
	case 0:
		return &sqltree.Not{X: c}
	case 1:
		return &sqltree.Not{X: &sqltree.Not{X: c}}
	case 2:
		return &sqltree.IsBool{X: c, Value: "TRUE"}
	case 3:
		return &sqltree.IsBool{X: c, Value: "FALSE", Not: true}
	case 4:
		return &sqltree.Coalesce{Args: []sqltree.Expr{c, no}}
	case 5:
		return &sqltree.Coalesce{Args: []sqltree.Expr{c, yes}}
	case 6, 7:
		return &sqltree.Logic{Or: true, Args: []sqltree.Expr{c, other}}
	case 8, 9:
		return &sqltree.Logic{Args: []sqltree.Expr{c, other}}
	case 10:
		return &sqltree.Case{Whens: []sqltree.When{{Cond: other, Then: c}}}
	case 11:
		return &sqltree.Case{Whens: []sqltree.When{{Cond: other, Then: c}}, Else: other}
	case 12:
		return &sqltree.Case{Whens: []sqltree.When{{Cond: c, Then: other}}, Else: no}
	}
	return other
}

// copyExpression puts an expression in the place of another of its kind.
func (m *mutator) copyExpression() {
	to, from := domain.One(m.r, m.exprs), domain.One(m.r, m.exprs)
	for range 20 {
		if reflect.TypeOf(to.Interface()) == reflect.TypeOf(from.Interface()) && to.Interface() != from.Interface() {
			to.Set(clone(from))
			return
		}
		from = domain.One(m.r, m.exprs)
	}
}

// inPlace changes a node itself.
func (m *mutator) inPlace(node any) {
	switch n := node.(type) {
	case *sqltree.Join:
		n.Kind = sqltree.JoinKind(m.r.IntN(4))
	case *sqltree.Logic:
		m.logic(n)
	case *sqltree.Binary:
		n.Op = domain.One(m.r, []string{"=", "=", "<>", "IS NOT DISTINCT FROM", "<", n.Op})
	case *sqltree.In:
		n.Not = !n.Not
	case *sqltree.IsNull:
		n.Not = !n.Not
	case *sqltree.Select:
		m.block(n)
	case *sqltree.Query:
		m.query(n)
	case *sqltree.SetOp:
		n.Op = domain.One(m.r, []string{"UNION", "INTERSECT", "EXCEPT"})
	case *sqltree.Update:
		m.drop(&n.Where)
	case *sqltree.Delete:
		m.drop(&n.Where)
	case *sqltree.Conflict:
		m.drop(&n.SetWhere)
	}
}

// logic drops an argument, or turns AND into OR.
func (m *mutator) logic(n *sqltree.Logic) {
	if len(n.Args) > 2 || m.r.IntN(2) == 0 {
		i := m.r.IntN(len(n.Args))
		if len(n.Args) > 2 {
			n.Args = append(append([]sqltree.Expr{}, n.Args[:i]...), n.Args[i+1:]...)
			return
		}
	}
	n.Or = !n.Or
}

// drop takes a condition off in one case of four.
func (m *mutator) drop(e *sqltree.Expr) {
	if m.r.IntN(4) == 0 {
		*e = nil
	}
}

// block changes what a SELECT keeps apart.
func (m *mutator) block(n *sqltree.Select) {
	switch m.r.IntN(4) {
	case 0:
		n.Distinct = !n.Distinct
	case 1:
		n.GroupBy = nil
	case 2:
		m.drop(&n.Where)
	case 3:
		n.Where, n.Having = n.Having, n.Where
	}
}

// query hides a query in a derived table, or takes its limit off.
func (m *mutator) query(n *sqltree.Query) {
	if n.Limit != nil || m.r.IntN(2) == 0 {
		n.Limit, n.Offset = nil, nil
		return
	}
	inner := *n
	*n = sqltree.Query{Body: &sqltree.Select{
		Items: []sqltree.Item{{Expr: &sqltree.Star{}}},
		From:  []sqltree.From{&sqltree.Derived{Query: &inner, Alias: "hidden"}},
	}}
}

// meant guesses what the holes of a statement are meant to be, by the names of
// the columns that they are compared with.
func meant(tree sqltree.Statement, cat *catalogue.Catalogue) []proof.Need {
	return Paired(tree, cat, compared)
}

// Paired gathers what pair makes of the two sides of each comparison, each way
// round where it has no direction.
func Paired(root sqltree.Node, cat *catalogue.Catalogue, pair func(cat *catalogue.Catalogue, l, r sqltree.Expr) []proof.Need) []proof.Need {
	var needs []proof.Need
	sqltree.Walk(root, func(n sqltree.Node) bool {
		switch e := n.(type) {
		case *sqltree.Binary:
			needs = append(needs, pair(cat, e.L, e.R)...)
			needs = append(needs, pair(cat, e.R, e.L)...)
		case *sqltree.In:
			for _, item := range e.List {
				needs = append(needs, pair(cat, e.X, item)...)
			}
		case *sqltree.Quantified:
			needs = append(needs, pair(cat, e.X, e.Array)...)
		}
		return true
	})
	return needs
}

// compared pairs a column with the hole that it is compared with; by name only, so
// it may take one table's column for another's.
func compared(cat *catalogue.Catalogue, l, r sqltree.Expr) []proof.Need {
	column, ok := l.(*sqltree.Column)
	hole, isHole := r.(*sqltree.Hole)
	if !ok || !isHole {
		return nil
	}
	for _, t := range cat.Tables {
		if t.Column == column.Name {
			return []proof.Need{{Kind: proof.Tenant, Hole: hole.Number}}
		}
	}
	for _, t := range cat.Tables {
		for _, e := range t.Edges {
			for i, name := range e.Columns {
				if name == column.Name && e.To.Tenancy != catalogue.Shared {
					return []proof.Need{{Kind: proof.Key, Hole: hole.Number, Table: domain.TableName(e.To), Column: e.RefColumns[i]}}
				}
			}
		}
	}
	return nil
}

// Printed prints a tree that may be nonsense.
func Printed(tree sqltree.Statement) (sql string, ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	return sqlprint.Print(tree), true
}
