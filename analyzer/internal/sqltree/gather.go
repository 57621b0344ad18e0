package sqltree

import (
	pg "github.com/sqlc-dev/oliphant"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// gatherer collects tables, expressions and statements from any message of the
// grammar, without knowing its type.
type gatherer struct {
	c     *converter
	out   *Utility
	inner *pg.Node
}

func (g gatherer) node(n *pg.Node) { g.message(n.ProtoReflect()) }

func (g gatherer) message(m protoreflect.Message) { eachChild(m, g.value) }

// value tells messages by their type: tables, queries and expressions are taken,
// types are passed over, all else is looked into.
func (g gatherer) value(m protoreflect.Message) {
	switch x := m.Interface().(type) {
	case *pg.TypeName:
	case *pg.RangeVar:
		g.out.Tables = append(g.out.Tables, g.c.table(x))
	case *pg.SelectStmt:
		g.out.Bodies = append(g.out.Bodies, g.c.query(x))
	case *pg.DropStmt:
		g.dropped(x)
	case *pg.Node:
		g.wrapped(x)
	default:
		g.message(m)
	}
}

// wrapped looks at a node; the inner statement has been converted already.
func (g gatherer) wrapped(n *pg.Node) {
	switch {
	case n == g.inner:
	case isStatement(n):
		g.out.Bodies = append(g.out.Bodies, g.c.statement(n))
	case isExpr(n):
		g.out.Args = append(g.out.Args, g.c.expr(n))
	default:
		g.node(n)
	}
}

// dropped names the tables and views of DROP, which come as lists of strings.
func (g gatherer) dropped(s *pg.DropStmt) {
	switch s.RemoveType {
	case pg.ObjectType_OBJECT_TABLE, pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_MATVIEW,
		pg.ObjectType_OBJECT_FOREIGN_TABLE:
	default:
		return
	}
	for _, n := range s.Objects {
		name := objectName(n.GetList().GetItems())
		g.out.Tables = append(g.out.Tables, &Table{Pos: NoPos, Schema: name.Schema, Name: name.Name})
	}
}

// isStatement tells the statements that may stand inside a definition.
func isStatement(n *pg.Node) bool {
	switch n.GetNode().(type) {
	case *pg.Node_SelectStmt, *pg.Node_InsertStmt, *pg.Node_UpdateStmt, *pg.Node_DeleteStmt, *pg.Node_MergeStmt:
		return true
	}
	return false
}

// isExpr tells the nodes that converter.expr converts.
func isExpr(n *pg.Node) bool {
	switch n.GetNode().(type) {
	case *pg.Node_ColumnRef, *pg.Node_ParamRef, *pg.Node_AConst, *pg.Node_AExpr, *pg.Node_BoolExpr,
		*pg.Node_FuncCall, *pg.Node_TypeCast, *pg.Node_SubLink, *pg.Node_NullTest, *pg.Node_BooleanTest,
		*pg.Node_CaseExpr, *pg.Node_CoalesceExpr, *pg.Node_RowExpr, *pg.Node_AArrayExpr, *pg.Node_SetToDefault,
		*pg.Node_AIndirection, *pg.Node_MinMaxExpr, *pg.Node_CollateClause, *pg.Node_NamedArgExpr,
		*pg.Node_GroupingFunc, *pg.Node_MergeSupportFunc, *pg.Node_SqlvalueFunction:
		return true
	}
	return isXMLOrJSON(n)
}

// isXMLOrJSON tells the forms that converter.template converts.
func isXMLOrJSON(n *pg.Node) bool {
	switch n.GetNode().(type) {
	case *pg.Node_XmlExpr, *pg.Node_XmlSerialize, *pg.Node_JsonFuncExpr, *pg.Node_JsonObjectConstructor,
		*pg.Node_JsonArrayConstructor, *pg.Node_JsonArrayQueryConstructor, *pg.Node_JsonObjectAgg,
		*pg.Node_JsonArrayAgg, *pg.Node_JsonIsPredicate, *pg.Node_JsonParseExpr, *pg.Node_JsonScalarExpr,
		*pg.Node_JsonSerializeExpr:
		return true
	}
	return false
}
