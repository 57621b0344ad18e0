package mysql

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sqlc-dev/marino/ast"
	"github.com/sqlc-dev/marino/mysql"
	"github.com/sqlc-dev/marino/opcode"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

func (c *converter) exprs(list []ast.ExprNode) []sqltree.Expr {
	var out []sqltree.Expr
	for _, e := range list {
		out = append(out, c.expr(e))
	}
	return out
}

// unwrapped is an expression without parentheses.
func unwrapped(e ast.ExprNode) ast.ExprNode {
	for {
		p, ok := e.(*ast.ParenthesesExpr)
		if !ok {
			return e
		}
		e = p.Expr
	}
}

// expr converts a value expression; nil for none.
func (c *converter) expr(e ast.ExprNode) sqltree.Expr {
	switch e := unwrapped(e).(type) {
	case nil:
		return nil
	case *ast.ColumnNameExpr:
		return c.column(e.Name)
	case *ast.ParamMarkerExprBase:
		return c.hole(e)
	case *ast.ValueExprBase:
		return c.literal(e)
	case *ast.BinaryOperationExpr:
		return c.binary(e)
	case *ast.UnaryOperationExpr:
		return c.unary(e)
	case *ast.IsNullExpr:
		return &sqltree.IsNull{Pos: pos(e), X: c.expr(e.Expr), Not: e.Not}
	case *ast.IsTruthExpr:
		return &sqltree.IsBool{Pos: pos(e), X: c.expr(e.Expr), Value: truth(e.True), Not: e.Not}
	case *ast.PatternInExpr:
		return c.in(e)
	case *ast.SubqueryExpr:
		return &sqltree.Subquery{Pos: pos(e), Query: c.query(e)}
	case *ast.ExistsSubqueryExpr:
		return c.exists(e)
	case *ast.CompareSubqueryExpr:
		return c.quantified(e)
	case *ast.CaseExpr:
		return c.choice(e)
	case *ast.RowExpr:
		return &sqltree.Row{Pos: pos(e), Items: c.exprs(e.Values)}
	case *ast.DefaultExpr:
		return &sqltree.Default{Pos: pos(e)}
	case *ast.ValuesExpr:
		return &sqltree.Column{Pos: pos(e), Table: excluded, Name: e.Column.Name.Name.L}
	case *ast.FuncCallExpr:
		return c.call(e)
	case *ast.AggregateFuncExpr:
		return c.aggregate(e)
	case *ast.WindowFuncExpr:
		return &sqltree.Call{Pos: pos(e), Name: strings.ToLower(e.Name), Args: c.exprs(e.Args), Distinct: e.Distinct, Over: c.window(&e.Spec)}
	default:
		return c.rare(e)
	}
}

// rare converts what decides nothing by itself.
func (c *converter) rare(e ast.ExprNode) sqltree.Expr {
	switch e := e.(type) {
	case *ast.BetweenExpr:
		kind := negated("BETWEEN", e.Not)
		return other(e, kind, []string{"", " " + kind + " ", " AND ", ""}, c.expr(e.Expr), c.expr(e.Left), c.expr(e.Right))
	case *ast.PatternLikeOrIlikeExpr:
		op := map[bool]string{false: "~~*", true: "!~~*"}[e.Not]
		return &sqltree.Binary{Pos: pos(e), Op: op, L: c.expr(e.Expr), R: c.expr(e.Pattern)}
	case *ast.PatternRegexpExpr:
		kind := negated("REGEXP", e.Not)
		return other(e, kind, []string{"", " " + kind + " ", ""}, c.expr(e.Expr), c.expr(e.Pattern))
	case *ast.FuncCastExpr:
		return other(e, "CAST", []string{"CAST(", " AS " + e.Tp.String() + ")"}, c.expr(e.Expr))
	case *ast.SetCollationExpr:
		return other(e, "COLLATE", []string{"", " COLLATE " + sqltext.QuoteName(strings.ToLower(e.Collate))}, c.expr(e.Expr))
	case *ast.MatchAgainst:
		return c.match(e)
	case *ast.JSONValueExpr:
		return other(e, "JSON_VALUE", []string{"JSON_VALUE(", ", ", ")"}, c.expr(e.Doc), c.expr(e.Path))
	case *ast.TimeUnitExpr:
		return other(e, "unit", []string{e.Unit.String()})
	case *ast.TrimDirectionExpr, *ast.GetFormatSelectorExpr:
		return other(e, "word", []string{""})
	case *ast.PositionExpr:
		return &sqltree.Literal{Pos: pos(e), Kind: sqltree.Number, Text: strconv.Itoa(e.N)}
	case *ast.VariableExpr:
		if e.Value == nil {
			return other(e, "variable", []string{"@" + sqltext.QuoteName(strings.ToLower(e.Name))})
		}
		c.fail(e, "an assignment to a variable")
		return &sqltree.Default{Pos: pos(e)}
	}
	c.fail(e, fmt.Sprintf("an expression that is not known: %T", e))
	return &sqltree.Default{Pos: pos(e)}
}

