package sqltree

import (
	"strings"

	pg "github.com/sqlc-dev/oliphant"
)

// rangeName is the name of a table as the grammar holds it.
func rangeName(rv *pg.RangeVar) ObjectName {
	return ObjectName{Schema: rv.GetSchemaname(), Name: rv.GetRelname()}
}

// objectName reads a dotted name; a database before the schema is dropped.
func objectName(parts []*pg.Node) ObjectName {
	names := stringList(parts)
	switch n := len(names); n {
	case 0:
		return ObjectName{}
	case 1:
		return ObjectName{Name: names[0]}
	default:
		return ObjectName{Schema: names[n-2], Name: names[n-1]}
	}
}

// stringList is a list of the grammar's strings.
func stringList(nodes []*pg.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.GetString_().GetSval())
	}
	return out
}

// deparsed prints an expression by way of SELECT.
func deparsed(n *pg.Node) string {
	target := &pg.Node{Node: &pg.Node_ResTarget{ResTarget: &pg.ResTarget{Val: n}}}
	sel := &pg.Node{Node: &pg.Node_SelectStmt{SelectStmt: &pg.SelectStmt{
		TargetList: []*pg.Node{target}, Op: pg.SetOperation_SETOP_NONE, LimitOption: pg.LimitOption_LIMIT_OPTION_DEFAULT,
	}}}
	text, err := pg.Deparse(&pg.ParseResult{Stmts: []*pg.RawStmt{{Stmt: sel}}})
	if err != nil {
		return "?"
	}
	return strings.TrimPrefix(text, "SELECT ")
}

// maxDepth caps the nesting of parentheses, in which the grammar is quadratic.
const maxDepth = 200
