package sqlite

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// name is a name as SQLite compares it, "" for none.
func name(n *ast.Ident) string {
	if n == nil {
		return ""
	}
	return strings.ToLower(n.Name)
}

func names(list []*ast.Ident) []string {
	var out []string
	for _, n := range list {
		out = append(out, name(n))
	}
	return out
}

// query converts a SELECT with all of its cores; SQLite reads them from the left, all
// operators alike.
func (c *converter) query(s *ast.SelectStmt) *sqltree.Query {
	out := c.core(s.Cores[0])
	for i, op := range s.Ops {
		if out.OrderBy != nil || out.Limit != nil {
			c.fail(s.Cores[i], "ORDER BY or LIMIT before "+op.Op)
		}
		right := c.core(s.Cores[i+1])
		set := &sqltree.SetOp{Pos: out.Pos, Op: op.Op, All: op.All, Left: out, Right: right}
		out = &sqltree.Query{Pos: out.Pos, Body: set, OrderBy: right.OrderBy, Limit: right.Limit, Offset: right.Offset}
		right.OrderBy, right.Limit, right.Offset = nil, nil, nil
	}
	out.With = c.with(s.With)
	if s.With != nil {
		out.Pos = pos(s)
	}
	return out
}

// core converts one SELECT or VALUES.
func (c *converter) core(s ast.SelectCore) *sqltree.Query {
	switch s := s.(type) {
	case *ast.ValuesClause:
		v := &sqltree.Values{Pos: pos(s)}
		for _, row := range s.Rows {
			v.Rows = append(v.Rows, c.exprs(row))
		}
		return &sqltree.Query{Pos: pos(s), Body: v}
	case *ast.SelectQuery:
		q := &sqltree.Query{Pos: pos(s), Body: c.block(s), OrderBy: c.orders(s.OrderBy)}
		q.Limit, q.Offset = c.limit(s.Limit)
		return q
	}
	c.fail(s, "a query that is not known")
	return &sqltree.Query{Pos: pos(s), Body: &sqltree.Select{Pos: pos(s)}}
}

func (c *converter) block(s *ast.SelectQuery) *sqltree.Select {
	b := &sqltree.Select{
		Pos: pos(s), Distinct: s.Distinct == ast.DistinctDistinct, Items: c.items(s.Columns),
		From: c.froms(s.From), Where: c.expr(s.Where), Having: c.expr(s.Having),
	}
	for _, e := range s.GroupBy {
		b.GroupBy = append(b.GroupBy, sqltree.Grouping{Expr: c.expr(e)})
	}
	for _, w := range s.Windows {
		b.Windows = append(b.Windows, *c.window(w))
	}
	return b
}

func (c *converter) limit(l *ast.Limit) (count, offset sqltree.Expr) {
	if l == nil {
		return nil, nil
	}
	return c.expr(l.Count), c.expr(l.Offset)
}

func (c *converter) items(list []*ast.ResultColumn) []sqltree.Item {
	var out []sqltree.Item
	for _, r := range list {
		out = append(out, sqltree.Item{Expr: c.expr(r.Expr), Alias: name(r.Alias)})
	}
	return out
}

func (c *converter) orders(list []*ast.OrderingTerm) []sqltree.Order {
	var out []sqltree.Order
	for _, t := range list {
		o := sqltree.Order{Expr: c.expr(t.Expr), Desc: t.Order == ast.SortDesc}
		switch t.Nulls {
		case ast.NullsFirst:
			o.Nulls = "FIRST"
		case ast.NullsLast:
			o.Nulls = "LAST"
		}
		out = append(out, o)
	}
	return out
}

func (c *converter) with(w *ast.With) *sqltree.With {
	if w == nil {
		return nil
	}
	// Every WITH of SQLite may be recursive.
	out := &sqltree.With{Recursive: true}
	for _, x := range w.CTEs {
		out.CTEs = append(out.CTEs, &sqltree.CTE{Pos: pos(x), Name: name(x.Name), Columns: names(x.Columns), Body: c.query(x.Select)})
	}
	return out
}

// froms converts FROM. The grammar's list is flat: each item says how it joins what
// stands before it, and a comma is a join like any other.
func (c *converter) froms(list []*ast.TableRef) []sqltree.From {
	var out []sqltree.From
	for _, r := range list {
		item := c.from(r)
		if r.Join == nil || r.Join.Type&ast.JoinComma != 0 && r.On == nil && r.Using == nil {
			out = append(out, item)
			continue
		}
		left := c.product(out)
		j := &sqltree.Join{
			Pos: left.At(), Kind: joinKind(r.Join.Type), Natural: r.Join.Type&ast.JoinNatural != 0,
			Using: names(r.Using), Left: left, Right: item, On: c.expr(r.On),
		}
		out = []sqltree.From{j}
	}
	return out
}

// product is a comma list as one item: a comma binds no weaker than JOIN here.
func (c *converter) product(list []sqltree.From) sqltree.From {
	out := list[0]
	for _, f := range list[1:] {
		out = &sqltree.Join{Pos: out.At(), Left: out, Right: f}
	}
	return out
}

func joinKind(t ast.JoinType) sqltree.JoinKind {
	switch {
	case t&ast.JoinLeft != 0 && t&ast.JoinRight != 0:
		return sqltree.Full
	case t&ast.JoinLeft != 0:
		return sqltree.Left
	case t&ast.JoinRight != 0:
		return sqltree.Right
	}
	return sqltree.Inner
}

func (c *converter) from(r *ast.TableRef) sqltree.From {
	switch {
	case r.Select != nil:
		return &sqltree.Derived{Pos: pos(r), Query: c.query(r.Select), Alias: name(r.Alias)}
	case len(r.List) > 0:
		inner := c.product(c.froms(r.List))
		if r.Alias == nil {
			return inner
		}
		if j, ok := inner.(*sqltree.Join); ok {
			j.Alias = name(r.Alias)
			return j
		}
		c.fail(r, "an alias of a table in parentheses")
		return inner
	case r.HasArgs:
		call := &sqltree.Call{Pos: pos(r), Name: name(r.Name.Name), Args: c.exprs(r.Args)}
		return &sqltree.FuncTable{Pos: pos(r), Lateral: true, Calls: []sqltree.Expr{call}, Alias: name(r.Alias)}
	}
	return c.table(r.Name, r.Alias)
}

// table converts a table's name; main is the database that a program opens.
func (c *converter) table(n *ast.QualifiedName, alias *ast.Ident) *sqltree.Table {
	return &sqltree.Table{Pos: pos(n), Schema: schemaName(n), Name: name(n.Name), Alias: name(alias)}
}

func schemaName(n *ast.QualifiedName) string {
	if s := name(n.Schema); s != "main" {
		return s
	}
	return ""
}
