package bind

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Operands lists the expressions directly below e, in source order. Queries are
// listed by [queriesOf].
func Operands(e sqltree.Expr) []sqltree.Expr {
	switch e := e.(type) {
	case *sqltree.Logic:
		return e.Args
	case *sqltree.Not:
		return Present(e.X)
	case *sqltree.Binary:
		return Present(e.L, e.R)
	case *sqltree.Unary:
		return Present(e.X)
	case *sqltree.IsNull:
		return Present(e.X)
	case *sqltree.IsBool:
		return Present(e.X)
	case *sqltree.In:
		return append(Present(e.X), e.List...)
	case *sqltree.Quantified:
		return Present(e.X, e.Array)
	case *sqltree.Case:
		return caseOperands(e)
	case *sqltree.Coalesce:
		return e.Args
	case *sqltree.Call:
		return callOperands(e)
	case *sqltree.Cast:
		return Present(e.X)
	case *sqltree.Row:
		return e.Items
	case *sqltree.Array:
		return e.Items
	case *sqltree.Other:
		return e.Args
	}
	return nil
}

// Present leaves out what is absent.
func Present(list ...sqltree.Expr) []sqltree.Expr {
	out := list[:0]
	for _, e := range list {
		if e != nil {
			out = append(out, e)
		}
	}
	return out
}

// caseOperands lists the parts of a CASE.
func caseOperands(e *sqltree.Case) []sqltree.Expr {
	out := Present(e.Operand)
	for _, w := range e.Whens {
		out = append(out, Present(w.Cond, w.Then)...)
	}
	return append(out, Present(e.Else)...)
}

// callOperands lists the arguments of a call, and what its clauses hold.
func callOperands(e *sqltree.Call) []sqltree.Expr {
	out := append([]sqltree.Expr(nil), e.Args...)
	out = append(out, Present(e.Filter)...)
	for _, o := range e.OrderBy {
		out = append(out, Present(o.Expr)...)
	}
	if e.Over != nil {
		out = append(out, WindowOperands(e.Over)...)
	}
	return out
}

// WindowOperands lists the expressions of a window.
func WindowOperands(w *sqltree.Window) []sqltree.Expr {
	out := append([]sqltree.Expr(nil), w.PartitionBy...)
	for _, o := range w.OrderBy {
		out = append(out, Present(o.Expr)...)
	}
	return append(out, w.Frame...)
}

// AnyExpr reports whether f holds for e or an expression below it, sub-selects
// not entered.
func AnyExpr(e sqltree.Expr, f func(sqltree.Expr) bool) bool {
	if e == nil {
		return false
	}
	if f(e) {
		return true
	}
	for _, x := range Operands(e) {
		if AnyExpr(x, f) {
			return true
		}
	}
	return false
}
