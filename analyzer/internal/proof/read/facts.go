// Package read turns conditions and queries into formulas.
//
// Conditions say what their truth, or falsehood, or being NULL implies; rows what
// the existence of a row of a query implies; a pusher what an outer filter lets
// assume inside. All are asked for lazily and remembered, so that a row variable of
// a sub-select is one and the same for all who ask. What is not understood says
// nothing.
package read

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// conditions turns the conditions of a statement into formulas, as they are asked
// for.
type conditions struct {
	*bind.Binder
	rows rowReader
	Lost []formula.OrClause // disjunctions of which an arm says nothing
}

// rowReader is what a condition asks of the sub-selects in it.
type rowReader interface {
	RowFormula(*bind.Query) *formula.Conj
}

// FactsOf is what the truth of a condition implies. Memoised, so that a row
// variable of a sub-select is one and the same for all who ask.
func (p *conditions) FactsOf(en *bind.Env, e sqltree.Expr) *formula.Conj {
	if e == nil {
		return &formula.Conj{}
	}
	return bind.Memo(&en.Facts, e, func() *formula.Conj { return p.facts(en, e) })
}

// facts reads one condition; what it does not understand says nothing.
func (p *conditions) facts(en *bind.Env, e sqltree.Expr) *formula.Conj {
	if c := p.emptiness(en, e); c != nil {
		return c
	}
	switch e := e.(type) {
	case *sqltree.Logic:
		return p.logicFacts(en, e)
	case *sqltree.Not:
		return p.negated(en, e.X)
	case *sqltree.Literal:
		return &formula.Conj{Never: e.Kind == sqltree.Null || e.Kind == sqltree.Bool && e.Text == "false"}
	case *sqltree.Binary:
		return p.binaryFacts(en, e)
	case *sqltree.IsNull:
		return p.isNullFacts(en, e)
	case *sqltree.IsBool:
		return p.isBoolFacts(en, e)
	case *sqltree.In:
		return p.inFacts(en, e)
	case *sqltree.Quantified:
		return p.quantifiedFacts(en, e)
	case *sqltree.Exists:
		return p.existsFacts(en, e)
	case *sqltree.Case:
		return p.caseTruth(en, e, IsTrue)
	case *sqltree.Coalesce:
		return p.coalesceTruth(en, e, IsTrue)
	case *sqltree.Column:
		if t := p.Resolve(en.Scope, e); t != formula.NoTerm {
			return formula.One(formula.Atom{Kind: formula.FlagAtom, A: t, Cite: e})
		}
	case *sqltree.Cast:
		if e.Type == "bool" || e.Type == "boolean" {
			return p.FactsOf(en, e.X)
		}
	case *sqltree.Other:
		switch {
		case e.Kind == "NULLIF" && len(e.Args) == 2:
			return p.FactsOf(en, e.Args[0])
		case e.Kind == "BETWEEN", e.Kind == "BETWEEN SYMMETRIC":
			return p.between(en, e)
		}
	}
	return &formula.Conj{}
}

// between reads x BETWEEN y AND y as x = y.
func (p *conditions) between(en *bind.Env, e *sqltree.Other) *formula.Conj {
	x, low, high := p.PlainTerm(en, e.Args[0]), p.PlainTerm(en, e.Args[1]), p.PlainTerm(en, e.Args[2])
	if x == formula.NoTerm || low == formula.NoTerm || low != high {
		return &formula.Conj{}
	}
	return formula.One(formula.Atom{Kind: formula.EqAtom, A: x, B: low, Cite: e})
}

// logicFacts: AND gives all, OR a disjunction.
func (p *conditions) logicFacts(en *bind.Env, e *sqltree.Logic) *formula.Conj {
	parts := make([]*formula.Conj, len(e.Args))
	for i, a := range e.Args {
		parts[i] = p.FactsOf(en, a)
	}
	if e.Or {
		return p.or("or", e, parts)
	}
	return formula.And(append(parts, p.oneValue(en, e))...)
}

