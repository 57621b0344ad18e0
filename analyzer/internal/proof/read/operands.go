package read

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// QueryOf is the query directly in e, nil if e is no sub-select.
func QueryOf(e sqltree.Expr) *sqltree.Query {
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

// overHolesOnly reports whether e is computed from bind values and literals, with
// at least one bind value.
func overHolesOnly(e sqltree.Expr) bool {
	hole := false
	other := bind.AnyExpr(e, func(x sqltree.Expr) bool {
		switch x.(type) {
		case *sqltree.Hole:
			hole = true
		case *sqltree.Column, *sqltree.Star:
			return true
		}
		return QueryOf(x) != nil
	})
	return hole && !other
}
