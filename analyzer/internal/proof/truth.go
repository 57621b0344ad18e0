package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// A truth is a set of the values that a condition may have.
type truth uint8

const (
	isTrue truth = 1 << iota
	isFalse
	isNull
	anyTruth = isTrue | isFalse | isNull
)

// truthIn is what follows from a condition having one of the values. That a
// condition is not false is not much: NULL lets the row through. It says
// something where the operands cannot be NULL, or where a bind value must be.
func (p *conditions) truthIn(en *env, e sqltree.Expr, set truth) *conj {
	if set == anyTruth {
		return &conj{}
	}
	if h, ok := plainHole(e); ok && p.ownHoles() && set == isFalse|isNull {
		return one(atom{kind: zeroAtom, holes: []int{h.Number}, cite: e}) // false is the zero value
	}
	var arms []*conj
	if set&isTrue != 0 {
		arms = append(arms, p.factsOf(en, e))
	}
	if set&isFalse != 0 {
		arms = append(arms, p.negated(en, e))
	}
	if set&isNull != 0 {
		arms = append(arms, p.nullFacts(en, e))
	}
	return p.or("or", e, arms)
}

// comparedTruth reads the comparison of a condition with true or false, either
// way round: which values of which condition make it true; 0 if it is none.
func comparedTruth(e *sqltree.Binary) (truth, sqltree.Expr) {
	for _, side := range [][2]sqltree.Expr{{e.L, e.R}, {e.R, e.L}} {
		l, ok := uncast(side[1]).(*sqltree.Literal)
		if !ok || l.Kind != sqltree.Bool {
			continue
		}
		set := isFalse
		if l.Text == "true" {
			set = isTrue
		}
		switch e.Op {
		case "=", "IS NOT DISTINCT FROM":
			return set, side[0]
		case "<>", "!=":
			return isTrue + isFalse - set, side[0]
		case "IS DISTINCT FROM":
			return anyTruth - set, side[0]
		}
	}
	return 0, nil
}

// opposite is the set for which a comparison with a truth value is false.
func opposite(op string, set truth) truth {
	switch op {
	case "IS DISTINCT FROM", "IS NOT DISTINCT FROM":
		return anyTruth - set
	}
	return isTrue + isFalse - set
}

// isBoolFacts: IS TRUE and its like choose among the three values.
func (p *conditions) isBoolFacts(en *env, e *sqltree.IsBool) *conj {
	set := isNull
	switch e.Value {
	case "TRUE":
		set = isTrue
	case "FALSE":
		set = isFalse
	}
	if e.Not {
		set = anyTruth - set
	}
	return p.truthIn(en, e.X, set)
}

// caseTruth reads a CASE as the OR of its arms, each with the value asked for.
func (p *conditions) caseTruth(en *env, e *sqltree.Case, set truth) *conj {
	var arms []*conj
	var failed []*conj
	for _, w := range e.Whens {
		cond := p.whenFacts(en, e, w)
		arms = append(arms, and(append(failed[:len(failed):len(failed)], cond, p.truthIn(en, w.Then, set))...))
		failed = append(failed, p.failedWhen(en, e, w))
	}
	if e.Else != nil {
		arms = append(arms, and(append(failed, p.truthIn(en, e.Else, set))...))
	}
	return p.or("case", e, arms)
}

// coalesceTruth: one of the arguments has the value, and those before it are NULL.
func (p *conditions) coalesceTruth(en *env, e *sqltree.Coalesce, set truth) *conj {
	var arms, before []*conj
	for _, a := range e.Args {
		arms = append(arms, and(append(before[:len(before):len(before)], p.truthIn(en, a, set))...))
		before = append(before, p.nullFacts(en, a))
	}
	return p.or("coalesce", e, arms)
}

