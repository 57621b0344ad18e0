package sqlprint

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// writePrinter writes the statements that are no query.
type writePrinter struct{ *printer }

func (p writePrinter) insert(s *sqltree.Insert) {
	p.with(s.With)
	if s.Replace {
		p.text("REPLACE INTO ")
	} else {
		p.text("INSERT INTO ")
	}
	p.table(s.Target)
	p.targets(s.Columns, s.Paths)
	p.override(s.Override)
	p.insertSource(s.Source)
	p.conflict(s.Conflict)
	p.returning(s.Returning, s.OldNew)
}

// insertSource writes the rows; SELECT without a list would take the ON of ON
// CONFLICT for an item.
func (p writePrinter) insertSource(q *sqltree.Query) {
	if q == nil {
		p.text(" DEFAULT VALUES")
		return
	}
	p.text(" ")
	if block, ok := q.Body.(*sqltree.Select); ok && len(block.Items) == 0 {
		p.parenthesised(q)
		return
	}
	p.query(q)
}

// targets writes a list of columns with their subscripts, in parentheses.
func (p writePrinter) targets(columns []string, paths []sqltree.Expr) {
	if len(columns) == 0 {
		return
	}
	p.text(" (")
	p.list(len(columns), func(i int) { p.target(columns, paths, i) })
	p.text(")")
}

func (p writePrinter) target(columns []string, paths []sqltree.Expr, i int) {
	if i < len(paths) && paths[i] != nil {
		p.targetPath(paths[i])
		return
	}
	p.name(columns[i])
}

func (p writePrinter) override(kind string) {
	if kind != "" {
		p.text(" OVERRIDING ", kind, " VALUE")
	}
}

func (p writePrinter) conflict(c *sqltree.Conflict) {
	if c == nil {
		return
	}
	p.text(" ON CONFLICT")
	p.conflictTarget(c)
	p.clause(" WHERE ", c.Where)
	if !c.DoUpdate {
		p.text(" DO NOTHING")
		return
	}
	p.text(" DO UPDATE")
	p.set(c.Set)
	p.clause(" WHERE ", c.SetWhere)
}

// conflictTarget writes columns before expressions; their order means nothing.
func (p writePrinter) conflictTarget(c *sqltree.Conflict) {
	if c.Constraint != "" {
		p.text(" ON CONSTRAINT ", sqltext.QuoteName(c.Constraint))
	}
	count := len(c.Columns) + len(c.Exprs)
	if count == 0 {
		return
	}
	p.text(" (")
	p.list(count, func(i int) {
		if i < len(c.Columns) {
			p.name(c.Columns[i])
			return
		}
		p.indexElement(c.Exprs[i-len(c.Columns)])
	})
	p.text(")")
}

// indexElement writes an expression in parentheses of its own, before its
// collation and operator class.
func (p writePrinter) indexElement(e sqltree.Expr) {
	if o, ok := e.(*sqltree.Other); ok && o.Kind == "index element" {
		p.indexElement(o.Args[0])
		p.text(o.Parts[1])
		return
	}
	if c, ok := e.(*sqltree.Column); ok && c.Table == "" {
		p.expr(e)
		return
	}
	p.text("(")
	p.expr(e)
	p.text(")")
}

// set writes assignments; one column in parentheses takes a row, and keeps them.
func (p writePrinter) set(list []sqltree.Assign) {
	p.text(" SET ")
	p.list(len(list), func(i int) {
		a := list[i]
		if a.Multi || len(a.Columns) > 1 {
			p.text("(")
			p.list(len(a.Columns), func(k int) { p.target(a.Columns, a.Paths, k) })
			p.text(")")
		} else {
			p.target(a.Columns, a.Paths, 0)
		}
		p.text(" = ")
		p.expr(a.Value)
	})
}

// returning writes the list, with the names of OLD and NEW before it.
func (p writePrinter) returning(items []sqltree.Item, on sqltree.OldNew) {
	if len(items) == 0 {
		return
	}
	p.text(" RETURNING ")
	switch {
	case on.Old != "" && on.New != "":
		p.text("WITH (OLD AS ", sqltext.QuoteName(on.Old), ", NEW AS ", sqltext.QuoteName(on.New), ") ")
	case on.Old != "":
		p.text("WITH (OLD AS ", sqltext.QuoteName(on.Old), ") ")
	case on.New != "":
		p.text("WITH (NEW AS ", sqltext.QuoteName(on.New), ") ")
	}
	p.items(items)
}

