package proof

import (
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// bindFunc makes an item of FROM of a function. unnest($1) gives elements of
// the bind value; several arrays in one unnest stay in step.
func (p *binder) bindFunc(f *sqltree.FuncTable, s *scope, ctes *cteEnv) *leaf {
	l := &leaf{alias: f.Alias, tuple: p.newTuple(f.Alias, nil, f), fn: f, facts: &conj{}, lateral: true}
	en := p.newEnv(&scope{parent: s.parent, from: s.from, values: s.values}, ctes)
	l.sub = &query{tuple: l.tuple, env: en}
	args := unnested(f.Calls)
	l.columns, l.open = funcColumns(f, args)
	if l.alias == "" {
		l.alias = firstCallName(f)
	}
	l.sub.fn, p.ofRow[l.tuple.id] = f, l.sub
	for _, c := range l.columns {
		l.sub.outs = append(l.sub.outs, output{name: c, term: noTerm})
	}
	for i, arg := range args {
		if i < len(l.columns) {
			l.facts = and(l.facts, weakly(p.elementOf(p.columnOf(l.tuple, l.columns[i]), arg, arg), len(args) > 1))
		}
	}
	return l
}

// unnested lists the arrays of unnest calls, nil if another function is called.
func unnested(calls []sqltree.Expr) []sqltree.Expr {
	var out []sqltree.Expr
	for _, e := range calls {
		c, ok := e.(*sqltree.Call)
		if !ok || c.Name != "unnest" || c.Schema != "" && c.Schema != "pg_catalog" {
			return nil
		}
		out = append(out, c.Args...)
	}
	return out
}

// funcColumns names the columns of a function in FROM; open if there may be more.
func funcColumns(f *sqltree.FuncTable, args []sqltree.Expr) (columns []string, open bool) {
	columns = append(columns, f.Columns...)
	single := len(f.Calls) == 1 && (len(args) == 1 || firstCallName(f) == "generate_series")
	switch {
	case len(f.Columns) == 0 && single && f.Alias != "":
		columns = []string{f.Alias}
	case len(f.Columns) == 0 && single:
		columns = []string{firstCallName(f)}
	case len(f.Columns) == 0 && len(args) > 1:
		for i := range args {
			columns = append(columns, "unnest#"+strconv.Itoa(i)) // all are named unnest
		}
	case len(f.Columns) == 0:
		return nil, true
	}
	if f.Ordinality && len(f.Columns) == 0 {
		columns = append(columns, "ordinality")
	}
	return columns, len(f.Types) == 0 && len(args) == 0 && !single
}

// firstCallName names an item of FROM that has no alias.
func firstCallName(f *sqltree.FuncTable) string {
	if len(f.Calls) > 0 {
		if c, ok := f.Calls[0].(*sqltree.Call); ok {
			return c.Name
		}
	}
	return ""
}

// elementOf says that a term is an element of an array, where the array is a
// bind value or a list of them.
func (p *values) elementOf(t termID, array sqltree.Expr, cite sqltree.Expr) *conj {
	if !p.ownHoles() {
		return &conj{}
	}
	switch a := array.(type) {
	case *sqltree.Cast:
		return p.elementOf(t, a.X, cite)
	case *sqltree.Hole:
		return one(atom{kind: memberAtom, a: t, holes: []int{a.Number}, elem: true, cite: cite})
	case *sqltree.Array:
		return p.oneOf(t, a.Items, cite)
	}
	return &conj{}
}

// oneOf says that a term is one of several bind values; nothing if one of them
// is anything else.
func (p *values) oneOf(t termID, list []sqltree.Expr, cite sqltree.Expr) *conj {
	var holes []int
	for _, e := range list {
		h, ok := plainHole(e)
		if !ok {
			return &conj{}
		}
		if h.Slice {
			if len(list) > 1 {
				return &conj{}
			}
			return one(atom{kind: memberAtom, a: t, holes: []int{h.Number}, elem: true, cite: cite})
		}
		holes = append(holes, h.Number)
	}
	if len(holes) == 0 {
		return &conj{}
	}
	return one(atom{kind: memberAtom, a: t, holes: holes, cite: cite})
}

// plainHole sees through casts.
func plainHole(e sqltree.Expr) (*sqltree.Hole, bool) {
	for {
		switch x := e.(type) {
		case *sqltree.Hole:
			return x, true
		case *sqltree.Cast:
			e = x.X
		default:
			return nil, false
		}
	}
}
