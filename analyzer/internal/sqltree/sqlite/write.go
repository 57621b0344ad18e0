package sqlite

import (
	"github.com/sqlc-dev/meyer/ast"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// insert converts INSERT and REPLACE. OR ROLLBACK, OR ABORT and OR FAIL only say what
// becomes of the statement itself.
func (c *converter) insert(s *ast.InsertStmt) *sqltree.Insert {
	out := &sqltree.Insert{
		Pos: pos(s), With: c.with(s.With), Target: c.table(s.Table, s.Alias), Columns: names(s.Columns),
		Replace: s.Replace || s.OrConflict == ast.ConflictReplace, Returning: c.items(s.Returning),
	}
	if s.Select != nil {
		out.Source = c.query(s.Select)
	}
	if s.OrConflict == ast.ConflictIgnore {
		out.Conflict = &sqltree.Conflict{Pos: pos(s)}
	}
	switch {
	case len(s.Upserts) > 1:
		c.fail(s.Upserts[1], "several ON CONFLICT clauses")
	case len(s.Upserts) == 1 && (out.Conflict != nil || out.Replace):
		c.fail(s.Upserts[0], "ON CONFLICT beside OR")
	case len(s.Upserts) == 1:
		out.Conflict = c.conflict(s.Upserts[0])
	}
	return out
}

func (c *converter) conflict(u *ast.Upsert) *sqltree.Conflict {
	out := &sqltree.Conflict{
		Pos: pos(u), Where: c.expr(u.TargetWhere), DoUpdate: !u.DoNothing,
		Set: c.assigns(u.Set), SetWhere: c.expr(u.Where),
	}
	for _, t := range u.Target {
		if n, ok := unwrapped(t.Expr).(*ast.Ident); ok {
			out.Columns = append(out.Columns, name(n))
			continue
		}
		out.Exprs = append(out.Exprs, c.expr(t.Expr))
	}
	return out
}

func (c *converter) assigns(list []*ast.SetPair) []sqltree.Assign {
	var out []sqltree.Assign
	for _, p := range list {
		out = append(out, sqltree.Assign{Pos: pos(p), Columns: names(p.Columns), Multi: p.Paren, Value: c.expr(p.Value)})
	}
	return out
}

// update converts UPDATE; OR REPLACE takes away rows that the statement does not name.
func (c *converter) update(s *ast.UpdateStmt) *sqltree.Update {
	if s.OrConflict == ast.ConflictReplace {
		c.fail(s, "UPDATE OR REPLACE")
	}
	out := &sqltree.Update{
		Pos: pos(s), With: c.with(s.With), Target: c.table(s.Table, s.Alias), Set: c.assigns(s.Set),
		From: c.froms(s.From), Where: c.expr(s.Where), Returning: c.items(s.Returning), OrderBy: c.orders(s.OrderBy),
	}
	var offset sqltree.Expr
	out.Limit, offset = c.limit(s.Limit)
	c.noOffset(s, offset)
	return out
}

func (c *converter) delete(s *ast.DeleteStmt) *sqltree.Delete {
	out := &sqltree.Delete{
		Pos: pos(s), With: c.with(s.With), Target: c.table(s.Table, s.Alias), Where: c.expr(s.Where),
		Returning: c.items(s.Returning), OrderBy: c.orders(s.OrderBy),
	}
	var offset sqltree.Expr
	out.Limit, offset = c.limit(s.Limit)
	c.noOffset(s, offset)
	return out
}

func (c *converter) noOffset(n ast.Node, offset sqltree.Expr) {
	if offset != nil {
		c.fail(n, "OFFSET of a write")
	}
}
