// Package value evaluates the values of a function, under a budget.
//
// A value is evaluated backwards from where it is used and remembered by value,
// point and turn of the loops. What a loop cuts is not remembered, so that no answer
// depends on what was asked before.
package value

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/cfg"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Values evaluates the values of a function. What is made of values, results of
// calls and facts, is asked of [Above].
type Values struct {
	*memory.Memory

	memo  map[memoKey]term.Term
	busy  map[memoKey]int
	low   int
	Texts Evaluator // nil leaves the text functions unknown
	Above Above

	loopOps map[*cfg.Loop]loopOps
}

// New makes the values over a memory; who makes it sets what is above.
func New(m *memory.Memory, texts Evaluator) *Values {
	return &Values{Memory: m, memo: map[memoKey]term.Term{}, busy: map[memoKey]int{}, low: noCycle, Texts: texts, loopOps: map[*cfg.Loop]loopOps{}}
}

// Evaluator gives the text functions of library data their meaning.
type Evaluator interface {
	// Results are the results of a call, one per result; nil if it cannot tell.
	Results(f *Values, c *callsite.Call) []term.Term
	// Written is what a buffer holds after a call that writes to it.
	Written(f *Values, c *callsite.Call, before term.Term) term.Term
}

// Above is what the evaluation of values asks of those that are made of values.
type Above interface {
	// First is the result of a call that has one.
	First(v *ssa.Call) term.Term
	// ResultsOf are the results of a call, one term each; nil while it is being
	// evaluated further out.
	ResultsOf(c *callsite.Call) []term.Term
	// Builds is what a value of a builder's type builds that is put together here, nil
	// if it is none.
	Builds(v ssa.Value, at ssa.Instruction) term.Term
	// BuiltAt is what the builder at a place builds that is changed there.
	BuiltAt(p place.Place, at ssa.Instruction) term.Term
	// Constructed is what a call of a builder's function begins or adds to.
	Constructed(c *callsite.Call) term.Term
	// Claims are what a call that verifies a token gives.
	Claims(c *callsite.Call) term.Term
	// Holds are the facts that hold if a boolean is true, and if it is false.
	Holds(v ssa.Value) (yes, no []term.Fact)
	// Facts are the facts in force in a block, outermost first.
	Facts(b *ssa.BasicBlock) []term.Fact
	// FactsOn are the facts in force on the way from a block to its successor.
	FactsOn(from, to *ssa.BasicBlock) []term.Fact
}
