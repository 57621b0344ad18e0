package mysql

import (
	"github.com/sqlc-dev/marino/ast"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

func (c *converter) insert(s *ast.InsertStmt) *sqltree.Insert {
	out := &sqltree.Insert{Pos: 0, Target: c.target(s), Replace: s.IsReplace}
	for _, n := range s.Columns {
		out.Columns = append(out.Columns, n.Name.L)
	}
	switch {
	case s.Select != nil:
		out.Source = c.query(s.Select)
	case len(s.Lists) == 1 && len(s.Lists[0]) == 0: // INSERT INTO t () VALUES ()
	default:
		v := &sqltree.Values{Pos: sqltree.NoPos}
		for _, row := range s.Lists {
			v.Rows = append(v.Rows, c.exprs(row))
		}
		out.Source = &sqltree.Query{Pos: sqltree.NoPos, Body: v}
	}
	switch {
	case len(s.OnDuplicate) > 0:
		if len(s.ColumnAliases) > 0 {
			c.fail(s, "names for the columns of the row to be inserted")
		}
		if s.RowAlias != nil {
			c.inserts = s.RowAlias.L
		}
		out.Conflict = &sqltree.Conflict{Pos: sqltree.NoPos, DoUpdate: true, Set: c.assigns(s.OnDuplicate)}
	case s.IgnoreErr:
		out.Conflict = &sqltree.Conflict{Pos: sqltree.NoPos}
	}
	return out
}

// target is the one table of an insert.
func (c *converter) target(s *ast.InsertStmt) *sqltree.Table {
	if list := c.froms(s.Table.TableRefs); len(list) == 1 {
		if t, ok := list[0].(*sqltree.Table); ok {
			return t
		}
	}
	c.fail(s, "an insert into what is no table")
	return &sqltree.Table{Pos: sqltree.NoPos}
}

func (c *converter) assigns(list []*ast.Assignment) []sqltree.Assign {
	var out []sqltree.Assign
	for _, a := range list {
		out = append(out, sqltree.Assign{Pos: pos(a), Columns: []string{a.Column.Name.L}, Value: c.expr(a.Expr)})
	}
	return out
}

// A write of several tables names those that it changes, by their names in FROM, and
// finds the rows of all of them together. For each of them it is a write with the others
// beside it, and with the conditions of all joins. That is so for inner joins only: under
// an outer join a row may be written that joins with none.

// write is one table of a write of several.
type write struct {
	target *sqltree.Table
	others []sqltree.From
	where  sqltree.Expr
}

// split takes the table called name out of FROM.
func (c *converter) split(n ast.Node, refs *ast.TableRefsClause, where ast.ExprNode, name string) write {
	var out write
	var conditions []sqltree.Expr
	var walk func(f sqltree.From)
	walk = func(f sqltree.From) {
		switch f := f.(type) {
		case *sqltree.Join:
			if f.Kind != sqltree.Inner || f.Natural || f.Using != nil {
				if contains(f, name) {
					c.fail(n, "a write of a table in an outer join, or in one by names")
				}
				out.others = append(out.others, f)
				return
			}
			walk(f.Left)
			walk(f.Right)
			if f.On != nil {
				conditions = append(conditions, f.On)
			}
		case *sqltree.Table:
			if called(f) == name && out.target == nil {
				out.target = f
				return
			}
			out.others = append(out.others, f)
		default:
			out.others = append(out.others, f)
		}
	}
	for _, f := range c.froms(refs.TableRefs) {
		walk(f)
	}
	if w := c.expr(where); w != nil {
		conditions = append(conditions, w)
	}
	out.where = all(conditions)
	if out.target == nil {
		c.fail(n, "a write of what is no table of its FROM")
		out.target = &sqltree.Table{Pos: sqltree.NoPos}
	}
	return out
}

func contains(f sqltree.From, name string) bool {
	found := false
	sqltree.Walk(f, func(n sqltree.Node) bool {
		t, ok := n.(*sqltree.Table)
		found = found || ok && called(t) == name
		return !found
	})
	return found
}

func called(t *sqltree.Table) string {
	if t.Alias != "" {
		return t.Alias
	}
	return t.Name
}

// all is the conjunction of conditions, nil of none.
func all(list []sqltree.Expr) sqltree.Expr {
	var args []sqltree.Expr
	for _, e := range list {
		if l, ok := e.(*sqltree.Logic); ok && !l.Or {
			args = append(args, l.Args...)
			continue
		}
		args = append(args, e)
	}
	switch len(args) {
	case 0:
		return nil
	case 1:
		return args[0]
	}
	return &sqltree.Logic{Pos: args[0].At(), Args: args}
}

// names are the tables that a FROM calls by a name.
func (c *converter) names(refs *ast.TableRefsClause) []string {
	var out []string
	for _, f := range c.froms(refs.TableRefs) {
		sqltree.Walk(f, func(n sqltree.Node) bool {
			if t, ok := n.(*sqltree.Table); ok {
				out = append(out, called(t))
			}
			_, query := n.(*sqltree.Query)
			return !query
		})
	}
	return out
}

func (c *converter) update(s *ast.UpdateStmt) sqltree.Statement {
	tables := c.names(s.TableRefs)
	var targets []string
	sets := map[string][]*ast.Assignment{}
	for _, a := range s.List {
		name := a.Column.Table.L
		if name == "" {
			if len(tables) != 1 {
				c.fail(a.Column, "a column of one of several tables")
			}
			name = tables[0]
		}
		if sets[name] == nil {
			targets = append(targets, name)
		}
		sets[name] = append(sets[name], a)
	}
	var all []sqltree.Statement
	for _, name := range targets {
		w := c.split(s, s.TableRefs, s.Where, name)
		u := &sqltree.Update{Pos: 0, Target: w.target, Set: c.assigns(sets[name]), From: w.others, Where: w.where, OrderBy: c.orders(s.Order)}
		if s.Limit != nil {
			u.Limit = c.expr(s.Limit.Count)
		}
		all = append(all, u)
	}
	return c.together(all, s.With)
}

func (c *converter) delete(s *ast.DeleteStmt) sqltree.Statement {
	var targets []string
	if s.Tables != nil {
		for _, t := range s.Tables.Tables {
			targets = append(targets, t.Name.L)
		}
	} else {
		targets = c.names(s.TableRefs)[:1]
	}
	var all []sqltree.Statement
	for _, name := range targets {
		w := c.split(s, s.TableRefs, s.Where, name)
		d := &sqltree.Delete{Pos: 0, Target: w.target, Using: w.others, Where: w.where, OrderBy: c.orders(s.Order)}
		if s.Limit != nil {
			d.Limit = c.expr(s.Limit.Count)
		}
		all = append(all, d)
	}
	return c.together(all, s.With)
}

// together makes one statement of several that see the same rows: the last, with the
// others as CTEs that nothing reads.
func (c *converter) together(list []sqltree.Statement, with *ast.WithClause) sqltree.Statement {
	last := len(list) - 1
	w := c.with(with)
	for i, s := range list[:last] {
		if w == nil {
			w = &sqltree.With{}
		}
		w.CTEs = append(w.CTEs, &sqltree.CTE{Pos: sqltree.NoPos, Name: "write " + string(rune('a'+i%26)), Body: s})
	}
	switch s := list[last].(type) {
	case *sqltree.Update:
		s.With = w
	case *sqltree.Delete:
		s.With = w
	}
	return list[last]
}
