package proof

import (
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
)

// Compared judges a query of whose rows only those are used of which output i, of so many,
// equals a value: as the query that gives no others. The value is a bind value of that query,
// whose number comes back. How many rows are given at most, and in which order, is no matter
// then. The result is nil of what is no query, and of a text that does not parse.
func Compared(text string, cat *catalogue.Catalogue, outputs, i int) (r *Result, hole int) {
	stmt, err := sqlparse.Parse(text, cat.Diagram.Speaks())
	query, ok := stmt.(*sqltree.Query)
	if err != nil || !ok || i >= outputs {
		return nil, 0
	}
	hole = lastHole(query) + 1
	query.OrderBy, query.Limit, query.Offset, query.WithTies, query.Lock, query.Locks = nil, nil, nil, false, false, nil
	names := make([]string, outputs)
	for n := range names {
		names[n] = "output" + strconv.Itoa(n)
	}
	at := query.At()
	rows := &sqltree.Derived{Pos: at, Query: query, Alias: "compared", Columns: names}
	equal := &sqltree.Binary{Pos: at, Op: "=", L: &sqltree.Column{Pos: at, Table: rows.Alias, Name: names[i]}, R: &sqltree.Hole{Pos: at, Number: hole}}
	outer := &sqltree.Select{Pos: at, Items: []sqltree.Item{{Expr: &sqltree.Star{Pos: at}}}, From: []sqltree.From{rows}, Where: equal}
	return Prove(&sqltree.Query{Pos: at, Body: outer}, cat), hole
}

// lastHole is the greatest number of a bind value.
func lastHole(stmt sqltree.Statement) int {
	last := 0
	sqltree.Walk(stmt, func(n sqltree.Node) bool {
		if h, ok := n.(*sqltree.Hole); ok {
			last = max(last, h.Number)
		}
		return true
	})
	return last
}
