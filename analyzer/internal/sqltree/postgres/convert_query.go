package postgres

import (
	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
)

// converter turns the grammar's tree into ours. The first thing that it cannot
// express is its failure; it goes on, and the result is thrown away.
type converter struct {
	bound  bound
	at     sqltree.Pos
	reason string
	depth  int
}

// maxTree caps the depth of the tree: a long chain of left-associative
// operators is one level each.
const maxTree = 10_000

// enter counts a level of the tree; false where it is too deep.
func (c *converter) enter() bool {
	c.depth++
	if c.depth > maxTree {
		c.fail(-1, sqltree.TooDeep)
		return false
	}
	return true
}

func (c *converter) leave() { c.depth-- }

// fail keeps the first failure: later ones may only follow from it.
func (c *converter) fail(location int32, reason string) {
	if c.reason == "" {
		c.at, c.reason = c.pos(location), reason
	}
}

// pos moves an offset of the grammar to the text; the grammar counts bytes from 0
// and says -1 where it knows no place.
func (c *converter) pos(location int32) sqltree.Pos {
	if location < 0 {
		return sqltree.NoPos
	}
	return c.bound.old(int(location))
}

// names reads a list of name strings.
func names(list []*pg.Node) []string { return pgnode.StringList(list) }

// query converts a SELECT, VALUES or set operation.
func (c *converter) query(s *pg.SelectStmt) *sqltree.Query {
	q := &sqltree.Query{Pos: sqltree.NoPos}
	if !c.enter() {
		return q
	}
	defer c.leave()
	if s.IntoClause != nil {
		c.fail(s.IntoClause.Rel.GetLocation(), "SELECT INTO inside a statement")
	}
	q.With = c.with(s.WithClause)
	q.Body = c.body(s)
	q.OrderBy = c.orders(s.SortClause)
	q.Limit = c.expr(s.LimitCount)
	q.Offset = c.expr(s.LimitOffset)
	q.WithTies = s.LimitOption == pg.LimitOption_LIMIT_OPTION_WITH_TIES
	q.Locks = c.locks(s.LockingClause)
	q.Lock = len(q.Locks) > 0
	q.Pos = q.Body.At()
	if s.WithClause != nil {
		q.Pos = c.pos(s.WithClause.Location)
	}
	return q
}

// queryNode converts a sub-select; anything else there is a failure.
func (c *converter) queryNode(n *pg.Node) *sqltree.Query {
	if s := n.GetSelectStmt(); s != nil {
		return c.query(s)
	}
	c.fail(-1, "a sub-select that is no SELECT")
	return &sqltree.Query{Pos: sqltree.NoPos, Body: &sqltree.Select{Pos: sqltree.NoPos}}
}

// body tells apart what the grammar keeps in one type of node.
func (c *converter) body(s *pg.SelectStmt) sqltree.Body {
	switch {
	case s.Op != pg.SetOperation_SETOP_NONE && s.Op != pg.SetOperation_SET_OPERATION_UNDEFINED:
		op := &sqltree.SetOp{Op: setOperator(s.Op), All: s.All, Left: c.query(s.Larg), Right: c.query(s.Rarg)}
		op.Pos = op.Left.Pos
		return op
	case len(s.ValuesLists) > 0:
		v := &sqltree.Values{Pos: sqltree.NoPos}
		for _, row := range s.ValuesLists {
			v.Rows = append(v.Rows, c.exprs(row.GetList().GetItems()))
		}
		v.Pos = firstPos(v.Rows[0])
		return v
	}
	return c.block(s)
}

func setOperator(op pg.SetOperation) string {
	switch op {
	case pg.SetOperation_SETOP_INTERSECT:
		return "INTERSECT"
	case pg.SetOperation_SETOP_EXCEPT:
		return "EXCEPT"
	}
	return "UNION"
}

// firstPos is the place of a list: that of its first element.
func firstPos(list []sqltree.Expr) sqltree.Pos {
	if len(list) == 0 || list[0] == nil {
		return sqltree.NoPos
	}
	return list[0].At()
}

// block converts one SELECT. It stands where its first item stands, because the
// grammar does not keep the place of the word.
func (c *converter) block(s *pg.SelectStmt) *sqltree.Select {
	b := &sqltree.Select{Pos: sqltree.NoPos, GroupSet: s.GroupDistinct}
	b.Distinct, b.DistinctOn = c.distinct(s.DistinctClause)
	b.Items = c.items(s.TargetList)
	b.From = c.froms(s.FromClause)
	b.Where = c.expr(s.WhereClause)
	b.GroupBy = c.groupings(s.GroupClause)
	b.Having = c.expr(s.HavingClause)
	for _, w := range s.WindowClause {
		b.Windows = append(b.Windows, *c.window(w.GetWindowDef()))
	}
	switch {
	case len(s.TargetList) > 0:
		b.Pos = c.pos(s.TargetList[0].GetResTarget().GetLocation())
	case len(b.From) > 0:
		b.Pos = b.From[0].At()
	}
	return b
}

// distinct reads the list of DISTINCT ON; plain DISTINCT is one empty node.
func (c *converter) distinct(list []*pg.Node) (distinct bool, on []sqltree.Expr) {
	if len(list) == 0 {
		return false, nil
	}
	if len(list) == 1 && list[0].GetNode() == nil {
		return true, nil
	}
	return true, c.exprs(list)
}

