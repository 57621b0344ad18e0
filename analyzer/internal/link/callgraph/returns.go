package callgraph

import (
	"iter"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

func ResultOf(n, k int) term.Term {
	return &term.Result{Call: n, Steps: []term.Step{{Kind: term.ResultStep, Index: k}}}
}

// Given gives the term behind a result of call k that returned by g.
func Given(t term.Term, k int, g *unit.Give) (term.Term, bool) {
	r, ok := t.(*term.Result)
	if !ok || r.Call != k {
		return nil, false
	}
	return r.Among(g.Results)
}

// Behind ranges over what stands behind a result of a call that may run some functions:
// the function, and the term that one of its returns gives there, in its own frame.
func Behind(targets []Callee, r *term.Result) iter.Seq2[Callee, term.Term] {
	return func(yield func(Callee, term.Term) bool) {
		for _, c := range targets {
			for i := range c.Fn.Gives {
				if t, ok := Given(r, r.Call, &c.Fn.Gives[i]); ok && !yield(c, t) {
					return
				}
			}
		}
	}
}
