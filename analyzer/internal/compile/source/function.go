package source

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/flow"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Function is a function under compilation: what it is in SSA, and what is written
// down of it.
type Function struct {
	*Package
	Frame *flow.Frame
	Fn    *unit.Function
}

// Site is where a call stands.
func (f *Function) Site(c *callsite.Call) int {
	if call := f.Calls[c.Instr.Common().Pos()]; call != nil {
		return f.Sites.Call(call)
	}
	return f.Sites.At(c.Instr.Pos(), c.Instr.Pos())
}

// ArgSites are the ranges of the arguments; the receiver and what has no
// expression of its own stand at the call.
func (f *Function) ArgSites(c *callsite.Call, n int) []int {
	call := f.Calls[c.Instr.Common().Pos()]
	if call == nil || n == 0 {
		return nil
	}
	at := f.Sites.Call(call)
	out := make([]int, n)
	first := 0
	if c.Recv != nil {
		out[0], first = at, 1
		if len(call.Args) == n { // a method expression: the receiver is written as an argument
			first = 0
		}
	}
	for i := first; i < n; i++ {
		out[i] = at
		if i-first < len(call.Args) {
			out[i] = f.Sites.Node(call.Args[i-first])
		}
	}
	return out
}