// items converts a select list or RETURNING. An item without alias has none here,
// although PostgreSQL names its column.
func (c *converter) items(list []*pg.Node) []sqltree.Item {
	var out []sqltree.Item
	for _, n := range list {
		t := n.GetResTarget()
		if len(t.GetIndirection()) > 0 {
			c.fail(t.Location, "a select item with subscripts")
		}
		out = append(out, sqltree.Item{Expr: c.expr(t.GetVal()), Alias: t.GetName()})
	}
	return out
}

// orders converts ORDER BY; ASC is the default and is not kept.
func (c *converter) orders(list []*pg.Node) []sqltree.Order {
	var out []sqltree.Order
	for _, n := range list {
		s := n.GetSortBy()
		o := sqltree.Order{Expr: c.expr(s.GetNode()), Desc: s.GetSortbyDir() == pg.SortByDir_SORTBY_DESC}
		if s.GetSortbyDir() == pg.SortByDir_SORTBY_USING {
			o.Using = c.operator(s.UseOp)
		}
		switch s.GetSortbyNulls() {
		case pg.SortByNulls_SORTBY_NULLS_FIRST:
			o.Nulls = "FIRST"
		case pg.SortByNulls_SORTBY_NULLS_LAST:
			o.Nulls = "LAST"
		}
		out = append(out, o)
	}
	return out
}

func (c *converter) locks(list []*pg.Node) []sqltree.Lock {
	var out []sqltree.Lock
	for _, n := range list {
		s := n.GetLockingClause()
		l := sqltree.Lock{For: lockStrength(s.GetStrength())}
		for _, rel := range s.GetLockedRels() {
			l.Of = append(l.Of, rel.GetRangeVar().GetRelname())
		}
		switch s.GetWaitPolicy() {
		case pg.LockWaitPolicy_LockWaitSkip:
			l.Wait = "SKIP LOCKED"
		case pg.LockWaitPolicy_LockWaitError:
			l.Wait = "NOWAIT"
		}
		out = append(out, l)
	}
	return out
}

func lockStrength(s pg.LockClauseStrength) string {
	switch s {
	case pg.LockClauseStrength_LCS_FORKEYSHARE:
		return "KEY SHARE"
	case pg.LockClauseStrength_LCS_FORSHARE:
		return "SHARE"
	case pg.LockClauseStrength_LCS_FORNOKEYUPDATE:
		return "NO KEY UPDATE"
	}
	return "UPDATE"
}

func (c *converter) groupings(list []*pg.Node) []sqltree.Grouping {
	var out []sqltree.Grouping
	for _, n := range list {
		out = append(out, c.grouping(n))
	}
	return out
}

// grouping converts an element of GROUP BY. A list in parentheses is a row that
// nobody called ROW, and groups by each of its elements.
func (c *converter) grouping(n *pg.Node) sqltree.Grouping {
	if row := n.GetRowExpr(); row != nil && row.RowFormat == pg.CoercionForm_COERCE_IMPLICIT_CAST {
		return sqltree.Grouping{Kind: sqltree.GroupRow, Sets: c.groupings(row.Args)}
	}
	set := n.GetGroupingSet()
	if set == nil {
		return sqltree.Grouping{Expr: c.expr(n)}
	}
	g := sqltree.Grouping{Sets: c.groupings(set.Content)}
	switch set.Kind {
	case pg.GroupingSetKind_GROUPING_SET_ROLLUP:
		g.Kind = sqltree.GroupRollup
	case pg.GroupingSetKind_GROUPING_SET_CUBE:
		g.Kind = sqltree.GroupCube
	case pg.GroupingSetKind_GROUPING_SET_SETS:
		g.Kind = sqltree.GroupSets
	default:
		g.Kind = sqltree.GroupRow
	}
	return g
}

func (c *converter) with(w *pg.WithClause) *sqltree.With {
	if w == nil {
		return nil
	}
	out := &sqltree.With{Recursive: w.Recursive}
	for _, n := range w.Ctes {
		out.CTEs = append(out.CTEs, c.cte(n.GetCommonTableExpr()))
	}
	return out
}

// cte converts a common table expression; its body may write.
func (c *converter) cte(s *pg.CommonTableExpr) *sqltree.CTE {
	out := &sqltree.CTE{Pos: c.pos(s.Location), Name: s.Ctename, Columns: names(s.Aliascolnames)}
	switch s.Ctematerialized {
	case pg.CTEMaterialize_CTEMaterializeAlways:
		out.Materialized = "MATERIALIZED"
	case pg.CTEMaterialize_CTEMaterializeNever:
		out.Materialized = "NOT MATERIALIZED"
	}
	out.Body = c.statement(s.Ctequery)
	if search := s.SearchClause; search != nil {
		out.Search = &sqltree.Search{
			Breadth: search.SearchBreadthFirst, By: names(search.SearchColList), Set: search.SearchSeqColumn,
		}
	}
	if cycle := s.CycleClause; cycle != nil {
		out.Cycle = &sqltree.Cycle{
			Columns: names(cycle.CycleColList), Mark: cycle.CycleMarkColumn, Path: cycle.CyclePathColumn,
			To: c.expr(cycle.CycleMarkValue), Default: c.expr(cycle.CycleMarkDefault),
		}
	}
	return out
}
