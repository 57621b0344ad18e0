package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// judgeExprs judges the sub-selects of value expressions.
func (p *judge) judgeExprs(en *env, list []sqltree.Expr, ctx *conj) {
	for _, e := range list {
		p.judgeExpr(en, e, ctx)
	}
}

// judgeExpr judges the sub-selects in a value: they matter for every row that
// ctx describes.
func (p *judge) judgeExpr(en *env, e sqltree.Expr, ctx *conj) {
	if e == nil {
		return
	}
	if c, ok := e.(*sqltree.Case); ok {
		p.judgeCase(en, c, ctx)
		return
	}
	if c, ok := e.(*sqltree.Call); ok {
		p.judgeCall(en, c, ctx)
	}
	if x, q := p.exactMember(en, e); q != nil {
		p.judgeMember(en, x, q, ctx)
		return
	}
	if q := queryOf(e); q != nil {
		p.judgeValue(p.sub(en, q), ctx)
	}
	p.judgeExprs(en, operands(e), ctx)
}

// exactMember reads a test for membership of which no side can be NULL: it is
// true or false by the rows of the query that equal x alone, be it negated or
// shown. nil if e is none.
func (p *pusher) exactMember(en *env, e sqltree.Expr) (sqltree.Expr, *sqltree.Query) {
	var x sqltree.Expr
	var q *sqltree.Query
	switch e := e.(type) {
	case *sqltree.In:
		x, q = e.X, e.Query
	case *sqltree.Quantified:
		if e.Op == "=" && !e.All || e.All && (e.Op == "<>" || e.Op == "!=") {
			x, q = e.X, e.Query
		}
	}
	if q == nil || !p.nullFacts(en, x).never || !p.neverNull(p.sub(en, q)) {
		return nil, nil
	}
	return x, q
}

// judgeCase: a THEN is computed only where its WHEN was true.
func (p *judge) judgeCase(en *env, e *sqltree.Case, ctx *conj) {
	p.judgeExpr(en, e.Operand, ctx)
	var failed []*conj
	for _, w := range e.Whens {
		here := and(append([]*conj{ctx}, failed...)...)
		if e.Operand == nil {
			p.judgeCondition(en, w.Cond, here)
		} else {
			p.judgeExpr(en, w.Cond, here)
		}
		p.judgeExpr(en, w.Then, and(here, p.whenFacts(en, e, w)))
		failed = append(failed, p.failedWhen(en, e, w))
	}
	p.judgeExpr(en, e.Else, and(append([]*conj{ctx}, failed...)...))
}

// judgeCondition judges the sub-selects of a condition of which only the truth
// matters: each is computed to some effect only where its sibling conjuncts
// are true.
func (p *judge) judgeCondition(en *env, e sqltree.Expr, ctx *conj) {
	if e == nil || !hasQuery(e) {
		p.judgeExpr(en, e, ctx)
		return
	}
	if inner := sameTruth(e); inner != nil {
		p.judgeCondition(en, inner, ctx)
		return
	}
	switch e := e.(type) {
	case *sqltree.Logic:
		p.judgeLogic(en, e, ctx)
	case *sqltree.Case:
		p.judgeConditionCase(en, e, ctx)
	case *sqltree.In:
		if e.Query != nil && !e.Not {
			p.judgeMember(en, e.X, e.Query, ctx)
			return
		}
		p.judgeExpr(en, e, ctx)
	case *sqltree.Quantified:
		if e.Query != nil && !e.All && e.Op == "=" {
			p.judgeMember(en, e.X, e.Query, ctx)
			return
		}
		p.judgeExpr(en, e, ctx)
	default:
		p.judgeExpr(en, e, ctx)
	}
}

// sameTruth is the condition that is true exactly where e is, nil if e says so
// of none.
func sameTruth(e sqltree.Expr) sqltree.Expr {
	switch e := e.(type) {
	case *sqltree.Not:
		if x, ok := e.X.(*sqltree.Not); ok {
			return x.X
		}
	case *sqltree.IsBool:
		if e.Value == "TRUE" && !e.Not {
			return e.X
		}
	case *sqltree.Coalesce:
		if len(e.Args) == 2 && isTruth(e.Args[1], "false") {
			return e.Args[0]
		}
	case *sqltree.Binary:
		if set, x := comparedTruth(e); set == isTrue {
			return x
		}
	}
	return nil
}

// hasQuery tells expressions in which there is something to judge.
func hasQuery(e sqltree.Expr) bool {
	return anyExpr(e, func(x sqltree.Expr) bool {
		_, call := x.(*sqltree.Call)
		return call || queryOf(x) != nil
	})
}

// judgeLogic: the arguments of an AND may assume each other, those of an OR not.
func (p *judge) judgeLogic(en *env, e *sqltree.Logic, ctx *conj) {
	for i, arg := range e.Args {
		here := ctx
		if !e.Or {
			for j, sibling := range e.Args {
				if j != i {
					here = and(here, p.factsOf(en, sibling))
				}
			}
		}
		p.judgeCondition(en, arg, here)
	}
}

// judgeConditionCase is judgeCase where only the truth of the CASE matters.
func (p *judge) judgeConditionCase(en *env, e *sqltree.Case, ctx *conj) {
	p.judgeExpr(en, e.Operand, ctx)
	var failed []*conj
	for _, w := range e.Whens {
		here := and(append([]*conj{ctx}, failed...)...)
		if e.Operand == nil {
			p.judgeCondition(en, w.Cond, and(here))
		} else {
			p.judgeExpr(en, w.Cond, here)
		}
		p.judgeCondition(en, w.Then, and(here, p.whenFacts(en, e, w)))
		failed = append(failed, p.failedWhen(en, e, w))
	}
	p.judgeCondition(en, e.Else, and(append([]*conj{ctx}, failed...)...))
}

// judgeMember judges x IN (Q) of which only the truth matters: rows of Q that
// differ from x do not matter, so that the equality is a filter on Q.
func (p *judge) judgeMember(en *env, x sqltree.Expr, node *sqltree.Query, ctx *conj) {
	q := p.sub(en, node)
	items := []sqltree.Expr{x}
	if row, ok := x.(*sqltree.Row); ok {
		items = row.Items
	}
	filter := ctx
	if !q.open && len(q.outs) == len(items) {
		for i, item := range items {
			if t := p.plainTerm(en, item); t != noTerm {
				eq := atom{kind: eqAtom, a: t, b: p.columnOf(q.tuple, q.outs[i].name)}
				filter = and(filter, one(eq))
			}
		}
	}
	p.judgeValue(q, filter)
	p.judgeExprs(en, items, ctx)
}

// judgeValue judges a sub-select that stands in an expression.
func (p *judge) judgeValue(q *query, ctx *conj) {
	p.inValue++
	p.judgeQuery(q, ctx)
	p.inValue--
}
