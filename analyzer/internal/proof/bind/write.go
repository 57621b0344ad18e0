package bind

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// bindInsert resolves an INSERT. The row that RETURNING sees is not the new row
// itself: after DO UPDATE it may be an old one.
func (p *Binder) bindInsert(s *sqltree.Insert, outer *Scope, ctes *CTEs) *Write {
	w := &Write{Stmt: s, With: s.With, Returning: s.Returning}
	w.CTEs = p.bindWith(s.With, outer, ctes)
	p.bindTarget(w, s.Target, outer)
	in := &Insertion{Stmt: s, Columns: s.Columns}
	if len(in.Columns) == 0 && w.Table != nil {
		for _, c := range w.Table.Columns {
			in.Columns = append(in.Columns, c.Name)
		}
	}
	in.Row = p.NewTuple(w.Target.Alias, w.Table, s.Target)
	in.Row.Fresh, in.Row.Asked, in.Row.Via = true, true, p.Via
	if s.Source != nil {
		in.Source = p.BindQuery(s.Source, outer, w.CTEs)
		p.AsLeaf(in.Source, nil)
	}
	w.Insert = in
	if makesTenant(w) {
		w.Target.Tuple.Proved = []premise.Alternative{{Rules: []string{"root"}, Excuse: premise.NewTenant}}
	}
	p.Meaning.InsertedRows(w)
	return w
}

// makesTenant reports whether every row that RETURNING sees is a tenant that the statement
// makes: what else it stores under such a key is that tenant's.
func makesTenant(w *Write) bool {
	c := w.Insert.Stmt.Conflict
	return w.Table != nil && w.Table.Tenancy == catalogue.Root && !w.Insert.Stmt.Replace && (c == nil || !c.DoUpdate)
}

// HasPath reports whether only a part of the i-th column is stored.
func (in *Insertion) HasPath(i int) bool {
	return i < len(in.Stmt.Paths) && in.Stmt.Paths[i] != nil
}

// bindMerge resolves a MERGE: ON and the arms see target and source.
func (p *Binder) bindMerge(s *sqltree.Merge, outer *Scope, ctes *CTEs) *Write {
	w := &Write{Stmt: s, With: s.With, Returning: s.Returning}
	w.CTEs = p.bindWith(s.With, outer, ctes)
	p.bindTarget(w, s.Target, outer)
	m := &Merging{Stmt: s, En: w.Block.Env}
	target := w.Block.From
	m.Source = p.bindFrom(s.Source, &Scope{Parent: outer}, w.CTEs)
	w.Block.From = comma(target, m.Source)
	w.Block.Env.Scope.From = w.Block.From
	w.Merge = m
	return w
}

// Has reports whether an arm sees such rows.
func (m *Merging) Has(match sqltree.MergeMatch) bool {
	for _, w := range m.Stmt.Whens {
		if w.Match == match {
			return true
		}
	}
	return false
}

// SourceRows are the rows of VALUES, nil for another source.
func (in *Insertion) SourceRows() [][]sqltree.Expr {
	if in.Source == nil {
		return nil
	}
	return in.Source.Values
}

// BindWrite resolves a statement that changes rows, nil if it is none.
func (p *Binder) BindWrite(stmt sqltree.Statement, outer *Scope, ctes *CTEs) *Write {
	switch s := stmt.(type) {
	case *sqltree.Insert:
		return p.bindInsert(s, outer, ctes)
	case *sqltree.Update:
		w := &Write{Stmt: s, With: s.With, Returning: s.Returning, Set: s.Set}
		w.CTEs = p.bindWith(s.With, outer, ctes)
		p.bindTarget(w, s.Target, outer)
		w.Target.Tuple.Steady = w.Table != nil && w.Table.Column != "" && !Sets(s.Set, w.Table.Column)
		p.bindJoined(w, s.From, s.Where)
		p.refuseCursor(s.Cursor)
		return w
	case *sqltree.Delete:
		w := &Write{Stmt: s, With: s.With, Returning: s.Returning}
		w.CTEs = p.bindWith(s.With, outer, ctes)
		p.bindTarget(w, s.Target, outer)
		w.Target.Tuple.Steady = true
		p.bindJoined(w, s.Using, s.Where)
		p.refuseCursor(s.Cursor)
		return w
	case *sqltree.Merge:
		return p.bindMerge(s, outer, ctes)
	}
	return nil
}

// refuseCursor: which row a cursor stands on is not known.
func (p *Binder) refuseCursor(cursor string) {
	if cursor != "" {
		p.Fail("row of cursor " + cursor)
	}
}

// bindTarget makes the written table the first item of FROM. A view is not
// written through: that is not understood.
func (p *Binder) bindTarget(w *Write, t *sqltree.Table, outer *Scope) {
	s := &Scope{Parent: outer}
	w.Block = &Block{Env: p.NewEnv(s, w.CTEs), Extra: &formula.Conj{}}
	table := p.Table(t.Schema, t.Name)
	if table == nil {
		if p.diagramView(t.Schema, t.Name) != nil {
			p.Fail("write through view " + TableName(t))
		} else if !SystemTable(t) {
			p.Fail("unknown table " + TableName(t))
		}
		w.Target = p.unknownLeaf(AliasOf(t), t)
	} else {
		w.Table, w.Target = table, p.tableLeaf(t, table, AliasOf(t))
		w.Target.Tuple.Written = true
	}
	s.From = &Source{Leaf: w.Target}
	w.Block.From = s.From
}

// AliasOf is the name by which a statement knows a table.
func AliasOf(t *sqltree.Table) string {
	if t.Alias != "" {
		return t.Alias
	}
	return t.Name
}

// bindJoined adds FROM or USING, which is joined to the target.
func (p *Binder) bindJoined(w *Write, from []sqltree.From, where sqltree.Expr) {
	s := w.Block.Env.Scope
	for _, item := range from {
		s.From = comma(s.From, p.bindFrom(item, s, w.CTEs))
	}
	w.Block.From, w.Block.Where = s.From, where
	p.Meaning.Prepare(w.Block)
}

// Sets reports whether SET assigns a column.
func Sets(set []sqltree.Assign, column string) bool {
	for _, a := range set {
		for _, c := range a.Columns {
			if c == column {
				return true
			}
		}
	}
	return false
}

// Gives reports whether every new row has a value for a column that the statement
// names, none of them DEFAULT.
func (in *Insertion) Gives(column string) bool {
	at := slices.Index(in.Columns, column)
	if at < 0 || in.Source == nil {
		return false
	}
	for _, row := range in.Source.Values {
		if at >= len(row) {
			return false
		}
		if _, ok := row[at].(*sqltree.Default); ok {
			return false
		}
	}
	return in.Source.Values != nil || in.Source.Open || at < len(in.Source.Outputs)
}
