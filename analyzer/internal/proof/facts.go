package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// conditions turns the conditions of a statement into formulas, as they are asked
// for.
type conditions struct {
	*binder
	rows rowReader
	lost []orClause // disjunctions of which an arm says nothing
}

// rowReader is what a condition asks of the sub-selects in it.
type rowReader interface {
	rowFormula(*query) *conj
}

// factsOf is what the truth of a condition implies. Memoised, so that a row
// variable of a sub-select is one and the same for all who ask.
func (p *conditions) factsOf(en *env, e sqltree.Expr) *conj {
	if e == nil {
		return &conj{}
	}
	return memo(&en.facts, e, func() *conj { return p.facts(en, e) })
}

// facts reads one condition; what it does not understand says nothing.
func (p *conditions) facts(en *env, e sqltree.Expr) *conj {
	if c := p.emptiness(en, e); c != nil {
		return c
	}
	switch e := e.(type) {
	case *sqltree.Logic:
		return p.logicFacts(en, e)
	case *sqltree.Not:
		return p.negated(en, e.X)
	case *sqltree.Literal:
		return &conj{never: e.Kind == sqltree.Null || e.Kind == sqltree.Bool && e.Text == "false"}
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
		return p.caseTruth(en, e, isTrue)
	case *sqltree.Coalesce:
		return p.coalesceTruth(en, e, isTrue)
	case *sqltree.Column:
		if t := p.resolve(en.scope, e); t != noTerm {
			return one(atom{kind: flagAtom, a: t, cite: e})
		}
	case *sqltree.Cast:
		if e.Type == "bool" || e.Type == "boolean" {
			return p.factsOf(en, e.X)
		}
	case *sqltree.Other:
		if e.Kind == "NULLIF" && len(e.Args) == 2 {
			return p.factsOf(en, e.Args[0])
		}
	}
	return &conj{}
}

// logicFacts: AND gives all, OR a disjunction.
func (p *conditions) logicFacts(en *env, e *sqltree.Logic) *conj {
	parts := make([]*conj, len(e.Args))
	for i, a := range e.Args {
		parts[i] = p.factsOf(en, a)
	}
	if e.Or {
		return p.or("or", e, parts)
	}
	return and(append(parts, p.oneValue(en, e))...)
}

// oneValue reads x >= y AND x <= y, which BETWEEN y AND y is too, as x = y.
func (p *conditions) oneValue(en *env, e *sqltree.Logic) *conj {
	out := &conj{}
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
			x, y := p.plainTerm(en, low.L), p.plainTerm(en, low.R)
			if x != noTerm && y != noTerm && x == p.plainTerm(en, high.L) && y == p.plainTerm(en, high.R) {
				out = and(out, one(atom{kind: eqAtom, a: x, b: y, cite: e}))
			}
		}
	}
	return out
}

// negated is what NOT x implies.
func (p *conditions) negated(en *env, x sqltree.Expr) *conj {
	return memo(&en.false, x, func() *conj { return p.negation(en, x) })
}

// negation is negated without memory.
func (p *conditions) negation(en *env, x sqltree.Expr) *conj {
	switch x := x.(type) {
	case *sqltree.Not:
		return p.factsOf(en, x.X)
	case *sqltree.Logic:
		parts := make([]*conj, len(x.Args))
		for i, a := range x.Args {
			parts[i] = p.negated(en, a)
		}
		if x.Or {
			return and(parts...)
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
		return &conj{never: x.Kind == sqltree.Null || x.Kind == sqltree.Bool && x.Text == "true"}
	case *sqltree.Other:
		if x.Kind == "NULLIF" && len(x.Args) == 2 {
			return p.negated(en, x.Args[0])
		}
	case *sqltree.Column:
		if t := p.resolve(en.scope, x); t != noTerm {
			return one(atom{kind: eqAtom, a: t, b: p.constOf("false"), cite: x})
		}
	case *sqltree.Hole, *sqltree.Cast:
		if h, ok := plainHole(x); ok && p.ownHoles() {
			return one(atom{kind: zeroAtom, holes: []int{h.Number}, cite: x})
		}
	}
	return &conj{}
}

// negatedBinary is what NOT (l op r) implies: of the comparisons that are never
// NULL the opposite, of the others that it is false.
func (p *conditions) negatedBinary(en *env, x *sqltree.Binary) *conj {
	if set, cond := comparedTruth(x); set != 0 {
		return p.truthIn(en, cond, opposite(x.Op, set))
	}
	switch x.Op {
	case "<>", "!=":
		return p.equal(en, equality{l: x.L, r: x.R, cite: x})
	case "IS DISTINCT FROM":
		return p.equal(en, equality{l: x.L, r: x.R, cite: x, weak: true})
	case "=":
		if sameLiteral(x.L, x.R) {
			return &conj{never: true}
		}
		return p.distinctFromZero(en, x)
	}
	return &conj{}
}

// sameLiteral tells two literals that are written alike.
func sameLiteral(a, b sqltree.Expr) bool {
	x, okX := a.(*sqltree.Literal)
	y, okY := b.(*sqltree.Literal)
	return okX && okY && x.Kind == y.Kind && x.Text == y.Text && x.Kind != sqltree.Null
}

// binaryFacts: of all operators only equality and containment say something.
func (p *conditions) binaryFacts(en *env, e *sqltree.Binary) *conj {
	if set, cond := comparedTruth(e); set != 0 {
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
		return &conj{never: sameLiteral(e.L, e.R)}
	}
	return &conj{}
}

// isNullFacts notes which column is NULL, or is not. A value that cannot be
// NULL makes the test never hold.
func (p *conditions) isNullFacts(en *env, e *sqltree.IsNull) *conj {
	t := p.plainTerm(en, e.X)
	switch plain := t != noTerm && p.terms[t].kind == columnTerm; {
	case !e.Not && (!plain || p.notNull(t)):
		return p.nullFacts(en, e.X)
	case !plain:
		return &conj{}
	}
	kind := nullAtom
	if e.Not {
		kind = notNullAtom
	}
	return one(atom{kind: kind, a: t, cite: e})
}

// whenFacts is what is known where a WHEN was taken.
func (p *conditions) whenFacts(en *env, e *sqltree.Case, w sqltree.When) *conj {
	return p.factsOf(en, whenCondition(en, e, w))
}

// existsFacts is what the existence of a row of the sub-select implies.
func (p *conditions) existsFacts(en *env, e *sqltree.Exists) *conj {
	return p.rows.rowFormula(p.sub(en, e.Query))
}
