package value

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Inner is Term for evaluators that are called during an evaluation; nil stands
// for a value that is being evaluated further out.
func (f *Values) Inner(v ssa.Value, at ssa.Instruction) term.Term {
	return f.refined(f.Value(v, at), at)
}

// refined drops zero from a value that is known not to be zero at a point.
func (f *Values) refined(t term.Term, at ssa.Instruction) term.Term {
	if t == nil || at == nil || !algebra.HasZeroLeaf(t) {
		return t
	}
	if f.Course != nil {
		defer f.Course.Settle()()
	}
	return algebra.Refine(t, f.Above.Facts(at.Block()))
}
