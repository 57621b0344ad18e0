package proof

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// An insertion is an INSERT: the new row, and where its values come from.
type insertion struct {
	stmt    *sqltree.Insert
	columns []string
	source  *query
	row     *tuple // the new row, "excluded" in ON CONFLICT
	rows    *conj  // what RETURNING's row implies
	values  *conj  // what is known of the new row
}

// bindInsert resolves an INSERT. The row that RETURNING sees is not the new row
// itself: after DO UPDATE it may be an old one.
func (p *binder) bindInsert(s *sqltree.Insert, outer *scope, ctes *cteEnv) *write {
	w := &write{stmt: s, with: s.With, returning: s.Returning}
	w.ctes = p.bindWith(s.With, outer, ctes)
	p.bindTarget(w, s.Target, outer)
	in := &insertion{stmt: s, columns: s.Columns}
	if len(in.columns) == 0 && w.table != nil {
		for _, c := range w.table.Columns {
			in.columns = append(in.columns, c.Name)
		}
	}
	in.row = p.newTuple(w.target.alias, w.table, s.Target)
	in.row.fresh = true
	if s.Source != nil {
		in.source = p.bindQuery(s.Source, outer, w.ctes)
		p.asLeaf(in.source, nil)
	}
	w.insert = in
	p.meaning.insertedRows(w)
	return w
}

// insertedRows is what is known of the new row, and of the one that RETURNING sees.
func (p *reader) insertedRows(w *write) {
	w.insert.values = p.inserted(w)
	w.insert.rows = p.returned(w)
}

// inserted is what is known of the new row: its columns have the source's values.
func (p *reader) inserted(w *write) *conj {
	in := w.insert
	if in.source == nil || in.source.open || w.table == nil {
		return &conj{}
	}
	if len(in.source.values) == 1 {
		out := &conj{}
		for i, c := range in.columns {
			if i < len(in.source.values[0]) && !in.hasPath(i) {
				out = and(out, p.valueFacts(in.source.env, p.columnOf(in.row, c), in.source.values[0][i]))
			}
		}
		return out
	}
	out := and(p.rowFormula(in.source))
	for i, o := range in.source.outs {
		if i >= len(in.columns) || in.hasPath(i) {
			break
		}
		a, b := p.columnOf(in.row, in.columns[i]), p.columnOf(in.source.tuple, o.name)
		out.atoms = append(out.atoms, atom{kind: eqAtom, weak: true, a: a, b: b, cite: o.expr})
	}
	return out
}

// hasPath tells whether only a part of the i-th column is stored.
func (in *insertion) hasPath(i int) bool {
	return i < len(in.stmt.Paths) && in.stmt.Paths[i] != nil
}

// returned links the row that RETURNING sees to the new one. After DO UPDATE it
// may be an old row, which shares only the columns of the conflict.
func (p *reader) returned(w *write) *conj {
	in := w.insert
	if w.table == nil || p.fills(w.table, true) != "" {
		return &conj{}
	}
	columns := in.columns
	if c := in.stmt.Conflict; c != nil && c.DoUpdate {
		columns = c.Columns
	}
	out := and(in.values)
	for _, c := range columns {
		if k := in.stmt.Conflict; k != nil && sets(k.Set, c) {
			continue
		}
		a, b := p.columnOf(w.target.tuple, c), p.columnOf(in.row, c)
		out.atoms = append(out.atoms, atom{kind: eqAtom, weak: true, a: a, b: b})
	}
	return out
}

// judgeInsert ties the new rows, what the source reads, and what a conflict changes.
func (p *judge) judgeInsert(w *write) {
	in := w.insert
	in.values = and(in.values, w.given)
	if in.source != nil {
		p.judgeQuery(in.source, and(w.given))
	}
	p.judgeReturning(w, in.rows)
	if !isOwned(w.table) {
		p.judgeConflictExprs(w)
		return
	}
	p.noteInserted(w)
	p.conclude(p.target(w), p.insertTies(w))
	p.judgeConflict(w)
}

// target is the relation that a write changes.
func (p *ledger) target(w *write) *occurrence {
	o := p.occurrence(w.target.tuple)
	o.target = true
	return o
}

// insertTies is what makes the new row the tenant's.
func (p *ledger) insertTies(w *write) []Alternative {
	o := p.target(w)
	if w.table.Tenancy == catalogue.Root {
		return []Alternative{{Rules: []string{"root"}, Excuse: NewTenant}}
	}
	if f := p.filled(w); f != "" {
		return []Alternative{{Assumes: []Assumption{p.trusted(w)}, Rules: []string{"trigger " + f}}}
	}
	alts := p.solveLevels(w.insert.row, w.insert.values)
	if w.table.Column != "" && p.fills(w.table, false) != "" {
		alts = both(alts, []Alternative{{Assumes: []Assumption{p.trusted(w)}}})
	}
	if len(alts) == 0 && o.gap == nil {
		o.gap = p.insertGap(w)
	}
	return alts
}

