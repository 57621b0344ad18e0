package judge

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
)

// judgeInsert ties the new rows, what the source reads, and what a conflict changes.
func (p *Judge) judgeInsert(w *bind.Write) {
	in := w.Insert
	in.Values = formula.And(in.Values, w.Given)
	if in.Source != nil {
		p.JudgeQuery(in.Source, formula.And(w.Given))
	}
	p.judgeReturning(w, in.Rows)
	if !formula.IsOwned(w.Table) {
		p.judgeConflictExprs(w)
		return
	}
	p.NoteInserted(w)
	p.Conclude(p.Target(w), p.InsertTies(w))
	p.judgeConflict(w)
}

// judgeConflict ties the row that ON CONFLICT DO UPDATE changes.
func (p *Judge) judgeConflict(w *bind.Write) {
	in := w.Insert
	c := in.Stmt.Conflict
	switch {
	case in.Stmt.Replace:
		p.Replaced(w)
		return
	case c == nil:
		return
	case !c.DoUpdate:
		p.NoteOracle(w)
		return
	}
	arbiters := [][]string{ledger.ConflictColumns(w.Table, c)}
	if c.Anything() {
		arbiters = keysOf(w)
	}
	for _, columns := range arbiters {
		p.judgeOverwritten(w, columns)
	}
}

// keysOf are the keys of the table that a conflict without a target may be about: every
// one, since the database takes the first that is met.
func keysOf(w *bind.Write) [][]string {
	var out [][]string
	for _, k := range w.Table.Keys {
		out = append(out, k.Columns)
	}
	return out
}

// judgeOverwritten ties the row that is met by a key and changed.
func (p *Judge) judgeOverwritten(w *bind.Write, columns []string) {
	in := w.Insert
	c := in.Stmt.Conflict
	old := p.NewTuple(w.Target.Alias, w.Table, w.Target.Tuple.At)
	old.Written, old.Met = true, true
	old.Asked, old.Via = w.Target.Tuple.Asked, w.Target.Tuple.Via
	en := p.ConflictEnv(w, old)
	rows := formula.And(in.Values, p.SameKey(w, old, columns), p.FactsOf(en, c.SetWhere))
	p.judgeCondition(en, c.SetWhere, formula.And(in.Values, p.SameKey(w, old, columns)))
	for _, a := range c.Set {
		p.judgeExpr(en, a.Value, rows)
	}
	o := p.Target(w)
	p.OfTuple[old.ID] = o
	alts := p.ConflictTies(w, old, columns, rows)
	p.NoteMove(o, ledger.Move{Kind: ledger.Overwrites, Columns: columns, Alternatives: alts, At: in.Stmt})
	p.Conclude(o, alts)
	if len(alts) == 0 && o.Gap == nil {
		o.Gap = p.ConflictGap(w, columns)
	}
	if len(alts) > 0 {
		old.Proved = alts
		p.CheckSet(w, c.Set, ledger.Assignment{Target: old, Env: en, Rows: rows})
	}
}

// judgeConflictExprs judges the sub-selects of DO UPDATE on a shared table.
func (p *Judge) judgeConflictExprs(w *bind.Write) {
	c := w.Insert.Stmt.Conflict
	if c == nil || w.Table == nil {
		return
	}
	en := p.ConflictEnv(w, w.Target.Tuple)
	p.judgeExpr(en, c.SetWhere, &formula.Conj{})
	for _, a := range c.Set {
		p.judgeExpr(en, a.Value, &formula.Conj{})
	}
}
