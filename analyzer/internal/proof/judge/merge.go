package judge

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// judgeMerge ties the target's rows in each arm. Rows that match ON matter to
// every arm that inserts, whatever else is asked of them: they decide what is
// not matched.
func (p *Judge) judgeMerge(w *bind.Write) {
	m := w.Merge
	on := formula.And(p.FactsOf(m.En, m.Stmt.On), w.Given)
	source := formula.And(p.JoinRows(m.Source), w.Given)
	inserts, keeps := m.Has(sqltree.NotMatched), m.Has(sqltree.NotMatchedBySource)
	filter := &formula.Conj{}
	if !inserts && !keeps {
		filter = formula.And(on, p.SomeArm(m))
	}
	p.judgeFrom(&bind.Block{Env: m.En, From: m.Source}, filter)
	p.judgeCondition(m.En, m.Stmt.On, source)
	if inserts && formula.IsOwned(w.Table) {
		p.Record(w.Target.Tuple, formula.And(source, on))
	}
	for i := range m.Stmt.Whens {
		p.judgeWhen(w, &m.Stmt.Whens[i], formula.And(source, on))
	}
	p.judgeReturning(w, &formula.Conj{})
}

// judgeWhen judges one arm. pair is what holds for a matched pair of rows.
func (p *Judge) judgeWhen(w *bind.Write, when *sqltree.MergeWhen, pair *formula.Conj) {
	m := w.Merge
	rows := pair
	switch when.Match {
	case sqltree.NotMatched:
		rows = formula.And(p.JoinRows(m.Source), w.Given)
	case sqltree.NotMatchedBySource:
		rows = formula.And(w.Given)
	}
	p.judgeCondition(m.En, when.Cond, rows)
	rows = formula.And(rows, p.FactsOf(m.En, when.Cond))
	for _, a := range when.Set {
		p.judgeExpr(m.En, a.Value, rows)
	}
	p.judgeExprs(m.En, when.Values, rows)
	switch {
	case !formula.IsOwned(w.Table) || when.Action == "NOTHING":
	case when.Match == sqltree.NotMatched:
		p.mergeInsert(w, when, rows)
	default:
		p.Record(w.Target.Tuple, rows)
		p.CheckSet(w, when.Set, ledger.Assignment{Target: w.Target.Tuple, Env: m.En, Rows: rows})
	}
}

// mergeInsert judges WHEN NOT MATCHED THEN INSERT like an INSERT of one row.
func (p *Judge) mergeInsert(w *bind.Write, when *sqltree.MergeWhen, rows *formula.Conj) {
	in := &bind.Insertion{Stmt: &sqltree.Insert{Paths: when.Paths}, Columns: when.Columns}
	in.Row = p.NewTuple(w.Target.Alias, w.Table, w.Target.Tuple.At)
	in.Row.Fresh, in.Row.Asked, in.Row.Via = true, w.Target.Tuple.Asked, w.Target.Tuple.Via
	if len(in.Columns) == 0 {
		for _, c := range w.Table.Columns {
			in.Columns = append(in.Columns, c.Name)
		}
	}
	in.Values = rows
	for i, c := range in.Columns {
		if i < len(when.Values) && !in.HasPath(i) {
			in.Values = formula.And(in.Values, p.ValueFacts(w.Merge.En, p.ColumnOf(in.Row, c), when.Values[i]))
			p.NoteStored(w, c, p.StoredValues(w.Merge.En, when.Values[i]), rows)
		}
	}
	arm := *w
	arm.Insert = in
	p.Conclude(p.Target(w), p.InsertTies(&arm))
}
