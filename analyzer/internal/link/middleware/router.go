package middleware

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Routers. A router is a value: what a library function made, a group or a scope
// of another one, a parameter, a field. The steps before a route are those that
// were added to its router before, on every way, and those of the routers above.

// maxAbove caps the functions that a router is handed through.
const maxAbove = 10

// noChain is the answer for a router that is not understood: one way to it, and
// nothing is known to run before.
func noChain() []Chain { return []Chain{nil} }

// routerAt is a router, by a term in a function, at a place before which the
// calls in after have happened.
type routerAt struct {
	fn    *callgraph.Function
	t     term.Term
	after []int
}

// above lists the chains of a router, one for each way by which it may come there.
func (p *Chains) above(r routerAt, depth int) []Chain {
	if depth == 0 || r.t == nil {
		return noChain()
	}
	r.t = wholeRouter(r.t)
	own := p.added(r)
	var out []Chain
	switch t := r.t.(type) {
	case *term.Result:
		out = p.madeBy(r, t, depth)
	case *term.Path:
		out = p.comingFrom(r, t, depth)
	default:
		out = noChain()
	}
	return prepend(own, out)
}

// wholeRouter drops the field by which a router embeds another: it is the same.
func wholeRouter(t term.Term) term.Term {
	r, ok := t.(*term.Result)
	if ok && len(r.Steps) > 1 && r.Steps[0].Kind == term.ResultStep {
		return &term.Result{Call: r.Call, Steps: r.Steps[:1]}
	}
	return t
}

// added are the steps that were added to the router in the same function before.
func (p *Chains) added(r routerAt) Chain {
	var out Chain
	for _, n := range r.after {
		c := r.fn.Ops[n].Call
		if c == nil || !addsMiddleware(c) || !term.Same(wholeRouter(c.Args[0]), r.t) || !everywhere(c) {
			continue
		}
		steps := p.stepsIn(r.fn, c)
		for i := range steps {
			steps[i].early = c.Role == library.EarlyMiddleware && !p.isInline(r)
		}
		out = append(out, steps...)
	}
	return out
}

// addsMiddleware tells a call that adds middlewares to its receiver.
func addsMiddleware(c *unit.Call) bool {
	return (c.Role.AddsMiddleware()) && len(c.Args) > 0
}

// everywhere reports whether middlewares are added to all of a router, not below a
// prefix that is among the arguments.
func everywhere(c *unit.Call) bool {
	for _, v := range values(c) {
		switch v.(type) {
		case *term.Func, *term.Result, *term.Origin:
		default:
			return false
		}
	}
	return true
}

// isInline tells the router of a scope without a pattern: what is added to it runs
// when the route is known.
func (p *Chains) isInline(r routerAt) bool {
	v, ok := r.t.(*term.Path)
	if !ok || v.Root != term.Param || len(v.Steps) > 0 {
		return false
	}
	for _, e := range p.graph.Edges[r.fn] {
		if e.Call == nil || e.Call.Role != library.Scope || patternOf(e.Call) != "" {
			return false
		}
	}
	return true
}

// madeBy are the chains of a router that a call gave.
func (p *Chains) madeBy(r routerAt, t *term.Result, depth int) []Chain {
	c := r.fn.Ops[t.Call].Call
	if c == nil {
		return noChain()
	}
	if c.Kind != unit.Library {
		return p.givenRouter(r.fn, t, c, depth)
	}
	switch c.Role {
	case library.Router:
		return p.mounted(r.fn, t)
	case library.Subrouter:
		return prepend(p.stepsIn(r.fn, c), below(patternOf(c), p.above(routerAt{r.fn, c.Args[0], c.After}, depth-1)))
	case library.Middleware, library.EarlyMiddleware, library.Registers, library.Intercepts: // they give their router back
		after := append(slices.Clone(c.After), t.Call)
		return p.above(routerAt{r.fn, c.Args[0], after}, depth-1)
	}
	return noChain()
}

func (p *Chains) givenRouter(f *callgraph.Function, t *term.Result, c *unit.Call, depth int) []Chain {
	found, known := p.graph.Callees(f, c)
	if !known {
		return noChain()
	}
	var out []Chain
	for _, x := range found {
		for i := range x.Fn.Gives {
			g := &x.Fn.Gives[i]
			inner, ok := callgraph.Given(t, t.Call, g)
			if !ok {
				continue
			}
			if v, ok := inner.(*term.Path); ok && v.Root == term.Param {
				out = append(out, p.above(routerAt{f, x.Frame().Apply(inner), c.After}, depth-1)...)
				continue
			}
			out = append(out, p.above(routerAt{x.Fn, inner, g.After}, depth-1)...)
		}
	}
	return capChains(out)
}

// comingFrom are the chains of a router that is a parameter, a captured variable,
// or kept in a field or a package variable.
func (p *Chains) comingFrom(r routerAt, t *term.Path, depth int) []Chain {
	switch t.Root {
	case term.Param, term.Free:
		if out := p.fromCallers(r, t, depth); len(out) > 0 {
			return capChains(out)
		}
	case term.This:
		if len(t.Steps) > 0 {
			return p.fromWrites(p.graph.Stores[t.Name+"."+t.Steps[0].Name], t.Steps[1:], depth)
		}
	case term.Global:
		return p.fromWrites(p.graph.Stores[t.Name], t.Steps, depth)
	}
	return noChain()
}

