package decision

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Between the load of a row and the check of it stand functions that make an object of
// it, or that look up what belongs to it. What they give is the row still, and that
// they were handed it is no use.

// carriers are the operations of a function whose results are the row that operation n
// gives, or hold it.
func (p *Decisions) carriers(f *callgraph.Function, n int) []int {
	out := []int{n}
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.N != n && slices.ContainsFunc(c.Args, func(a term.Term) bool { return mentions(f, a, out) }) && p.carries(f, c, maxDepth) {
			out = append(out, c.N)
		}
	}
	return out
}

// mentions reports whether a term holds what one of some operations gave, and not just
// how it ended.
func mentions(f *callgraph.Function, t term.Term, ops []int) bool {
	return term.Any(t, func(x term.Term) bool {
		r, ok := x.(*term.Result)
		return ok && slices.Contains(ops, r.Call) && !isEnd(f, r)
	})
}

// isEnd reports whether a result tells how an operation ended: the last one of a call
// that gives several is its error.
func isEnd(f *callgraph.Function, r *term.Result) bool {
	if len(r.Steps) == 0 {
		return false
	}
	first := r.Steps[0]
	switch first.Kind {
	case term.PseudoStep:
		return first.Name == "err" || first.Name == "scan" || first.Name == "count" || first.Name == "some"
	case term.ResultStep:
		return first.Index > 0 && first.Index == lastResult(f, r.Call)
	}
	return false
}

// lastResult is the highest result of a call that any fact or value of its function
// speaks of.
func lastResult(f *callgraph.Function, n int) int {
	last := 0
	look := func(t term.Term) {
		if r, ok := t.(*term.Result); ok && r.Call == n && len(r.Steps) > 0 && r.Steps[0].Kind == term.ResultStep {
			last = max(last, r.Steps[0].Index)
		}
	}
	for i := range f.Gives {
		term.VisitAll(f.Gives[i].Results, look)
		for _, x := range f.Gives[i].If {
			term.Visit(x.A, look)
		}
	}
	return last
}

// carries reports whether a call, and what it calls, writes nothing and keeps nothing.
func (p *Decisions) carries(f *callgraph.Function, c *unit.Call, depth int) bool {
	if c.Kind == unit.Library || c.Kind == unit.Dynamic || c.Mode != unit.Now || depth == 0 {
		return false
	}
	targets, known := p.graph.Callees(f, c)
	return known && len(targets) > 0 && !slices.ContainsFunc(targets, func(t callgraph.Callee) bool { return !p.keepsNothing(t.Fn, depth-1) })
}

func (p *Decisions) keepsNothing(f *callgraph.Function, depth int) bool {
	if len(f.Puts) > 0 || f.Results == 0 || slices.ContainsFunc(f.Stores, func(s unit.Store) bool { return s.Of != unit.Made }) {
		return false
	}
	for i := range f.Runs {
		if p.writes(f, &f.Runs[i]) {
			return false
		}
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.Kind != unit.Library && !p.carries(f, c, depth) {
			return false
		}
	}
	return true
}
