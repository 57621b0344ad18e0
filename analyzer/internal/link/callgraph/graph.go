package callgraph

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// thunk is what a dispatch calls.
type thunk struct {
	fn   *Function
	args []term.Term
}

// implementations are the concrete types that reach an interface.
type implementations struct {
	types []string        // sorted
	soft  trust.Suggested // the assumption by which they were found, "" for conversions
}

// RootKind tells how the program comes to a function.
type RootKind uint8

// The kinds of roots. An unknown root is a function value that was handed to a
// library which is not modelled: nobody knows whether requests reach it.
const (
	JobRoot RootKind = iota
	RequestRoot
	UnknownRoot
	rootKinds
)

// Liveness is how a live function is reached; via leads back to a root, nil at
// the root itself.
type Liveness struct {
	By      [rootKinds]bool
	Via     [rootKinds]*Edge
	Library string // unknownRoot: the library function that was handed the value
}

// Edge is one way in which a function comes to run: a call, or a function value
// that is created in one function and applied elsewhere.
type Edge struct {
	From, To *Function
	Call     *unit.Call // nil where a value is only created
	term.Substitution
	Facts []term.Fact
	Site  int
	Sites []int // by parameter of to; unit.NoSite where unknown
	Soft  trust.Suggested
	// Creates tells that from only makes the value that an entry is: the
	// entry's requests do not come from there.
	Creates bool
	// Explained tells that it was found, or assumed, who applies the value.
	Explained bool
	// Kept tells the edge of a function value that is kept, made where it is made;
	// held the edge from where such a value is called, with its maker.
	Kept, ByPointer bool
	// onlyRequests tells an edge that is assumed of requests alone.
	onlyRequests bool
	// Closure is the edge from the function that made the closure that runs: what
	// it has captured is in that frame. nil if all is in from's.
	Closure *Edge
	Inside  bool // the closure runs while the call lasts by which its maker handed it on
	// Library is the library function that was handed the value, if it is not modelled.
	Library string
}

// Caller is the function whose callers come to the edge.
func (e *Edge) Caller() *Function {
	if !e.Inside {
		return e.From
	}
	return e.Closure.From
}

// ByValue reports whether the function runs because its value was handed over, and not because
// the caller names it.
func (e *Edge) ByValue() bool {
	return e.Call == nil || e.Call.Kind == unit.Dynamic || e.Call.Kind == unit.Library
}

// Function is a function of some unit.
type Function struct {
	*unit.Function
	Unit  *unit.Unit
	Entry *unit.Entry
	Ops   map[int]Operation // by number
}

// Operation is a numbered operation: exactly one of run and call is set.
type Operation struct {
	Run  *unit.Run
	Call *unit.Call
}

// Write is a store or a put, with the function that it stands in.
type Write struct {
	Fn    *Function
	Value term.Term
	Site  int
	Facts []term.Fact
	Made  bool // into an object that the function made and has handed to nobody before
}