// whenCondition is what WHEN asks: of CASE x WHEN y, whether they are equal.
func whenCondition(en *env, e *sqltree.Case, w sqltree.When) sqltree.Expr {
	if e.Operand == nil {
		return w.Cond
	}
	if en.whens[w.Cond] == nil {
		if en.whens == nil {
			en.whens = map[sqltree.Expr]*sqltree.Binary{}
		}
		en.whens[w.Cond] = &sqltree.Binary{Pos: w.Cond.At(), Op: "=", L: e.Operand, R: w.Cond}
	}
	return en.whens[w.Cond]
}

// failedWhen is what is known after a WHEN was not taken: it was false or NULL.
func (p *conditions) failedWhen(en *env, e *sqltree.Case, w sqltree.When) *conj {
	if _, ok := w.Cond.(*sqltree.Exists); ok {
		return &conj{}
	}
	return p.truthIn(en, whenCondition(en, e, w), isFalse|isNull)
}

// nullFacts is what follows from an expression being NULL.
func (p *conditions) nullFacts(en *env, e sqltree.Expr) *conj {
	return memo(&en.null, e, func() *conj { return p.nullity(en, e) })
}

// nullity is nullFacts without memory.
func (p *conditions) nullity(en *env, e sqltree.Expr) *conj {
	switch e := e.(type) {
	case *sqltree.Literal:
		return &conj{never: e.Kind != sqltree.Null}
	case *sqltree.Hole:
		if p.ownHoles() {
			return one(atom{kind: zeroAtom, holes: []int{e.Number}, nullOnly: true, cite: e})
		}
	case *sqltree.Column:
		return p.nullColumn(en, e)
	case *sqltree.Cast:
		return p.nullFacts(en, e.X)
	case *sqltree.Not:
		return p.nullFacts(en, e.X)
	case *sqltree.Logic:
		return p.nullIn(en, e.Args, e)
	case *sqltree.Binary:
		return p.nullBinary(en, e)
	case *sqltree.IsNull, *sqltree.IsBool, *sqltree.Exists:
		return &conj{never: true}
	case *sqltree.In:
		if e.List != nil {
			return p.nullIn(en, append([]sqltree.Expr{e.X}, e.List...), e)
		}
		if p.neverNull(p.sub(en, e.Query)) {
			return p.nullIn(en, []sqltree.Expr{e.X}, e)
		}
	case *sqltree.Row:
		return p.nullIn(en, e.Items, e) // as an operand: some element is NULL
	case *sqltree.Coalesce:
		parts := make([]*conj, len(e.Args))
		for i, a := range e.Args {
			parts[i] = p.nullFacts(en, a)
		}
		return and(parts...)
	}
	return &conj{}
}

// nullColumn: a column that may be NULL is.
func (p *conditions) nullColumn(en *env, e *sqltree.Column) *conj {
	t := p.resolve(en.scope, e)
	switch {
	case t == noTerm || p.terms[t].kind != columnTerm:
		return &conj{}
	case p.notNull(t):
		return &conj{never: true}
	}
	return one(atom{kind: nullAtom, a: t, cite: e})
}

// nullIn: one of the operands is NULL.
func (p *conditions) nullIn(en *env, list []sqltree.Expr, at sqltree.Expr) *conj {
	arms := make([]*conj, len(list))
	for i, a := range list {
		arms[i] = p.nullFacts(en, a)
	}
	return disjunction("or", at, arms)
}

// nullBinary: a strict operator is NULL only for an operand that is.
func (p *conditions) nullBinary(en *env, e *sqltree.Binary) *conj {
	switch {
	case e.Op == "IS DISTINCT FROM" || e.Op == "IS NOT DISTINCT FROM":
		return &conj{never: true}
	case strictOperator(e.Op):
		return p.nullIn(en, []sqltree.Expr{e.L, e.R}, e)
	}
	return &conj{}
}

// neverNull tells the queries of which no output is ever NULL.
func (p *conditions) neverNull(q *query) bool {
	for i := range q.outs {
		if !p.notNullAt(q, i) {
			return false
		}
	}
	return len(q.outs) > 0
}
