package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// rowFormula is what the existence of a row of a query implies: about its
// columns, about the rows that it was made of, and about outer columns.
func (p *reader) rowFormula(q *query) *conj {
	if q.rows == nil {
		q.rows = &conj{} // a recursive reference learns nothing
		q.rows = p.bounded(p.computeRows(q))
	}
	return q.rows
}

// maxAtoms bounds what the row of a query implies.
const maxAtoms = 300

// bounded weakens a formula that has grown too long.
func (p *reader) bounded(c *conj) *conj {
	if len(c.atoms) <= maxAtoms && len(c.ors) <= maxAtoms {
		return c
	}
	p.cap(QueryPredicates)
	return &conj{atoms: c.atoms[:min(len(c.atoms), maxAtoms)], ors: c.ors[:min(len(c.ors), maxAtoms)], never: c.never}
}

// computeRows goes by what kind of query it is.
func (p *reader) computeRows(q *query) *conj {
	switch {
	case q.shared, q.open && q.block == nil && q.op == nil && q.write == nil:
		return &conj{}
	case q.loop != nil:
		return p.recursive(q)
	case q.write != nil:
		return and(p.writeRows(q.write), p.outputLinks(q, nil))
	case q.op != nil:
		return p.setRows(q)
	case q.values != nil:
		return p.valuesRows(q)
	case q.block != nil:
		return p.blockRows(q)
	}
	return &conj{}
}

// blockRows: a row of a block met WHERE, unless the block gives one anyway.
func (p *reader) blockRows(q *query) *conj {
	b := q.block
	if aggregatesAll(q) {
		if len(b.node.GroupBy) == 0 && asksForRows(b.node.Having) {
			return and(p.joinRows(b.from), p.factsOf(b.env, b.where))
		}
		return &conj{}
	}
	g := groupingOf(b.node)
	body := and(p.joinRows(b.from), p.factsOf(b.env, b.where), b.extra)
	if b.node.Having != nil {
		body = and(body, p.havingFacts(b, g))
	}
	return and(body, p.outputLinks(q, g))
}

// asksForRows tells a HAVING that is not true where no row is counted.
func asksForRows(having sqltree.Expr) bool {
	if l, ok := having.(*sqltree.Logic); ok && !l.Or {
		return slices.ContainsFunc(l.Args, asksForRows)
	}
	b, ok := having.(*sqltree.Binary)
	return ok && counts(b)
}

// outputLinks equates the columns of a query's row with the columns that they
// copy. In a grouped query a column outside of some grouping set may be NULL.
func (p *reader) outputLinks(q *query, g *grouping) *conj {
	out := &conj{}
	for _, o := range q.outs {
		if o.term == noTerm && g == nil && choosesValue(o.expr) {
			out = and(out, p.valueFacts(q.env, p.columnOf(q.tuple, o.name), o.expr))
		}
		if o.term == noTerm || g != nil && g.sets && !p.determined(q.block, g, o.term) {
			continue
		}
		col := p.columnOf(q.tuple, o.name)
		p.links[col] = o.term
		out.atoms = append(out.atoms, atom{kind: eqAtom, a: col, b: o.term, weak: true})
	}
	return out
}

// choosesValue tells the expressions that give one of their operands unchanged.
func choosesValue(e sqltree.Expr) bool {
	switch e := e.(type) {
	case *sqltree.Coalesce, *sqltree.Case:
		return true
	case *sqltree.Other:
		return e.Kind == "NULLIF"
	}
	return false
}

// joinRows is what a row of a FROM tree implies. Of an outer join only the
// preserved side is sure to be there.
func (p *reader) joinRows(s *source) *conj {
	if s == nil {
		return &conj{}
	}
	if s.leaf != nil {
		return p.leafRows(s.leaf)
	}
	switch s.kind {
	case sqltree.Inner:
		return and(p.joinRows(s.left), p.joinRows(s.right), p.onFacts(s))
	case sqltree.Left:
		return p.joinRows(s.left)
	}
	return &conj{}
}

// leafRows is what a row of an item of FROM implies.
func (p *reader) leafRows(l *leaf) *conj {
	out := l.facts
	if l.sub != nil && l.fn == nil {
		return and(out, p.rowFormula(l.sub))
	}
	return and(out)
}

// onFacts is the condition of a join: ON, or the equalities of USING.
func (p *reader) onFacts(s *source) *conj {
	out := &conj{}
	for _, u := range s.using {
		out.atoms = append(out.atoms, atom{kind: eqAtom, a: u.a, b: u.b})
	}
	if s.on == nil {
		return out
	}
	return and(out, p.factsOf(s.env, s.on))
}

// setRows: a row of a UNION comes from one of its arms, a row of an INTERSECT
// from both, a row of an EXCEPT from the left.
func (p *reader) setRows(q *query) *conj {
	left, right := p.armRows(q, q.op.left), p.armRows(q, q.op.right)
	switch q.op.op {
	case "UNION":
		return p.or("union", q.node, []*conj{left, right})
	case "INTERSECT":
		return and(left, right)
	}
	return left
}

// armRows is what a row of one arm says of the set operation's row.
func (p *reader) armRows(q, arm *query) *conj {
	out := and(p.rowFormula(arm))
	if arm.open || len(arm.outs) != len(q.outs) {
		return out
	}
	for i, o := range arm.outs {
		a, b := p.columnOf(q.tuple, q.outs[i].name), p.columnOf(arm.tuple, o.name)
		out.atoms = append(out.atoms, atom{kind: eqAtom, a: a, b: b, weak: true})
	}
	return out
}

// valuesRows: a column of VALUES is one of the values in it; a single row is
// known value by value.
func (p *reader) valuesRows(q *query) *conj {
	out := &conj{}
	for i, o := range q.outs {
		var column []sqltree.Expr
		for _, row := range q.values {
			if i < len(row) {
				column = append(column, row[i])
			}
		}
		t := p.columnOf(q.tuple, o.name)
		if len(column) == 1 {
			if v := p.plainTerm(q.env, column[0]); v != noTerm {
				out.atoms = append(out.atoms, atom{kind: eqAtom, a: t, b: v, weak: true, cite: column[0]})
			}
			continue
		}
		out = and(out, p.valueOf(q, t, column))
	}
	return out
}

// valueOf: a term has one of the values of a column, bind values or others.
func (p *reader) valueOf(q *query, t termID, column []sqltree.Expr) *conj {
	if p.ownHoles() {
		if c := p.oneOf(t, column, nil); !c.empty() {
			return weakly(c, false)
		}
	}
	if len(column) > maxArms {
		p.capArms(column)
		return &conj{}
	}
	arms := make([]*conj, len(column))
	for i, e := range column {
		arms[i] = p.valueFacts(q.env, t, e)
	}
	return disjunction("values", q.node, arms)
}