func (p *Chains) fromCallers(r routerAt, t *term.Path, depth int) []Chain {
	var out []Chain
	for _, e := range p.graph.Edges[r.fn] {
		if p.graph.Live[e.From] == nil {
			continue
		}
		var after []int
		if e.Call != nil {
			after = e.Call.After
		}
		switch {
		case e.Call != nil && e.Call.Role == library.Scope && t.Root == term.Param && len(t.Steps) == 0:
			out = append(out, below(patternOf(e.Call), p.above(routerAt{e.From, e.Call.Args[0], after}, depth-1))...)
		case e.Closure != nil && t.Root == term.Free:
			out = append(out, p.above(routerAt{e.Closure.From, term.Substitution{Free: e.Closure.Free}.Apply(t), nil}, depth-1)...)
		default:
			out = append(out, p.above(routerAt{e.From, e.Apply(t), after}, depth-1)...)
		}
	}
	return out
}

func (p *Chains) fromWrites(list []callgraph.Write, steps []term.Step, depth int) []Chain {
	var out []Chain
	for _, w := range list {
		out = append(out, p.above(routerAt{w.Fn, term.Select(w.Value, steps...), nil}, depth-1)...)
	}
	if len(out) == 0 {
		return noChain()
	}
	return capChains(out)
}

// mounted are the chains of a router as it is handed to others: mounted below
// one, wrapped into a middleware, or served as it is.
func (p *Chains) mounted(f *callgraph.Function, t *term.Result) []Chain {
	c := &trace{Chains: p, seen: map[string]bool{}}
	if key := f.Symbol + t.String(); !p.mounting[key] {
		p.mounting[key] = true
		c.follow(f, isPart(t), nil, maxAbove)
		delete(p.mounting, key)
	}
	if c.lost || len(c.chains) == 0 {
		return noChain()
	}
	return early(c.chains)
}

// stepsIn are the steps that a call adds with the functions among its arguments.
func (p *Chains) stepsIn(f *callgraph.Function, c *unit.Call) Chain {
	var out Chain
	for _, a := range values(c) {
		if s, ok := p.stepOf(f, a, callgraph.MaxCallbackDepth); ok {
			out = append(out, s)
		}
	}
	return out
}

// values are the arguments of a call of a router, lists taken apart.
func values(c *unit.Call) []term.Term {
	var out []term.Term
	for i, a := range c.Args {
		if l, ok := a.(*term.List); ok && !l.Open {
			out = append(out, l.Elems...)
			continue
		}
		if i > 0 {
			out = append(out, a)
		}
	}
	return out
}

// stepOf is the step that a value makes as a middleware, if it is one that is
// understood.
func (p *Chains) stepOf(f *callgraph.Function, t term.Term, depth int) (Step, bool) {
	if depth == 0 {
		return Step{}, false
	}
	switch x := t.(type) {
	case *term.Func:
		g := p.graph.Function(x.Symbol)
		if g == nil {
			return Step{}, false
		}
		if g.Entry != nil {
			s := p.inOrder(g)
			for i := range s.Ways {
				s.Ways[i].Made = x.Bind
			}
			return s, true
		}
		return p.around(g, x)
	case *term.Result:
		return p.stepGiven(f, x, depth)
	}
	return Step{}, false
}

// stepGiven is the step of a middleware that a function gives: all that it may
// give together.
func (p *Chains) stepGiven(f *callgraph.Function, t *term.Result, depth int) (Step, bool) {
	c := f.Ops[t.Call].Call
	if c == nil || c.Kind == unit.Library {
		return Step{}, false
	}
	found, known := p.graph.Callees(f, c)
	out := Step{Name: callgraph.CalleeName(c)}
	for x, inner := range callgraph.Behind(found, t) {
		s, ok := p.stepOf(x.Fn, inner, depth-1)
		if !ok {
			return Step{}, false
		}
		s = s.inFrame(x.Frame())
		out.Ways, out.ordered, out.Name = append(out.Ways, s.Ways...), out.ordered || s.ordered, s.Name
	}
	return out, known && len(out.Ways) > 0
}

// around is the step of a function that wraps a handler: what it gives calls the
// handler at the ways.
func (p *Chains) around(g *callgraph.Function, x *term.Func) (Step, bool) {
	first := 0
	for _, b := range x.Bind {
		if b.Name == "p0" {
			first = 1
		}
	}
	if len(g.Params) != first+1 {
		return Step{}, false
	}
	c := &trace{Chains: p, seen: map[string]bool{}, within: true}
	c.follow(g, isPart(&term.Path{Root: term.Param, Index: first}), nil, callgraph.MaxCallbackDepth)
	out, made := Step{Name: g.Symbol}, term.Substitution{Free: x.Bind}
	for _, x := range c.chains {
		if len(x) == 0 {
			return Step{}, false // handed back as it is
		}
		out.Ways = append(out.Ways, x[0].inFrame(made).Ways...)
	}
	return out, !c.lost && len(out.Ways) > 0
}

// prepend puts steps before every chain.
func prepend(own Chain, list []Chain) []Chain {
	if len(own) == 0 {
		return list
	}
	out := make([]Chain, len(list))
	for i, c := range list {
		out[i] = append(append(Chain{}, own...), c...)
	}
	return out
}

// capChains: over the cap one of the chains is empty, so that nothing holds.
func capChains(list []Chain) []Chain {
	if len(list) > maxChains {
		return append(list[:maxChains:maxChains], nil)
	}
	return list
}
