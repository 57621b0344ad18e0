package proof

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A write is INSERT, UPDATE, DELETE or MERGE with its names resolved. block is
// its FROM (the target and what is joined to it) and WHERE; for an INSERT its
// FROM is the row that was inserted, as RETURNING sees it.
type write struct {
	stmt      sqltree.Statement
	with      *sqltree.With
	ctes      *cteEnv
	block     *block
	target    *leaf
	table     *catalogue.Table // nil if unknown
	returning []sqltree.Item
	set       []sqltree.Assign
	insert    *insertion
	merge     *merging
	given     *conj // what is known where the write stands: in a body, of its arguments
}

// bindWrite resolves a statement that changes rows, nil if it is none.
func (p *binder) bindWrite(stmt sqltree.Statement, outer *scope, ctes *cteEnv) *write {
	switch s := stmt.(type) {
	case *sqltree.Insert:
		return p.bindInsert(s, outer, ctes)
	case *sqltree.Update:
		w := &write{stmt: s, with: s.With, returning: s.Returning, set: s.Set}
		w.ctes = p.bindWith(s.With, outer, ctes)
		p.bindTarget(w, s.Target, outer)
		w.target.tuple.steady = w.table != nil && w.table.Column != "" && !sets(s.Set, w.table.Column)
		p.bindJoined(w, s.From, s.Where)
		p.refuseCursor(s.Cursor)
		return w
	case *sqltree.Delete:
		w := &write{stmt: s, with: s.With, returning: s.Returning}
		w.ctes = p.bindWith(s.With, outer, ctes)
		p.bindTarget(w, s.Target, outer)
		w.target.tuple.steady = true
		p.bindJoined(w, s.Using, s.Where)
		p.refuseCursor(s.Cursor)
		return w
	case *sqltree.Merge:
		return p.bindMerge(s, outer, ctes)
	}
	return nil
}

// refuseCursor: which row a cursor stands on is not known.
func (p *binder) refuseCursor(cursor string) {
	if cursor != "" {
		p.fail("row of cursor " + cursor)
	}
}

// bindTarget makes the written table the first item of FROM. A view is not
// written through: that is not understood.
func (p *binder) bindTarget(w *write, t *sqltree.Table, outer *scope) {
	s := &scope{parent: outer}
	w.block = &block{env: p.newEnv(s, w.ctes), extra: &conj{}}
	table := p.table(t.Schema, t.Name)
	if table == nil {
		if p.diagramView(t.Schema, t.Name) != nil {
			p.fail("write through view " + tableName(t))
		} else if !systemTable(t) {
			p.fail("unknown table " + tableName(t))
		}
		w.target = p.unknownLeaf(aliasOf(t), t)
	} else {
		w.table, w.target = table, p.tableLeaf(t, table, aliasOf(t))
		w.target.tuple.written = true
	}
	s.from = &source{leaf: w.target}
	w.block.from = s.from
}

// aliasOf is the name by which a statement knows a table.
func aliasOf(t *sqltree.Table) string {
	if t.Alias != "" {
		return t.Alias
	}
	return t.Name
}

// bindJoined adds FROM or USING, which is joined to the target.
func (p *binder) bindJoined(w *write, from []sqltree.From, where sqltree.Expr) {
	s := w.block.env.scope
	for _, item := range from {
		s.from = comma(s.from, p.bindFrom(item, s, w.ctes))
	}
	w.block.from, w.block.where = s.from, where
	p.meaning.prepare(w.block)
}

// writeRows is what a written row implies, as RETURNING sees it: columns that
// the write sets no longer have the value that WHERE asked for.
func (p *reader) writeRows(w *write) *conj {
	switch {
	case w.insert != nil:
		return w.insert.rows
	case w.merge != nil:
		return &conj{}
	}
	rows := and(p.joinRows(w.block.from), p.factsOf(w.block.env, w.block.where))
	changed := map[string]bool{}
	for _, a := range w.set {
		for _, c := range a.Columns {
			changed[c] = true
		}
	}
	id := w.target.tuple.id
	return p.restrict(rows, func(t term) bool {
		return t.kind != columnTerm || t.tuple.id != id || !changed[t.column]
	})
}

// judgeWrite ties the target of a write by its own conditions, and what it reads.
func (p *judge) judgeWrite(w *write) {
	switch {
	case w.insert != nil:
		p.judgeInsert(w)
	case w.merge != nil:
		p.judgeMerge(w)
	default:
		p.judgeChange(w)
	}
	p.judgeTriggers(w)
	p.judgeWith(w.with, w.ctes)
}

// judgeChange judges UPDATE and DELETE.
func (p *judge) judgeChange(w *write) {
	b := w.block
	where := p.factsOf(b.env, b.where)
	p.judgeFrom(b, and(where, w.given))
	rows := and(p.joinRows(b.from), w.given)
	p.judgeCondition(b.env, b.where, rows)
	rows = and(rows, where)
	for _, a := range w.set {
		p.judgeExpr(b.env, a.Value, rows)
	}
	p.judgeReturning(w, and(p.writeRows(w), w.given)) // it sees what SET stored
	p.checkSet(w, w.set, assignment{target: w.target.tuple, env: b.env, rows: rows})
}

// judgeReturning judges the sub-selects in RETURNING.
func (p *judge) judgeReturning(w *write, rows *conj) {
	for _, i := range w.returning {
		p.judgeExpr(w.block.env, i.Expr, rows)
	}
}

// An assignment is the place where SET is judged: the row that changes, and
// what is known of it.
type assignment struct {
	target *tuple
	env    *env
	rows   *conj
}

