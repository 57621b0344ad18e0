package sqlparse_test

import (
	"testing"

	pg "github.com/sqlc-dev/oliphant"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/sqledit"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/postgres"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

// census counts what a statement is made of. Two independent counts, one over
// the grammar's tree and one over ours by way of Walk, must agree: then nothing
// was dropped, and all of it can be reached.
type census struct {
	Columns, Holes, Tables, Queries, Calls, Casts, Ands, Subqueries int
}

// grammarCensus walks the grammar's messages by reflection, field by field.
type grammarCensus struct {
	census
}

func (g *grammarCensus) message(m protoreflect.Message) {
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.Message() == nil:
		case f.IsList():
			for k := range v.List().Len() {
				g.count(v.List().Get(k).Message())
			}
		default:
			g.count(v.Message())
		}
		return true
	})
}

func (g *grammarCensus) count(m protoreflect.Message) {
	switch x := m.Interface().(type) {
	case *pg.TypeName, *pg.LockingClause:
		return
	case *pg.MultiAssignRef:
		if x.Colno > 1 { // all columns share the source of the first
			return
		}
	case *pg.ColumnRef:
		g.Columns++
	case *pg.ResTarget:
		if x.Val == nil && len(x.Indirection) > 0 || x.Name != "" && len(x.Indirection) > 0 {
			g.Columns++ // the target of a write, with subscripts
		}
	case *pg.InferClause:
		g.conflictTarget(x)
	case *pg.DropStmt:
		g.dropped(x)
	default:
		g.other(m)
	}
	g.message(m)
}

// conflictTarget counts the columns under a collation or operator class, which
// become nodes of ours; plain ones are names on both sides.
func (g *grammarCensus) conflictTarget(x *pg.InferClause) {
	for _, n := range x.IndexElems {
		e := n.GetIndexElem()
		if e.Name != "" && len(e.Collation)+len(e.Opclass) > 0 {
			g.Columns++
		}
	}
}

// dropped counts the tables of DROP, which are names in the grammar.
func (g *grammarCensus) dropped(x *pg.DropStmt) {
	switch x.RemoveType {
	case pg.ObjectType_OBJECT_TABLE, pg.ObjectType_OBJECT_VIEW, pg.ObjectType_OBJECT_MATVIEW,
		pg.ObjectType_OBJECT_FOREIGN_TABLE:
		g.Tables += len(x.Objects)
	}
}

func (g *grammarCensus) other(m protoreflect.Message) {
	switch x := m.Interface().(type) {
	case *pg.ParamRef:
		g.Holes++
	case *pg.RangeVar:
		g.Tables++
	case *pg.SelectStmt:
		g.Queries++
	case *pg.FuncCall:
		g.Calls++
	case *pg.TypeCast:
		g.Casts++
	case *pg.SubLink:
		g.Subqueries++
	case *pg.JsonArrayQueryConstructor:
		g.Subqueries++
	case *pg.BoolExpr:
		if x.Boolop != pg.BoolExprType_NOT_EXPR {
			g.Ands += len(x.Args) - 1
		}
	}
}

func (c *census) node(n sqltree.Node) bool {
	switch n := n.(type) {
	case *sqltree.Column, *sqltree.Star:
		c.Columns++
	case *sqltree.Hole:
		c.Holes++
	case *sqltree.Table:
		c.Tables++
	case *sqltree.Query:
		c.Queries++
	case *sqltree.Call:
		c.Calls++
	case *sqltree.Cast:
		c.Casts++
	case *sqltree.Exists, *sqltree.Subquery:
		c.Subqueries++
	case *sqltree.In:
		c.subquery(n.Query)
	case *sqltree.Quantified:
		c.subquery(n.Query)
	case *sqltree.Logic:
		c.Ands += len(n.Args) - 1
	}
	return true
}

func (c *census) subquery(q *sqltree.Query) {
	if q != nil {
		c.Subqueries++
	}
}

// checkStatement is what must hold for every statement that parses.
func checkStatement(t *testing.T, text string) (ok bool) {
	t.Helper()
	s, err := sqlparse.Parse(text, sqltree.Postgres)
	if !assert.NoError(t, err, text) {
		return false
	}
	return checkCensus(t, text, s) && checkPrint(t, text, s)
}

func checkCensus(t *testing.T, text string, s sqltree.Statement) bool {
	t.Helper()
	tree, err := pg.Parse(postgres.Bind(text).Text)
	require.NoError(t, err)
	var want grammarCensus
	want.message(tree.ProtoReflect())
	var got census
	sqltree.Walk(s, got.node)
	return assert.Equal(t, want.census, got, text)
}

func checkPrint(t *testing.T, text string, s sqltree.Statement) bool {
	t.Helper()
	printed := sqlprint.Print(s)
	again, err := sqlparse.Parse(printed, sqltree.Postgres)
	if !assert.NoError(t, err, "%s\nwas printed as\n%s", text, printed) {
		return false
	}
	anonymous := sqledit.Clone(s) // $1 has lost the name that @name had
	sqltree.Walk(anonymous, func(n sqltree.Node) bool {
		if h, isHole := n.(*sqltree.Hole); isHole {
			*h = sqltree.Hole{Pos: h.Pos, Number: h.Number}
		}
		return true
	})
	return assert.True(t, sqledit.Equal(anonymous, again), "%s\nwas printed as\n%s\nand then as\n%s", text, printed, sqlprint.Print(again)) &&
		assert.Equal(t, printed, sqlprint.Print(again))
}
