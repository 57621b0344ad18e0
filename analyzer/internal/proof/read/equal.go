package read

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
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
func (p *conditions) equal(en *bind.Env, q equality) *formula.Conj {
	if l, r, ok := rows(q.l, q.r); ok {
		parts := make([]*formula.Conj, len(l))
		for i := range l {
			parts[i] = p.equal(en, q.with(l[i], r[i]))
		}
		return formula.And(parts...)
	}
	if c := p.rowSubselect(en, q); c != nil {
		return c
	}
	if c := p.choice(en, q); c != nil {
		return c
	}
	l, factsL := p.Operand(en, q.l)
	r, factsR := p.Operand(en, q.r)
	if l == formula.NoTerm || r == formula.NoTerm || l == r {
		if q.weak {
			return &formula.Conj{}
		}
		return formula.And(factsL, factsR)
	}
	if p.unequal(l, r) {
		return &formula.Conj{Never: true}
	}
	eq := formula.One(formula.Atom{Kind: formula.EqAtom, A: l, B: r, Weak: q.weak, Cite: q.cite})
	if q.weak {
		return eq
	}
	return formula.And(factsL, factsR, eq)
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
func (p *conditions) rowSubselect(en *bind.Env, q equality) *formula.Conj {
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
func (p *conditions) memberRow(en *bind.Env, items []sqltree.Expr, node *sqltree.Query, cite sqltree.Expr) *formula.Conj {
	sub := p.Sub(en, node)
	if sub.Open || len(sub.Outputs) != len(items) {
		return &formula.Conj{}
	}
	out := []*formula.Conj{p.rows.RowFormula(sub)}
	for i, item := range items {
		l, facts := p.Operand(en, item)
		if l == formula.NoTerm {
			continue
		}
		eq := formula.Atom{Kind: formula.EqAtom, A: l, B: p.ColumnOf(sub.Tuple, sub.Outputs[i].Name), Cite: cite}
		out = append(out, facts, formula.One(eq))
	}
	return formula.And(out...)
}

// Operand is the term of one side of an equality, with what its being not NULL
// implies: a scalar sub-select that equals something gave a row.
func (p *conditions) Operand(en *bind.Env, e sqltree.Expr) (formula.TermID, *formula.Conj) {
	if s, ok := e.(*sqltree.Subquery); ok && !s.Array {
		sub := p.Sub(en, s.Query)
		if sub.Open || len(sub.Outputs) != 1 {
			return formula.NoTerm, nil
		}
		return p.ColumnOf(sub.Tuple, sub.Outputs[0].Name), p.rows.RowFormula(sub)
	}
	if o, ok := nullified(e); ok && o.Kind == "NULLIF" && len(o.Args) == 2 {
		return p.Operand(en, o.Args[0])
	}
	if r, ok := e.(*sqltree.Row); ok && len(r.Items) == 1 {
		return p.Operand(en, r.Items[0])
	}
	if t := p.PlainTerm(en, e); t != formula.NoTerm {
		return t, nil
	}
	if p.OwnHoles() && overHolesOnly(e) {
		return p.Computed(p.KeepsSecret(e)), nil
	}
	return formula.NoTerm, nil
}

// nullified sees through the casts around NULLIF, which equals something only
// if its first argument does.
func nullified(e sqltree.Expr) (*sqltree.Other, bool) {
	for {
		switch x := e.(type) {
		case *sqltree.Other:
			return x, true
		case *sqltree.Cast:
			if !bind.KeepsValue(x) {
				return nil, false
			}
			e = x.X
		default:
			return nil, false
		}
	}
}

// choice distributes an equality over the arms of CASE and COALESCE.
func (p *conditions) choice(en *bind.Env, q equality) *formula.Conj {
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
func (p *conditions) coalesced(en *bind.Env, q equality, x *sqltree.Coalesce) *formula.Conj {
	a := p.PlainTerm(en, q.l)
	if first := p.PlainTerm(en, x.Args[0]); first != formula.NoTerm && p.NotNull(first) {
		return p.equal(en, q.with(q.l, x.Args[0])) // the rest is never reached
	}
	var arms, before []*formula.Conj
	for _, arg := range x.Args {
		arm := &formula.Conj{} // the column itself: it says nothing but that the others are NULL
		if t := p.PlainTerm(en, arg); t == formula.NoTerm || t != a {
			arm = p.equal(en, q.with(q.l, arg))
		}
		if h, ok := bind.PlainHole(arg); ok && p.OwnHoles() {
			arm = formula.And(arm, formula.One(formula.Atom{Kind: formula.SetAtom, Holes: []int{h.Number}, NullOnly: true, Cite: q.cite}))
		}
		arms = append(arms, formula.And(append(before[:len(before):len(before)], arm)...))
		before = append(before, p.citedNull(en, arg, q.cite))
	}
	return p.or("coalesce", x, arms)
}

// citedNull is what follows from an argument being NULL, by the whole predicate.
func (p *conditions) citedNull(en *bind.Env, arg, cite sqltree.Expr) *formula.Conj {
	out := formula.And(p.nullFacts(en, arg))
	for i := range out.Atoms {
		out.Atoms[i].Cite = cite
	}
	return out
}

// cased: a = CASE means, in the arm that is taken, a = its value.
func (p *conditions) cased(en *bind.Env, q equality, x *sqltree.Case) *formula.Conj {
	var arms []*formula.Conj
	var failed []*formula.Conj
	for _, w := range x.Whens {
		arm := formula.And(p.WhenFacts(en, x, w), p.equal(en, q.with(q.l, w.Then)))
		arms = append(arms, formula.And(append(failed[:len(failed):len(failed)], arm)...))
		failed = append(failed, p.FailedWhen(en, x, w))
	}
	if x.Else != nil {
		arms = append(arms, formula.And(append(failed, p.equal(en, q.with(q.l, x.Else)))...))
	}
	return p.or("case", x, arms)
}

// unequal tells two numbers or truth values that are written out and differ.
func (p *conditions) unequal(l, r formula.TermID) bool {
	a, b := p.Terms[l], p.Terms[r]
	return a.Kind == formula.ConstTerm && b.Kind == formula.ConstTerm && shortNumber(a.Text) && shortNumber(b.Text) && a.Text != b.Text
}

// shortNumber tells the literals that are equal only if their texts are.
func shortNumber(s string) bool { return len(s) == 1 && s[0] >= '0' && s[0] <= '9' }
