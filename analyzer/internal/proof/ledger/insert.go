package ledger

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/rules"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Target is the relation that a write changes.
func (p *Ledger) Target(w *bind.Write) *Occurrence {
	o := p.Occurrence(w.Target.Tuple)
	o.Target = true
	return o
}

// InsertTies is what makes the new row the tenant's.
func (p *Ledger) InsertTies(w *bind.Write) []premise.Alternative {
	o := p.Target(w)
	if w.Table.Tenancy == catalogue.Root {
		made := premise.Alternative{Rules: []string{"root"}, Excuse: premise.NewTenant}
		return append(p.Rules.None(w.Insert.Values), made)
	}
	if f := p.filled(w); f != "" {
		return []premise.Alternative{{Assumes: []premise.Assumption{p.trusted(w)}, Rules: []string{"trigger " + f}}}
	}
	alts := p.Rules.OrNone(p.SolveLevels(w.Insert.Row, w.Insert.Values), w.Insert.Values)
	if w.Table.Column != "" && p.Fills(w.Table, false) != "" {
		alts = premise.Both(alts, []premise.Alternative{{Assumes: []premise.Assumption{p.trusted(w)}}})
	}
	if len(alts) == 0 && o.Gap == nil {
		o.Gap = p.insertGap(w)
	}
	return alts
}

// trusted is the assumption that a trigger stores the right tenant.
func (p *Ledger) trusted(w *bind.Write) premise.Assumption {
	return premise.Assumption{Kind: premise.TriggerFills, Table: formula.Qualified(w.Table), Columns: []string{w.Table.Column}}
}

// filled is the trigger that fills a tenant column which the INSERT leaves out.
func (p *Ledger) filled(w *bind.Write) string {
	if w.Table.Column == "" || w.Table.Level2 != "" || containsString(w.Insert.Columns, w.Table.Column) {
		return ""
	}
	return p.Fills(w.Table, false)
}

// containsString reports whether a list has a string.
func containsString(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// ConflictTies: no old row can have a key that the database has just made.
func (p *Ledger) ConflictTies(w *bind.Write, old *formula.Tuple, columns []string, rows *formula.Conj) []premise.Alternative {
	for _, c := range columns {
		if rules.ServerMade(w.Table, c) && (!containsString(w.Insert.Columns, c) || p.givesOnly(w, c, isDefault)) {
			return []premise.Alternative{{Rules: []string{"new key"}}}
		}
	}
	return p.Rules.OrNone(p.SolveLevels(old, rows), rows)
}

// ConflictEnv resolves names in DO UPDATE: the target's columns, and excluded's
// under its name.
func (p *Ledger) ConflictEnv(w *bind.Write, old *formula.Tuple) *bind.Env {
	target := *w.Target
	target.Tuple = old
	excluded := &bind.Leaf{Alias: "excluded", Tuple: w.Insert.Row, Columns: target.Columns}
	outer := &bind.Scope{From: &bind.Source{Leaf: excluded}}
	return p.NewEnv(&bind.Scope{Parent: outer, From: &bind.Source{Leaf: &target}}, w.CTEs)
}

// SameKey: the old row has the new one's key.
func (p *Ledger) SameKey(w *bind.Write, old *formula.Tuple, columns []string) *formula.Conj {
	out := &formula.Conj{}
	for _, c := range columns {
		a, b := p.ColumnOf(old, c), p.ColumnOf(w.Insert.Row, c)
		out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, A: a, B: b, Cite: nil})
	}
	return out
}

// ConflictColumns are the columns of the arbiter, by its columns or its name.
func ConflictColumns(t *catalogue.Table, c *sqltree.Conflict) []string {
	if c.Constraint == "" {
		return c.Columns
	}
	for _, k := range t.Keys {
		if keyNamed(t, k, c.Constraint) {
			return k.Columns
		}
	}
	return nil
}

// keyNamed compares a constraint's name, also one that PostgreSQL made up.
func keyNamed(t *catalogue.Table, k *schema.Key, name string) bool {
	if k.Name != "" {
		return k.Name == name
	}
	if k.Primary {
		return name == t.Name+"_pkey"
	}
	made := t.Name
	for _, c := range k.Columns {
		made += "_" + c
	}
	return name == made+"_key"
}

// Replaced judges MySQL's REPLACE: each unique key may hit an old row.
func (p *Ledger) Replaced(w *bind.Write) {
	o, in := p.Target(w), w.Insert
	for _, k := range w.Table.Keys {
		old := p.NewTuple(w.Target.Alias, w.Table, w.Target.Tuple.At)
		old.Written, old.Met = true, true
		alts := p.ConflictTies(w, old, k.Columns, formula.And(w.Insert.Values, p.SameKey(w, old, k.Columns)))
		p.NoteMove(o, Move{Kind: Overwrites, Columns: k.Columns, Alternatives: alts, At: in.Stmt})
		p.Conclude(o, alts)
		if len(alts) == 0 && o.Gap == nil {
			o.Gap = p.ConflictGap(w, k.Columns)
		}
	}
}

// NoteOracle: DO NOTHING with RETURNING reports whether another tenant has a key.
func (p *Ledger) NoteOracle(w *bind.Write) {
	c := w.Insert.Stmt.Conflict
	columns := ConflictColumns(w.Table, c)
	if len(w.Returning) > 0 && !containsString(columns, w.Table.Column) {
		p.Notes = append(p.Notes, KeyOracle)
	}
}
