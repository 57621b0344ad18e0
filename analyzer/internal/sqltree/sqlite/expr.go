package sqlite

import (
	"strconv"
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

func (c *converter) exprs(list []ast.Expr) []sqltree.Expr {
	var out []sqltree.Expr
	for _, e := range list {
		out = append(out, c.expr(e))
	}
	return out
}

// unwrapped is an expression without parentheses.
func unwrapped(e ast.Expr) ast.Expr {
	for {
		p, ok := e.(*ast.ParenExpr)
		if !ok {
			return e
		}
		e = p.X
	}
}

// expr converts a value expression; nil for none.
func (c *converter) expr(e ast.Expr) sqltree.Expr {
	switch e := unwrapped(e).(type) {
	case nil:
		return nil
	case *ast.Ident:
		return c.bareName(e)
	case *ast.QualifiedRef:
		return c.column(e)
	case *ast.Star:
		return &sqltree.Star{Pos: pos(e), Table: name(e.Table)}
	case *ast.Literal:
		return c.literal(e)
	case *ast.BindParam:
		return hole(e)
	case *ast.BinaryExpr:
		return c.binary(e)
	case *ast.UnaryExpr:
		if e.Op == ast.OpNot {
			return c.not(e)
		}
		return &sqltree.Unary{Pos: pos(e), Op: e.Op.String(), X: c.expr(e.X)}
	case *ast.IsExpr:
		return c.is(e)
	case *ast.NullCheckExpr:
		return &sqltree.IsNull{Pos: pos(e), X: c.expr(e.X), Not: e.Test != ast.TestIsNull}
	case *ast.InExpr:
		return c.in(e)
	case *ast.FuncCall:
		return c.call(e)
	case *ast.ExistsExpr:
		return &sqltree.Exists{Pos: pos(e), Query: c.query(e.Select)}
	case *ast.SubqueryExpr:
		return &sqltree.Subquery{Pos: pos(e), Query: c.query(e.Select)}
	case *ast.VectorExpr:
		return &sqltree.Row{Pos: pos(e), Items: c.exprs(e.List)}
	case *ast.CaseExpr:
		return c.choice(e)
	default:
		return c.rare(e)
	}
}

// rare converts what decides nothing by itself.
func (c *converter) rare(e ast.Expr) sqltree.Expr {
	switch e := e.(type) {
	case *ast.LikeExpr:
		return c.like(e)
	case *ast.BetweenExpr:
		kind := "BETWEEN"
		if e.Not {
			kind = "NOT BETWEEN"
		}
		return other(e, kind, []string{"", " " + kind + " ", " AND ", ""}, c.expr(e.X), c.expr(e.Lo), c.expr(e.Hi))
	case *ast.CastExpr:
		return other(e, "CAST", []string{"CAST(", " AS " + sqltext.QuoteName(strings.ToLower(e.Type.Name)) + ")"}, c.expr(e.X))
	case *ast.CollateExpr:
		return other(e, "COLLATE", []string{"", " COLLATE " + sqltext.QuoteName(name(e.Name))}, c.expr(e.X))
	}
	c.fail(e, "an expression that is not known")
	return &sqltree.Default{Pos: pos(e)}
}

func other(n ast.Node, kind string, parts []string, args ...sqltree.Expr) *sqltree.Other {
	return &sqltree.Other{Pos: pos(n), Kind: kind, Args: args, Parts: parts}
}

// bareName is a column, or one of the two names that are constants where no column has
// them.
func (c *converter) bareName(n *ast.Ident) sqltree.Expr {
	low := name(n)
	if n.Quote == ast.QuoteNone && (low == "true" || low == "false") {
		return &sqltree.Literal{Pos: pos(n), Kind: sqltree.Bool, Text: low}
	}
	if n.Quote == ast.QuoteSingle {
		return &sqltree.Literal{Pos: pos(n), Kind: sqltree.String, Text: n.Name}
	}
	return &sqltree.Column{Pos: pos(n), Name: low}
}

func (c *converter) column(n *ast.QualifiedRef) sqltree.Expr {
	p := names(n.Parts)
	if len(p) == 3 {
		if p[0] == "main" {
			p[0] = ""
		}
		return &sqltree.Column{Pos: pos(n), Schema: p[0], Table: p[1], Name: p[2]}
	}
	return &sqltree.Column{Pos: pos(n), Table: p[0], Name: p[1]}
}

func (c *converter) literal(l *ast.Literal) sqltree.Expr {
	out := &sqltree.Literal{Pos: pos(l), Text: l.Value}
	switch l.Kind {
	case ast.LitNull:
		out.Text = ""
	case ast.LitInteger, ast.LitFloat:
		out.Kind = sqltree.Number
	case ast.LitString:
		out.Kind = sqltree.String
	case ast.LitBlob:
		out.Kind, out.Text = sqltree.Bits, "x"+strings.Trim(l.Raw[1:], "'")
	default:
		word := strings.ToUpper(l.Raw)
		return other(l, word, []string{word})
	}
	return out
}

// hole converts a bind. One that is named by a number only is none of a name.
func hole(p *ast.BindParam) sqltree.Expr {
	h := &sqltree.Hole{Pos: pos(p), Number: p.Number}
	if _, err := strconv.Atoi(p.Name); err != nil {
		h.Name = strings.ReplaceAll(p.Name, dot, ".")
	}
	return h
}

func (c *converter) binary(e *ast.BinaryExpr) sqltree.Expr {
	switch e.Op {
	case ast.OpAnd, ast.OpOr:
		return c.logic(e)
	case ast.OpDiv, ast.OpMod: // NULL for a zero
		op := e.Op.String()
		return other(e, op, []string{"", " " + op + " ", ""}, c.expr(e.X), c.expr(e.Y))
	}
	return &sqltree.Binary{Pos: pos(e), Op: e.Op.String(), L: c.expr(e.X), R: c.expr(e.Y)}
}

// logic converts AND and OR, nested ones of a kind into one. A chain of them leans to
// the left, and is as deep as it is long.
func (c *converter) logic(e *ast.BinaryExpr) sqltree.Expr {
	l := &sqltree.Logic{Pos: pos(e), Or: e.Op == ast.OpOr}
	var sides []ast.Expr
	var x ast.Expr = e
	for {
		b, ok := unwrapped(x).(*ast.BinaryExpr)
		if !ok || b.Op != e.Op {
			break
		}
		sides = append(sides, b.Y)
		x = b.X
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

func (c *converter) not(e *ast.UnaryExpr) sqltree.Expr {
	x := c.expr(e.X)
	if in, ok := x.(*sqltree.In); ok && in.Query != nil && !in.Not {
		in.Not = true
		return in
	}
	return &sqltree.Not{Pos: pos(e), X: x}
}

// is converts IS, which compares any two values, NULL like others.
func (c *converter) is(e *ast.IsExpr) sqltree.Expr {
	not := e.Not != e.Distinct
	if l, ok := unwrapped(e.Y).(*ast.Literal); ok && l.Kind == ast.LitNull {
		return &sqltree.IsNull{Pos: pos(e), X: c.expr(e.X), Not: not}
	}
	y := c.expr(e.Y)
	if l, ok := y.(*sqltree.Literal); ok && l.Kind == sqltree.Bool && !e.Distinct {
		return &sqltree.IsBool{Pos: pos(e), X: c.expr(e.X), Value: strings.ToUpper(l.Text), Not: not}
	}
	op := "IS NOT DISTINCT FROM"
	if not {
		op = "IS DISTINCT FROM"
	}
	return &sqltree.Binary{Pos: pos(e), Op: op, L: c.expr(e.X), R: y}
}

// like converts LIKE, which does not tell capitals apart, and its kin.
func (c *converter) like(e *ast.LikeExpr) sqltree.Expr {
	word := strings.ToUpper(e.Op.Raw)
	if e.Not {
		word = "NOT " + word
	}
	if e.Escape != nil {
		return other(e, word, []string{"", " " + word + " ", " ESCAPE ", ""}, c.expr(e.X), c.expr(e.Y), c.expr(e.Escape))
	}
	switch word {
	case "LIKE":
		return &sqltree.Binary{Pos: pos(e), Op: "~~*", L: c.expr(e.X), R: c.expr(e.Y)}
	case "NOT LIKE":
		return &sqltree.Binary{Pos: pos(e), Op: "!~~*", L: c.expr(e.X), R: c.expr(e.Y)}
	}
	return other(e, word, []string{"", " " + word + " ", ""}, c.expr(e.X), c.expr(e.Y))
}

// in converts IN with a list, a query, or a table, which stands for all of its rows. A
// list may be empty here.
func (c *converter) in(e *ast.InExpr) sqltree.Expr {
	out := &sqltree.In{Pos: pos(e), X: c.expr(e.X), Not: e.Not}
	switch {
	case e.Select != nil:
		out.Query = c.query(e.Select)
	case e.HasArgs:
		c.fail(e, "IN of a function's rows")
	case e.Table != nil:
		block := &sqltree.Select{Pos: pos(e.Table), Items: []sqltree.Item{{Expr: &sqltree.Star{Pos: pos(e.Table)}}}, From: []sqltree.From{c.table(e.Table, nil)}}
		out.Query = &sqltree.Query{Pos: pos(e.Table), Body: block}
	case len(e.List) == 0:
		kind := "IN ()"
		if e.Not {
			kind = "NOT IN ()"
		}
		return other(e, kind, []string{"", " " + kind}, out.X)
	default:
		out.List = c.exprs(e.List)
	}
	return out
}

// call converts a function. Some that the tree has its own nodes for are functions
// here.
func (c *converter) call(e *ast.FuncCall) sqltree.Expr {
	low := name(e.Name)
	args := c.exprs(e.Args)
	switch plain := e.Over == nil && e.Filter == nil && !e.Distinct; {
	case plain && low == "coalesce", plain && low == "ifnull":
		return &sqltree.Coalesce{Pos: pos(e), Args: args}
	case plain && low == "nullif" && len(args) == 2:
		return other(e, "NULLIF", []string{"NULLIF(", ", ", ")"}, args...)
	}
	return &sqltree.Call{
		Pos: pos(e), Name: low, Args: args, Star: e.Star, Distinct: e.Distinct,
		Filter: c.expr(e.Filter), OrderBy: c.orders(e.OrderBy), Over: c.window(e.Over),
	}
}

func (c *converter) window(w *ast.WindowDef) *sqltree.Window {
	if w == nil {
		return nil
	}
	out := &sqltree.Window{Name: name(w.Name), Base: name(w.Base), PartitionBy: c.exprs(w.Partition), OrderBy: c.orders(w.OrderBy)}
	if w.NameOnly {
		out.Name, out.Base = out.Base, ""
	}
	c.frame(out, w)
	return out
}

// frame keeps the frame clause as text around its bounds.
func (c *converter) frame(out *sqltree.Window, w *ast.WindowDef) {
	if w.Frame == ast.FrameNone {
		return
	}
	text := map[ast.FrameType]string{ast.FrameRange: "RANGE ", ast.FrameRows: "ROWS ", ast.FrameGroups: "GROUPS "}[w.Frame]
	out.FrameText = []string{text}
	if w.EndBound != nil {
		addText(out, "BETWEEN ")
	}
	c.bound(out, w.StartBound)
	if w.EndBound != nil {
		addText(out, " AND ")
		c.bound(out, w.EndBound)
	}
	addText(out, map[ast.FrameExclude]string{
		ast.ExcludeNoOthers: " EXCLUDE NO OTHERS", ast.ExcludeCurrentRow: " EXCLUDE CURRENT ROW", ast.ExcludeGroup: " EXCLUDE GROUP", ast.ExcludeTies: " EXCLUDE TIES",
	}[w.Exclude])
}

func addText(out *sqltree.Window, text string) { out.FrameText[len(out.FrameText)-1] += text }

func (c *converter) bound(out *sqltree.Window, b *ast.FrameBound) {
	if b == nil {
		return
	}
	if b.Expr != nil {
		out.Frame = append(out.Frame, c.expr(b.Expr))
		out.FrameText = append(out.FrameText, "")
	}
	addText(out, map[ast.FrameBoundType]string{
		ast.BoundUnboundedPreceding: "UNBOUNDED PRECEDING", ast.BoundPreceding: " PRECEDING", ast.BoundCurrentRow: "CURRENT ROW",
		ast.BoundFollowing: " FOLLOWING", ast.BoundUnboundedFollowing: "UNBOUNDED FOLLOWING",
	}[b.Type])
}

func (c *converter) choice(e *ast.CaseExpr) sqltree.Expr {
	out := &sqltree.Case{Pos: pos(e), Operand: c.expr(e.Operand), Else: c.expr(e.Else)}
	for _, w := range e.Whens {
		out.Whens = append(out.Whens, sqltree.When{Cond: c.expr(w.When), Then: c.expr(w.Then)})
	}
	return out
}
