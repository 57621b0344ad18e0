package mysql

import (
	"github.com/sqlc-dev/marino/ast"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// query converts a SELECT, VALUES, TABLE or set operation.
func (c *converter) query(n ast.Node) *sqltree.Query {
	switch s := n.(type) {
	case *ast.SelectStmt:
		return c.selection(s)
	case *ast.SetOprStmt:
		q := c.operation(s.SelectList.Selects)
		c.surround(q, s.With, s.OrderBy, s.Limit)
		return q
	case *ast.SetOprSelectList:
		q := c.operation(s.Selects)
		c.surround(q, s.With, s.OrderBy, s.Limit)
		return q
	case *ast.SubqueryExpr:
		return c.query(s.Query)
	}
	c.fail(n, "a query that is not known")
	return &sqltree.Query{Pos: sqltree.NoPos, Body: &sqltree.Select{Pos: sqltree.NoPos}}
}

// surround adds what stands around a query in parentheses, or behind a list of them.
func (c *converter) surround(q *sqltree.Query, with *ast.WithClause, order *ast.OrderByClause, limit *ast.Limit) {
	if with != nil {
		if q.With != nil {
			c.fail(with.CTEs[0], "WITH around WITH")
		}
		q.With = c.with(with)
	}
	if order == nil && limit == nil {
		return
	}
	if q.OrderBy != nil || q.Limit != nil {
		c.failAt(sqltree.NoPos, "ORDER BY or LIMIT around a query that has one")
	}
	q.OrderBy = c.orders(order)
	if limit != nil {
		q.Limit, q.Offset = c.expr(limit.Count), c.expr(limit.Offset)
	}
}

// operation converts a list of queries with operators between them. INTERSECT binds
// them before the others.
func (c *converter) operation(list []ast.Node) *sqltree.Query {
	type operand struct {
		q   *sqltree.Query
		op  string
		all bool
	}
	var operands []operand
	for i, n := range list {
		x := operand{q: c.query(n)}
		if i > 0 {
			x.op, x.all = operator(n)
		}
		if last := len(operands) - 1; x.op == "INTERSECT" && last >= 0 {
			operands[last].q = combined(operands[last].q, x.q, x.op, x.all)
			continue
		}
		operands = append(operands, x)
	}
	q := operands[0].q
	for _, x := range operands[1:] {
		q = combined(q, x.q, x.op, x.all)
	}
	return q
}

func combined(left, right *sqltree.Query, op string, all bool) *sqltree.Query {
	return &sqltree.Query{Pos: left.Pos, Body: &sqltree.SetOp{Pos: left.Pos, Op: op, All: all, Left: left, Right: right}}
}

func operator(n ast.Node) (op string, all bool) {
	var after *ast.SetOprType
	switch s := n.(type) {
	case *ast.SelectStmt:
		after = s.AfterSetOperator
	case *ast.SetOprSelectList:
		after = s.AfterSetOperator
	}
	if after == nil {
		return "UNION", false
	}
	switch *after {
	case ast.UnionAll:
		return "UNION", true
	case ast.Except:
		return "EXCEPT", false
	case ast.ExceptAll:
		return "EXCEPT", true
	case ast.Intersect:
		return "INTERSECT", false
	case ast.IntersectAll:
		return "INTERSECT", true
	}
	return "UNION", false
}

func (c *converter) selection(s *ast.SelectStmt) *sqltree.Query {
	q := &sqltree.Query{Pos: pos(s)}
	if s.SelectIntoOpt != nil {
		c.fail(s, "SELECT INTO")
	}
	switch s.Kind {
	case ast.SelectStmtKindValues:
		v := &sqltree.Values{Pos: pos(s)}
		for _, row := range s.Lists {
			v.Rows = append(v.Rows, c.exprs(row.Values))
		}
		q.Body = v
	default:
		q.Body = c.block(s)
	}
	c.surround(q, s.With, s.OrderBy, s.Limit)
	if s.LockInfo != nil && s.LockInfo.LockType != ast.SelectLockNone {
		q.Lock = true
		l := sqltree.Lock{For: "UPDATE"}
		for _, t := range s.LockInfo.Tables {
			l.Of = append(l.Of, t.Name.L)
		}
		q.Locks = []sqltree.Lock{l}
	}
	return q
}

func (c *converter) block(s *ast.SelectStmt) *sqltree.Select {
	b := &sqltree.Select{Pos: pos(s), Distinct: s.Distinct, Where: c.expr(s.Where)}
	if s.Fields != nil {
		for _, f := range s.Fields.Fields {
			b.Items = append(b.Items, c.item(f))
		}
	}
	if s.From != nil && s.From.TableRefs != nil {
		b.From = c.froms(s.From.TableRefs)
	}
	if s.GroupBy != nil {
		b.GroupBy = c.groupings(s.GroupBy)
	}
	if s.Having != nil {
		b.Having = c.expr(s.Having.Expr)
	}
	for i := range s.WindowSpecs {
		b.Windows = append(b.Windows, *c.window(&s.WindowSpecs[i]))
	}
	return b
}

func (c *converter) item(f *ast.SelectField) sqltree.Item {
	if w := f.WildCard; w != nil {
		return sqltree.Item{Expr: &sqltree.Star{Pos: pos(f), Schema: w.Schema.L, Table: w.Table.L}}
	}
	return sqltree.Item{Expr: c.expr(f.Expr), Alias: f.AsName.L}
}

func (c *converter) groupings(g *ast.GroupByClause) []sqltree.Grouping {
	var out []sqltree.Grouping
	for _, item := range g.Items {
		out = append(out, sqltree.Grouping{Expr: c.expr(item.Expr)})
	}
	if g.Rollup {
		return []sqltree.Grouping{{Kind: sqltree.GroupRollup, Sets: out}}
	}
	return out
}

func (c *converter) orders(o *ast.OrderByClause) []sqltree.Order {
	if o == nil {
		return nil
	}
	return c.byItems(o.Items)
}

func (c *converter) byItems(list []*ast.ByItem) []sqltree.Order {
	var out []sqltree.Order
	for _, item := range list {
		out = append(out, sqltree.Order{Expr: c.expr(item.Expr), Desc: item.Desc})
	}
	return out
}

func (c *converter) with(w *ast.WithClause) *sqltree.With {
	if w == nil {
		return nil
	}
	out := &sqltree.With{Recursive: w.IsRecursive}
	for _, x := range w.CTEs {
		out.CTEs = append(out.CTEs, &sqltree.CTE{Pos: pos(x), Name: x.Name.L, Columns: texts(x.ColNameList), Body: c.query(x.Query)})
	}
	return out
}

func texts(list []ast.CIStr) []string {
	var out []string
	for _, n := range list {
		out = append(out, n.L)
	}
	return out
}

// froms converts FROM; a join without condition is the comma's.
func (c *converter) froms(j *ast.Join) []sqltree.From {
	if j.Right == nil {
		return []sqltree.From{c.from(j.Left)}
	}
	if left, ok := j.Left.(*ast.Join); ok && plain(j) && !left.ExplicitParens {
		return append(c.froms(left), c.from(j.Right))
	}
	return []sqltree.From{c.join(j)}
}

// plain reports whether a join is a comma, or a CROSS JOIN, which is the same.
func plain(j *ast.Join) bool {
	return j.Tp == ast.CrossJoin && j.On == nil && j.Using == nil && !j.NaturalJoin
}

func (c *converter) join(j *ast.Join) sqltree.From {
	if j.Right == nil {
		return c.from(j.Left)
	}
	out := &sqltree.Join{Left: c.from(j.Left), Right: c.from(j.Right), Natural: j.NaturalJoin}
	out.Pos = out.Left.At()
	switch j.Tp {
	case ast.LeftJoin:
		out.Kind = sqltree.Left
	case ast.RightJoin:
		out.Kind = sqltree.Right
	}
	for _, u := range j.Using {
		out.Using = append(out.Using, u.Name.L)
	}
	if j.On != nil {
		out.On = c.expr(j.On.Expr)
	}
	return out
}

func (c *converter) from(n ast.ResultSetNode) sqltree.From {
	switch s := n.(type) {
	case *ast.Join:
		return c.join(s)
	case *ast.TableName:
		return c.table(s)
	case *ast.TableSource:
		return c.source(s)
	}
	c.fail(n, "an element of FROM that is not known")
	return &sqltree.Table{Pos: sqltree.NoPos}
}

func (c *converter) source(s *ast.TableSource) sqltree.From {
	switch inner := s.Source.(type) {
	case *ast.TableName:
		t := c.table(inner)
		t.Alias = s.AsName.L
		return t
	case *ast.Join:
		return c.join(inner)
	case *ast.SelectStmt, *ast.SetOprStmt, *ast.SubqueryExpr:
		q := c.query(inner)
		return &sqltree.Derived{Pos: q.Pos, Lateral: s.Lateral, Query: q, Alias: s.AsName.L, Columns: texts(s.ColumnNames)}
	case *ast.JSONTableExpr:
		return c.jsonTable(inner, s.AsName.L)
	}
	c.fail(s, "an element of FROM that is not known")
	return &sqltree.Table{Pos: sqltree.NoPos}
}

// jsonTable converts JSON_TABLE: its rows are made of one value.
func (c *converter) jsonTable(s *ast.JSONTableExpr, alias string) sqltree.From {
	call := other(s, "JSON_TABLE", []string{"JSON_TABLE(", ", ", ")"}, c.expr(s.Doc), c.expr(s.Path))
	out := &sqltree.FuncTable{Pos: pos(s), Lateral: true, Calls: []sqltree.Expr{call}, Alias: alias}
	out.Columns = jsonColumns(s.Columns)
	return out
}

// jsonColumns are the columns of JSON_TABLE, those of nested paths among them.
func jsonColumns(list []*ast.JSONTableColumn) []string {
	var out []string
	for _, col := range list {
		if col.Nested {
			out = append(out, jsonColumns(col.NestedColumns)...)
			continue
		}
		out = append(out, col.Name.L)
	}
	return out
}

// table converts the name of a table. Another database is another schema.
func (c *converter) table(t *ast.TableName) *sqltree.Table {
	return &sqltree.Table{Pos: pos(t), Schema: t.Schema.L, Name: t.Name.L}
}
