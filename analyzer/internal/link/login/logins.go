// Package login tells where a user is looked up by name to log in: before that there is
// no caller, and no tenant but the one that the name belongs to.
//
// It rests on the name of a function, so its answer is a premise and no proof: nobody
// may be known to call there yet, and the row may not be given away before a credential
// of it was looked at.
package login

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/access"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
)

// Logins finds the logins of a program.
type Logins struct {
	graph  *callgraph.Graph
	chains *middleware.Chains
	stmts  *statement.Statements
	conds  *pathcond.Conditions
	access *access.Deciders
	rows   *rowflow.Rows
	solver *solve.Solver
}

// New finds the logins of a program.
func New(p solve.Parts, solver *solve.Solver) *Logins {
	return &Logins{graph: p.Graph, chains: p.Chains, stmts: p.Statements, conds: p.Conditions, access: p.Access, rows: p.Rows, solver: solver}
}
