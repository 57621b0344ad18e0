// Package propagate asks the callers of a function what the function leaves open,
// until an obligation holds or stands at a root and fails there.
//
// In goes a statement or a [solve.Demand]; out come [solve.Context]s, one for each
// way in which the program comes there. A recursive function adds no context of its
// own; what its entries come to is all that it comes to.
package propagate

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/tabling"
)

// Callers asks the callers of a program's functions.
type Callers struct {
	graph  *callgraph.Graph
	chains *middleware.Chains
	stmts  *statement.Statements
	conds  *pathcond.Conditions
	rows   *rowflow.Rows
	solver *solve.Solver

	steps map[*callgraph.Function][]middleware.Chain // by function, the chains that it is a step of; nil until asked

	answers    map[string][]solve.Context
	inProgress map[string]bool
	// provisional are answers inside of a cycle of calls: handlers that dispatch, tasks that
	// call handlers.
	provisional tabling.Provisional[[]solve.Context]
}

// New makes the callers of a program and gives them to its solver.
func New(p solve.Parts, solver *solve.Solver) *Callers {
	c := &Callers{
		graph: p.Graph, chains: p.Chains, stmts: p.Statements, conds: p.Conditions, rows: p.Rows, solver: solver,
		answers: map[string][]solve.Context{}, inProgress: map[string]bool{}, provisional: tabling.Provisional[[]solve.Context]{},
	}
	solver.Callers, solver.Apart = c.Contexts, c.askApart
	return c
}
