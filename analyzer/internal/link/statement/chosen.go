package statement

import (
	"iter"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// behind is callgraph.Behind, where what is built says on which of the ways of its function.
func behind(targets []callgraph.Callee, r *term.Result) iter.Seq2[callgraph.Callee, term.Term] {
	return func(yield func(callgraph.Callee, term.Term) bool) {
		for _, c := range targets {
			for i := range c.Fn.Gives {
				t, ok := callgraph.Given(r, r.Call, &c.Fn.Gives[i])
				if ok && !yield(c, term.OnlyIf(t, c.Fn.Gives[i].If)) {
					return
				}
			}
		}
	}
}