// oneValue reads x >= y AND x <= y as x = y.
func (p *conditions) oneValue(en *bind.Env, e *sqltree.Logic) *formula.Conj {
	out := &formula.Conj{}
	for _, a := range e.Args {
		low, ok := a.(*sqltree.Binary)
		if !ok || low.Op != ">=" {
			continue
		}
		for _, b := range e.Args {
			high, ok := b.(*sqltree.Binary)
			if !ok || high.Op != "<=" {
				continue
			}
			x, y := p.PlainTerm(en, low.L), p.PlainTerm(en, low.R)
			if x != formula.NoTerm && y != formula.NoTerm && x == p.PlainTerm(en, high.L) && y == p.PlainTerm(en, high.R) {
				out = formula.And(out, formula.One(formula.Atom{Kind: formula.EqAtom, A: x, B: y, Cite: e}))
			}
		}
	}
	return out
}

// negated is what NOT x implies.
func (p *conditions) negated(en *bind.Env, x sqltree.Expr) *formula.Conj {
	return bind.Memo(&en.False, x, func() *formula.Conj { return p.negation(en, x) })
}

// negation is negated without memory.
func (p *conditions) negation(en *bind.Env, x sqltree.Expr) *formula.Conj {
	switch x := x.(type) {
	case *sqltree.Not:
		return p.FactsOf(en, x.X)
	case *sqltree.Logic:
		parts := make([]*formula.Conj, len(x.Args))
		for i, a := range x.Args {
			parts[i] = p.negated(en, a)
		}
		if x.Or {
			return formula.And(parts...)
		}
		return p.or("or", x, parts)
	case *sqltree.Binary:
		return p.negatedBinary(en, x)
	case *sqltree.Quantified:
		if x.All && (x.Op == "<>" || x.Op == "!=") { // some element is equal
			return p.quantifiedFacts(en, &sqltree.Quantified{Pos: x.Pos, X: x.X, Op: "=", Array: x.Array, Query: x.Query})
		}
	case *sqltree.Case:
		return p.caseTruth(en, x, isFalse)
	case *sqltree.Coalesce:
		return p.coalesceTruth(en, x, isFalse)
	case *sqltree.IsNull:
		return p.facts(en, &sqltree.IsNull{Pos: x.Pos, X: x.X, Not: !x.Not})
	case *sqltree.IsBool:
		return p.isBoolFacts(en, &sqltree.IsBool{Pos: x.Pos, X: x.X, Value: x.Value, Not: !x.Not})
	case *sqltree.In:
		if x.Not {
			return p.inFacts(en, &sqltree.In{Pos: x.Pos, X: x.X, List: x.List, Query: x.Query})
		}
	case *sqltree.Literal:
		return &formula.Conj{Never: x.Kind == sqltree.Null || x.Kind == sqltree.Bool && x.Text == "true"}
	case *sqltree.Other:
		switch {
		case x.Kind == "NULLIF" && len(x.Args) == 2:
			return p.negated(en, x.Args[0])
		case x.Kind == "NOT BETWEEN", x.Kind == "NOT BETWEEN SYMMETRIC":
			return p.between(en, x)
		}
	case *sqltree.Column:
		if t := p.Resolve(en.Scope, x); t != formula.NoTerm {
			return formula.One(formula.Atom{Kind: formula.EqAtom, A: t, B: p.ConstOf("false"), Cite: x})
		}
	case *sqltree.Hole, *sqltree.Cast:
		if h, ok := bind.PlainHole(x); ok && p.OwnHoles() {
			return formula.One(formula.Atom{Kind: formula.ZeroAtom, Holes: []int{h.Number}, Cite: x})
		}
	}
	return &formula.Conj{}
}

