package judge

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/read"
)

// rowsOf is what is known of one row of a loop whose columns are row's: the
// columns that every step copies are those of some row of witness, and those of
// a lineage are those of some row that alts tie.
func (p *Judge) rowsOf(l *bind.Loop, row *bind.Query, witness *bind.Query, alts func(*read.Lineage) []premise.Alternative) *formula.Conj {
	out := formula.And(p.RowFormula(witness))
	for i := range l.Base.Outputs {
		if p.Copied(l, i) {
			a, b := p.ColumnOf(row.Tuple, row.Outputs[i].Name), p.ColumnOf(witness.Tuple, witness.Outputs[i].Name)
			out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, Weak: true, A: a, B: b})
		}
	}
	for _, g := range p.Lineages(l) {
		some := p.NewTuple(g.Base.Name, g.Base.Table, g.Base.At)
		some.Nullable = g.Base.Nullable || g.Step.Nullable
		if found := alts(g); len(found) > 0 {
			some.Proved = found
		}
		for k, i := range g.Columns {
			a, b := p.ColumnOf(row.Tuple, row.Outputs[i].Name), p.ColumnOf(some, g.Names[k])
			out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, Weak: true, A: a, B: b})
		}
	}
	return out
}

// loopRows is what the existence of a row of a recursive query implies. What
// ties its rows is learned from a second copy, judged without context.
func (p *Judge) loopRows(q *bind.Query) *formula.Conj {
	l := q.Loop
	if !l.Plain() {
		return &formula.Conj{}
	}
	if p.Instances > bind.MaxInstances {
		p.Cap(premise.Copies)
		return &formula.Conj{}
	}
	shadow := p.BindLoop(l.Def, l.Body, l.Op)
	if !shadow.Loop.Plain() {
		return &formula.Conj{}
	}
	p.Dry++
	p.judgeLoop(shadow, &formula.Conj{})
	p.Dry--
	return p.rowsOf(shadow.Loop, q, shadow.Loop.Base, func(g *read.Lineage) []premise.Alternative {
		return premise.Both(p.Tied[g.Base.ID], p.Tied[g.Step.ID])
	})
}

// judgeLoop judges base with the filters that may be pushed into it, then the
// step for rows that came before.
func (p *Judge) judgeLoop(q *bind.Query, ctx *formula.Conj) {
	l := q.Loop
	if !l.Plain() {
		p.JudgeQuery(l.Base, &formula.Conj{})
		p.JudgeQuery(l.Step, &formula.Conj{})
		return
	}
	var push, again *formula.Conj
	if read.Barrier(q) == "" && !q.Open {
		push, again = p.CopiedColumns(q, l.Base), p.CopiedColumns(q, l.Prior)
	}
	p.JudgeQuery(l.Base, formula.And(ctx, push))
	witness := p.BindQuery(l.Op.Left, l.Def.Outer, l.Def.CTEs)
	p.AsLeaf(witness, l.Def.Node.Columns)
	before := p.rowsOf(l, l.Prior, witness, func(g *read.Lineage) []premise.Alternative { return p.Tied[g.Base.ID] })
	p.JudgeQuery(l.Step, formula.And(ctx, again, before))
}
