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
	if !ok || r.Call != k || len(r.Steps) == 0 || r.Steps[0].Kind != term.ResultStep || r.Steps[0].Index >= len(g.Results) {
		return nil, false
	}
	return term.SelectInside(g.Results[r.Steps[0].Index], r.Steps[1:]), true
}

// LeftIn gives the term behind what function f, which returned by g, has left in a variable
// that it has captured: a result of the call that it was handed to.
func LeftIn(t term.Term, f *Function, g *unit.Give) (term.Term, bool) {
	r, ok := t.(*term.Result)
	if !ok {
		return nil, false
	}
	_, fromLast, ok := term.LeftBy(r)
	if !ok || fromLast > f.Left || fromLast > len(g.Results) || f.Kept {
		return nil, false
	}
	return term.SelectInside(g.Results[len(g.Results)-fromLast], r.Steps[1:]), true
}

// Handed are the functions that argument j of a call is. What they are handed in turn is not
// told.
func (p *Graph) Handed(c *unit.Call, j int) (out []Callee, known bool) {
	if j >= len(c.Args) {
		return nil, false
	}
	for _, leaf := range term.Leaves(c.Args[j]) {
		v, ok := leaf.(*term.Func)
		if !ok || p.Function(v.Symbol) == nil {
			return nil, false
		}
		f := p.Function(v.Symbol)
		args := make([]term.Term, len(f.Params))
		for i := range args {
			args[i] = term.Why("what a function value is handed")
		}
		out = append(out, Callee{Fn: f, Args: args, free: v.Bind})
	}
	return out, len(out) > 0
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
