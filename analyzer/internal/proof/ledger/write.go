package ledger

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// An Assignment is the place where SET is judged: the row that changes, and
// what is known of it.
type Assignment struct {
	Target *formula.Tuple
	Env    *bind.Env
	Rows   *formula.Conj
}

// CheckSet: a write must not move a row to another tenant. What it stores in
// the tenant column, or in the key that says whose the row is, must be proved
// like a row that is inserted.
func (p *Ledger) CheckSet(w *bind.Write, set []sqltree.Assign, at Assignment) {
	if !formula.IsOwned(w.Table) || len(set) == 0 {
		return
	}
	after := p.NewTuple(w.Target.Alias, w.Table, w.Target.Tuple.At)
	after.Fresh, after.Asked, after.Via = true, w.Target.Tuple.Asked, w.Target.Tuple.Via
	rows := at.Rows
	moved := false
	for _, a := range set {
		for i, c := range a.Columns {
			if a.Paths != nil && a.Paths[i] != nil {
				continue
			}
			rows = formula.And(rows, p.Assigned(at.Env, p.ColumnOf(after, c), a, i))
			moved = moved || p.decidesOwner(w.Table, c)
			if refers(w.Table, c) && p.OwnHoles() {
				p.NoteStored(w, c, p.assignedValues(at.Env, a, i), at.Rows)
			}
		}
	}
	if !moved {
		return
	}
	p.keepOwner(after, at.Target, set, &rows)
	alts := p.SolveLevels(after, rows)
	if p.Dry > 0 {
		return
	}
	o := p.Occurrence(at.Target)
	p.noteReassigned(w, set, at, alts)
	p.Conclude(o, alts)
	if len(alts) == 0 {
		o.Gap = p.setGap(w, set)
	}
}

// keepOwner: what SET leaves alone is as it was.
func (p *Ledger) keepOwner(after, before *formula.Tuple, set []sqltree.Assign, rows **formula.Conj) {
	for _, c := range OwnerColumns(before.Table) {
		if !bind.Sets(set, c) {
			eq := formula.Atom{Kind: formula.EqAtom, Weak: true, A: p.ColumnOf(after, c), B: p.ColumnOf(before, c)}
			*rows = formula.And(*rows, formula.One(eq))
		}
	}
}

// OwnerColumns are the columns that say whose a row is.
func OwnerColumns(t *catalogue.Table) []string {
	var out []string
	if t.Column != "" {
		out = append(out, t.Column)
	} else if t.Owner != nil {
		out = append(out, t.Owner.Columns...)
		for _, e := range t.Owners {
			out = append(out, e.Columns...)
		}
	}
	if t.Level2 != "" && t.Table.Column(t.Level2) != nil {
		out = append(out, t.Level2)
	}
	return out
}

// decidesOwner tells the columns that say whose a row is.
func (p *Ledger) decidesOwner(t *catalogue.Table, column string) bool {
	for _, c := range OwnerColumns(t) {
		if c == column {
			return true
		}
	}
	return false
}
