package sqlprint

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// operand writes an expression as a part of another: in parentheses unless it
// is a name, a constant, a bind or has its own.
func (p *printer) operand(e sqltree.Expr) {
	if closed(e) {
		p.expr(e)
		return
	}
	p.text("(")
	p.expr(e)
	p.text(")")
}

// closed tells the expressions that stand as an operand of any operator, cast,
// subscript or form without parentheses.
func closed(e sqltree.Expr) bool {
	switch e := e.(type) {
	case *sqltree.Column, *sqltree.Star, *sqltree.Hole, *sqltree.Default, *sqltree.Subquery, *sqltree.Coalesce, *sqltree.Row, *sqltree.Case:
		return true
	case *sqltree.Exists:
		return true
	case *sqltree.Literal:
		return e.Kind != sqltree.Number || !strings.HasPrefix(e.Text, "-")
	case *sqltree.Call:
		return e.Over == nil && e.Filter == nil && !e.Within
	case *sqltree.Other:
		return len(e.Parts) == 1 || e.Kind == "GREATEST" || e.Kind == "LEAST" || e.Kind == "NULLIF"
	}
	return false
}

// tight writes an operand of an operator; a cast binds tighter than any.
func (p *printer) tight(e sqltree.Expr) {
	if cast, ok := e.(*sqltree.Cast); ok {
		p.expr(cast)
		return
	}
	p.operand(e)
}

// expr writes an expression that stands alone: in a list, a clause or parentheses.
func (p *printer) expr(e sqltree.Expr) {
	switch e := e.(type) {
	case *sqltree.Column:
		if e.Schema != "" {
			p.text(sqltext.QuoteName(e.Schema), ".")
		}
		p.qualified(e.Table, e.Name)
	case *sqltree.Star:
		p.star(e)
	case *sqltree.Hole:
		p.text("$")
		p.number(e.Number)
	case *sqltree.Literal:
		p.literal(e)
	case *sqltree.Default:
		p.text("DEFAULT")
	case *sqltree.Logic:
		p.logic(e)
	case *sqltree.Not:
		p.text("NOT ")
		p.tight(e.X)
	case *sqltree.Binary:
		p.tight(e.L)
		p.text(" ", spelt(e.Op), " ")
		p.tight(e.R)
	case *sqltree.Unary:
		p.text(e.Op, " ")
		p.tight(e.X)
	case *sqltree.Cast:
		p.tight(e.X)
		p.text("::", e.Type)
	default:
		p.compound(e)
	}
}

// compound writes what has sub-selects, lists or arms.
func (p *printer) compound(e sqltree.Expr) {
	switch e := e.(type) {
	case *sqltree.IsNull:
		p.tight(e.X)
		p.is(e.Not, "NULL")
	case *sqltree.IsBool:
		p.tight(e.X)
		p.is(e.Not, e.Value)
	case *sqltree.In:
		p.in(e)
	case *sqltree.Quantified:
		p.quantified(e)
	case *sqltree.Exists:
		p.text("EXISTS ")
		p.parenthesised(e.Query)
	case *sqltree.Subquery:
		if e.Array {
			p.text("ARRAY")
		}
		p.parenthesised(e.Query)
	case *sqltree.Case:
		p.choice(e)
	case *sqltree.Coalesce:
		p.form("COALESCE(", e.Args, ")")
	case *sqltree.Row:
		p.form("ROW(", e.Items, ")")
	case *sqltree.Array:
		p.form("ARRAY[", e.Items, "]")
	case *sqltree.Call:
		p.call(e)
	case *sqltree.Other:
		p.other(e)
	}
}

func (p *printer) star(e *sqltree.Star) {
	if e.Schema != "" {
		p.text(sqltext.QuoteName(e.Schema), ".")
	}
	if e.Table != "" {
		p.text(sqltext.QuoteName(e.Table), ".")
	}
	p.text("*")
}

// literal writes a constant by its kind; numbers are their own text.
func (p *printer) literal(e *sqltree.Literal) {
	switch e.Kind {
	case sqltree.Null:
		p.text("NULL")
	case sqltree.String:
		p.text(sqltext.QuoteString(e.Text))
	case sqltree.Bits:
		p.text(strings.ToUpper(e.Text[:1]), "'", e.Text[1:], "'")
	default:
		p.text(e.Text)
	}
}

