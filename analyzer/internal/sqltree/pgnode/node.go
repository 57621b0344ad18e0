// Package pgnode is what the readers of PostgreSQL's grammar share: names and lists
// of its nodes, text for what only its deparser can write, and the two words that it
// misreads.
package pgnode

import (
	"strings"

	pg "github.com/sqlc-dev/oliphant"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// RangeName is the name of a table as the grammar holds it.
func RangeName(rv *pg.RangeVar) sqltree.ObjectName {
	return sqltree.ObjectName{Schema: rv.GetSchemaname(), Name: rv.GetRelname()}
}

// ObjectName reads a dotted name; a database before the schema is dropped.
func ObjectName(parts []*pg.Node) sqltree.ObjectName {
	names := StringList(parts)
	switch n := len(names); n {
	case 0:
		return sqltree.ObjectName{}
	case 1:
		return sqltree.ObjectName{Name: names[0]}
	default:
		return sqltree.ObjectName{Schema: names[n-2], Name: names[n-1]}
	}
}

// StringList is a list of the grammar's strings.
func StringList(nodes []*pg.Node) []string {
	var out []string
	for _, n := range nodes {
		out = append(out, n.GetString_().GetSval())
	}
	return out
}

// Deparsed prints an expression by way of SELECT.
func Deparsed(n *pg.Node) string {
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

// MaxDepth caps the nesting of parentheses, in which the grammar is quadratic.
const MaxDepth = 200
