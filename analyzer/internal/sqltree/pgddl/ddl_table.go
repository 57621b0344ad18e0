package pgddl

import (
	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
)

// createTable reads CREATE TABLE. With a bound of a partition, the one parent is
// that which it is a partition of.
func (r *ddlReader) createTable(s *pg.CreateStmt) {
	t := &sqltree.CreateTable{Pos: sqltree.Pos(s.Relation.GetLocation()), Name: pgnode.RangeName(s.Relation), IfNotExists: s.IfNotExists, Temporary: temporary(s.Relation)}
	for _, elt := range s.TableElts {
		switch e := elt.GetNode().(type) {
		case *pg.Node_ColumnDef:
			col, cons := columnDef(e.ColumnDef)
			t.Columns = append(t.Columns, col)
			t.Constraints = append(t.Constraints, cons...)
		case *pg.Node_Constraint:
			t.Constraints = append(t.Constraints, constraintDef(e.Constraint, ""))
		case *pg.Node_TableLikeClause:
			t.Likes = append(t.Likes, likeDef(e.TableLikeClause))
		}
	}
	for _, parent := range s.InhRelations {
		if s.Partbound != nil {
			t.PartitionOf = pgnode.RangeName(parent.GetRangeVar())
			continue
		}
		t.Inherits = append(t.Inherits, pgnode.RangeName(parent.GetRangeVar()))
	}
	t.PartitionBy = partedBy(s.Partspec)
	r.add(t)
}

func temporary(rv *pg.RangeVar) bool { return rv.GetRelpersistence() == "t" }

// The options of LIKE, as bits.
const (
	likeDefaults = 1 << 3
	likeIdentity = 1 << 5
	likeIndexes  = 1 << 6
)

func likeDef(s *pg.TableLikeClause) sqltree.LikeDef {
	return sqltree.LikeDef{
		Table:    pgnode.RangeName(s.Relation),
		Defaults: s.Options&likeDefaults != 0,
		Identity: s.Options&likeIdentity != 0,
		Indexes:  s.Options&likeIndexes != 0,
	}
}

// columnDef reads a column, and the constraints at it that are keys or checks.
func columnDef(s *pg.ColumnDef) (sqltree.ColumnDef, []sqltree.ConstraintDef) {
	c := sqltree.ColumnDef{Pos: sqltree.Pos(s.Location), Name: s.Colname, Type: typeText(s.TypeName), NotNull: s.IsNotNull}
	if base, serial := serialTypes(c.Type); serial {
		c.Type, c.Identity, c.NotNull = base, true, true
	}
	var keys []sqltree.ConstraintDef
	for _, n := range s.Constraints {
		con := n.GetConstraint()
		switch con.GetContype() {
		case pg.ConstrType_CONSTR_NOTNULL:
			c.NotNull = true
		case pg.ConstrType_CONSTR_DEFAULT:
			c.Default = exprText(con.RawExpr)
		case pg.ConstrType_CONSTR_IDENTITY:
			c.Identity, c.NotNull = true, true
		case pg.ConstrType_CONSTR_GENERATED:
			c.Generated, c.Computed = true, exprText(con.RawExpr)
		case pg.ConstrType_CONSTR_PRIMARY, pg.ConstrType_CONSTR_UNIQUE, pg.ConstrType_CONSTR_FOREIGN, pg.ConstrType_CONSTR_CHECK:
			keys = append(keys, constraintDef(con, c.Name))
		}
	}
	return c, markUnenforced(s.Constraints, keys)
}

// markUnenforced marks the keys of a column that NOT ENFORCED follows.
func markUnenforced(nodes []*pg.Node, keys []sqltree.ConstraintDef) []sqltree.ConstraintDef {
	for _, n := range nodes {
		if n.GetConstraint().GetContype() == pg.ConstrType_CONSTR_ATTR_NOT_ENFORCED {
			for i := range keys {
				keys[i].NotValid = true
			}
		}
	}
	return keys
}

// serialTypes reads the pseudo types that stand for a sequence as default.
func serialTypes(typ string) (base string, serial bool) {
	switch typ {
	case "serial", "serial4":
		return "integer", true
	case "bigserial", "serial8":
		return "bigint", true
	case "smallserial", "serial2":
		return "smallint", true
	}
	return typ, false
}

// constraintDef reads a constraint; column is that at which it is written, ""
// for a table constraint.
func constraintDef(s *pg.Constraint, column string) sqltree.ConstraintDef {
	c := sqltree.ConstraintDef{Pos: sqltree.Pos(s.Location), Kind: sqltree.OtherConstraint, Name: s.Conname, Index: s.Indexname, NullsNotDistinct: s.NullsNotDistinct}
	switch s.Contype {
	case pg.ConstrType_CONSTR_PRIMARY:
		c.Kind, c.Columns = sqltree.PrimaryKey, pgnode.StringList(s.Keys)
	case pg.ConstrType_CONSTR_UNIQUE:
		c.Kind, c.Columns = sqltree.UniqueKey, pgnode.StringList(s.Keys)
	case pg.ConstrType_CONSTR_FOREIGN:
		c.Kind, c.Columns = sqltree.ForeignKey, pgnode.StringList(s.FkAttrs)
		c.RefTable, c.RefColumns = pgnode.RangeName(s.Pktable), pgnode.StringList(s.PkAttrs)
		c.OnDelete, c.OnUpdate = actionOf(s.FkDelAction), actionOf(s.FkUpdAction)
		c.MatchFull = s.FkMatchtype == "f"
		c.NotValid = s.SkipValidation || !s.IsEnforced
	case pg.ConstrType_CONSTR_CHECK:
		c.Kind, c.NonZero, c.Text = sqltree.CheckConstraint, nonZero(s.RawExpr), exprText(s.RawExpr)
		c.NotValid = s.SkipValidation || !s.IsEnforced
	case pg.ConstrType_CONSTR_NOTNULL:
		c.Columns = pgnode.StringList(s.Keys)
	case pg.ConstrType_CONSTR_EXCLUSION:
		c.Text = exprText(s.WhereClause)
		for _, n := range s.Exclusions {
			c.Text = andText(c.Text, excluded(n))
		}
	}
	if column != "" {
		c.Columns = []string{column}
	}
	return c
}

