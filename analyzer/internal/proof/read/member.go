package read

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// inFacts is what x IN (…) implies.
func (p *conditions) inFacts(en *bind.Env, e *sqltree.In) *formula.Conj {
	if e.Not {
		return &formula.Conj{}
	}
	if e.Query != nil {
		return p.inQuery(en, e.X, e.Query, e)
	}
	return p.inList(en, e.X, e.List, e)
}

// inQuery is what membership in a query's rows implies.
func (p *conditions) inQuery(en *bind.Env, x sqltree.Expr, q *sqltree.Query, cite sqltree.Expr) *formula.Conj {
	if row, ok := x.(*sqltree.Row); ok {
		return p.memberRow(en, row.Items, q, cite)
	}
	return p.memberRow(en, []sqltree.Expr{x}, q, cite)
}

// inList: a list of bind values keeps each as a need; a short list of anything
// else is the OR of its equalities.
func (p *conditions) inList(en *bind.Env, x sqltree.Expr, list []sqltree.Expr, cite sqltree.Expr) *formula.Conj {
	if len(list) == 1 && !isSlice(list[0]) {
		return p.equal(en, equality{l: x, r: list[0], cite: cite})
	}
	if row, ok := x.(*sqltree.Row); ok {
		return p.inRows(en, row, list, cite)
	}
	if t := p.PlainTerm(en, x); t != formula.NoTerm && p.OwnHoles() {
		if c := p.OneOf(t, list, cite); !c.Empty() {
			return c
		}
	}
	if len(list) > formula.MaxArms {
		p.capArms(list)
		return &formula.Conj{}
	}
	arms := make([]*formula.Conj, len(list))
	for i, item := range list {
		arms[i] = p.equal(en, equality{l: x, r: item, cite: cite})
	}
	return p.or("or", cite, arms)
}

// isSlice tells a bind value that stands for a list.
func isSlice(e sqltree.Expr) bool {
	h, ok := bind.PlainHole(e)
	return ok && h.Slice
}

// inRows keeps each column's bind values apart: weaker than the rows, but
// enough where every one of them must be the tenant's.
func (p *conditions) inRows(en *bind.Env, row *sqltree.Row, list []sqltree.Expr, cite sqltree.Expr) *formula.Conj {
	out := &formula.Conj{}
	for i, item := range row.Items {
		var column []sqltree.Expr
		for _, l := range list {
			r, ok := l.(*sqltree.Row)
			if !ok || len(r.Items) != len(row.Items) {
				return &formula.Conj{}
			}
			column = append(column, r.Items[i])
		}
		out = formula.And(out, p.inList(en, item, column, cite))
	}
	return out
}

// quantifiedFacts is what x = ANY (…) implies; other operators imply nothing.
func (p *conditions) quantifiedFacts(en *bind.Env, e *sqltree.Quantified) *formula.Conj {
	switch {
	case e.Op != "=":
		return &formula.Conj{}
	case e.All:
		return p.equalsAll(en, e)
	}
	if e.Query != nil {
		return p.inQuery(en, e.X, e.Query, e)
	}
	if items, ok := itemsOf(e.Array); ok {
		return p.inList(en, e.X, items, e)
	}
	switch a := bind.Kept(e.Array).(type) {
	case *sqltree.Subquery:
		if a.Array {
			return p.inQuery(en, e.X, a.Query, e)
		}
	case *sqltree.Hole:
		if t := p.PlainTerm(en, e.X); t != formula.NoTerm && p.OwnHoles() {
			return p.ElementOf(t, e.Array, e)
		}
	}
	return &formula.Conj{}
}

// itemsOf lists the elements of an array that is written out, each with the casts of
// the array.
func itemsOf(e sqltree.Expr) ([]sqltree.Expr, bool) {
	switch e := e.(type) {
	case *sqltree.Array:
		return e.Items, true
	case *sqltree.Cast:
		inner, ok := itemsOf(e.X)
		if !ok {
			return nil, false
		}
		items := make([]sqltree.Expr, len(inner))
		for i, x := range inner {
			items[i] = &sqltree.Cast{Pos: e.Pos, X: x, Type: bind.ElementType(e.Type)}
		}
		return items, true
	}
	return nil, false
}

// equalsAll is what x = ALL ($1) implies: the array is empty, or x is in it. An array
// that is written out is not empty, and x equals each of its elements.
func (p *conditions) equalsAll(en *bind.Env, e *sqltree.Quantified) *formula.Conj {
	if items, ok := itemsOf(e.Array); ok {
		parts := make([]*formula.Conj, len(items))
		for i, item := range items {
			parts[i] = p.equal(en, equality{l: e.X, r: item, cite: e})
		}
		return formula.And(parts...)
	}
	h, ok := bind.PlainHole(e.Array)
	t := p.PlainTerm(en, e.X)
	if !ok || t == formula.NoTerm || !p.OwnHoles() {
		return &formula.Conj{}
	}
	empty := formula.One(formula.Atom{Kind: formula.ZeroAtom, Holes: []int{h.Number}, Cite: e})
	return p.or("or", e, []*formula.Conj{p.ElementOf(t, e.Array, e), empty})
}

// contained is what ARRAY[x, …] <@ $1 implies: each x is an element of it.
func (p *conditions) contained(en *bind.Env, part, whole, cite sqltree.Expr) *formula.Conj {
	items, ok := itemsOf(part)
	if !ok {
		return &formula.Conj{}
	}
	out := &formula.Conj{}
	for _, item := range items {
		if t := p.PlainTerm(en, item); t != formula.NoTerm {
			out = formula.And(out, p.ElementOf(t, whole, cite))
		}
	}
	return out
}

// overlaps is what ARRAY[x] && $1 implies: x is an element of it.
func (p *conditions) overlaps(en *bind.Env, e *sqltree.Binary) *formula.Conj {
	for _, side := range [][2]sqltree.Expr{{e.L, e.R}, {e.R, e.L}} {
		if items, ok := itemsOf(side[0]); ok && len(items) == 1 {
			return p.contained(en, side[0], side[1], e)
		}
	}
	return &formula.Conj{}
}
