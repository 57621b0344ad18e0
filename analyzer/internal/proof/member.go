package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// inFacts is what x IN (…) implies.
func (p *conditions) inFacts(en *env, e *sqltree.In) *conj {
	if e.Not {
		return &conj{}
	}
	if e.Query != nil {
		return p.inQuery(en, e.X, e.Query, e)
	}
	return p.inList(en, e.X, e.List, e)
}

// inQuery is what membership in a query's rows implies.
func (p *conditions) inQuery(en *env, x sqltree.Expr, q *sqltree.Query, cite sqltree.Expr) *conj {
	if row, ok := x.(*sqltree.Row); ok {
		return p.memberRow(en, row.Items, q, cite)
	}
	return p.memberRow(en, []sqltree.Expr{x}, q, cite)
}

// inList: a list of bind values keeps each as a need; a short list of anything
// else is the OR of its equalities.
func (p *conditions) inList(en *env, x sqltree.Expr, list []sqltree.Expr, cite sqltree.Expr) *conj {
	if len(list) == 1 && !isSlice(list[0]) {
		return p.equal(en, equality{l: x, r: list[0], cite: cite})
	}
	if row, ok := x.(*sqltree.Row); ok {
		return p.inRows(en, row, list, cite)
	}
	if t := p.plainTerm(en, x); t != noTerm && p.ownHoles() {
		if c := p.oneOf(t, list, cite); !c.empty() {
			return c
		}
	}
	if len(list) > maxArms {
		p.capArms(list)
		return &conj{}
	}
	arms := make([]*conj, len(list))
	for i, item := range list {
		arms[i] = p.equal(en, equality{l: x, r: item, cite: cite})
	}
	return p.or("or", cite, arms)
}

// isSlice tells a bind value that stands for a list.
func isSlice(e sqltree.Expr) bool {
	h, ok := plainHole(e)
	return ok && h.Slice
}

// inRows keeps each column's bind values apart: weaker than the rows, but
// enough where every one of them must be the tenant's.
func (p *conditions) inRows(en *env, row *sqltree.Row, list []sqltree.Expr, cite sqltree.Expr) *conj {
	out := &conj{}
	for i, item := range row.Items {
		var column []sqltree.Expr
		for _, l := range list {
			r, ok := l.(*sqltree.Row)
			if !ok || len(r.Items) != len(row.Items) {
				return &conj{}
			}
			column = append(column, r.Items[i])
		}
		out = and(out, p.inList(en, item, column, cite))
	}
	return out
}

// quantifiedFacts is what x = ANY (…) implies; other operators imply nothing.
func (p *conditions) quantifiedFacts(en *env, e *sqltree.Quantified) *conj {
	switch {
	case e.Op != "=":
		return &conj{}
	case e.All:
		return p.equalsAll(en, e)
	}
	if e.Query != nil {
		return p.inQuery(en, e.X, e.Query, e)
	}
	switch a := uncast(e.Array).(type) {
	case *sqltree.Array:
		return p.inList(en, e.X, a.Items, e)
	case *sqltree.Subquery:
		if a.Array {
			return p.inQuery(en, e.X, a.Query, e)
		}
	case *sqltree.Hole:
		if t := p.plainTerm(en, e.X); t != noTerm && p.ownHoles() {
			return p.elementOf(t, e.Array, e)
		}
	}
	return &conj{}
}

// equalsAll is what x = ALL ($1) implies: the array is empty, or x is in it.
func (p *conditions) equalsAll(en *env, e *sqltree.Quantified) *conj {
	h, ok := plainHole(e.Array)
	t := p.plainTerm(en, e.X)
	if !ok || t == noTerm || !p.ownHoles() {
		return &conj{}
	}
	empty := one(atom{kind: zeroAtom, holes: []int{h.Number}, cite: e})
	return p.or("or", e, []*conj{p.elementOf(t, e.Array, e), empty})
}

// contained is what ARRAY[x, …] <@ $1 implies: each x is an element of it.
func (p *conditions) contained(en *env, part, whole, cite sqltree.Expr) *conj {
	a, ok := uncast(part).(*sqltree.Array)
	if !ok {
		return &conj{}
	}
	out := &conj{}
	for _, item := range a.Items {
		if t := p.plainTerm(en, item); t != noTerm {
			out = and(out, p.elementOf(t, whole, cite))
		}
	}
	return out
}

// overlaps is what ARRAY[x] && $1 implies: x is an element of it.
func (p *conditions) overlaps(en *env, e *sqltree.Binary) *conj {
	for _, side := range [][2]sqltree.Expr{{e.L, e.R}, {e.R, e.L}} {
		if a, ok := uncast(side[0]).(*sqltree.Array); ok && len(a.Items) == 1 {
			return p.contained(en, a, side[1], e)
		}
	}
	return &conj{}
}

// uncast takes off casts.
func uncast(e sqltree.Expr) sqltree.Expr {
	for {
		c, ok := e.(*sqltree.Cast)
		if !ok {
			return e
		}
		e = c.X
	}
}
