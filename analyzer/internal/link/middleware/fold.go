package middleware

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Functions that wrap a handler into each middleware of a list:
//
//	for _, m := range list { h = m(h) }
//	return h
//
// That the loop takes the whole list is assumed: units do not tell which elements
// a loop comes to.

// folded gives the arguments of a call that the handler, its argument i, is
// wrapped into, if that is all that the function does with it.
func (p *Chains) folded(f *callgraph.Function, call *unit.Call, x callgraph.Callee, i int) (Chain, bool) {
	loop, list := foldOf(x.Fn, i)
	if loop == nil || list >= len(x.Args) {
		return nil, false
	}
	l, ok := x.Args[list].(*term.List)
	if !ok || l.Open {
		return nil, false
	}
	var out Chain
	for _, v := range l.Elems {
		if s, ok := p.stepOf(f, v, callgraph.MaxCallbackDepth); ok {
			s.Assumes = trust.WholeList
			out = append(out, s)
		}
	}
	return out, true
}

// foldOf finds the call in a loop by which a function wraps its parameter i into
// the elements of another parameter, and that parameter. The function must give
// back what comes out, and do nothing else with the parameter.
func foldOf(g *callgraph.Function, i int) (loop *unit.Call, list int) {
	is := isPart(&term.Path{Root: term.Param, Index: i})
	for k := range g.Calls {
		c := &g.Calls[k]
		if !slices.ContainsFunc(c.Args, func(a term.Term) bool { return involves(a, is) }) {
			continue
		}
		at, ok := elementOf(c)
		if loop != nil || !ok || len(c.Args) != 1 || !isFold(c.Args[0], c.N, is) || !onElement(c) {
			return nil, 0
		}
		loop, list = c, at
	}
	if loop == nil || len(g.Stores)+len(g.Puts) > 0 || len(g.Gives) != 1 || len(g.Gives[0].Results) != 1 || !isFold(g.Gives[0].Results[0], loop.N, is) {
		return nil, 0
	}
	return loop, list
}

// elementOf tells a call of an element of a parameter.
func elementOf(c *unit.Call) (param int, ok bool) {
	v, ok := c.Value.(*term.Path)
	if c.Kind != unit.Dynamic || c.Mode != unit.Now || !ok || v.Root != term.Param || len(v.Steps) != 1 {
		return 0, false
	}
	return v.Index, v.Steps[0].Kind == term.ElemStep
}

// isFold tells what a loop begins with or has made so far.
func isFold(t term.Term, n int, is matcher) bool {
	j, ok := t.(*term.Join)
	made := isPart(callgraph.ResultOf(n, 0))
	return ok && len(j.Terms) == 2 && slices.ContainsFunc(j.Terms, is) && slices.ContainsFunc(j.Terms, made)
}

// onElement reports whether a call depends on nothing but the element itself.
func onElement(c *unit.Call) bool {
	return !slices.ContainsFunc(c.If, func(f term.Fact) bool { return f.B != nil || !term.Same(f.A, c.Value) || !term.Solid(f.Op) })
}
