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
	"github.com/tenantvet/tenantvet/analyzer/internal/link/installation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/owner"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rewritten"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/signature"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/tabling"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Solver decides the obligations of one program.
type Solver struct {
	// Callers answers an obligation in all contexts of a function.
	Callers func(Demand) []Context
	// TestsStaff reports whether a function may test for staff, and Exempt what a
	// staff test in force at a place is worth.
	TestsStaff func(f *callgraph.Function, depth int) bool
	Exempt     func(e *pathcond.Env, inCaller func(obligation.Value) obligation.Value) (obligation.Notes, bool)
	// Passes is what it is worth that one of some facts, which are among those in force,
	// lets staff go on, or one who rules over whatever.
	Passes func(e *pathcond.Env, facts []term.Fact) (obligation.Notes, bool)

	inCase bool // one of two conditions is taken for met
	alone  int  // how many times over it is asked what the facts at a place say alone

	// Connections answer what is asked of the connection of a statement.
	Connections Connections

	// Apart lets a question be asked as if no other were open.
	Apart func(question func())

	Tabling *tabling.Tabling
	Budget  int // atoms that may still be proved for the call that is judged
	// Assumed is what readers of each context key take for granted.
	Assumed obligation.Assumptions
	Trusted int // how often a value held because it is the caller's tenant or principal

	graph        *callgraph.Graph
	chains       *middleware.Chains
	stmts        *statement.Statements
	owners       *owner.Finder
	fields       *installation.Fields
	conds        *pathcond.Conditions
	access       *access.Deciders
	rows         *rowflow.Rows
	signatures   *signature.Signatures
	tenantSource string // of the settings
	paramLoading *paramLoader
	keys         map[string]*keyAnswer // what the writers of context keys are worth, by atom
	proved       map[string]obligation.Value
	provedAlone  map[string]obligation.Value // while alone
	// provisional are answers inside of a cycle, rows that refer to each other; provisionalAlone
	// those by the facts alone.
	provisional, provisionalAlone tabling.Provisional[obligation.Value]
	ownContext                    func() string // carried.OwnContext
	underAnyName                  func() bool   // carried.UnderAnyName
	rewritten                     *rewritten.Parts
}

// Connections answer what policies of row-level security need: whether the connection of a
// statement was given the caller's tenant.
type Connections interface {
	// Ways are the ways to tie a statement in which policies take part, WaysOf those of
	// one of its relations, WaysOfReference those of a reference that it stores, and
	// Premises what they rest on.
	Ways(*statement.Statement) []statement.Alternative
	WaysOf(s *statement.Statement, relation int) []statement.Alternative
	WaysOfReference(*proof.Written) []statement.Alternative
	Premises(*statement.Statement) obligation.Notes
	// Alone decides a statement by its policies alone; asked is false where they are not.
	Alone(*pathcond.Env, *unit.Run, *statement.Statement) (v obligation.Value, asked bool)
	Given(*pathcond.Env, *unit.Run, []proof.Need) obligation.Value
	// Given decides what a way needs of the connection of a run, Origin an atom on a
	// connection by where that comes from, and Happened adds what happened on it before.
	Origin(*pathcond.Env, obligation.Atom) obligation.Value
	Happened(*pathcond.Env, obligation.Atom, obligation.Value) obligation.Value
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
