package judge

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/read"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// judgeExprs judges the sub-selects of value expressions.
func (p *Judge) judgeExprs(en *bind.Env, list []sqltree.Expr, ctx *formula.Conj) {
	for _, e := range list {
		p.judgeExpr(en, e, ctx)
	}
}

// judgeExpr judges the sub-selects in a value: they matter for every row that
// ctx describes.
func (p *Judge) judgeExpr(en *bind.Env, e sqltree.Expr, ctx *formula.Conj) {
	if e == nil {
		return
	}
	if c, ok := e.(*sqltree.Case); ok {
		p.judgeCase(en, c, ctx)
		return
	}
	switch x := e.(type) {
	case *sqltree.Call:
		p.judgeCall(en, x, ctx)
	case *sqltree.Binary:
		p.judgeOperator(x.Op)
	case *sqltree.Unary:
		p.judgeOperator(x.Op)
	}
	if x, q := p.ExactMember(en, e); q != nil {
		p.judgeMember(en, x, q, ctx)
		return
	}
	if q := read.QueryOf(e); q != nil {
		p.judgeValue(p.Sub(en, q), ctx)
	}
	p.judgeExprs(en, bind.Operands(e), ctx)
}

// judgeCase: a THEN is computed only where its WHEN was true.
func (p *Judge) judgeCase(en *bind.Env, e *sqltree.Case, ctx *formula.Conj) {
	p.judgeExpr(en, e.Operand, ctx)
	var failed []*formula.Conj
	for _, w := range e.Whens {
		here := formula.And(append([]*formula.Conj{ctx}, failed...)...)
		if e.Operand == nil {
			p.judgeCondition(en, w.Cond, here)
		} else {
			p.judgeExpr(en, w.Cond, here)
		}
		p.judgeExpr(en, w.Then, formula.And(here, p.WhenFacts(en, e, w)))
		failed = append(failed, p.FailedWhen(en, e, w))
	}
	p.judgeExpr(en, e.Else, formula.And(append([]*formula.Conj{ctx}, failed...)...))
}

// judgeCondition judges the sub-selects of a condition of which only the truth
// matters: each is computed to some effect only where its sibling conjuncts
// are true.
func (p *Judge) judgeCondition(en *bind.Env, e sqltree.Expr, ctx *formula.Conj) {
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
		if len(e.Args) == 2 && read.IsTruth(e.Args[1], "false") {
			return e.Args[0]
		}
	case *sqltree.Binary:
		if set, x := read.ComparedTruth(e); set == read.IsTrue {
			return x
		}
	}
	return nil
}

// hasQuery tells expressions in which there is something to judge.
func hasQuery(e sqltree.Expr) bool {
	return bind.AnyExpr(e, func(x sqltree.Expr) bool {
		_, call := x.(*sqltree.Call)
		return call || read.QueryOf(x) != nil
	})
}

// judgeLogic: the arguments of an AND may assume each other, those of an OR not.
func (p *Judge) judgeLogic(en *bind.Env, e *sqltree.Logic, ctx *formula.Conj) {
	for i, arg := range e.Args {
		here := ctx
		if !e.Or {
			for j, sibling := range e.Args {
				if j != i {
					here = formula.And(here, p.FactsOf(en, sibling))
				}
			}
		}
		p.judgeCondition(en, arg, here)
	}
}

// judgeConditionCase is judgeCase where only the truth of the CASE matters.
func (p *Judge) judgeConditionCase(en *bind.Env, e *sqltree.Case, ctx *formula.Conj) {
	p.judgeExpr(en, e.Operand, ctx)
	var failed []*formula.Conj
	for _, w := range e.Whens {
		here := formula.And(append([]*formula.Conj{ctx}, failed...)...)
		if e.Operand == nil {
			p.judgeCondition(en, w.Cond, formula.And(here))
		} else {
			p.judgeExpr(en, w.Cond, here)
		}
		p.judgeCondition(en, w.Then, formula.And(here, p.WhenFacts(en, e, w)))
		failed = append(failed, p.FailedWhen(en, e, w))
	}
	p.judgeCondition(en, e.Else, formula.And(append([]*formula.Conj{ctx}, failed...)...))
}

// judgeMember judges x IN (Q) of which only the truth matters: rows of Q that
// differ from x do not matter, so that the equality is a filter on Q.
func (p *Judge) judgeMember(en *bind.Env, x sqltree.Expr, node *sqltree.Query, ctx *formula.Conj) {
	q := p.Sub(en, node)
	items := []sqltree.Expr{x}
	if row, ok := x.(*sqltree.Row); ok {
		items = row.Items
	}
	filter := ctx
	if !q.Open && len(q.Outputs) == len(items) {
		for i, item := range items {
			if t := p.PlainTerm(en, item); t != formula.NoTerm {
				eq := formula.Atom{Kind: formula.EqAtom, A: t, B: p.ColumnOf(q.Tuple, q.Outputs[i].Name)}
				filter = formula.And(filter, formula.One(eq))
			}
		}
	}
	p.judgeValue(q, filter)
	p.judgeExprs(en, items, ctx)
}

// judgeValue judges a sub-select that stands in an expression.
func (p *Judge) judgeValue(q *bind.Query, ctx *formula.Conj) {
	p.InValue++
	p.JudgeQuery(q, ctx)
	p.InValue--
}
