package fact

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// At is the term of v at a point, given the facts in force there.
func (f *Conditions) At(v ssa.Value, at ssa.Instruction) term.Term {
	t := f.Term(v, at)
	return algebra.Refine(t, f.Facts(at.Block()))
}

// Elements are the bind values or operands of a variadic argument; spread if it
// is one list that is handed on as a whole.
func (f *Conditions) Elements(v ssa.Value, at ssa.Instruction) (elems []term.Term, spread bool) {
	t := f.At(v, at)
	if l, ok := algebra.AsList(t); ok && !l.Open {
		return l.Elems, false
	}
	if call, ok := v.(*ssa.Call); ok { // append(known, rest...)
		if c := f.CallOf(call); c.Kind == callsite.Builtin && c.Symbol == "append" && len(c.Args) == 2 {
			if l, ok := algebra.AsList(f.At(c.Args[0], c.Instr)); ok && !l.Open {
				return append(append([]term.Term{}, l.Elems...), f.At(c.Args[1], c.Instr)), true
			}
		}
	}
	return []term.Term{t}, true
}
