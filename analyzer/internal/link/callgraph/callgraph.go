// Package callgraph tells which functions a call may run, from where a function is
// reached, and with what arguments.
//
// In go the units of a program's import closure; out comes a [Graph] of the live
// functions. Edges come from four sources: static calls; interface methods, by the
// conversions of the program (class-hierarchy analysis over the types that reach an
// interface); function values, by a points-to analysis of the places that hold them
// (Andersen's inclusion constraints, in pointsto.go); and values of which no call is
// seen, by their signature.
//
// Terms. A *root* is main, an initialiser, or an entry that a framework calls with a
// request; a function is *live* if a root reaches it. An edge is *soft* if it rests
// on an assumption. A *node* is a place that can hold function values.
//
// Invariant: a call that may run something that is not known says so. What is not
// seen to be called is not dropped: it is an unknown root.
//
// It does not follow function values through channels and reflection, but for the
// command buses of dispatch.go.
package callgraph

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Library is the name of the pseudo-program of the packages that no program
// contains: there every exported function is a root.
const Library = "library"

// Graph is the call graph of one program.
type Graph struct {
	Main   string // the import path of the main package, or Library
	Units  []*unit.Unit
	Index  *Index
	Live   map[*Function]*Liveness
	Order  []*Function // live functions, in the order they were reached
	Stores map[string][]Write
	Puts   map[string][]Write
	Edges  map[*Function][]*Edge // by callee

	words *trust.Words
	has   map[string]bool // import paths
	impls map[string]*implementations
	idle  map[string]*Function // that stand for functions which do nothing
	// packages are the units by the packages that their symbols are of; nil until asked.
	packages map[string]*unit.Unit
	thunks   map[*unit.Call]*thunk   // of calls that send messages
	resolved map[*unit.Call][]Callee // calls of interfaces; nil until the graph is built
	inside   map[insideCall]bool
	// unregistered are the entries that nobody was seen to register, and whether they are dead.
	unregistered map[*Function]bool
}

// insideCall is a call of a value inside its maker's.
type insideCall struct {
	maker, value *Function
	call         *unit.Call
}
