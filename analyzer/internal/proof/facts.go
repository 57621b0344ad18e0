package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// factsOf is what the truth of a condition implies. Memoised, so that a row
// variable of a sub-select is one and the same for all who ask.
func (p *prover) factsOf(en *env, e sqltree.Expr) *conj {
	if e == nil {
		return &conj{}
	}
	if c, ok := en.facts[e]; ok {
		return c
	}
	c := p.facts(en, e)
	if en.facts == nil {
		en.facts = map[sqltree.Expr]*conj{}
	}
	en.facts[e] = c
	return c
}

// facts reads one condition; what it does not understand says nothing.
func (p *prover) facts(en *env, e sqltree.Expr) *conj {
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
		return p.caseFacts(en, e)
	case *sqltree.Coalesce:
		return p.coalesceFacts(en, e)
	case *sqltree.Column:
		if t := p.resolve(en.scope, e); t != noTerm {
			return one(atom{kind: flagAtom, a: t, cite: e})
		}
	case *sqltree.Cast:
		if e.Type == "bool" || e.Type == "boolean" {
			return p.factsOf(en, e.X)
		}
	}
	return &conj{}
}

// logicFacts: AND gives all, OR a disjunction.
func (p *prover) logicFacts(en *env, e *sqltree.Logic) *conj {
	parts := make([]*conj, len(e.Args))
	for i, a := range e.Args {
		parts[i] = p.factsOf(en, a)
	}
	if e.Or {
		return p.or("or", e, parts)
	}
	return and(parts...)
}

// negated is what NOT x implies.
func (p *prover) negated(en *env, x sqltree.Expr) *conj {
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
		switch x.Op {
		case "<>", "!=":
			return p.equal(en, equality{l: x.L, r: x.R, cite: x})
		case "IS DISTINCT FROM":
			return p.equal(en, equality{l: x.L, r: x.R, cite: x, weak: true})
		case "=":
			return p.distinctFromZero(en, x)
		}
	case *sqltree.IsNull:
		return p.isNullFacts(en, &sqltree.IsNull{Pos: x.Pos, X: x.X, Not: !x.Not})
	case *sqltree.IsBool:
		return p.isBoolFacts(en, &sqltree.IsBool{Pos: x.Pos, X: x.X, Value: x.Value, Not: !x.Not})
	case *sqltree.In:
		if x.Not && x.List != nil {
			return p.inFacts(en, &sqltree.In{Pos: x.Pos, X: x.X, List: x.List})
		}
	case *sqltree.Literal:
		return &conj{never: x.Kind == sqltree.Null || x.Kind == sqltree.Bool && x.Text == "true"}
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

// binaryFacts: of all operators only equality says something.
func (p *prover) binaryFacts(en *env, e *sqltree.Binary) *conj {
	switch e.Op {
	case "=":
		if c := p.truthCompared(en, e); c != nil {
			return c
		}
		return p.equal(en, equality{l: e.L, r: e.R, cite: e})
	case "IS NOT DISTINCT FROM":
		return p.equal(en, equality{l: e.L, r: e.R, cite: e, weak: true})
	}
	return &conj{}
}

// truthCompared handles φ = true and φ = false for conditions φ.
func (p *prover) truthCompared(en *env, e *sqltree.Binary) *conj {
	for _, side := range [][2]sqltree.Expr{{e.L, e.R}, {e.R, e.L}} {
		l, ok := side[1].(*sqltree.Literal)
		if !ok || l.Kind != sqltree.Bool {
			continue
		}
		if l.Text == "true" {
			return p.factsOf(en, side[0])
		}
		return p.negated(en, side[0])
	}
	return nil
}

// isBoolFacts: IS TRUE and IS FALSE are the condition and its negation; their
// negations hold for NULL, too, and say nothing.
func (p *prover) isBoolFacts(en *env, e *sqltree.IsBool) *conj {
	switch {
	case e.Value == "TRUE" && !e.Not:
		return p.factsOf(en, e.X)
	case e.Value == "FALSE" && !e.Not:
		return p.negated(en, e.X)
	}
	return &conj{}
}

// isNullFacts notes which column is NULL, or is not.
func (p *prover) isNullFacts(en *env, e *sqltree.IsNull) *conj {
	t := p.plainTerm(en, e.X)
	if t == noTerm || p.terms[t].kind != columnTerm {
		return &conj{}
	}
	kind := nullAtom
	if e.Not {
		kind = notNullAtom
	}
	return one(atom{kind: kind, a: t, cite: e})
}

// caseFacts reads a CASE that stands as a condition as the OR of its arms.
func (p *prover) caseFacts(en *env, e *sqltree.Case) *conj {
	var arms []*conj
	var failed []*conj
	for _, w := range e.Whens {
		cond := p.whenFacts(en, e, w)
		arms = append(arms, and(append(failed[:len(failed):len(failed)], cond, p.factsOf(en, w.Then))...))
		failed = append(failed, p.failedWhen(en, e, w))
	}
	if e.Else != nil {
		arms = append(arms, and(append(failed, p.factsOf(en, e.Else))...))
	}
	return p.or("case", e, arms)
}

// whenFacts is what is known where a WHEN was taken.
func (p *prover) whenFacts(en *env, e *sqltree.Case, w sqltree.When) *conj {
	if e.Operand != nil {
		return p.equal(en, equality{l: e.Operand, r: w.Cond, cite: w.Cond})
	}
	return p.factsOf(en, w.Cond)
}

// failedWhen is what is known after a WHEN was not taken: only of a condition
// that is never NULL is that its negation.
func (p *prover) failedWhen(en *env, e *sqltree.Case, w sqltree.When) *conj {
	switch c := w.Cond.(type) {
	case *sqltree.IsNull:
		if e.Operand == nil {
			if z := p.emptiness(en, &sqltree.IsNull{Pos: c.Pos, X: c.X, Not: !c.Not}); z != nil {
				return z
			}
			return p.negated(en, c)
		}
	case *sqltree.Exists:
		return &conj{}
	}
	return &conj{}
}

// coalesceFacts reads COALESCE of conditions: one of them is true.
func (p *prover) coalesceFacts(en *env, e *sqltree.Coalesce) *conj {
	arms := make([]*conj, len(e.Args))
	for i, a := range e.Args {
		arms[i] = p.factsOf(en, a)
	}
	return p.or("coalesce", e, arms)
}

// existsFacts is what the existence of a row of the sub-select implies.
func (p *prover) existsFacts(en *env, e *sqltree.Exists) *conj {
	return p.rowFormula(p.sub(en, e.Query))
}
