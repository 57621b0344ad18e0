package postgres

import (
	"fmt"
	"strconv"
	"strings"

	pg "github.com/sqlc-dev/oliphant"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// top converts a whole statement; only there may SELECT have INTO.
func (c *converter) top(n *pg.Node) sqltree.Statement {
	s := n.GetSelectStmt()
	into := intoOwner(s)
	if into == nil {
		return c.statement(n)
	}
	clause := into.IntoClause
	into.IntoClause = nil
	return utilities{c}.utility(&pg.Node{Node: &pg.Node_CreateTableAsStmt{CreateTableAsStmt: &pg.CreateTableAsStmt{
		Query: n, Into: clause, Objtype: pg.ObjectType_OBJECT_TABLE,
	}}})
}

// intoOwner is the SELECT that bears INTO: the leftmost of a set operation.
func intoOwner(s *pg.SelectStmt) *pg.SelectStmt {
	for s != nil && s.IntoClause == nil {
		s = s.Larg
	}
	return s
}

// utilities converts the statements that are no query and no write of rows.
type utilities struct{ *converter }

// do reads the text and the language of a block; what it does is not looked into.
func (c utilities) do(s *pg.DoStmt) *sqltree.CallProc {
	out := &sqltree.CallProc{Pos: sqltree.NoPos}
	for _, n := range s.Args {
		e := n.GetDefElem()
		switch e.GetDefname() {
		case "as":
			out.Body = e.GetArg().GetString_().GetSval()
		case "language":
			out.Language = e.GetArg().GetString_().GetSval()
		}
	}
	return out
}

// copy converts COPY of a table or of a query, which may be one that writes.
func (c utilities) copy(s *pg.CopyStmt) *sqltree.Copy {
	out := &sqltree.Copy{
		Pos: sqltree.NoPos, Columns: names(s.Attlist), From: s.IsFrom, Program: s.IsProgram,
		File: s.Filename, Options: c.copyOptions(s), Where: c.expr(s.WhereClause),
	}
	if s.Relation != nil {
		out.Table = c.table(s.Relation)
		out.Pos = out.Table.Pos
	}
	if s.Query != nil {
		out.Query = c.statement(s.Query)
		out.Pos = out.Query.At()
	}
	return out
}

// copyOptions is the text between the parentheses of WITH (…), also of those
// that are written in the old way without them.
func (c utilities) copyOptions(s *pg.CopyStmt) string {
	var out []string
	for _, n := range s.Options {
		e := n.GetDefElem()
		option := sqltext.QuoteName(e.GetDefname())
		if e.GetArg() != nil {
			option += " " + c.copyOption(e.GetArg())
		}
		out = append(out, option)
	}
	return strings.Join(out, ", ")
}

// copyOption writes the value of an option. Everything that may be in quotes is,
// so that the old and the new way come out alike.
func (c utilities) copyOption(n *pg.Node) string {
	switch v := n.GetNode().(type) {
	case *pg.Node_String_:
		return sqltext.QuoteString(v.String_.Sval)
	case *pg.Node_Boolean:
		return sqltext.QuoteString(strconv.FormatBool(v.Boolean.Boolval))
	case *pg.Node_Integer:
		return strconv.Itoa(int(v.Integer.Ival))
	case *pg.Node_Float:
		return v.Float.Fval
	case *pg.Node_AStar:
		return "*"
	case *pg.Node_List:
		var items []string
		for _, item := range v.List.Items {
			items = append(items, c.copyOption(item))
		}
		return "(" + strings.Join(items, ", ") + ")"
	}
	c.fail(-1, "an option of COPY that is not known")
	return ""
}

// marker is the query that stands for the inner statement while the text
// around it is written.
const marker = "SELECT $1"

// utility converts a statement that is no query: what it wraps, the tables that
// it names, and the expressions and statements inside.
func (c utilities) utility(n *pg.Node) sqltree.Statement {
	out := &sqltree.Utility{Pos: sqltree.NoPos, Removes: removes(n)}
	inner := innerQuery(n)
	if inner != nil && inner.GetNode() != nil {
		out.Inner = c.statement(inner)
	}
	g := gatherer{c: c.converter, out: out, inner: inner}
	g.node(n)
	c.around(out, n, inner)
	out.Kind = sqltext.LeadingWords(out.Head)
	if n.GetCreateTableAsStmt() != nil && out.Kind == "CREATE TABLE" {
		out.Kind += " AS"
	}
	switch {
	case len(out.Tables) > 0:
		out.Pos = out.Tables[0].Pos
	case out.Inner != nil:
		out.Pos = out.Inner.At()
	}
	return out
}

// removes tells the definitions that drop tables, columns or partitions, or compute
// another value for a column of every row.
func removes(n *pg.Node) bool {
	if drop := n.GetDropStmt(); drop != nil {
		return drop.RemoveType == pg.ObjectType_OBJECT_TABLE
	}
	for _, cmd := range n.GetAlterTableStmt().GetCmds() {
		switch cmd.GetAlterTableCmd().GetSubtype() {
		case pg.AlterTableType_AT_DropColumn, pg.AlterTableType_AT_DetachPartition:
			return true
		case pg.AlterTableType_AT_AlterColumnType:
			if cmd.GetAlterTableCmd().GetDef().GetColumnDef().GetRawDefault() != nil {
				return true
			}
		}
	}
	return false
}

// innerQuery is the statement that a utility statement wraps.
func innerQuery(n *pg.Node) *pg.Node {
	switch s := n.GetNode().(type) {
	case *pg.Node_ExplainStmt:
		return s.ExplainStmt.Query
	case *pg.Node_DeclareCursorStmt:
		return s.DeclareCursorStmt.Query
	case *pg.Node_PrepareStmt:
		return s.PrepareStmt.Query
	case *pg.Node_CreateTableAsStmt:
		return s.CreateTableAsStmt.Query
	case *pg.Node_ViewStmt:
		return s.ViewStmt.Query
	}
	return nil
}

// around writes the text before and after the inner statement.
func (c utilities) around(out *sqltree.Utility, n, inner *pg.Node) {
	if execute := n.GetExecuteStmt(); execute != nil {
		out.Head = c.deparse(&pg.Node{Node: &pg.Node_ExecuteStmt{ExecuteStmt: &pg.ExecuteStmt{Name: execute.Name}}})
		return
	}
	if inner == nil {
		out.Head = c.plainText(n)
		return
	}
	hidden := inner.Node
	inner.Node = markerQuery().Node
	text := c.deparse(n)
	inner.Node = hidden
	var found bool
	if out.Head, out.Tail, found = strings.Cut(text, marker); !found || strings.Contains(out.Tail, marker) {
		c.fail(-1, "a statement whose parts cannot be told apart")
	}
}

// plainText is a statement without blanks and comments of its own; the text as
// it stands where the grammar cannot write it.
func (c utilities) plainText(n *pg.Node) string {
	text, err := deparseStatement(n)
	if err != nil {
		return strings.TrimRight(strings.TrimSpace(c.bound.Text), ";")
	}
	return text
}

// deparse lets the grammar write a statement back.
func (c *converter) deparse(n *pg.Node) string {
	text, err := deparseStatement(n)
	if err != nil {
		c.fail(-1, "a statement that cannot be written back: "+err.Error())
	}
	return text
}

// deparseStatement takes a panic of the grammar for an error.
func deparseStatement(n *pg.Node) (text string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("internal error: %v", p)
		}
	}()
	return pg.Deparse(&pg.ParseResult{Stmts: []*pg.RawStmt{{Stmt: n}}})
}

// gatherer collects tables, expressions and statements from any message of the
// grammar, without knowing its type.
type gatherer struct {
	c     *converter
	out   *sqltree.Utility
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
		name := pgnode.ObjectName(n.GetList().GetItems())
		g.out.Tables = append(g.out.Tables, &sqltree.Table{Pos: sqltree.NoPos, Schema: name.Schema, Name: name.Name})
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