// checkSet: a write must not move a row to another tenant. What it stores in
// the tenant column, or in the key that says whose the row is, must be proved
// like a row that is inserted.
func (p *ledger) checkSet(w *write, set []sqltree.Assign, at assignment) {
	if !isOwned(w.table) || len(set) == 0 {
		return
	}
	after := p.newTuple(w.target.alias, w.table, w.target.tuple.at)
	after.fresh = true
	rows := at.rows
	moved := false
	for _, a := range set {
		for i, c := range a.Columns {
			if a.Paths != nil && a.Paths[i] != nil {
				continue
			}
			rows = and(rows, p.assigned(at.env, p.columnOf(after, c), a, i))
			moved = moved || p.decidesOwner(w.table, c)
			if refers(w.table, c) && p.ownHoles() {
				p.noteStored(w, c, p.assignedValues(at.env, a, i), at.rows)
			}
		}
	}
	if !moved {
		return
	}
	p.keepOwner(after, at.target, set, &rows)
	alts := p.solveLevels(after, rows)
	if p.dry > 0 {
		return
	}
	o := p.occurrence(at.target)
	p.noteReassigned(w, set, at, alts)
	p.conclude(o, alts)
	if len(alts) == 0 {
		o.gap = p.setGap(w, set)
	}
}

// keepOwner: what SET leaves alone is as it was.
func (p *ledger) keepOwner(after, before *tuple, set []sqltree.Assign, rows **conj) {
	for _, c := range ownerColumns(before.table) {
		if !sets(set, c) {
			eq := atom{kind: eqAtom, weak: true, a: p.columnOf(after, c), b: p.columnOf(before, c)}
			*rows = and(*rows, one(eq))
		}
	}
}

// sets tells whether SET assigns a column.
func sets(set []sqltree.Assign, column string) bool {
	for _, a := range set {
		for _, c := range a.Columns {
			if c == column {
				return true
			}
		}
	}
	return false
}

// assigned is what SET column = value says of the new row.
func (p *reader) assigned(en *env, t termID, a sqltree.Assign, i int) *conj {
	if s, ok := a.Value.(*sqltree.Subquery); ok && len(a.Columns) > 1 {
		sub := p.sub(en, s.Query)
		if sub.open || len(sub.outs) != len(a.Columns) {
			return &conj{}
		}
		return p.subValue(t, sub, i, a.Value)
	}
	return p.valueFacts(en, t, assignedValue(a, i))
}

// assignedValue is the value of the i-th column, nil if it is part of a sub-select.
func assignedValue(a sqltree.Assign, i int) sqltree.Expr {
	if len(a.Columns) == 1 {
		if r, ok := a.Value.(*sqltree.Row); ok && len(r.Items) == 1 {
			return r.Items[0]
		}
		return a.Value
	}
	if r, ok := a.Value.(*sqltree.Row); ok && i < len(r.Items) {
		return r.Items[i]
	}
	return nil
}

// valueFacts says that a term is given a value.
func (p *reader) valueFacts(en *env, t termID, e sqltree.Expr) *conj {
	switch e := e.(type) {
	case nil:
		return &conj{}
	case *sqltree.Coalesce:
		arms := make([]*conj, len(e.Args))
		for i, a := range e.Args {
			arms[i] = p.valueFacts(en, t, a)
		}
		return p.or("coalesce", e, arms)
	case *sqltree.Case:
		return p.caseValue(en, t, e)
	case *sqltree.Literal:
		if e.Kind == sqltree.Null {
			return one(atom{kind: nullAtom, a: t, cite: e})
		}
	case *sqltree.Call:
		if e.Name == "unnest" && len(e.Args) == 1 { // one row for each element
			return weakly(p.elementOf(t, e.Args[0], e), true)
		}
	case *sqltree.Other:
		if e.Kind == "NULLIF" && len(e.Args) == 2 {
			null := one(atom{kind: nullAtom, a: t, cite: e})
			null.never = p.notNull(t)
			return p.or("value", e, []*conj{p.valueFacts(en, t, e.Args[0]), null})
		}
	}
	if s, ok := e.(*sqltree.Subquery); ok && !s.Array {
		if sub := p.sub(en, s.Query); !sub.open && len(sub.outs) == 1 {
			return p.subValue(t, sub, 0, e)
		}
		return &conj{}
	}
	v := p.plainTerm(en, e)
	if v == noTerm {
		return &conj{}
	}
	return one(atom{kind: eqAtom, weak: true, a: t, b: v, cite: e})
}

// subValue says that a term is given an output of a scalar sub-select: that of
// a row of it, or NULL if there is none, unless the term cannot be NULL.
func (p *reader) subValue(t termID, sub *query, i int, cite sqltree.Expr) *conj {
	eq := one(atom{kind: eqAtom, weak: true, a: t, b: p.columnOf(sub.tuple, sub.outs[i].name), cite: cite})
	if p.notNull(t) {
		return and(p.rowFormula(sub), eq)
	}
	return p.or("value", cite, []*conj{and(p.rowFormula(sub), eq), one(atom{kind: nullAtom, a: t, cite: cite})})
}

// caseValue: the term has the value of the arm that is taken.
func (p *reader) caseValue(en *env, t termID, e *sqltree.Case) *conj {
	var arms []*conj
	for _, w := range e.Whens {
		arms = append(arms, and(p.whenFacts(en, e, w), p.valueFacts(en, t, w.Then)))
	}
	if e.Else == nil {
		return &conj{} // NULL
	}
	return p.or("case", e, append(arms, p.valueFacts(en, t, e.Else)))
}

// ownerColumns are the columns that say whose a row is.
func ownerColumns(t *catalogue.Table) []string {
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
func (p *ledger) decidesOwner(t *catalogue.Table, column string) bool {
	for _, c := range ownerColumns(t) {
		if c == column {
			return true
		}
	}
	return false
}