// update writes ORDER BY and LIMIT, too, for trees of the dialects that have them.
func (p writePrinter) update(s *sqltree.Update) {
	p.with(s.With)
	p.text("UPDATE ")
	p.table(s.Target)
	p.set(s.Set)
	p.froms(" FROM ", s.From)
	p.where(s.Where, s.Cursor)
	p.orderBy(s.OrderBy)
	p.clause(" LIMIT ", s.Limit)
	p.returning(s.Returning, s.OldNew)
}

func (p writePrinter) delete(s *sqltree.Delete) {
	p.with(s.With)
	p.text("DELETE FROM ")
	p.table(s.Target)
	p.froms(" USING ", s.Using)
	p.where(s.Where, s.Cursor)
	p.orderBy(s.OrderBy)
	p.clause(" LIMIT ", s.Limit)
	p.returning(s.Returning, s.OldNew)
}

// where writes the condition or the cursor; a statement has one of them.
func (p writePrinter) where(where sqltree.Expr, cursor string) {
	p.clause(" WHERE ", where)
	if cursor != "" {
		p.text(" WHERE CURRENT OF ", sqltext.QuoteName(cursor))
	}
}

func (p writePrinter) merge(s *sqltree.Merge) {
	p.with(s.With)
	p.text("MERGE INTO ")
	p.table(s.Target)
	p.text(" USING ")
	p.from(s.Source)
	p.clause(" ON ", s.On)
	for _, w := range s.Whens {
		p.mergeWhen(w)
	}
	p.returning(s.Returning, s.OldNew)
}

func (p writePrinter) mergeWhen(w sqltree.MergeWhen) {
	switch w.Match {
	case sqltree.Matched:
		p.text(" WHEN MATCHED")
	case sqltree.NotMatched:
		p.text(" WHEN NOT MATCHED")
	case sqltree.NotMatchedBySource:
		p.text(" WHEN NOT MATCHED BY SOURCE")
	}
	p.clause(" AND ", w.Cond)
	p.text(" THEN ")
	switch w.Action {
	case "UPDATE":
		p.text("UPDATE")
		p.set(w.Set)
	case "INSERT":
		p.mergeInsert(w)
	case "NOTHING":
		p.text("DO NOTHING")
	default:
		p.text(w.Action)
	}
}

func (p writePrinter) mergeInsert(w sqltree.MergeWhen) {
	p.text("INSERT")
	p.targets(w.Columns, w.Paths)
	p.override(w.Override)
	if len(w.Values) == 0 {
		p.text(" DEFAULT VALUES")
		return
	}
	p.form(" VALUES (", w.Values, ")")
}

func (p writePrinter) truncate(s *sqltree.Truncate) {
	p.text("TRUNCATE ")
	p.list(len(s.Tables), func(i int) { p.table(s.Tables[i]) })
	if s.Restart {
		p.text(" RESTART IDENTITY")
	}
	if s.Cascade {
		p.text(" CASCADE")
	}
}

// copy writes options in the new way, in parentheses.
func (p writePrinter) copy(s *sqltree.Copy) {
	p.text("COPY ")
	if s.Query != nil {
		p.text("(")
		p.node(s.Query)
		p.text(")")
	} else {
		p.table(s.Table)
		p.columns(s.Columns)
	}
	direction := " TO "
	standard := "STDOUT"
	if s.From {
		direction, standard = " FROM ", "STDIN"
	}
	p.text(direction)
	if s.Program {
		p.text("PROGRAM ")
	}
	if s.File == "" {
		p.text(standard)
	} else {
		p.text(sqltext.QuoteString(s.File))
	}
	if s.Options != "" {
		p.text(" WITH (", s.Options, ")")
	}
	p.clause(" WHERE ", s.Where)
}

func (p writePrinter) proc(s *sqltree.CallProc) {
	if s.Call != nil {
		p.text("CALL ")
		p.call(s.Call)
		return
	}
	p.text("DO ")
	if s.Language != "" {
		p.text("LANGUAGE ", sqltext.QuoteName(s.Language), " ")
	}
	p.text(sqltext.QuoteString(s.Body))
}

// utility writes the text around the inner statement as it was read.
func (p writePrinter) utility(s *sqltree.Utility) {
	p.text(s.Head)
	if s.Kind == "EXECUTE" && len(s.Args) > 0 {
		p.form("(", s.Args, ")")
	}
	p.node(s.Inner)
	p.text(s.Tail)
}
