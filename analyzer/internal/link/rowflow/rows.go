// Package rowflow tells where the rows of a statement go in a function: whether they
// are used, only given back, mapped into other values, or only asked about.
//
// It is structural: it says what a function does with a row, never whether that is
// allowed. Whoever proves decides what a use costs.
package rowflow

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/access"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Rows follows the rows of a program's statements.
type Rows struct {
	graph  *callgraph.Graph
	stmts  *statement.Statements
	conds  *pathcond.Conditions
	access *access.Deciders

	uses    map[*callgraph.Function][]placeOf // of functions that were asked about
	through map[valueIn]term.Term             // of terms that were asked about
	kept    map[*callgraph.Function][]Kept    // by functions that were asked about
	older   map[placeIn]bool                  // whether a place lasts longer than a request
}

// placeIn is a place of a function, by its text.
type placeIn struct {
	fn *callgraph.Function
	at string
}

// valueIn is a term of a function.
type valueIn struct {
	fn    *callgraph.Function
	value term.Term
}

// New follows the rows of a program.
func New(graph *callgraph.Graph, stmts *statement.Statements, conds *pathcond.Conditions, deciders *access.Deciders) *Rows {
	return &Rows{graph: graph, stmts: stmts, conds: conds, access: deciders, uses: map[*callgraph.Function][]placeOf{}, through: map[valueIn]term.Term{}, kept: map[*callgraph.Function][]Kept{}, older: map[placeIn]bool{}}
}
