// Package staff tells where only those come who run the installation.
//
// A staff test ties nothing; whether staff may see every tenant is a question, which
// the settings answer by the word that is tested.
package staff

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/access"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Staff finds the staff tests of a program.
type Staff struct {
	graph  *callgraph.Graph
	chains *middleware.Chains
	stmts  *statement.Statements
	conds  *pathcond.Conditions
	access *access.Deciders
	rows   *rowflow.Rows
	solver *solve.Solver

	staffWords []string        // of the settings
	staffish   map[looked]bool // functions that were asked whether they test for staff
	tenanted   map[string]bool // context keys whose objects name a tenant; nil until asked
}

// New makes the staff tests of a program and gives them to its solver.
func New(p solve.Parts, solver *solve.Solver, words []string) *Staff {
	s := &Staff{
		graph: p.Graph, chains: p.Chains, stmts: p.Statements, conds: p.Conditions, access: p.Access, rows: p.Rows, solver: solver,
		staffWords: words, staffish: map[looked]bool{},
	}
	solver.TestsStaff, solver.Exempt, solver.Passes = s.hasStaffTest, s.onlyStaff, s.passes
	return s
}

// passes is what it is worth that one of some facts lets staff go on, or an admin of
// whatever: then there is a question about the word.
func (p *Staff) passes(e *pathcond.Env, facts []term.Fact) (obligation.Notes, bool) {
	if n, ok := p.onlyStaff(e, obligation.Here); ok {
		return n, true
	}
	for _, x := range facts {
		name, rank := p.staffName(x)
		if rank == trust.Nobody {
			continue
		}
		if _, ok := p.own(e, x.A, trust.Staff, rowflow.MaxRowDepth).Holds(); ok {
			return p.staffNotes(name), true
		}
	}
	return obligation.Notes{}, false
}
