// Package solve decides obligations where they stand: by where a value comes from, by
// a row of a proved statement, by a comparison, or by a guard whose outcome was
// tested. What speaks of a function's parameters stays open: its callers answer.
//
// In goes an atom (an obligation on one value) and an environment; out comes a
// [obligation.Value], the alternatives that may hold and the causes of those that do
// not.
//
// Invariant: an atom that is asked for while it is being decided does not hold, and
// what leaned on it is not remembered (tabling.go). What is not understood never
// proves.
package solve

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/access"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/signature"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
)

// Solver decides the obligations of one program.
type Solver struct {
	// Callers answers an obligation in all contexts of a function.
	Callers func(Demand) []Context
	// TestsStaff reports whether a function may test for staff, and Exempt what a
	// staff test in force at a place is worth.
	TestsStaff func(f *callgraph.Function, depth int) bool
	Exempt     func(*pathcond.Env) (obligation.Notes, bool)

	// Apart lets a question be asked as if no other were open.
	Apart func(question func())

	Tabling *Tabling
	Budget  int // atoms that may still be proved for the call that is judged
	// Assumed is what readers of each context key take for granted.
	Assumed Assumptions
	Trusted int // how often a value held because it is the caller's tenant or principal

	graph        *callgraph.Graph
	chains       *middleware.Chains
	stmts        *statement.Statements
	owners       owners
	conds        *pathcond.Conditions
	access       *access.Deciders
	rows         *rowflow.Rows
	signatures   *signature.Signatures
	tenantSource string // of the settings
	paramLoading *paramLoader
	keys         map[string]*keyAnswer // what the writers of context keys are worth, by atom
	proved       map[string]obligation.Value
	setters      map[string]map[*callgraph.Function]bool // functions that may set a variable of the session, by its name
}

// Parts are what a solver stands on.
type Parts struct {
	Graph        *callgraph.Graph
	Chains       *middleware.Chains
	Statements   *statement.Statements
	Conditions   *pathcond.Conditions
	Access       *access.Deciders
	Rows         *rowflow.Rows
	TenantSource string // of the settings: "request" trusts callers to name the tenant
}

// New makes the solver of a program. Its functions that lead up are set by whoever
// knows callers and staff.
func New(p Parts) *Solver {
	s := &Solver{
		Tabling: newTabling(), proved: map[string]obligation.Value{}, setters: map[string]map[*callgraph.Function]bool{}, keys: map[string]*keyAnswer{}, Assumed: Assumptions{}, tenantSource: p.TenantSource,
		signatures: signature.New(p.Graph, p.Conditions),
		owners:     owners{p.Graph, p.Statements, map[ownersKey][]owner{}},
		graph:      p.Graph, chains: p.Chains, stmts: p.Statements, conds: p.Conditions, access: p.Access, rows: p.Rows,
	}
	p.Conditions.Derive = s.accepted
	return s
}