// logic writes AND and OR. Every operator binds tighter, so only a nested OR or
// AND needs parentheses.
func (p *printer) logic(e *sqltree.Logic) {
	word := " AND "
	if e.Or {
		word = " OR "
	}
	for i, arg := range e.Args {
		if i > 0 {
			p.text(word)
		}
		if _, nested := arg.(*sqltree.Logic); nested {
			p.operand(arg)
			continue
		}
		p.expr(arg)
	}
}

func (p *printer) is(not bool, what string) {
	p.text(" IS ")
	if not {
		p.text("NOT ")
	}
	p.text(what)
}

func (p *printer) in(e *sqltree.In) {
	p.tight(e.X)
	if e.Not {
		p.text(" NOT")
	}
	p.text(" IN ")
	if e.Query != nil {
		p.parenthesised(e.Query)
		return
	}
	p.form("(", e.List, ")")
}

// quantified writes ANY and ALL; an array and a query both stand in parentheses.
func (p *printer) quantified(e *sqltree.Quantified) {
	p.tight(e.X)
	word := " ANY "
	if e.All {
		word = " ALL "
	}
	p.text(" ", spelt(e.Op), word)
	if e.Query != nil {
		p.parenthesised(e.Query)
		return
	}
	p.form("(", []sqltree.Expr{e.Array}, ")")
}

func (p *printer) form(open string, args []sqltree.Expr, end string) {
	p.text(open)
	p.exprs(args)
	p.text(end)
}

func (p *printer) choice(e *sqltree.Case) {
	p.text("CASE")
	p.clause(" ", e.Operand)
	for _, w := range e.Whens {
		p.clause(" WHEN ", w.Cond)
		p.clause(" THEN ", w.Then)
	}
	p.clause(" ELSE ", e.Else)
	p.text(" END")
}

// call writes a function with all that an aggregate may have.
func (p *printer) call(e *sqltree.Call) {
	p.qualified(e.Schema, e.Name)
	p.text("(")
	if e.Distinct {
		p.text("DISTINCT ")
	}
	if e.Star {
		p.text("*")
	}
	p.list(len(e.Args), func(i int) {
		if e.Variadic && i == len(e.Args)-1 {
			p.text("VARIADIC ")
		}
		p.expr(e.Args[i])
	})
	if !e.Within {
		p.orderBy(e.OrderBy)
		p.text(")")
	} else {
		p.text(") WITHIN GROUP (")
		p.text(strings.TrimPrefix(p.sub(func(p *printer) { p.orderBy(e.OrderBy) }), " "), ")")
	}
	if e.Filter != nil {
		p.clause(" FILTER (WHERE ", e.Filter)
		p.text(")")
	}
	p.over(e.Over)
}

func (p *printer) over(w *sqltree.Window) {
	if w == nil {
		return
	}
	p.text(" OVER ")
	if w.Name != "" {
		p.name(w.Name)
		return
	}
	p.window(w)
}

// other writes a form; one that no parser made is written as a function.
func (p *printer) other(e *sqltree.Other) {
	switch {
	case e.Kind == sqltree.BareQuery:
		p.text(e.Parts[0])
		p.query(e.Args[0].(*sqltree.Subquery).Query)
		p.text(e.Parts[1])
	case isPath(e):
		p.text("(")
		p.expr(e.Args[0])
		p.text(")")
		p.steps(e)
	case e.Parts == nil:
		p.form(e.Kind+"(", e.Args, ")")
	default:
		p.interleave(e.Parts, e.Args)
	}
}

// isPath tells a field or subscript of a value: the value stands in parentheses,
// because `(a).b` is a field and `a.b` a column.
func isPath(e *sqltree.Other) bool {
	return (e.Kind == "field" || e.Kind == "fields" || e.Kind == "subscript") && e.Parts != nil
}

// steps writes what stands behind the value.
func (p *printer) steps(e *sqltree.Other) { p.interleave(e.Parts[1:], e.Args[1:]) }

// targetPath writes a path as the target of a write, without parentheses.
func (p *printer) targetPath(e sqltree.Expr) {
	o, ok := e.(*sqltree.Other)
	if !ok || !isPath(o) {
		p.expr(e)
		return
	}
	p.targetPath(o.Args[0])
	p.steps(o)
}

// spelt is an operator as people write it: the parser knows LIKE by its symbol only.
func spelt(op string) string {
	switch op {
	case "~~":
		return "LIKE"
	case "~~*":
		return "ILIKE"
	case "!~~":
		return "NOT LIKE"
	case "!~~*":
		return "NOT ILIKE"
	}
	return op
}