func other(n ast.Node, kind string, parts []string, args ...sqltree.Expr) *sqltree.Other {
	return &sqltree.Other{Pos: pos(n), Kind: kind, Args: args, Parts: parts}
}

func negated(word string, not bool) string {
	if not {
		return "NOT " + word
	}
	return word
}

func truth(n int64) string {
	if n != 0 {
		return "TRUE"
	}
	return "FALSE"
}

// excluded is the row that an insert would have made; MySQL says VALUES(c), or gives the
// row a name.
const excluded = "excluded"

func (c *converter) column(n *ast.ColumnName) sqltree.Expr {
	table := n.Table.L
	if table != "" && table == c.inserts {
		table = excluded
	}
	return &sqltree.Column{Pos: pos(n), Schema: n.Schema.L, Table: table, Name: n.Name.L}
}

func (c *converter) hole(p *ast.ParamMarkerExprBase) sqltree.Expr {
	h, ok := c.holes[p.Offset]
	if !ok {
		c.fail(p, "a placeholder that is not seen")
	}
	return &h
}

func (c *converter) literal(v *ast.ValueExprBase) sqltree.Expr {
	out := &sqltree.Literal{Pos: pos(v), Kind: sqltree.Number}
	switch v.Kind() {
	case ast.KindNull:
		out.Kind = sqltree.Null
	case ast.KindInt64:
		out.Text = strconv.FormatInt(v.GetInt64(), 10)
		if v.Type.GetFlag()&mysql.IsBooleanFlag != 0 {
			out.Kind, out.Text = sqltree.Bool, strings.ToLower(truth(v.GetInt64()))
		}
	case ast.KindUint64:
		out.Text = strconv.FormatUint(v.GetUint64(), 10)
	case ast.KindFloat32, ast.KindFloat64:
		out.Text = strconv.FormatFloat(v.GetFloat64(), 'e', -1, 64)
	case ast.KindMysqlDecimal:
		out.Text = v.GetMysqlDecimal().String()
	case ast.KindString:
		out.Kind, out.Text = sqltree.String, v.GetString()
	case ast.KindBytes, ast.KindBinaryLiteral:
		out.Kind, out.Text = sqltree.Bits, fmt.Sprintf("x%x", v.GetBytes())
	default:
		c.fail(v, "a constant that is not known")
	}
	return out
}

// binary converts an operator. Some the tree writes otherwise than the grammar, some give
// NULL or a number of their own accord.
func (c *converter) binary(e *ast.BinaryOperationExpr) sqltree.Expr {
	switch e.Op {
	case opcode.LogicAnd, opcode.LogicOr:
		return c.logic(e)
	case opcode.NullEQ:
		return &sqltree.Binary{Pos: pos(e), Op: "IS NOT DISTINCT FROM", L: c.expr(e.L), R: c.expr(e.R)}
	case opcode.NE:
		return &sqltree.Binary{Pos: pos(e), Op: "<>", L: c.expr(e.L), R: c.expr(e.R)}
	case opcode.Div, opcode.IntDiv, opcode.Mod, opcode.LogicXor:
		op := written(e.Op)
		return other(e, op, []string{"", " " + op + " ", ""}, c.expr(e.L), c.expr(e.R))
	}
	return &sqltree.Binary{Pos: pos(e), Op: written(e.Op), L: c.expr(e.L), R: c.expr(e.R)}
}

// written is an operator as statements have it.
func written(op opcode.Op) string {
	var b strings.Builder
	op.Format(&b)
	return strings.ToUpper(b.String())
}

// logic converts AND and OR, nested ones of a kind into one. A chain of them leans to
// the left, and is as deep as it is long.
func (c *converter) logic(e *ast.BinaryOperationExpr) sqltree.Expr {
	l := &sqltree.Logic{Pos: pos(e), Or: e.Op == opcode.LogicOr}
	var sides []ast.ExprNode
	var x ast.ExprNode = e
	for {
		b, ok := unwrapped(x).(*ast.BinaryOperationExpr)
		if !ok || b.Op != e.Op {
			break
		}
		sides = append(sides, b.R)
		x = b.L
	}
	sides = append(sides, x)
	for i := len(sides) - 1; i >= 0; i-- {
		arg := c.expr(sides[i])
		if inner, ok := arg.(*sqltree.Logic); ok && inner.Or == l.Or {
			l.Args = append(l.Args, inner.Args...)
			continue
		}
		l.Args = append(l.Args, arg)
	}
	return l
}

func (c *converter) unary(e *ast.UnaryOperationExpr) sqltree.Expr {
	x := c.expr(e.V)
	if e.Op == opcode.Not || e.Op == opcode.Not2 {
		if in, ok := x.(*sqltree.In); ok && in.Query != nil && !in.Not {
			in.Not = true
			return in
		}
		return &sqltree.Not{Pos: pos(e), X: x}
	}
	return &sqltree.Unary{Pos: pos(e), Op: written(e.Op), X: x}
}

