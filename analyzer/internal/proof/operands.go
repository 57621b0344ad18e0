package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// operands lists the expressions directly below e, in source order. Queries are
// listed by [queriesOf].
func operands(e sqltree.Expr) []sqltree.Expr {
	switch e := e.(type) {
	case *sqltree.Logic:
		return e.Args
	case *sqltree.Not:
		return present(e.X)
	case *sqltree.Binary:
		return present(e.L, e.R)
	case *sqltree.Unary:
		return present(e.X)
	case *sqltree.IsNull:
		return present(e.X)
	case *sqltree.IsBool:
		return present(e.X)
	case *sqltree.In:
		return append(present(e.X), e.List...)
	case *sqltree.Quantified:
		return present(e.X, e.Array)
	case *sqltree.Case:
		return caseOperands(e)
	case *sqltree.Coalesce:
		return e.Args
	case *sqltree.Call:
		return callOperands(e)
	case *sqltree.Cast:
		return present(e.X)
	case *sqltree.Row:
		return e.Items
	case *sqltree.Array:
		return e.Items
	case *sqltree.Other:
		return e.Args
	}
	return nil
}

// present leaves out what is absent.
func present(list ...sqltree.Expr) []sqltree.Expr {
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
	out := present(e.Operand)
	for _, w := range e.Whens {
		out = append(out, present(w.Cond, w.Then)...)
	}
	return append(out, present(e.Else)...)
}

// callOperands lists the arguments of a call, and what its clauses hold.
func callOperands(e *sqltree.Call) []sqltree.Expr {
	out := append([]sqltree.Expr(nil), e.Args...)
	out = append(out, present(e.Filter)...)
	for _, o := range e.OrderBy {
		out = append(out, present(o.Expr)...)
	}
	if e.Over != nil {
		out = append(out, windowOperands(e.Over)...)
	}
	return out
}

// windowOperands lists the expressions of a window.
func windowOperands(w *sqltree.Window) []sqltree.Expr {
	out := append([]sqltree.Expr(nil), w.PartitionBy...)
	for _, o := range w.OrderBy {
		out = append(out, present(o.Expr)...)
	}
	return append(out, w.Frame...)
}

// queryOf is the query directly in e, nil if e is no sub-select.
func queryOf(e sqltree.Expr) *sqltree.Query {
	switch e := e.(type) {
	case *sqltree.In:
		return e.Query
	case *sqltree.Quantified:
		return e.Query
	case *sqltree.Exists:
		return e.Query
	case *sqltree.Subquery:
		return e.Query
	}
	return nil
}

// anyExpr tells whether f holds for e or an expression below it, sub-selects
// not entered.
func anyExpr(e sqltree.Expr, f func(sqltree.Expr) bool) bool {
	if e == nil {
		return false
	}
	if f(e) {
		return true
	}
	for _, x := range operands(e) {
		if anyExpr(x, f) {
			return true
		}
	}
	return false
}

// overHolesOnly tells whether e is computed from bind values and literals, with
// at least one bind value.
func overHolesOnly(e sqltree.Expr) bool {
	hole := false
	other := anyExpr(e, func(x sqltree.Expr) bool {
		switch x.(type) {
		case *sqltree.Hole:
			hole = true
		case *sqltree.Column, *sqltree.Star:
			return true
		}
		return queryOf(x) != nil
	})
	return hole && !other
}