// trusted is the assumption that a trigger stores the right tenant.
func (p *ledger) trusted(w *write) Assumption {
	return Assumption{Kind: TriggerFills, Table: qualified(w.table), Columns: []string{w.table.Column}}
}

// filled is the trigger that fills a tenant column which the INSERT leaves out.
func (p *ledger) filled(w *write) string {
	if w.table.Column == "" || w.table.Level2 != "" || containsString(w.insert.columns, w.table.Column) {
		return ""
	}
	return p.fills(w.table, false)
}

// containsString tells whether a list has a string.
func containsString(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// judgeConflict ties the row that ON CONFLICT DO UPDATE changes.
func (p *judge) judgeConflict(w *write) {
	in := w.insert
	c := in.stmt.Conflict
	switch {
	case in.stmt.Replace:
		p.replaced(w)
		return
	case c == nil:
		return
	case !c.DoUpdate:
		p.noteOracle(w)
		return
	}
	old := p.newTuple(w.target.alias, w.table, w.target.tuple.at)
	old.written, old.met = true, true
	en := p.conflictEnv(w, old)
	columns := conflictColumns(w.table, c)
	rows := and(in.values, p.sameKey(w, old, columns), p.factsOf(en, c.SetWhere))
	p.judgeCondition(en, c.SetWhere, and(in.values, p.sameKey(w, old, columns)))
	for _, a := range c.Set {
		p.judgeExpr(en, a.Value, rows)
	}
	o := p.target(w)
	p.ofTuple[old.id] = o
	alts := p.conflictTies(w, old, columns, rows)
	p.noteMove(o, Move{Kind: Overwrites, Columns: columns, Alternatives: alts, At: in.stmt})
	p.conclude(o, alts)
	if len(alts) == 0 && o.gap == nil {
		o.gap = p.conflictGap(w, columns)
	}
	if len(alts) > 0 {
		old.proved = alts
		p.checkSet(w, c.Set, assignment{target: old, env: en, rows: rows})
	}
}

// conflictTies: no old row can have a key that the database has just made.
func (p *ledger) conflictTies(w *write, old *tuple, columns []string, rows *conj) []Alternative {
	for _, c := range columns {
		if serverMade(w.table, c) && (!containsString(w.insert.columns, c) || p.givesOnly(w, c, isDefault)) {
			return []Alternative{{Rules: []string{"new key"}}}
		}
	}
	return p.solveLevels(old, rows)
}

// conflictEnv resolves names in DO UPDATE: the target's columns, and excluded's
// under its name.
func (p *ledger) conflictEnv(w *write, old *tuple) *env {
	target := *w.target
	target.tuple = old
	excluded := &leaf{alias: "excluded", tuple: w.insert.row, columns: target.columns}
	outer := &scope{from: &source{leaf: excluded}}
	return p.newEnv(&scope{parent: outer, from: &source{leaf: &target}}, w.ctes)
}

// sameKey: the old row has the new one's key.
func (p *ledger) sameKey(w *write, old *tuple, columns []string) *conj {
	out := &conj{}
	for _, c := range columns {
		a, b := p.columnOf(old, c), p.columnOf(w.insert.row, c)
		out.atoms = append(out.atoms, atom{kind: eqAtom, a: a, b: b, cite: nil})
	}
	return out
}

// conflictColumns are the columns of the arbiter, by its columns or its name.
func conflictColumns(t *catalogue.Table, c *sqltree.Conflict) []string {
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

// replaced judges MySQL's REPLACE: each unique key may hit an old row.
func (p *ledger) replaced(w *write) {
	o, in := p.target(w), w.insert
	for _, k := range w.table.Keys {
		old := p.newTuple(w.target.alias, w.table, w.target.tuple.at)
		old.written, old.met = true, true
		alts := p.conflictTies(w, old, k.Columns, and(w.insert.values, p.sameKey(w, old, k.Columns)))
		p.noteMove(o, Move{Kind: Overwrites, Columns: k.Columns, Alternatives: alts, At: in.stmt})
		p.conclude(o, alts)
		if len(alts) == 0 && o.gap == nil {
			o.gap = p.conflictGap(w, k.Columns)
		}
	}
}

// noteOracle: DO NOTHING with RETURNING tells whether another tenant has a key.
func (p *ledger) noteOracle(w *write) {
	c := w.insert.stmt.Conflict
	columns := conflictColumns(w.table, c)
	if len(w.returning) > 0 && !containsString(columns, w.table.Column) {
		p.notes = append(p.notes, KeyOracle)
	}
}

// judgeConflictExprs judges the sub-selects of DO UPDATE on a shared table.
func (p *judge) judgeConflictExprs(w *write) {
	c := w.insert.stmt.Conflict
	if c == nil || w.table == nil {
		return
	}
	en := p.conflictEnv(w, w.target.tuple)
	p.judgeExpr(en, c.SetWhere, &conj{})
	for _, a := range c.Set {
		p.judgeExpr(en, a.Value, &conj{})
	}
}
