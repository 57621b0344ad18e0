package judge

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
)

// JudgeWrite ties the target of a write by its own conditions, and what it reads.
func (p *Judge) JudgeWrite(w *bind.Write) {
	switch {
	case w.Insert != nil:
		p.judgeInsert(w)
	case w.Merge != nil:
		p.judgeMerge(w)
	default:
		p.judgeChange(w)
	}
	p.refuseRules(w.Table, w.Events())
	p.judgeDefaults(w)
	p.judgeActions(w)
	p.judgeTriggers(w)
	p.judgeWith(w.With, w.CTEs)
}

// judgeChange judges UPDATE and DELETE.
func (p *Judge) judgeChange(w *bind.Write) {
	b := w.Block
	where := p.FactsOf(b.Env, b.Where)
	p.judgeFrom(b, formula.And(where, w.Given))
	rows := formula.And(p.JoinRows(b.From), w.Given)
	p.judgeCondition(b.Env, b.Where, rows)
	rows = formula.And(rows, where)
	for _, a := range w.Set {
		p.judgeExpr(b.Env, a.Value, rows)
	}
	p.judgeReturning(w, formula.And(p.WriteRows(w), w.Given)) // it sees what SET stored
	p.CheckSet(w, w.Set, ledger.Assignment{Target: w.Target.Tuple, Env: b.Env, Rows: rows})
}

// judgeReturning judges the sub-selects in RETURNING.
func (p *Judge) judgeReturning(w *bind.Write, rows *formula.Conj) {
	for _, i := range w.Returning {
		p.judgeExpr(w.Block.Env, i.Expr, rows)
	}
}
