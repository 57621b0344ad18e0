package read

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// strictOperator tells the operators of SQL that are NULL if an operand is.
func strictOperator(op string) bool {
	switch op {
	case "=", "<>", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/", "%", "||", "~~", "!~~", "~~*", "!~~*", "~", "~*", "!~", "!~*":
		return true
	}
	return false
}

// A truth is a set of the values that a condition may have.
type truth uint8

const (
	IsTrue truth = 1 << iota
	isFalse
	isNull
	anyTruth = IsTrue | isFalse | isNull
)

// truthIn is what follows from a condition having one of the values. That a
// condition is not false is not much: NULL lets the row through. It says
// something where the operands cannot be NULL, or where a bind value must be.
func (p *conditions) truthIn(en *bind.Env, e sqltree.Expr, set truth) *formula.Conj {
	if set == anyTruth {
		return &formula.Conj{}
	}
	if h, ok := bind.PlainHole(e); ok && p.OwnHoles() && set == isFalse|isNull {
		return formula.One(formula.Atom{Kind: formula.ZeroAtom, Holes: []int{h.Number}, Cite: e}) // false is the zero value
	}
	var arms []*formula.Conj
	if set&IsTrue != 0 {
		arms = append(arms, p.FactsOf(en, e))
	}
	if set&isFalse != 0 {
		arms = append(arms, p.negated(en, e))
	}
	if set&isNull != 0 {
		arms = append(arms, p.nullFacts(en, e))
	}
	return p.or("or", e, arms)
}