func (r *ddlReader) alterTable(s *pg.AlterTableStmt) {
	if s.Objtype == pg.ObjectType_OBJECT_VIEW {
		r.alterView(s)
		return
	}
	if s.Objtype != pg.ObjectType_OBJECT_TABLE && s.Objtype != pg.ObjectType_OBJECT_FOREIGN_TABLE {
		return
	}
	a := &sqltree.AlterTable{Pos: sqltree.Pos(s.Relation.GetLocation()), Table: pgnode.RangeName(s.Relation), MissingOK: s.MissingOk}
	for _, n := range s.Cmds {
		a.Actions = append(a.Actions, tableActions(n.GetAlterTableCmd())...)
	}
	if len(a.Actions) > 0 {
		r.add(a)
	}
}

// tableActions reads one command; storage and triggers change nothing that a diagram
// holds.
func tableActions(c *pg.AlterTableCmd) []sqltree.TableAction {
	switch c.GetSubtype() {
	case pg.AlterTableType_AT_AddColumn:
		col, cons := columnDef(c.Def.GetColumnDef())
		return []sqltree.TableAction{&sqltree.AddColumn{Column: col, Constraints: cons, IfNotExists: c.MissingOk}}
	case pg.AlterTableType_AT_DropColumn:
		return []sqltree.TableAction{&sqltree.DropColumn{Name: c.Name}}
	case pg.AlterTableType_AT_AddConstraint:
		return addConstraint(constraintDef(c.Def.GetConstraint(), ""), c.Def.GetConstraint())
	case pg.AlterTableType_AT_DropConstraint:
		return []sqltree.TableAction{&sqltree.DropConstraint{Name: c.Name}}
	case pg.AlterTableType_AT_ValidateConstraint:
		return []sqltree.TableAction{&sqltree.ValidateConstraint{Name: c.Name}}
	case pg.AlterTableType_AT_AttachPartition, pg.AlterTableType_AT_DetachPartition:
		detach := c.Subtype == pg.AlterTableType_AT_DetachPartition
		return []sqltree.TableAction{&sqltree.AttachPartition{Partition: pgnode.RangeName(c.Def.GetPartitionCmd().GetName()), Detach: detach}}
	case pg.AlterTableType_AT_AddInherit, pg.AlterTableType_AT_DropInherit:
		drop := c.Subtype == pg.AlterTableType_AT_DropInherit
		return []sqltree.TableAction{&sqltree.SetParent{Parent: pgnode.RangeName(c.Def.GetRangeVar()), Drop: drop}}
	}
	if a := rowSecurity(c); a != nil {
		return []sqltree.TableAction{a}
	}
	if a := alterColumn(c); a != nil {
		return []sqltree.TableAction{a}
	}
	return nil
}

// addConstraint gives the actions of ADD CONSTRAINT: a named NOT NULL (since
// PostgreSQL 18) is one on its column.
func addConstraint(def sqltree.ConstraintDef, s *pg.Constraint) []sqltree.TableAction {
	if s.GetContype() != pg.ConstrType_CONSTR_NOTNULL {
		return []sqltree.TableAction{&sqltree.AddConstraint{Constraint: def}}
	}
	var out []sqltree.TableAction
	for _, col := range def.Columns {
		out = append(out, &sqltree.AlterColumn{Name: col, NotNull: new(true)})
	}
	return out
}

// alterColumn reads ALTER COLUMN, nil for what changes no fact of a column.
func alterColumn(c *pg.AlterTableCmd) *sqltree.AlterColumn {
	a := &sqltree.AlterColumn{Name: c.Name}
	switch c.Subtype {
	case pg.AlterTableType_AT_SetNotNull:
		a.NotNull = new(true)
	case pg.AlterTableType_AT_DropNotNull:
		a.NotNull = new(false)
	case pg.AlterTableType_AT_ColumnDefault:
		a.Default = new(exprText(c.Def))
	case pg.AlterTableType_AT_AddIdentity:
		a.Identity = new(true)
	case pg.AlterTableType_AT_DropIdentity:
		a.Identity = new(false)
	case pg.AlterTableType_AT_SetExpression:
		a.Computed = exprText(c.Def)
	case pg.AlterTableType_AT_AlterColumnType:
		a.Type = typeText(c.Def.GetColumnDef().GetTypeName())
	default:
		return nil
	}
	return a
}

// excluded is the expression of an element of an exclusion, nil if that is a column.
func excluded(n *pg.Node) *pg.Node {
	for _, x := range n.GetList().GetItems() {
		if e := x.GetIndexElem().GetExpr(); e != nil {
			return e
		}
	}
	return nil
}

// partedBy are the expressions by which the rows of a table are parted.
func partedBy(s *pg.PartitionSpec) (text string) {
	for _, n := range s.GetPartParams() {
		text = andText(text, n.GetPartitionElem().GetExpr())
	}
	return text
}
