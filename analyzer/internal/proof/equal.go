package proof

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// An equality is l = r, or l IS NOT DISTINCT FROM r if weak.
type equality struct {
	l, r sqltree.Expr
	weak bool
	cite sqltree.Expr
}

// with is the same equality between parts of its sides.
func (q equality) with(l, r sqltree.Expr) equality { return equality{l, r, q.weak, q.cite} }

// equal is what an equality implies.
func (p *conditions) equal(en *env, q equality) *conj {
	if l, r, ok := rows(q.l, q.r); ok {
		parts := make([]*conj, len(l))
		for i := range l {
			parts[i] = p.equal(en, q.with(l[i], r[i]))
		}
		return and(parts...)
	}
	if c := p.rowSubselect(en, q); c != nil {
		return c
	}
	if c := p.choice(en, q); c != nil {
		return c
	}
	l, factsL := p.operand(en, q.l)
	r, factsR := p.operand(en, q.r)
	if l == noTerm || r == noTerm || l == r {
		if q.weak {
			return &conj{}
		}
		return and(factsL, factsR)
	}
	if p.unequal(l, r) {
		return &conj{never: true}
	}
	eq := one(atom{kind: eqAtom, a: l, b: r, weak: q.weak, cite: q.cite})
	if q.weak {
		return eq
	}
	return and(factsL, factsR, eq)
}

// rows sees through two row constructors of one length.
func rows(l, r sqltree.Expr) (a, b []sqltree.Expr, ok bool) {
	x, okX := l.(*sqltree.Row)
	y, okY := r.(*sqltree.Row)
	if !okX || !okY || len(x.Items) != len(y.Items) {
		return nil, nil, false
	}
	return x.Items, y.Items, true
}

// rowSubselect handles (a, b) = (SELECT c, d …).
func (p *conditions) rowSubselect(en *env, q equality) *conj {
	for _, side := range [][2]sqltree.Expr{{q.l, q.r}, {q.r, q.l}} {
		row, okRow := side[0].(*sqltree.Row)
		s, okSub := side[1].(*sqltree.Subquery)
		if okRow && okSub && !s.Array && !q.weak {
			return p.memberRow(en, row.Items, s.Query, q.cite)
		}
	}
	return nil
}

// memberRow says that values equal the outputs of some row of a query.
func (p *conditions) memberRow(en *env, items []sqltree.Expr, node *sqltree.Query, cite sqltree.Expr) *conj {
	sub := p.sub(en, node)
	if sub.open || len(sub.outs) != len(items) {
		return &conj{}
	}
	out := []*conj{p.rows.rowFormula(sub)}
	for i, item := range items {
		l, facts := p.operand(en, item)
		if l == noTerm {
			continue
		}
		eq := atom{kind: eqAtom, a: l, b: p.columnOf(sub.tuple, sub.outs[i].name), cite: cite}
		out = append(out, facts, one(eq))
	}
	return and(out...)
}

// operand is the term of one side of an equality, with what its being not NULL
// implies: a scalar sub-select that equals something gave a row.
func (p *conditions) operand(en *env, e sqltree.Expr) (termID, *conj) {
	if s, ok := e.(*sqltree.Subquery); ok && !s.Array {
		sub := p.sub(en, s.Query)
		if sub.open || len(sub.outs) != 1 {
			return noTerm, nil
		}
		return p.columnOf(sub.tuple, sub.outs[0].name), p.rows.rowFormula(sub)
	}
	if o, ok := nullified(e); ok && o.Kind == "NULLIF" && len(o.Args) == 2 {
		return p.operand(en, o.Args[0])
	}
	if r, ok := e.(*sqltree.Row); ok && len(r.Items) == 1 {
		return p.operand(en, r.Items[0])
	}
	if t := p.plainTerm(en, e); t != noTerm {
		return t, nil
	}
	if p.ownHoles() && overHolesOnly(e) {
		return p.computed(), nil
	}
	return noTerm, nil
}

// nullified sees through the casts around NULLIF, which equals something only
// if its first argument does.
func nullified(e sqltree.Expr) (*sqltree.Other, bool) {
	for {
		switch x := e.(type) {
		case *sqltree.Other:
			return x, true
		case *sqltree.Cast:
			if strings.Contains(x.Type, "(") {
				return nil, false
			}
			e = x.X
		default:
			return nil, false
		}
	}
}

// choice distributes an equality over the arms of CASE and COALESCE.
func (p *conditions) choice(en *env, q equality) *conj {
	if q.weak {
		return nil
	}
	for _, side := range [][2]sqltree.Expr{{q.l, q.r}, {q.r, q.l}} {
		switch x := side[1].(type) {
		case *sqltree.Coalesce:
			return p.coalesced(en, q.with(side[0], x), x)
		case *sqltree.Case:
			return p.cased(en, q.with(side[0], x), x)
		}
	}
	return nil
}

// coalesced: a = COALESCE(x, y) means a = x, or x is NULL and a = y. With a
// itself among the arguments the filter vanishes when those before are NULL.
func (p *conditions) coalesced(en *env, q equality, x *sqltree.Coalesce) *conj {
	a := p.plainTerm(en, q.l)
	if first := p.plainTerm(en, x.Args[0]); first != noTerm && p.notNull(first) {
		return p.equal(en, q.with(q.l, x.Args[0])) // the rest is never reached
	}
	var arms, before []*conj
	for _, arg := range x.Args {
		arm := &conj{} // the column itself: it says nothing but that the others are NULL
		if t := p.plainTerm(en, arg); t == noTerm || t != a {
			arm = p.equal(en, q.with(q.l, arg))
		}
		if h, ok := plainHole(arg); ok && p.ownHoles() {
			arm = and(arm, one(atom{kind: setAtom, holes: []int{h.Number}, nullOnly: true, cite: q.cite}))
		}
		arms = append(arms, and(append(before[:len(before):len(before)], arm)...))
		before = append(before, p.citedNull(en, arg, q.cite))
	}
	return p.or("coalesce", x, arms)
}

// citedNull is what follows from an argument being NULL, by the whole predicate.
func (p *conditions) citedNull(en *env, arg, cite sqltree.Expr) *conj {
	out := and(p.nullFacts(en, arg))
	for i := range out.atoms {
		out.atoms[i].cite = cite
	}
	return out
}

// cased: a = CASE means, in the arm that is taken, a = its value.
func (p *conditions) cased(en *env, q equality, x *sqltree.Case) *conj {
	var arms []*conj
	var failed []*conj
	for _, w := range x.Whens {
		arm := and(p.whenFacts(en, x, w), p.equal(en, q.with(q.l, w.Then)))
		arms = append(arms, and(append(failed[:len(failed):len(failed)], arm)...))
		failed = append(failed, p.failedWhen(en, x, w))
	}
	if x.Else != nil {
		arms = append(arms, and(append(failed, p.equal(en, q.with(q.l, x.Else)))...))
	}
	return p.or("case", x, arms)
}

// unequal tells two numbers or truth values that are written out and differ.
func (p *conditions) unequal(l, r termID) bool {
	a, b := p.terms[l], p.terms[r]
	return a.kind == constTerm && b.kind == constTerm && shortNumber(a.text) && shortNumber(b.text) && a.text != b.text
}

// shortNumber tells the literals that are equal only if their texts are.
func shortNumber(s string) bool { return len(s) == 1 && s[0] >= '0' && s[0] <= '9' }