func (c *converter) in(e *ast.PatternInExpr) sqltree.Expr {
	out := &sqltree.In{Pos: pos(e), X: c.expr(e.Expr), Not: e.Not}
	if e.Sel != nil {
		out.Query = c.query(e.Sel)
		return out
	}
	out.List = c.exprs(e.List)
	return out
}

func (c *converter) exists(e *ast.ExistsSubqueryExpr) sqltree.Expr {
	x := &sqltree.Exists{Pos: pos(e), Query: c.query(e.Sel)}
	if e.Not {
		return &sqltree.Not{Pos: pos(e), X: x}
	}
	return x
}

func (c *converter) quantified(e *ast.CompareSubqueryExpr) sqltree.Expr {
	op := written(e.Op)
	if e.Op == opcode.NE {
		op = "<>"
	}
	return &sqltree.Quantified{Pos: pos(e), X: c.expr(e.L), Op: op, All: e.All, Query: c.query(e.R)}
}

func (c *converter) choice(e *ast.CaseExpr) sqltree.Expr {
	out := &sqltree.Case{Pos: pos(e), Operand: c.expr(e.Value), Else: c.expr(e.ElseClause)}
	for _, w := range e.WhenClauses {
		out.Whens = append(out.Whens, sqltree.When{Cond: c.expr(w.Expr), Then: c.expr(w.Result)})
	}
	return out
}

// call converts a function. Some that the tree has its own nodes for are functions here.
func (c *converter) call(e *ast.FuncCallExpr) sqltree.Expr {
	args := c.exprs(e.Args)
	switch low := e.FnName.L; {
	case low == "coalesce", low == "ifnull":
		return &sqltree.Coalesce{Pos: pos(e), Args: args}
	case low == "nullif" && len(args) == 2:
		return other(e, "NULLIF", []string{"NULLIF(", ", ", ")"}, args...)
	case low == "if" && len(args) == 3:
		return &sqltree.Case{Pos: pos(e), Whens: []sqltree.When{{Cond: args[0], Then: args[1]}}, Else: args[2]}
	case low == "isnull" && len(args) == 1:
		return &sqltree.IsNull{Pos: pos(e), X: args[0]}
	}
	return &sqltree.Call{Pos: pos(e), Schema: e.Schema.L, Name: e.FnName.L, Args: args}
}

// aggregate converts an aggregate; the grammar has made count(1) of count(*).
func (c *converter) aggregate(e *ast.AggregateFuncExpr) sqltree.Expr {
	out := &sqltree.Call{Pos: pos(e), Name: strings.ToLower(e.F), Args: c.exprs(e.Args), Distinct: e.Distinct, OrderBy: c.orders(e.Order)}
	if out.Name == "count" && len(out.Args) == 1 && !out.Distinct {
		if l, ok := out.Args[0].(*sqltree.Literal); ok && l.Kind != sqltree.Null {
			out.Args, out.Star = nil, true
		}
	}
	return out
}

func (c *converter) match(e *ast.MatchAgainst) sqltree.Expr {
	out := other(e, "MATCH", []string{"MATCH ("})
	for i, n := range e.ColumnNames {
		if i > 0 {
			out.Parts[i] = ", "
		}
		out.Args = append(out.Args, c.column(n))
		out.Parts = append(out.Parts, "")
	}
	out.Parts[len(out.Parts)-1] = ") AGAINST ("
	out.Args, out.Parts = append(out.Args, c.expr(e.Against)), append(out.Parts, ")")
	return out
}

func (c *converter) window(w *ast.WindowSpec) *sqltree.Window {
	out := &sqltree.Window{Name: w.Name.L, Base: w.Ref.L, OrderBy: c.orders(w.OrderBy)}
	if w.PartitionBy != nil {
		for _, item := range w.PartitionBy.Items {
			out.PartitionBy = append(out.PartitionBy, c.expr(item.Expr))
		}
	}
	if w.Frame != nil {
		c.frame(out, w.Frame)
	}
	return out
}

// frame keeps the frame clause as text around its bounds.
func (c *converter) frame(out *sqltree.Window, f *ast.FrameClause) {
	out.FrameText = []string{map[bool]string{true: "ROWS BETWEEN ", false: "RANGE BETWEEN "}[f.Type == ast.Rows]}
	c.bound(out, &f.Extent.Start)
	out.FrameText[len(out.FrameText)-1] += " AND "
	c.bound(out, &f.Extent.End)
}

func (c *converter) bound(out *sqltree.Window, b *ast.FrameBound) {
	text := map[ast.BoundType]string{ast.Following: "FOLLOWING", ast.Preceding: "PRECEDING", ast.CurrentRow: "CURRENT ROW"}[b.Type]
	switch {
	case b.UnBounded:
		text = "UNBOUNDED " + text
	case b.Expr != nil:
		out.Frame = append(out.Frame, c.expr(b.Expr))
		out.FrameText = append(out.FrameText, "")
		text = " " + text
	}
	out.FrameText[len(out.FrameText)-1] += text
}