// ComparedTruth reads the comparison of a condition with true or false, either
// way round: which values of which condition make it true; 0 if it is none.
func ComparedTruth(e *sqltree.Binary) (truth, sqltree.Expr) {
	for _, side := range [][2]sqltree.Expr{{e.L, e.R}, {e.R, e.L}} {
		l, ok := formula.Uncast(side[1]).(*sqltree.Literal)
		if !ok || l.Kind != sqltree.Bool {
			continue
		}
		set := isFalse
		if l.Text == "true" {
			set = IsTrue
		}
		switch e.Op {
		case "=", "IS NOT DISTINCT FROM":
			return set, side[0]
		case "<>", "!=":
			return IsTrue + isFalse - set, side[0]
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
	return IsTrue + isFalse - set
}

// isBoolFacts: IS TRUE and its like choose among the three values.
func (p *conditions) isBoolFacts(en *bind.Env, e *sqltree.IsBool) *formula.Conj {
	set := isNull
	switch e.Value {
	case "TRUE":
		set = IsTrue
	case "FALSE":
		set = isFalse
	}
	if e.Not {
		set = anyTruth - set
	}
	return p.truthIn(en, e.X, set)
}

// caseTruth reads a CASE as the OR of its arms, each with the value asked for.
func (p *conditions) caseTruth(en *bind.Env, e *sqltree.Case, set truth) *formula.Conj {
	var arms []*formula.Conj
	var failed []*formula.Conj
	for _, w := range e.Whens {
		cond := p.WhenFacts(en, e, w)
		arms = append(arms, formula.And(append(failed[:len(failed):len(failed)], cond, p.truthIn(en, w.Then, set))...))
		failed = append(failed, p.FailedWhen(en, e, w))
	}
	if e.Else != nil {
		arms = append(arms, formula.And(append(failed, p.truthIn(en, e.Else, set))...))
	}
	return p.or("case", e, arms)
}

// coalesceTruth: one of the arguments has the value, and those before it are NULL.
func (p *conditions) coalesceTruth(en *bind.Env, e *sqltree.Coalesce, set truth) *formula.Conj {
	var arms, before []*formula.Conj
	for _, a := range e.Args {
		arms = append(arms, formula.And(append(before[:len(before):len(before)], p.truthIn(en, a, set))...))
		before = append(before, p.nullFacts(en, a))
	}
	return p.or("coalesce", e, arms)
}

// whenCondition is what WHEN asks: of CASE x WHEN y, whether they are equal.
func whenCondition(en *bind.Env, e *sqltree.Case, w sqltree.When) sqltree.Expr {
	if e.Operand == nil {
		return w.Cond
	}
	if en.Whens[w.Cond] == nil {
		if en.Whens == nil {
			en.Whens = map[sqltree.Expr]*sqltree.Binary{}
		}
		en.Whens[w.Cond] = &sqltree.Binary{Pos: w.Cond.At(), Op: "=", L: e.Operand, R: w.Cond}
	}
	return en.Whens[w.Cond]
}

// FailedWhen is what is known after a WHEN was not taken: it was false or NULL.
func (p *conditions) FailedWhen(en *bind.Env, e *sqltree.Case, w sqltree.When) *formula.Conj {
	if _, ok := w.Cond.(*sqltree.Exists); ok {
		return &formula.Conj{}
	}
	return p.truthIn(en, whenCondition(en, e, w), isFalse|isNull)
}

// nullFacts is what follows from an expression being NULL.
func (p *conditions) nullFacts(en *bind.Env, e sqltree.Expr) *formula.Conj {
	return bind.Memo(&en.Null, e, func() *formula.Conj { return p.nullity(en, e) })
}

// nullity is nullFacts without memory.
func (p *conditions) nullity(en *bind.Env, e sqltree.Expr) *formula.Conj {
	switch e := e.(type) {
	case *sqltree.Literal:
		return &formula.Conj{Never: e.Kind != sqltree.Null}
	case *sqltree.Hole:
		if p.OwnHoles() {
			return formula.One(formula.Atom{Kind: formula.ZeroAtom, Holes: []int{e.Number}, NullOnly: true, Cite: e})
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
		return &formula.Conj{Never: true}
	case *sqltree.In:
		if e.List != nil {
			return p.nullIn(en, append([]sqltree.Expr{e.X}, e.List...), e)
		}
		if p.neverNull(p.Sub(en, e.Query)) {
			return p.nullIn(en, []sqltree.Expr{e.X}, e)
		}
	case *sqltree.Row:
		return p.nullIn(en, e.Items, e) // as an operand: some element is NULL
	case *sqltree.Coalesce:
		parts := make([]*formula.Conj, len(e.Args))
		for i, a := range e.Args {
			parts[i] = p.nullFacts(en, a)
		}
		return formula.And(parts...)
	case *sqltree.Other:
		if e.Kind == "NULLIF" && len(e.Args) == 2 {
			same := p.equal(en, equality{l: e.Args[0], r: e.Args[1], cite: e})
			return p.or("nullif", e, []*formula.Conj{p.nullFacts(en, e.Args[0]), same})
		}
	}
	return &formula.Conj{}
}

// nullColumn: a column that may be NULL is.
func (p *conditions) nullColumn(en *bind.Env, e *sqltree.Column) *formula.Conj {
	t := p.Resolve(en.Scope, e)
	switch {
	case t == formula.NoTerm || p.Terms[t].Kind != formula.ColumnTerm:
		return &formula.Conj{}
	case p.NotNull(t):
		return &formula.Conj{Never: true}
	}
	return formula.One(formula.Atom{Kind: formula.NullAtom, A: t, Cite: e})
}

// nullIn: one of the operands is NULL.
func (p *conditions) nullIn(en *bind.Env, list []sqltree.Expr, at sqltree.Expr) *formula.Conj {
	arms := make([]*formula.Conj, len(list))
	for i, a := range list {
		arms[i] = p.nullFacts(en, a)
	}
	return formula.Disjunction("or", at, arms)
}

// nullBinary: a strict operator is NULL only for an operand that is.
func (p *conditions) nullBinary(en *bind.Env, e *sqltree.Binary) *formula.Conj {
	switch {
	case e.Op == "IS DISTINCT FROM" || e.Op == "IS NOT DISTINCT FROM":
		return &formula.Conj{Never: true}
	case strictOperator(e.Op):
		return p.nullIn(en, []sqltree.Expr{e.L, e.R}, e)
	}
	return &formula.Conj{}
}

// neverNull tells the queries of which no output is ever NULL.
func (p *conditions) neverNull(q *bind.Query) bool {
	for i := range q.Outputs {
		if !p.NotNullAt(q, i) {
			return false
		}
	}
	return len(q.Outputs) > 0
}
