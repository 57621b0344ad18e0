package fact

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// FactsAt are the facts in force at an instruction: those of its block, and what statements have
// left that cannot fail otherwise than by a panic.
func (f *Conditions) FactsAt(at ssa.Instruction) []term.Fact {
	out, ended := f.Facts(at.Block()), f.Survived(at)
	if over := len(out) + len(ended) - maxFacts; over > 0 {
		out = out[min(over, len(out)):]
	}
	return algebra.Unique(slices.Concat(out, ended))
}

// Survived are facts that statements ended well which were run on every way to an instruction,
// and whose functions panic where they fail.
func (f *Conditions) Survived(at ssa.Instruction) []term.Fact {
	var out []term.Fact
	for _, c := range f.Calls() {
		if c.Runs() && c.Model.Panics && surelyBefore(c, at) && len(out) < maxFacts {
			out = append(out, term.Fact{Op: term.Nil, A: &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.PseudoStep, Name: "err"}}}})
		}
	}
	return out
}

// surelyBefore reports whether a call was made, and has come back, on every way to an
// instruction.
func surelyBefore(c *callsite.Call, at ssa.Instruction) bool {
	call, now := c.Instr.(*ssa.Call)
	switch {
	case !now:
		return false
	case call.Block() != at.Block():
		return call.Block().Dominates(at.Block())
	}
	return slices.Index(call.Block().Instrs, ssa.Instruction(call)) < slices.Index(call.Block().Instrs, at)
}
