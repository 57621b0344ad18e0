package judge

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/ledger"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// What a write does beside what it says: rules run other statements, defaults call
// functions, foreign keys delete and change the rows that refer to the written ones.

// refuseRules: a statement on a table with a rule for it does something that is not
// read.
func (p *Judge) refuseRules(t *catalogue.Table, events []string) {
	if t == nil || p.Cat.Diagram == nil {
		return
	}
	for _, r := range p.Cat.Diagram.Rules {
		if r.Table == t.FullName() && slices.Contains(events, r.Event) {
			p.Fail("rule " + r.Name)
		}
	}
}

// judgeDefaults judges what the defaults of a table compute in a row that an INSERT
// makes, unless the statement gives the column a value in every row.
func (p *Judge) judgeDefaults(w *bind.Write) {
	if w.Table != nil && inserts(w) {
		p.defaults(w.Table, func(column string) bool { return w.Insert != nil && w.Insert.Gives(column) })
	}
}

// defaults judges the defaults of the columns that are not given.
func (p *Judge) defaults(t *catalogue.Table, given func(column string) bool) {
	for _, c := range t.Columns {
		if !strings.Contains(c.Default, "(") || given(c.Name) {
			continue
		}
		stmt, err := sqlparse.Parse("SELECT "+c.Default, p.Cat.Diagram.Speaks())
		q, ok := stmt.(*sqltree.Query)
		if err != nil || !ok {
			p.Fail("default of " + t.FullName() + "." + c.Name)
			continue
		}
		sqltree.Walk(q, func(n sqltree.Node) bool {
			if call, ok := n.(*sqltree.Call); ok {
				p.judgeCall(p.NewEnv(nil, nil), call, &formula.Conj{})
			}
			return true
		})
	}
}

// JudgeCopied judges what rows do that COPY stores in a table that no tenant owns.
func (p *Judge) JudgeCopied(t *catalogue.Table, s *sqltree.Copy) {
	p.defaults(t, func(column string) bool { return len(s.Columns) == 0 || slices.Contains(s.Columns, column) })
	p.fireUnknown(t, "INSERT", s)
}

// JudgeEmptied judges what a TRUNCATE of a table fires.
func (p *Judge) JudgeEmptied(t *catalogue.Table, s *sqltree.Truncate) {
	p.fireUnknown(t, "TRUNCATE", s)
}

// fireUnknown judges the triggers of rows of which nothing is known.
func (p *Judge) fireUnknown(t *catalogue.Table, event string, at sqltree.Node) {
	none := &formula.Conj{}
	p.fire(firing{
		table: t, event: event, at: at,
		row:  func() (map[string]formula.TermID, *formula.Conj) { return map[string]formula.TermID{}, none },
		rows: func(tr *schema.Trigger) map[string]bind.Transition { return unknownRows(t, tr) },
	})
}

// unknownRows are transition tables of rows of which nothing is known.
func unknownRows(t *catalogue.Table, tr *schema.Trigger) map[string]bind.Transition {
	out := map[string]bind.Transition{}
	for _, name := range []string{tr.OldTable, tr.NewTable} {
		if name != "" {
			out[name] = bind.Transition{Table: t, Facts: func(*formula.Tuple) *formula.Conj { return &formula.Conj{} }}
		}
	}
	return out
}

// inserts reports whether a write may make rows.
func inserts(w *bind.Write) bool {
	return w.Insert != nil || w.Merge != nil && w.Merge.Has(sqltree.NotMatched)
}

// judgeActions judges what foreign keys do to the rows that refer to the written
// ones. Such rows are the tenant's if the written row is and the reference stays
// inside of a tenant; rows that refer to a shared row are everybody's.
func (p *Judge) judgeActions(w *bind.Write) {
	if w.Table == nil {
		return
	}
	deletes, columns := changes(w)
	if !deletes && len(columns) == 0 {
		return
	}
	a := &actions{Judge: p, w: w, seen: map[*schema.ForeignKey]bool{}, spread: map[*catalogue.Table]bool{}}
	rows := &formula.Conj{}
	if w.Insert == nil && w.Merge == nil {
		rows = formula.And(p.JoinRows(w.Block.From), p.FactsOf(w.Block.Env, w.Block.Where), w.Given)
	}
	row := p.NewTuple(w.Target.Alias, w.Table, w.Target.Tuple.At)
	row.Proved = p.tiesOf(w)
	for _, c := range w.Table.Columns { // as it was before
		if t := p.Known(w.Target.Tuple, c.Name); t != formula.NoTerm {
			rows = formula.And(rows, formula.One(formula.Atom{Kind: formula.EqAtom, Weak: true, A: p.ColumnOf(row, c.Name), B: t}))
		}
	}
	a.from(row, rows, change{deletes, columns})
}

// tiesOf is what ties the written row, nil if nothing does.
func (p *Judge) tiesOf(w *bind.Write) []premise.Alternative {
	if o := p.OfTuple[w.Target.Tuple.ID]; o != nil {
		return o.Alts
	}
	return nil
}

// A change is what happens to a row: it is deleted, or columns of it are set.
type change struct {
	deleted bool
	columns []string
}

