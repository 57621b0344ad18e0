// Package pathcond keeps path conditions: the facts that are in force at a place of a
// function, with what the outcomes of calls imply.
//
// In go the facts that the units state; out come [Env]s, closed under the
// return-value postconditions of the functions that were called: `err := f(x)` that
// is nil means whatever f has checked of x before it returns nil.
//
// Invariant: a fact is added only if it holds on every return that is still possible.
package pathcond

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Conditions makes the path conditions of a program.
type Conditions struct {
	// Derive adds to the facts of an environment what access decisions in it imply;
	// whoever knows those sets it.
	Derive func(*Env, *term.FactSet)

	graph       *callgraph.Graph
	stmts       *statement.Statements
	expanded    map[string]*Env
	keys        map[string]string // of environments, by their functions and facts
	outer       []term.Term       // terms of callers that callees cannot name
	opaqueIndex map[string]int
	nested      int // environments that are being made
}

// New makes the path conditions of a program.
func New(graph *callgraph.Graph, stmts *statement.Statements) *Conditions {
	return &Conditions{
		graph: graph, stmts: stmts, expanded: map[string]*Env{}, keys: map[string]string{}, opaqueIndex: map[string]int{},
		Derive: func(*Env, *term.FactSet) {},
	}
}

// IfRan is an environment with what holds in it if operation n of its function was run.
func (p *Conditions) IfRan(e *Env, n int) *Env {
	if !slices.ContainsFunc(e.Facts, func(x term.Fact) bool { return term.ImpliedByRun(x, n) != nil }) {
		return e
	}
	return p.At(e.Fn, term.IfRan(e.Facts, n))
}

// Then is an environment where the condition of one of its implications is met.
func (p *Conditions) Then(e *Env, implies term.Fact) *Env {
	facts := slices.DeleteFunc(slices.Clone(e.Facts), func(x term.Fact) bool { return x.String() == implies.String() })
	if then, ok := implies.B.(*term.Test); ok {
		facts = append(facts, then.Fact)
	}
	return p.At(e.Fn, facts)
}