// negatedBinary is what NOT (l op r) implies: of the comparisons that are never
// NULL the opposite, of the others that it is false.
func (p *conditions) negatedBinary(en *bind.Env, x *sqltree.Binary) *formula.Conj {
	if set, cond := ComparedTruth(x); set != 0 {
		return p.truthIn(en, cond, opposite(x.Op, set))
	}
	switch x.Op {
	case "<>", "!=":
		return p.equal(en, equality{l: x.L, r: x.R, cite: x})
	case "IS DISTINCT FROM":
		return p.equal(en, equality{l: x.L, r: x.R, cite: x, weak: true})
	case "=":
		if sameLiteral(x.L, x.R) {
			return &formula.Conj{Never: true}
		}
		return p.distinctFromZero(en, x)
	}
	return &formula.Conj{}
}

// sameLiteral tells two literals that are written alike.
func sameLiteral(a, b sqltree.Expr) bool {
	x, okX := a.(*sqltree.Literal)
	y, okY := b.(*sqltree.Literal)
	return okX && okY && x.Kind == y.Kind && x.Text == y.Text && x.Kind != sqltree.Null
}

// binaryFacts: of all operators only equality and containment say something.
func (p *conditions) binaryFacts(en *bind.Env, e *sqltree.Binary) *formula.Conj {
	if set, cond := ComparedTruth(e); set != 0 {
		return p.truthIn(en, cond, set)
	}
	switch e.Op {
	case "=":
		return p.equal(en, equality{l: e.L, r: e.R, cite: e})
	case "IS NOT DISTINCT FROM":
		return p.equal(en, equality{l: e.L, r: e.R, cite: e, weak: true})
	case "<@":
		return p.contained(en, e.L, e.R, e)
	case "@>":
		return p.contained(en, e.R, e.L, e)
	case "&&":
		return p.overlaps(en, e)
	case "<>", "!=":
		return &formula.Conj{Never: sameLiteral(e.L, e.R)}
	}
	return &formula.Conj{}
}

// isNullFacts notes which column is NULL, or is not. A value that cannot be
// NULL makes the test never hold.
func (p *conditions) isNullFacts(en *bind.Env, e *sqltree.IsNull) *formula.Conj {
	t := p.PlainTerm(en, e.X)
	switch plain := t != formula.NoTerm && p.Terms[t].Kind == formula.ColumnTerm; {
	case !e.Not && (!plain || p.NotNull(t)):
		return p.nullFacts(en, e.X)
	case !plain:
		return &formula.Conj{}
	}
	kind := formula.NullAtom
	if e.Not {
		kind = formula.NotNullAtom
	}
	return formula.One(formula.Atom{Kind: kind, A: t, Cite: e})
}

// WhenFacts is what is known where a WHEN was taken.
func (p *conditions) WhenFacts(en *bind.Env, e *sqltree.Case, w sqltree.When) *formula.Conj {
	return p.FactsOf(en, whenCondition(en, e, w))
}

// existsFacts is what the existence of a row of the sub-select implies.
func (p *conditions) existsFacts(en *bind.Env, e *sqltree.Exists) *formula.Conj {
	return p.rows.RowFormula(p.Sub(en, e.Query))
}

// or is [disjunction], which remembers for a gap's sake what it had to give up.
func (p *conditions) or(kind string, at sqltree.Node, arms []*formula.Conj) *formula.Conj {
	out := formula.Disjunction(kind, at, arms)
	if formula.SizeOf(arms) > formula.MaxSize {
		p.Cap(premise.ConditionSize)
		return out
	}
	if out.Empty() && len(arms) > 1 {
		p.Lost = append(p.Lost, formula.OrClause{Arms: arms, Kind: kind, At: at})
	}
	return out
}

// capArms notes that a list of values is too long to be read as a disjunction; of
// constants it would say nothing.
func (p *conditions) capArms(list []sqltree.Expr) {
	constant := func(e sqltree.Expr) bool { _, ok := formula.Uncast(e).(*sqltree.Literal); return ok }
	if !slices.ContainsFunc(list, func(e sqltree.Expr) bool { return !constant(e) }) {
		return
	}
	p.Cap(premise.Arms)
}