// changes tells what a write does to rows that are there.
func changes(w *bind.Write) (deletes bool, columns []string) {
	add := func(set []sqltree.Assign) {
		for _, a := range set {
			columns = append(columns, a.Columns...)
		}
	}
	switch s := w.Stmt.(type) {
	case *sqltree.Delete:
		return true, nil
	case *sqltree.Update:
		add(s.Set)
	case *sqltree.Insert:
		if s.Conflict != nil {
			add(s.Conflict.Set)
		}
		deletes = s.Replace
	case *sqltree.Merge:
		for _, when := range s.Whens {
			deletes = deletes || when.Action == "DELETE"
			if when.Action == "UPDATE" {
				add(when.Set)
			}
		}
	}
	return deletes, columns
}

// actions follows the actions of foreign keys from a written row on. A key is
// followed once, and so is a table: a second row of it is tied or not for the same
// reasons.
type actions struct {
	*Judge
	w      *bind.Write
	seen   map[*schema.ForeignKey]bool
	spread map[*catalogue.Table]bool
}

// from follows the keys that refer to a row.
func (a *actions) from(row *formula.Tuple, rows *formula.Conj, c change) {
	for _, t := range a.Cat.Tables {
		for _, f := range t.ForeignKeys {
			if a.seen[f] || !refersTo(f, row.Table) {
				continue
			}
			if next, acts := c.through(f); acts {
				a.seen[f] = true
				a.act(row, rows, reference{t, f}, next)
			}
		}
	}
}

// refersTo reports whether a foreign key refers to a table, or to one of its heirs.
func refersTo(f *schema.ForeignKey, t *catalogue.Table) bool {
	return f.RefTable == t.Name && f.RefSchema == t.Schema || t.PartitionOf != "" && t.PartitionOf == (&schema.Table{Schema: f.RefSchema, Name: f.RefTable}).FullName()
}

// through is the change that a foreign key makes of one of the row referred to.
func (c change) through(f *schema.ForeignKey) (change, bool) {
	action := f.OnUpdate
	if c.deleted {
		action = f.OnDelete
		if action == sqltree.Cascade {
			return change{deleted: true}, true
		}
	} else if !slices.ContainsFunc(f.RefColumns, func(x string) bool { return slices.Contains(c.columns, x) }) {
		return change{}, false
	}
	return change{columns: f.Columns}, action != sqltree.NoAction
}

// A reference is a foreign key with the table that has it.
type reference struct {
	table *catalogue.Table
	key   *schema.ForeignKey
}

// act judges the rows that a foreign key changes, and goes on from them.
func (a *actions) act(row *formula.Tuple, rows *formula.Conj, r reference, c change) {
	child := a.NewTuple(r.table.Name, r.table, a.w.Target.Tuple.At)
	child.Written, child.Steady = true, true
	for i, column := range r.key.Columns {
		if i < len(r.key.RefColumns) {
			eq := formula.Atom{Kind: formula.EqAtom, A: a.ColumnOf(child, column), B: a.ColumnOf(row, r.key.RefColumns[i])}
			rows = formula.And(rows, formula.One(eq))
		}
	}
	if formula.IsOwned(r.table) {
		a.conclude(row, child, rows, r, c)
	}
	a.reacts(child, rows, c)
	if !a.spread[r.table] {
		a.spread[r.table] = true
		a.from(child, rows, c)
	}
}

// reacts judges what triggers and rules do of rows that a foreign key changes.
func (a *actions) reacts(child *formula.Tuple, rows *formula.Conj, c change) {
	event := "UPDATE"
	if c.deleted {
		event = "DELETE"
	}
	a.refuseRules(child.Table, []string{event})
	a.fire(firing{
		table: child.Table, event: event, at: child.At,
		row: func() (map[string]formula.TermID, *formula.Conj) {
			values := map[string]formula.TermID{}
			for _, column := range child.Table.Columns {
				t := a.ColumnOf(child, column.Name)
				values["old."+column.Name] = t
				if !slices.Contains(c.columns, column.Name) {
					values["new."+column.Name] = t
				}
			}
			return values, rows
		},
		rows: func(tr *schema.Trigger) map[string]bind.Transition { return unknownRows(child.Table, tr) },
	})
}

// conclude adds what the rows that refer to the written row need: to the written
// relation, or, where that is shared, as a relation of its own. Rows of a gap are
// always named.
func (a *actions) conclude(row, child *formula.Tuple, rows *formula.Conj, r reference, c change) {
	alts := a.SolveLevels(child, rows)
	child.Proved = alts
	if a.Dry > 0 {
		return
	}
	own := a.OfTuple[a.w.Target.Tuple.ID]
	switch {
	case formula.IsOwned(a.w.Table) && own != nil && len(own.Alts) == 0:
		return // what is wrong is said there
	case formula.IsOwned(a.w.Table) && own != nil && len(alts) > 0:
		a.Conclude(own, alts)
		return
	}
	o := a.Occurrence(child)
	o.Target = true
	a.Conclude(o, alts)
	if len(alts) == 0 && o.Gap == nil {
		o.Gap = actionGap(row, child, r, c)
	}
}

// actionGap is the gap of rows that a foreign key changes.
func actionGap(row, child *formula.Tuple, r reference, c change) *ledger.Gap {
	does := "changes"
	if c.deleted {
		does = "deletes"
	}
	return &ledger.Gap{
		Reason: "foreign key action", At: child.At,
		Detail: "the foreign key " + r.table.FullName() + "(" + strings.Join(r.key.Columns, ", ") + ") " + does +
			" the rows of every tenant that refer to the row of " + formula.Qualified(row.Table),
	}
}
