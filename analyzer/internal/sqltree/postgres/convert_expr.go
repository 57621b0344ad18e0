package postgres

import (
	"fmt"
	"strconv"
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

func (c *converter) exprs(list []*pg.Node) []sqltree.Expr {
	var out []sqltree.Expr
	for _, n := range list {
		out = append(out, c.expr(n))
	}
	return out
}

// expr converts a value expression; nil for none.
func (c *converter) expr(n *pg.Node) sqltree.Expr {
	if n.GetNode() == nil {
		return nil
	}
	if !c.enter() {
		return &sqltree.Default{Pos: sqltree.NoPos}
	}
	defer c.leave()
	switch s := n.GetNode().(type) {
	case *pg.Node_ColumnRef:
		return c.column(s.ColumnRef)
	case *pg.Node_ParamRef:
		return c.hole(s.ParamRef)
	case *pg.Node_AConst:
		return c.literal(s.AConst)
	case *pg.Node_AExpr:
		return c.operation(s.AExpr)
	case *pg.Node_BoolExpr:
		return c.logic(s.BoolExpr)
	case *pg.Node_FuncCall:
		return c.call(s.FuncCall)
	case *pg.Node_TypeCast:
		return &sqltree.Cast{Pos: c.pos(s.TypeCast.Location), X: c.expr(s.TypeCast.Arg), Type: c.typeName(s.TypeCast.TypeName)}
	case *pg.Node_SubLink:
		return c.subLink(s.SubLink)
	case *pg.Node_NullTest:
		not := s.NullTest.Nulltesttype == pg.NullTestType_IS_NOT_NULL
		return &sqltree.IsNull{Pos: c.pos(s.NullTest.Location), X: c.expr(s.NullTest.Arg), Not: not}
	case *pg.Node_BooleanTest:
		return c.isBool(s.BooleanTest)
	case *pg.Node_CaseExpr:
		return c.choice(s.CaseExpr)
	case *pg.Node_CoalesceExpr:
		return &sqltree.Coalesce{Pos: c.pos(s.CoalesceExpr.Location), Args: c.exprs(s.CoalesceExpr.Args)}
	}
	return c.rareExpr(n)
}

// rareExpr converts what decides nothing but rows and arrays.
func (c *converter) rareExpr(n *pg.Node) sqltree.Expr {
	switch s := n.GetNode().(type) {
	case *pg.Node_RowExpr:
		return &sqltree.Row{Pos: c.pos(s.RowExpr.Location), Items: c.exprs(s.RowExpr.Args)}
	case *pg.Node_AArrayExpr:
		return &sqltree.Array{Pos: c.pos(s.AArrayExpr.Location), Items: c.exprs(s.AArrayExpr.Elements)}
	case *pg.Node_SetToDefault:
		return &sqltree.Default{Pos: c.pos(s.SetToDefault.Location)}
	case *pg.Node_AIndirection:
		return c.path(c.expr(s.AIndirection.Arg), s.AIndirection.Indirection)
	case *pg.Node_MinMaxExpr:
		return c.minMax(s.MinMaxExpr)
	case *pg.Node_CollateClause:
		clause := " COLLATE " + sqltext.QuotePath(names(s.CollateClause.Collname))
		return c.suffixed("COLLATE", s.CollateClause.Location, s.CollateClause.Arg, clause)
	case *pg.Node_NamedArgExpr:
		arg := c.expr(s.NamedArgExpr.Arg)
		parts := []string{sqltext.QuoteName(s.NamedArgExpr.Name) + " => ", ""}
		return &sqltree.Other{Pos: c.pos(s.NamedArgExpr.Location), Kind: "named argument", Args: []sqltree.Expr{arg}, Parts: parts}
	case *pg.Node_GroupingFunc:
		return c.listed("GROUPING", s.GroupingFunc.Location, s.GroupingFunc.Args)
	case *pg.Node_MergeSupportFunc:
		return c.listed("merge_action", s.MergeSupportFunc.Location, nil)
	case *pg.Node_SqlvalueFunction:
		return c.valueFunction(s.SqlvalueFunction)
	case *pg.Node_XmlExpr:
		if s.XmlExpr.Op == pg.XmlExprOp_IS_XMLROOT {
			return c.xmlRoot(s.XmlExpr)
		}
	case *pg.Node_JsonArrayQueryConstructor:
		return c.jsonArrayQuery(s.JsonArrayQueryConstructor)
	}
	if isXMLOrJSON(n) {
		return c.template(n, sqltree.NoPos)
	}
	c.fail(-1, "an expression that is not known: "+fmt.Sprintf("%T", n.GetNode()))
	return &sqltree.Default{Pos: sqltree.NoPos}
}

// column converts a column reference or a star.
func (c *converter) column(s *pg.ColumnRef) sqltree.Expr {
	at := c.pos(s.Location)
	parts := s.Fields
	star := len(parts) > 0 && parts[len(parts)-1].GetAStar() != nil
	if star {
		parts = parts[:len(parts)-1]
	}
	path := names(parts)
	switch {
	case star && len(path) == 0:
		return &sqltree.Star{Pos: at}
	case star && len(path) == 1:
		return &sqltree.Star{Pos: at, Table: path[0]}
	case star && len(path) == 2:
		return &sqltree.Star{Pos: at, Schema: path[0], Table: path[1]}
	case !star && len(path) == 1:
		return &sqltree.Column{Pos: at, Name: path[0]}
	case !star && len(path) == 2:
		return &sqltree.Column{Pos: at, Table: path[0], Name: path[1]}
	case !star && len(path) == 3:
		return &sqltree.Column{Pos: at, Schema: path[0], Table: path[1], Name: path[2]}
	}
	c.fail(s.Location, "a column of another database")
	return &sqltree.Column{Pos: at}
}

// hole converts a bind. Those that had a name get it back by their number.
func (c *converter) hole(s *pg.ParamRef) sqltree.Expr {
	h := &sqltree.Hole{Pos: c.pos(s.Location), Number: int(s.Number)}
	if s.Number <= 0 {
		c.fail(s.Location, "a placeholder without number")
	}
	if named, ok := c.bound.holes[h.Number]; ok {
		h.Name, h.Null, h.Slice = named.Name, named.Null, named.Slice
	}
	return h
}

// literal converts a constant. The sign of a negative number is part of it, as
// the grammar has folded it.
func (c *converter) literal(s *pg.A_Const) sqltree.Expr {
	l := &sqltree.Literal{Pos: c.pos(s.Location)}
	switch v := s.Val.(type) {
	case *pg.A_Const_Ival:
		l.Kind, l.Text = sqltree.Number, strconv.Itoa(int(v.Ival.GetIval()))
	case *pg.A_Const_Fval:
		l.Kind, l.Text = sqltree.Number, v.Fval.GetFval()
	case *pg.A_Const_Boolval:
		l.Kind, l.Text = sqltree.Bool, strconv.FormatBool(v.Boolval.GetBoolval())
	case *pg.A_Const_Sval:
		l.Kind, l.Text = sqltree.String, v.Sval.GetSval()
	case *pg.A_Const_Bsval:
		l.Kind, l.Text = sqltree.Bits, v.Bsval.GetBsval()
	default:
		if !s.Isnull {
			c.fail(s.Location, "a constant that is not known")
		}
	}
	return l
}

// logic converts AND, OR and NOT; nested ANDs become one.
func (c *converter) logic(s *pg.BoolExpr) sqltree.Expr {
	at := c.pos(s.Location)
	if s.Boolop == pg.BoolExprType_NOT_EXPR {
		x := c.expr(s.Args[0])
		if in, ok := x.(*sqltree.In); ok && in.Query != nil && !in.Not {
			in.Not = true
			return in
		}
		return &sqltree.Not{Pos: at, X: x}
	}
	l := &sqltree.Logic{Pos: at, Or: s.Boolop == pg.BoolExprType_OR_EXPR}
	for _, n := range s.Args {
		arg := c.expr(n)
		if inner, ok := arg.(*sqltree.Logic); ok && inner.Or == l.Or {
			l.Args = append(l.Args, inner.Args...)
			continue
		}
		l.Args = append(l.Args, arg)
	}
	return l
}

// operation converts an operator expression.
func (c *converter) operation(s *pg.A_Expr) sqltree.Expr {
	at := c.pos(s.Location)
	switch s.Kind {
	case pg.A_Expr_Kind_AEXPR_OP_ANY, pg.A_Expr_Kind_AEXPR_OP_ALL:
		all := s.Kind == pg.A_Expr_Kind_AEXPR_OP_ALL
		return &sqltree.Quantified{Pos: at, X: c.expr(s.Lexpr), Op: c.operator(s.Name), All: all, Array: c.expr(s.Rexpr)}
	case pg.A_Expr_Kind_AEXPR_DISTINCT:
		return &sqltree.Binary{Pos: at, Op: "IS DISTINCT FROM", L: c.expr(s.Lexpr), R: c.expr(s.Rexpr)}
	case pg.A_Expr_Kind_AEXPR_NOT_DISTINCT:
		return &sqltree.Binary{Pos: at, Op: "IS NOT DISTINCT FROM", L: c.expr(s.Lexpr), R: c.expr(s.Rexpr)}
	case pg.A_Expr_Kind_AEXPR_IN:
		not := c.operator(s.Name) == "<>"
		return &sqltree.In{Pos: at, X: c.expr(s.Lexpr), Not: not, List: c.exprs(s.Rexpr.GetList().GetItems())}
	case pg.A_Expr_Kind_AEXPR_NULLIF:
		return c.listed("NULLIF", s.Location, []*pg.Node{s.Lexpr, s.Rexpr})
	case pg.A_Expr_Kind_AEXPR_BETWEEN, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN,
		pg.A_Expr_Kind_AEXPR_BETWEEN_SYM, pg.A_Expr_Kind_AEXPR_NOT_BETWEEN_SYM:
		return c.between(s)
	}
	op := c.operator(s.Name)
	if s.Lexpr == nil {
		return &sqltree.Unary{Pos: at, Op: op, X: c.expr(s.Rexpr)}
	}
	return &sqltree.Binary{Pos: at, Op: op, L: c.expr(s.Lexpr), R: c.expr(s.Rexpr)}
}

// between keeps its three operands in one node, with the words between them.
func (c *converter) between(s *pg.A_Expr) sqltree.Expr {
	kind := c.operator(s.Name)
	args := append([]sqltree.Expr{c.expr(s.Lexpr)}, c.exprs(s.Rexpr.GetList().GetItems())...)
	return &sqltree.Other{Pos: c.pos(s.Location), Kind: kind, Args: args, Parts: []string{"", " " + kind + " ", " AND ", ""}}
}

// operator is an operator's text; one that is written with its schema keeps it,
// unless it is PostgreSQL's own.
func (c *converter) operator(list []*pg.Node) string {
	path := names(list)
	switch {
	case len(path) == 1:
		return path[0]
	case len(path) == 2 && path[0] == "pg_catalog":
		return path[1]
	case len(path) > 1:
		last := len(path) - 1
		return "OPERATOR(" + sqltext.QuotePath(path[:last]) + "." + path[last] + ")"
	}
	return ""
}

// subLink converts sub-selects. An IN has no operator in the grammar; `= ANY` has
// one, and stays what it was.
func (c *converter) subLink(s *pg.SubLink) sqltree.Expr {
	at := c.pos(s.Location)
	switch s.SubLinkType {
	case pg.SubLinkType_EXISTS_SUBLINK:
		return &sqltree.Exists{Pos: at, Query: c.queryNode(s.Subselect)}
	case pg.SubLinkType_EXPR_SUBLINK:
		return &sqltree.Subquery{Pos: at, Query: c.queryNode(s.Subselect)}
	case pg.SubLinkType_ARRAY_SUBLINK:
		return &sqltree.Subquery{Pos: at, Query: c.queryNode(s.Subselect), Array: true}
	case pg.SubLinkType_ANY_SUBLINK, pg.SubLinkType_ALL_SUBLINK:
		x := c.expr(s.Testexpr)
		if len(s.OperName) == 0 {
			return &sqltree.In{Pos: at, X: x, Query: c.queryNode(s.Subselect)}
		}
		all := s.SubLinkType == pg.SubLinkType_ALL_SUBLINK
		return &sqltree.Quantified{Pos: at, X: x, Op: c.operator(s.OperName), All: all, Query: c.queryNode(s.Subselect)}
	}
	c.fail(s.Location, "a sub-select of a kind that is not known")
	return &sqltree.Default{Pos: at}
}

func (c *converter) isBool(s *pg.BooleanTest) sqltree.Expr {
	b := &sqltree.IsBool{Pos: c.pos(s.Location), X: c.expr(s.Arg)}
	switch s.Booltesttype {
	case pg.BoolTestType_IS_TRUE, pg.BoolTestType_IS_NOT_TRUE:
		b.Value = "TRUE"
	case pg.BoolTestType_IS_FALSE, pg.BoolTestType_IS_NOT_FALSE:
		b.Value = "FALSE"
	default:
		b.Value = "UNKNOWN"
	}
	switch s.Booltesttype {
	case pg.BoolTestType_IS_NOT_TRUE, pg.BoolTestType_IS_NOT_FALSE, pg.BoolTestType_IS_NOT_UNKNOWN:
		b.Not = true
	}
	return b
}

func (c *converter) choice(s *pg.CaseExpr) sqltree.Expr {
	e := &sqltree.Case{Pos: c.pos(s.Location), Operand: c.expr(s.Arg)}
	for _, n := range s.Args {
		w := n.GetCaseWhen()
		e.Whens = append(e.Whens, sqltree.When{Cond: c.expr(w.GetExpr()), Then: c.expr(w.GetResult())})
	}
	e.Else = c.expr(s.Defresult)
	return e
}

// typeName is the text of a type: `uuid`, `numeric(10,2)`, `text[]`. Types that
// PostgreSQL has under two names come out under the shorter (`int4` for
// `integer`); the arguments of a type are no expressions of the statement.
func (c *converter) typeName(t *pg.TypeName) string {
	path := names(t.GetNames())
	own := len(path) == 2 && path[0] == "pg_catalog"
	if own && path[1] == "interval" && len(t.Typmods) > 0 {
		return c.deparsedType(t)
	}
	var out strings.Builder
	if t.Setof {
		out.WriteString("SETOF ")
	}
	if own && builtin(path[1]) {
		out.WriteString(path[1])
	} else {
		out.WriteString(sqltext.QuotePath(path))
	}
	if t.PctType {
		out.WriteString("%TYPE")
	}
	c.modifiers(&out, t.Typmods)
	out.WriteString(arrayBounds(t.ArrayBounds))
	return out.String()
}

// modifiers writes what stands in parentheses: numbers, or names that the grammar
// takes for columns, as in geometry(Point, 4326).
func (c *converter) modifiers(out *strings.Builder, list []*pg.Node) {
	if len(list) == 0 {
		return
	}
	out.WriteString("(")
	for i, n := range list {
		if i > 0 {
			out.WriteString(",")
		}
		out.WriteString(sqlprint.Operand(c.expr(n)))
	}
	out.WriteString(")")
}

func arrayBounds(list []*pg.Node) string {
	var out strings.Builder
	for _, n := range list {
		if size := n.GetInteger().GetIval(); size > 0 {
			fmt.Fprintf(&out, "[%d]", size)
			continue
		}
		out.WriteString("[]")
	}
	return out.String()
}

// builtin tells the types that need no schema because their bare name is the
// same type in the grammar.
func builtin(name string) bool {
	switch name {
	case "int2", "int4", "int8", "float4", "float8", "bool", "numeric", "bpchar", "varchar", "json",
		"bit", "varbit", "time", "timetz", "timestamp", "timestamptz", "interval":
		return true
	}
	return false
}

// deparsedType writes a type by way of a cast.
func (c *converter) deparsedType(t *pg.TypeName) string {
	cast := &pg.Node{Node: &pg.Node_TypeCast{TypeCast: &pg.TypeCast{Arg: pg.MakeAConstIntNode(0, 0), TypeName: t}}}
	return strings.TrimPrefix(pgnode.Deparsed(cast), "0::")
}
