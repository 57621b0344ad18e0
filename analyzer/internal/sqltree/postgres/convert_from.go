package postgres

import (
	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

func (c *converter) froms(list []*pg.Node) []sqltree.From {
	var out []sqltree.From
	for _, n := range list {
		out = append(out, c.from(n))
	}
	return out
}

// from converts an element of FROM; joins nest to the left, a comma list is flat.
func (c *converter) from(n *pg.Node) sqltree.From {
	if !c.enter() {
		return &sqltree.Table{Pos: sqltree.NoPos}
	}
	defer c.leave()
	switch s := n.GetNode().(type) {
	case *pg.Node_RangeVar:
		return c.table(s.RangeVar)
	case *pg.Node_RangeSubselect:
		return c.derived(s.RangeSubselect)
	case *pg.Node_JoinExpr:
		return c.join(s.JoinExpr)
	case *pg.Node_RangeFunction:
		return c.funcTable(s.RangeFunction)
	case *pg.Node_RangeTableSample:
		return c.sample(s.RangeTableSample)
	case *pg.Node_RangeTableFunc:
		return c.exoticTable(n)
	case *pg.Node_JsonTable:
		return c.exoticTable(n)
	}
	c.fail(-1, "an element of FROM that is not known")
	return &sqltree.Table{Pos: sqltree.NoPos}
}

// table converts the name of a relation: a table, a view or a CTE, which only
// scopes can tell.
func (c *converter) table(rv *pg.RangeVar) *sqltree.Table {
	if rv.Catalogname != "" {
		c.fail(rv.Location, "a table of another database")
	}
	t := &sqltree.Table{Pos: c.pos(rv.Location), Schema: rv.Schemaname, Name: rv.Relname, Only: !rv.Inh}
	t.Alias, t.Columns = alias(rv.Alias)
	return t
}

func alias(a *pg.Alias) (name string, columns []string) {
	return a.GetAliasname(), names(a.GetColnames())
}

// derived converts a sub-select or a VALUES list in FROM; since PostgreSQL 16 it
// needs no alias.
func (c *converter) derived(s *pg.RangeSubselect) *sqltree.Derived {
	d := &sqltree.Derived{Lateral: s.Lateral, Query: c.queryNode(s.Subquery)}
	d.Pos = d.Query.Pos
	d.Alias, d.Columns = alias(s.Alias)
	return d
}

// sample converts TABLESAMPLE, which PostgreSQL allows on tables only.
func (c *converter) sample(s *pg.RangeTableSample) sqltree.From {
	f := c.from(s.Relation)
	t, ok := f.(*sqltree.Table)
	if !ok {
		c.fail(s.Location, "TABLESAMPLE of what is no table")
		return f
	}
	method := names(s.Method)
	if len(method) != 1 {
		c.fail(s.Location, "a qualified method of TABLESAMPLE")
		return f
	}
	t.Sample = &sqltree.Sample{Method: method[0], Args: c.exprs(s.Args), Seed: c.expr(s.Repeatable)}
	return t
}

// join converts a join. USING and NATURAL keep no condition: it follows from the
// columns of both sides, which nobody knows here.
func (c *converter) join(s *pg.JoinExpr) *sqltree.Join {
	j := &sqltree.Join{
		Kind: joinKind(s.Jointype), Natural: s.IsNatural, Using: names(s.UsingClause),
		Left: c.from(s.Larg), Right: c.from(s.Rarg), On: c.expr(s.Quals),
		UsingAlias: s.JoinUsingAlias.GetAliasname(),
	}
	j.Pos = j.Left.At()
	j.Alias, j.Columns = alias(s.Alias)
	return j
}

func joinKind(t pg.JoinType) sqltree.JoinKind {
	switch t {
	case pg.JoinType_JOIN_LEFT:
		return sqltree.Left
	case pg.JoinType_JOIN_RIGHT:
		return sqltree.Right
	case pg.JoinType_JOIN_FULL:
		return sqltree.Full
	}
	return sqltree.Inner
}

// funcTable converts a function in FROM. Each element of the list is a pair of
// the call and its column definitions, which only ROWS FROM gives.
func (c *converter) funcTable(s *pg.RangeFunction) *sqltree.FuncTable {
	f := &sqltree.FuncTable{Lateral: s.Lateral, Ordinality: s.Ordinality}
	for _, n := range s.Functions {
		pair := n.GetList().GetItems()
		call := c.expr(pair[0])
		if defs := pair[1].GetList().GetItems(); len(defs) > 0 {
			call = c.definedCall(call, defs)
		}
		f.Calls = append(f.Calls, call)
	}
	f.Pos = firstPos(f.Calls)
	f.Alias, f.Columns = alias(s.Alias)
	if len(s.Coldeflist) > 0 {
		f.Columns, f.Types = c.columnDefs(s.Coldeflist)
	}
	return f
}

// definedCall is f(…) AS (a int, b text) inside ROWS FROM.
func (c *converter) definedCall(call sqltree.Expr, defs []*pg.Node) sqltree.Expr {
	columns, types := c.columnDefs(defs)
	text := " AS ("
	for i := range columns {
		if i > 0 {
			text += ", "
		}
		text += sqltext.QuoteName(columns[i]) + " " + types[i]
	}
	return &sqltree.Other{Pos: call.At(), Kind: "AS", Args: []sqltree.Expr{call}, Parts: []string{"", text + ")"}}
}

// columnDefs reads the columns of a function that returns record.
func (c *converter) columnDefs(defs []*pg.Node) (columns, types []string) {
	for _, n := range defs {
		d := n.GetColumnDef()
		typ := c.typeName(d.GetTypeName())
		if coll := d.GetCollClause(); coll != nil {
			typ += " COLLATE " + sqltext.QuotePath(names(coll.Collname))
		}
		columns, types = append(columns, d.GetColname()), append(types, typ)
	}
	return columns, types
}

// exoticTable converts XMLTABLE and JSON_TABLE.
func (c *converter) exoticTable(n *pg.Node) sqltree.From {
	f := &sqltree.FuncTable{}
	switch s := n.GetNode().(type) {
	case *pg.Node_RangeTableFunc:
		f.Lateral, f.Pos = s.RangeTableFunc.Lateral, c.pos(s.RangeTableFunc.Location)
		f.Alias, f.Columns = alias(s.RangeTableFunc.Alias)
	case *pg.Node_JsonTable:
		f.Lateral, f.Pos = s.JsonTable.Lateral, c.pos(s.JsonTable.Location)
		f.Alias, f.Columns = alias(s.JsonTable.Alias)
	}
	f.Calls = []sqltree.Expr{c.template(n, f.Pos)}
	return f
}
