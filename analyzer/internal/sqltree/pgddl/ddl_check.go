package pgddl

import (
	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
)

// nonZero lists the columns of which a CHECK says that they hold neither 0 nor the
// empty text: conjuncts like `id > 0`, `id <> ”` and `length(id) > 0`.
func nonZero(n *pg.Node) []string {
	if b := n.GetBoolExpr(); b != nil {
		var out []string
		if b.Boolop == pg.BoolExprType_AND_EXPR {
			for _, arg := range b.Args {
				out = append(out, nonZero(arg)...)
			}
		}
		return out
	}
	e := n.GetAExpr()
	if e == nil || e.Kind != pg.A_Expr_Kind_AEXPR_OP || len(e.Name) != 1 {
		return nil
	}
	column := measured(e.Lexpr)
	if column == "" || !aboveZero(e.Name[0].GetString_().GetSval(), e.Rexpr.GetAConst()) {
		return nil
	}
	return []string{column}
}

// aboveZero reports whether a comparison with a constant rejects 0, or the empty text.
func aboveZero(op string, c *pg.A_Const) bool {
	if s, text := c.GetVal().(*pg.A_Const_Sval); text {
		return op == "<>" && s.Sval.Sval == ""
	}
	i, number := c.GetVal().(*pg.A_Const_Ival)
	if !number {
		return false
	}
	n := int(i.Ival.Ival)
	return op == ">" && n >= 0 || op == ">=" && n >= 1 || op == "<>" && n == 0
}

// measured is the column that an expression is, or is the length of; "" if it is
// neither.
func measured(n *pg.Node) string {
	if f := n.GetFuncCall(); f != nil && len(f.Args) == 1 {
		switch pgnode.ObjectName(f.Funcname).Name {
		case "length", "char_length", "character_length", "octet_length":
			n = f.Args[0]
		}
	}
	fields := n.GetColumnRef().GetFields()
	if len(fields) == 0 {
		return ""
	}
	return fields[len(fields)-1].GetString_().GetSval()
}
