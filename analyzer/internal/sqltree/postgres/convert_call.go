package postgres

import (
	"fmt"
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// call converts functions and aggregates, also those that SQL writes with words
// of its own (EXTRACT, TRIM, AT TIME ZONE …): the grammar has made them calls of
// pg_catalog already.
func (c *converter) call(s *pg.FuncCall) *sqltree.Call {
	call := &sqltree.Call{
		Pos: c.pos(s.Location), Args: c.exprs(s.Args), Star: s.AggStar, Distinct: s.AggDistinct,
		Filter: c.expr(s.AggFilter), OrderBy: c.orders(s.AggOrder), Over: c.window(s.Over),
		Variadic: s.FuncVariadic, Within: s.AggWithinGroup,
	}
	switch path := names(s.Funcname); len(path) {
	case 1:
		call.Name = path[0]
	case 2:
		call.Schema, call.Name = path[0], path[1]
	default:
		c.fail(s.Location, "a function of another database")
	}
	return call
}

// window converts a definition, or in OVER the name of one.
func (c *converter) window(s *pg.WindowDef) *sqltree.Window {
	if s == nil {
		return nil
	}
	w := &sqltree.Window{
		Name: s.Name, Base: s.Refname,
		PartitionBy: c.exprs(s.PartitionClause), OrderBy: c.orders(s.OrderClause),
	}
	c.frame(w, s)
	return w
}

// The bits of a frame clause, as PostgreSQL's parsenodes.h numbers them. Each
// end has a bit next to that of the start.
const (
	frameSet                  = 0x00001
	frameRows                 = 0x00004
	frameGroups               = 0x00008
	frameBetween              = 0x00010
	frameUnboundedBefore      = 0x00020
	frameUnboundedAfter       = 0x00080
	frameCurrent              = 0x00200
	frameOffsetBefore         = 0x00800
	frameOffsetAfter          = 0x02000
	frameExcludeCurrent       = 0x08000
	frameExcludeGroup         = 0x10000
	frameExcludeTies          = 0x20000
	frameEndShift        uint = 1
)

// frame writes the frame clause into text around its bounds.
func (c *converter) frame(w *sqltree.Window, s *pg.WindowDef) {
	bits := s.FrameOptions
	if bits&frameSet == 0 {
		return
	}
	text := "RANGE "
	switch {
	case bits&frameRows != 0:
		text = "ROWS "
	case bits&frameGroups != 0:
		text = "GROUPS "
	}
	between := bits&frameBetween != 0
	if between {
		text += "BETWEEN "
	}
	w.FrameText = []string{text}
	frameBound(w, bits, c.expr(s.StartOffset))
	if between {
		frameWords(w, " AND ")
		frameBound(w, bits>>frameEndShift, c.expr(s.EndOffset))
	}
	frameWords(w, exclusion(bits))
}

// frameWords adds to the text after the last bound.
func frameWords(w *sqltree.Window, text string) { w.FrameText[len(w.FrameText)-1] += text }

// frameBound writes one end of the frame: its bits are those of the start, shifted
// there for the end.
func frameBound(w *sqltree.Window, bits int32, offset sqltree.Expr) {
	if offset != nil {
		w.Frame = append(w.Frame, offset)
		w.FrameText = append(w.FrameText, "")
	}
	switch {
	case bits&frameUnboundedBefore != 0:
		frameWords(w, "UNBOUNDED PRECEDING")
	case bits&frameUnboundedAfter != 0:
		frameWords(w, "UNBOUNDED FOLLOWING")
	case bits&frameCurrent != 0:
		frameWords(w, "CURRENT ROW")
	case bits&frameOffsetBefore != 0:
		frameWords(w, " PRECEDING")
	case bits&frameOffsetAfter != 0:
		frameWords(w, " FOLLOWING")
	}
}

func exclusion(bits int32) string {
	switch {
	case bits&frameExcludeCurrent != 0:
		return " EXCLUDE CURRENT ROW"
	case bits&frameExcludeGroup != 0:
		return " EXCLUDE GROUP"
	case bits&frameExcludeTies != 0:
		return " EXCLUDE TIES"
	}
	return ""
}

// listed is a function-like form that is no function: KIND(a, b).
func (c *converter) listed(kind string, location int32, args []*pg.Node) sqltree.Expr {
	o := &sqltree.Other{Pos: c.pos(location), Kind: kind, Args: c.exprs(args), Parts: []string{kind + "("}}
	for i := range o.Args {
		if i > 0 {
			o.Parts[i] = ", "
		}
		o.Parts = append(o.Parts, ")")
	}
	if len(o.Args) == 0 {
		o.Parts[0] += ")"
	}
	return o
}

func (c *converter) suffixed(kind string, location int32, arg *pg.Node, suffix string) sqltree.Expr {
	return &sqltree.Other{Pos: c.pos(location), Kind: kind, Args: []sqltree.Expr{c.expr(arg)}, Parts: []string{"", suffix}}
}

func (c *converter) minMax(s *pg.MinMaxExpr) sqltree.Expr {
	kind := "GREATEST"
	if s.Op == pg.MinMaxOp_IS_LEAST {
		kind = "LEAST"
	}
	return c.listed(kind, s.Location, s.Args)
}

// path converts subscripts and fields behind a value, one node each.
func (c *converter) path(x sqltree.Expr, steps []*pg.Node) sqltree.Expr {
	if len(steps) > pgnode.MaxDepth {
		c.fail(-1, sqltree.TooDeep)
		return x
	}
	for _, n := range steps {
		switch s := n.GetNode().(type) {
		case *pg.Node_String_:
			x = &sqltree.Other{Pos: at(x), Kind: "field", Args: []sqltree.Expr{x}, Parts: []string{"", "." + sqltext.QuoteName(s.String_.Sval)}}
		case *pg.Node_AStar:
			x = &sqltree.Other{Pos: at(x), Kind: "fields", Args: []sqltree.Expr{x}, Parts: []string{"", ".*"}}
		case *pg.Node_AIndices:
			x = c.subscript(x, s.AIndices)
		default:
			c.fail(-1, "a subscript that is not known")
		}
	}
	return x
}

// subscript converts a[i] and a[i:k], of which each bound may be missing.
func (c *converter) subscript(x sqltree.Expr, s *pg.A_Indices) sqltree.Expr {
	o := &sqltree.Other{Pos: at(x), Kind: "subscript", Args: []sqltree.Expr{x}, Parts: []string{"", "["}}
	add := func(n *pg.Node) {
		if e := c.expr(n); e != nil {
			o.Args = append(o.Args, e)
			o.Parts = append(o.Parts, "")
		}
	}
	add(s.Lidx)
	if s.IsSlice {
		o.Parts[len(o.Parts)-1] += ":"
	}
	add(s.Uidx)
	o.Parts[len(o.Parts)-1] += "]"
	return o
}

func at(e sqltree.Expr) sqltree.Pos {
	if e == nil {
		return sqltree.NoPos
	}
	return e.At()
}

// valueFunction converts CURRENT_DATE and its kin, which need no parentheses.
func (c *converter) valueFunction(s *pg.SQLValueFunction) sqltree.Expr {
	kind := strings.TrimPrefix(s.Op.String(), "SVFOP_")
	if base, precise := strings.CutSuffix(kind, "_N"); precise {
		kind = fmt.Sprintf("%s(%d)", base, s.Typmod)
	}
	return &sqltree.Other{Pos: c.pos(s.Location), Kind: kind, Parts: []string{kind}}
}
