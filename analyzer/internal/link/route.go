package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
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
func noChain() []chain { return []chain{nil} }

// routerAt is a router, by a term in a function, at a place before which the
// calls in after have happened.
type routerAt struct {
	fn    *fn
	t     term.Term
	after []int
}

// above lists the chains of a router, one for each way by which it may come there.
func (p *program) above(r routerAt, depth int) []chain {
	if depth == 0 || r.t == nil {
		return noChain()
	}
	r.t = wholeRouter(r.t)
	own := p.added(r)
	var out []chain
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
func (p *program) added(r routerAt) chain {
	var out chain
	for _, n := range r.after {
		c := r.fn.ops[n].call
		if c == nil || !addsMiddleware(c) || !same(wholeRouter(c.Args[0]), r.t) || !everywhere(c) {
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

// everywhere tells whether middlewares are added to all of a router, not below a
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
func (p *program) isInline(r routerAt) bool {
	v, ok := r.t.(*term.Path)
	if !ok || v.Root != term.Param || len(v.Steps) > 0 {
		return false
	}
	for _, e := range p.edges[r.fn] {
		if e.call == nil || e.call.Role != library.Scope || patternOf(e.call) != "" {
			return false
		}
	}
	return true
}

// madeBy are the chains of a router that a call gave.
func (p *program) madeBy(r routerAt, t *term.Result, depth int) []chain {
	c := r.fn.ops[t.Call].call
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
	case library.Middleware, library.EarlyMiddleware, library.Registers: // they give their router back
		after := append(slices.Clone(c.After), t.Call)
		return p.above(routerAt{r.fn, c.Args[0], after}, depth-1)
	}
	return noChain()
}

func (p *program) givenRouter(f *fn, t *term.Result, c *unit.Call, depth int) []chain {
	found, known := p.callees(f, c)
	if !known {
		return noChain()
	}
	var out []chain
	for _, x := range found {
		for i := range x.fn.Gives {
			g := &x.fn.Gives[i]
			inner, ok := given(t, t.Call, g)
			if !ok {
				continue
			}
			if v, ok := inner.(*term.Path); ok && v.Root == term.Param {
				out = append(out, p.above(routerAt{f, x.frame().into(inner), c.After}, depth-1)...)
				continue
			}
			out = append(out, p.above(routerAt{x.fn, inner, g.After}, depth-1)...)
		}
	}
	return capChains(out)
}

// comingFrom are the chains of a router that is a parameter, a captured variable,
// or kept in a field or a package variable.
func (p *program) comingFrom(r routerAt, t *term.Path, depth int) []chain {
	switch t.Root {
	case term.Param, term.Free:
		if out := p.fromCallers(r, t, depth); len(out) > 0 {
			return capChains(out)
		}
	case term.This:
		if len(t.Steps) > 0 {
			return p.fromWrites(p.stores[t.Name+"."+t.Steps[0].Name], t.Steps[1:], depth)
		}
	case term.Global:
		return p.fromWrites(p.stores[t.Name], t.Steps, depth)
	}
	return noChain()
}

func (p *program) fromCallers(r routerAt, t *term.Path, depth int) []chain {
	var out []chain
	for _, e := range p.edges[r.fn] {
		if p.live[e.from] == nil {
			continue
		}
		var after []int
		if e.call != nil {
			after = e.call.After
		}
		switch {
		case e.call != nil && e.call.Role == library.Scope && t.Root == term.Param && len(t.Steps) == 0:
			out = append(out, below(patternOf(e.call), p.above(routerAt{e.from, e.call.Args[0], after}, depth-1))...)
		case e.maker != nil && t.Root == term.Free:
			out = append(out, p.above(routerAt{e.maker.from, frame{free: e.maker.free}.into(t), nil}, depth-1)...)
		default:
			out = append(out, p.above(routerAt{e.from, e.into(t), after}, depth-1)...)
		}
	}
	return out
}

func (p *program) fromWrites(list []write, steps []term.Step, depth int) []chain {
	var out []chain
	for _, w := range list {
		out = append(out, p.above(routerAt{w.fn, term.Select(w.value, steps...), nil}, depth-1)...)
	}
	if len(out) == 0 {
		return noChain()
	}
	return capChains(out)
}

// mounted are the chains of a router as it is handed to others: mounted below
// one, wrapped into a middleware, or served as it is.
func (p *program) mounted(f *fn, t *term.Result) []chain {
	c := &course{program: p, seen: map[string]bool{}}
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
func (p *program) stepsIn(f *fn, c *unit.Call) chain {
	var out chain
	for _, a := range values(c) {
		if s, ok := p.stepOf(f, a, maxCallbackDepth); ok {
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
func (p *program) stepOf(f *fn, t term.Term, depth int) (step, bool) {
	if depth == 0 {
		return step{}, false
	}
	switch x := t.(type) {
	case *term.Func:
		g := p.function(x.Symbol)
		if g == nil {
			return step{}, false
		}
		if g.entry != nil {
			return p.inOrder(g), true
		}
		return p.around(g, x)
	case *term.Result:
		return p.stepGiven(f, x, depth)
	}
	return step{}, false
}

// stepGiven is the step of a middleware that a function gives: all that it may
// give together.
func (p *program) stepGiven(f *fn, t *term.Result, depth int) (step, bool) {
	c := f.ops[t.Call].call
	if c == nil || c.Kind == unit.Library {
		return step{}, false
	}
	found, known := p.callees(f, c)
	out := step{name: calleeName(c)}
	for _, x := range found {
		for i := range x.fn.Gives {
			inner, ok := given(t, t.Call, &x.fn.Gives[i])
			if !ok {
				continue
			}
			s, ok := p.stepOf(x.fn, inner, depth-1)
			if !ok {
				return step{}, false
			}
			out.ways, out.ordered, out.name = append(out.ways, s.ways...), out.ordered || s.ordered, s.name
		}
	}
	return out, known && len(out.ways) > 0
}

// around is the step of a function that wraps a handler: what it gives calls the
// handler at the ways.
func (p *program) around(g *fn, x *term.Func) (step, bool) {
	first := 0
	for _, b := range x.Bind {
		if b.Name == "p0" {
			first = 1
		}
	}
	if len(g.Params) != first+1 {
		return step{}, false
	}
	c := &course{program: p, seen: map[string]bool{}, within: true}
	c.follow(g, isPart(&term.Path{Root: term.Param, Index: first}), nil, maxCallbackDepth)
	out := step{name: g.Symbol}
	for _, x := range c.chains {
		if len(x) == 0 {
			return step{}, false // handed back as it is
		}
		out.ways = append(out.ways, x[0].ways...)
	}
	return out, !c.lost && len(out.ways) > 0
}

// prepend puts steps before every chain.
func prepend(own chain, list []chain) []chain {
	if len(own) == 0 {
		return list
	}
	out := make([]chain, len(list))
	for i, c := range list {
		out[i] = append(append(chain{}, own...), c...)
	}
	return out
}

// capChains: over the cap one of the chains is empty, so that nothing holds.
func capChains(list []chain) []chain {
	if len(list) > maxChains {
		return append(list[:maxChains:maxChains], nil)
	}
	return list
}
