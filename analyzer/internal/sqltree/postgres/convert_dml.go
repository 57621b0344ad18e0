package postgres

import (
	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// statement converts what may stand in a CTE or under EXPLAIN, and the rest by
// way of utility.
func (c *converter) statement(n *pg.Node) sqltree.Statement {
	switch s := n.GetNode().(type) {
	case *pg.Node_SelectStmt:
		return c.query(s.SelectStmt)
	case *pg.Node_InsertStmt:
		return writes{c}.insert(s.InsertStmt)
	case *pg.Node_UpdateStmt:
		return writes{c}.update(s.UpdateStmt)
	case *pg.Node_DeleteStmt:
		return writes{c}.delete(s.DeleteStmt)
	case *pg.Node_MergeStmt:
		return writes{c}.merge(s.MergeStmt)
	case *pg.Node_TruncateStmt:
		return writes{c}.truncate(s.TruncateStmt)
	case *pg.Node_CopyStmt:
		return utilities{c}.copy(s.CopyStmt)
	case *pg.Node_CallStmt:
		call := c.call(s.CallStmt.Funccall)
		return &sqltree.CallProc{Pos: call.Pos, Call: call}
	case *pg.Node_DoStmt:
		return utilities{c}.do(s.DoStmt)
	}
	return utilities{c}.utility(n)
}

// writes converts the statements that write rows.
type writes struct{ *converter }

// insert converts INSERT. A VALUES list is a query like any other, so that rows
// and sub-selects are found in one place.
func (c writes) insert(s *pg.InsertStmt) *sqltree.Insert {
	out := &sqltree.Insert{With: c.with(s.WithClause), Target: c.table(s.Relation), Override: override(s.Override)}
	out.Pos = out.Target.Pos
	out.Columns, out.Paths = c.targets(s.Cols)
	if s.SelectStmt != nil {
		out.Source = c.queryNode(s.SelectStmt)
	}
	out.Conflict = c.conflict(s.OnConflictClause)
	out.Returning, out.OldNew = c.returning(s.ReturningClause)
	return out
}

func override(k pg.OverridingKind) string {
	switch k {
	case pg.OverridingKind_OVERRIDING_USER_VALUE:
		return "USER"
	case pg.OverridingKind_OVERRIDING_SYSTEM_VALUE:
		return "SYSTEM"
	}
	return ""
}

// targets converts the columns of INSERT: names, and the full paths if one of
// them has subscripts.
func (c writes) targets(list []*pg.Node) (columns []string, paths []sqltree.Expr) {
	var found bool
	for _, n := range list {
		t := n.GetResTarget()
		columns = append(columns, t.GetName())
		path := c.targetPath(t)
		found = found || path != nil
		paths = append(paths, path)
	}
	if !found {
		paths = nil
	}
	return columns, paths
}

// targetPath is the target with its subscripts; nil for a plain column.
func (c writes) targetPath(t *pg.ResTarget) sqltree.Expr {
	if len(t.GetIndirection()) == 0 {
		return nil
	}
	return c.path(&sqltree.Column{Pos: c.pos(t.Location), Name: t.Name}, t.Indirection)
}

// returning converts RETURNING and the names that it gives to OLD and NEW.
func (c writes) returning(s *pg.ReturningClause) (items []sqltree.Item, on sqltree.OldNew) {
	for _, n := range s.GetOptions() {
		o := n.GetReturningOption()
		if o.GetOption() == pg.ReturningOptionKind_RETURNING_OPTION_OLD {
			on.Old = o.GetValue()
			continue
		}
		on.New = o.GetValue()
	}
	return c.items(s.GetExprs()), on
}

// conflict converts ON CONFLICT: the target, which may be absent, and the update.
func (c writes) conflict(s *pg.OnConflictClause) *sqltree.Conflict {
	if s == nil {
		return nil
	}
	out := &sqltree.Conflict{Pos: c.pos(s.Location), DoUpdate: s.Action == pg.OnConflictAction_ONCONFLICT_UPDATE}
	if infer := s.Infer; infer != nil {
		out.Constraint = infer.Conname
		out.Where = c.expr(infer.WhereClause)
		for _, n := range infer.IndexElems {
			c.conflictElement(out, n.GetIndexElem())
		}
	}
	out.Set = c.assigns(s.TargetList)
	out.SetWhere = c.expr(s.WhereClause)
	return out
}

// conflictElement adds an element of the conflict target: a plain column, or an
// expression, which a column under a collation or operator class is, too.
func (c writes) conflictElement(out *sqltree.Conflict, e *pg.IndexElem) {
	plain := e.Expr == nil && len(e.Collation) == 0 && len(e.Opclass) == 0
	if plain {
		out.Columns = append(out.Columns, e.Name)
		return
	}
	x := c.expr(e.Expr)
	if e.Expr == nil {
		x = &sqltree.Column{Pos: out.Pos, Name: e.Name}
	}
	text := ""
	if len(e.Collation) > 0 {
		text += " COLLATE " + sqltext.QuotePath(names(e.Collation))
	}
	if len(e.Opclass) > 0 {
		text += " " + sqltext.QuotePath(names(e.Opclass))
	}
	if text != "" {
		x = &sqltree.Other{Pos: at(x), Kind: "index element", Args: []sqltree.Expr{x}, Parts: []string{"", text}}
	}
	out.Exprs = append(out.Exprs, x)
}

// assigns converts SET lists. The columns of (a, b) = … come as one target
// each, all with the same source.
func (c writes) assigns(list []*pg.Node) []sqltree.Assign {
	var out []sqltree.Assign
	for i := 0; i < len(list); i++ {
		t := list[i].GetResTarget()
		a := sqltree.Assign{Pos: c.pos(t.GetLocation())}
		count := 1
		value := t.GetVal()
		if multi := value.GetMultiAssignRef(); multi != nil {
			a.Multi = true
			count = int(multi.Ncolumns)
			value = multi.Source
		}
		a.Columns, a.Paths = c.targets(list[i : i+count])
		a.Value = c.expr(value)
		out = append(out, a)
		i += count - 1
	}
	return out
}

func (c writes) update(s *pg.UpdateStmt) *sqltree.Update {
	out := &sqltree.Update{With: c.with(s.WithClause), Target: c.table(s.Relation)}
	out.Pos = out.Target.Pos
	out.Set = c.assigns(s.TargetList)
	out.From = c.froms(s.FromClause)
	out.Where, out.Cursor = c.whereOrCursor(s.WhereClause)
	out.Returning, out.OldNew = c.returning(s.ReturningClause)
	return out
}

func (c writes) delete(s *pg.DeleteStmt) *sqltree.Delete {
	out := &sqltree.Delete{With: c.with(s.WithClause), Target: c.table(s.Relation)}
	out.Pos = out.Target.Pos
	out.Using = c.froms(s.UsingClause)
	out.Where, out.Cursor = c.whereOrCursor(s.WhereClause)
	out.Returning, out.OldNew = c.returning(s.ReturningClause)
	return out
}

// whereOrCursor tells WHERE CURRENT OF, which the grammar keeps as an expression
// and which may stand in no other place.
func (c writes) whereOrCursor(n *pg.Node) (where sqltree.Expr, cursor string) {
	if of := n.GetCurrentOfExpr(); of != nil {
		return nil, of.CursorName
	}
	return c.expr(n), ""
}

func (c writes) merge(s *pg.MergeStmt) *sqltree.Merge {
	out := &sqltree.Merge{
		With: c.with(s.WithClause), Target: c.table(s.Relation),
		Source: c.from(s.SourceRelation), On: c.expr(s.JoinCondition),
	}
	out.Pos = out.Target.Pos
	for _, n := range s.MergeWhenClauses {
		out.Whens = append(out.Whens, c.mergeWhen(n.GetMergeWhenClause()))
	}
	out.Returning, out.OldNew = c.returning(s.ReturningClause)
	return out
}

// mergeWhen converts one arm. The grammar says which rows the arm sees, not how
// it was written: NOT MATCHED and NOT MATCHED BY TARGET are the same.
func (c writes) mergeWhen(s *pg.MergeWhenClause) sqltree.MergeWhen {
	w := sqltree.MergeWhen{Pos: sqltree.NoPos, Cond: c.expr(s.Condition), Override: override(s.Override)}
	switch s.MatchKind {
	case pg.MergeMatchKind_MERGE_WHEN_NOT_MATCHED_BY_TARGET:
		w.Match = sqltree.NotMatched
	case pg.MergeMatchKind_MERGE_WHEN_NOT_MATCHED_BY_SOURCE:
		w.Match = sqltree.NotMatchedBySource
	}
	switch s.CommandType {
	case pg.CmdType_CMD_UPDATE:
		w.Action, w.Set = "UPDATE", c.assigns(s.TargetList)
	case pg.CmdType_CMD_DELETE:
		w.Action = "DELETE"
	case pg.CmdType_CMD_INSERT:
		w.Action, w.Values = "INSERT", c.exprs(s.Values)
		w.Columns, w.Paths = c.targets(s.TargetList)
	default:
		w.Action = "NOTHING"
	}
	return w
}

func (c writes) truncate(s *pg.TruncateStmt) *sqltree.Truncate {
	out := &sqltree.Truncate{Pos: sqltree.NoPos, Restart: s.RestartSeqs, Cascade: s.Behavior == pg.DropBehavior_DROP_CASCADE}
	for _, n := range s.Relations {
		out.Tables = append(out.Tables, c.table(n.GetRangeVar()))
	}
	out.Pos = out.Tables[0].Pos
	return out
}
