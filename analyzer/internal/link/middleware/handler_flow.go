package middleware

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// trace follows a handler, or a router, from where its value is made to where it
// is registered: through functions that it is handed to, closures that capture
// it, and results. It collects what runs before it on each registration.
//
// A value that goes anywhere else (a field, a map, a library that is not modelled)
// is lost: then nothing is known to run before it.
type trace struct {
	*Chains
	chains []Chain
	lost   bool
	seen   map[string]bool
	hits   int // how often the value was found
	// within stops at the results of the function that the course began in.
	within bool
	// calls leads back from the function that is looked at to its callers.
	calls []returnTo
}

// returnTo is a call that the course went into.
type returnTo struct {
	fn    *callgraph.Function
	n     int
	frame term.Substitution // of the call
	steps int               // that were known before it
}

// matcher tells the terms that are the value.
type matcher func(term.Term) bool

// isPart matches a term and the parts of it.
func isPart(of term.Term) matcher {
	root, steps := term.RootOf(of)
	return func(t term.Term) bool {
		r, s := term.RootOf(t)
		return r == root && root != "" && len(s) >= len(steps) && slices.Equal(s[:len(steps)], steps)
	}
}

// isFunc matches the values of a function.
func isFunc(symbol string) matcher {
	return func(t term.Term) bool {
		f, ok := t.(*term.Func)
		return ok && f.Symbol == symbol
	}
}

// ChainsOf are the chains before an entry, none if its value is nowhere seen.
func (p *Chains) ChainsOf(g *callgraph.Function) []Chain { return p.chainsOf(g.Symbol) }

func (p *Chains) chainsOf(symbol string) []Chain {
	if out, ok := p.traced[symbol]; ok {
		return out
	}
	p.traced[symbol] = nil
	c := &trace{Chains: p, seen: map[string]bool{}}
	for _, f := range p.takers()[symbol] {
		hits := c.hits
		c.follow(f, isFunc(symbol), nil, maxAbove)
		c.lost = c.lost || c.hits == hits
	}
	if c.lost {
		c.chains = append(c.chains, nil)
	}
	p.traced[symbol] = c.chains
	return c.chains
}

// BeforeDropped are the chains before entries of the program of which its units have nothing,
// because they do nothing with a database: they may still show what a middleware has loaded.
// What is given to a library otherwise than as a handler has none.
func (p *Chains) BeforeDropped() []Chain {
	own := map[string]bool{}
	for _, u := range p.graph.Units {
		own[u.Path] = true
	}
	var out []Chain
	for _, symbol := range slices.Sorted(maps.Keys(p.takers())) {
		if p.graph.Function(symbol) == nil && own[unit.PackageOf(symbol)] {
			out = append(out, slices.DeleteFunc(slices.Clone(p.chainsOf(symbol)), func(c Chain) bool { return len(c) == 0 })...)
		}
	}
	return out
}

// takers lists by function those in whose operations its value is.
func (p *Chains) takers() map[string][]*callgraph.Function {
	if p.takenBy != nil {
		return p.takenBy
	}
	p.takenBy = map[string][]*callgraph.Function{}
	for _, f := range p.graph.Order {
		for i := range f.Takes {
			p.takenBy[f.Takes[i].Symbol] = append(p.takenBy[f.Takes[i].Symbol], f)
		}
		note := func(t term.Term) {
			for _, v := range slices.Concat(p.graph.FunctionsIn(t), term.Functions(t)) {
				if list := p.takenBy[v.Symbol]; len(list) == 0 || list[len(list)-1] != f {
					p.takenBy[v.Symbol] = append(list, f)
				}
			}
		}
		callgraph.EachValue(f, note)
	}
	return p.takenBy
}

// follow looks at everything that f does with the value, before which the steps
// of c run already.
func (c *trace) follow(f *callgraph.Function, is matcher, before Chain, depth int) {
	if depth == 0 || c.lost || len(c.chains) > maxChains {
		c.lost = true
		return
	}
	for i := range f.Calls {
		call := &f.Calls[i]
		if v := callgraph.AppliedValue(call); v != nil && involves(v, is) {
			c.lost = true // it runs here and now, whatever has been checked before
			return
		}
		for j, a := range call.Args {
			if j == 0 && isRouterCall(call) {
				continue // what is done with a router is not where it goes
			}
			c.use(f, a, is, before, func(now Chain) { c.handed(f, call, j, a, is, now, depth) })
		}
	}
	for i := range f.Stores {
		c.lost = c.lost || involves(f.Stores[i].Value, is)
	}
	for i := range f.Puts {
		c.lost = c.lost || involves(f.Puts[i].Value, is)
	}
	c.results(f, is, before, depth)
}

// isRouterCall tells a method of a router.
func isRouterCall(c *unit.Call) bool {
	switch c.Role {
	case library.Registers, library.Intercepts, library.Middleware, library.EarlyMiddleware, library.Subrouter, library.Scope:
		return len(c.Args) > 0
	}
	return false
}

// use calls then for each way in which the value is in a term: as it is, or
// captured by a closure that calls it.
func (c *trace) use(f *callgraph.Function, t term.Term, is matcher, before Chain, then func(Chain)) {
	if holds(t, is) {
		c.hits++
		then(before)
	}
	for _, closure := range capturing(t, is) {
		s, ok := c.calledBy(closure, is)
		if !ok {
			c.lost = true
			return
		}
		c.hits++
		then(append(slices.Clone(before), s))
	}
}

// holds reports whether a term is the value, or a list or a choice that has it.
func holds(t term.Term, is matcher) bool {
	switch x := t.(type) {
	case nil:
		return false
	case *term.List:
		return slices.ContainsFunc(x.Elems, func(e term.Term) bool { return holds(e, is) })
	case *term.Join:
		return slices.ContainsFunc(x.Terms, func(e term.Term) bool { return holds(e, is) })
	case *term.Struct:
		return slices.ContainsFunc(x.Fields, func(e term.Field) bool { return holds(e.Term, is) }) || x.Base != nil && holds(x.Base, is)
	}
	return is(t)
}

// capturing lists the closures in a term that have captured the value.
func capturing(t term.Term, is matcher) []*term.Func {
	var out []*term.Func
	for _, v := range term.Functions(t) {
		if !is(v) && slices.ContainsFunc(v.Bind, func(b term.Field) bool { return involves(b.Term, is) }) {
			out = append(out, v)
		}
	}
	return out
}

// involves reports whether the value is anywhere in a term.
func involves(t term.Term, is matcher) bool {
	return t != nil && (holds(t, is) || len(capturing(t, is)) > 0)
}

// calledBy is the step that a closure makes which calls the value that it has
// captured, and does nothing else with it.
func (c *trace) calledBy(closure *term.Func, is matcher) (Step, bool) {
	g := c.graph.Function(closure.Symbol)
	if g == nil {
		return Step{}, false
	}
	s := Step{Name: g.Symbol}
	for _, b := range closure.Bind {
		if !involves(b.Term, is) {
			continue
		}
		if !holds(b.Term, is) || b.Name == "p0" {
			return Step{}, false
		}
		inner := isPart(&term.Path{Root: term.Free, Name: b.Name})
		for i := range g.Calls {
			call := &g.Calls[i]
			if v := callgraph.AppliedValue(call); v != nil && inner(v) && call.Mode == unit.Now {
				s.Ways = append(s.Ways, Way{Fn: g, Facts: call.If, Made: closure.Bind})
				continue
			}
			if slices.ContainsFunc(call.Args, func(a term.Term) bool { return involves(a, inner) }) {
				return Step{}, false
			}
		}
		kept := false
		callgraph.EachKept(g, func(t term.Term) { kept = kept || involves(t, inner) })
		if kept {
			return Step{}, false
		}
	}
	return s, len(s.Ways) > 0
}

// handed follows the value into a call of which it is argument j.
func (c *trace) handed(f *callgraph.Function, call *unit.Call, j int, a term.Term, is matcher, before Chain, depth int) {
	if call.Kind == unit.Library {
		switch call.Role {
		case library.Registers, library.Intercepts, library.Middleware, library.EarlyMiddleware, library.Subrouter:
			c.registered(f, call, a, is, before)
		default:
			c.lost = true
		}
		return
	}
	found, known := c.graph.Callees(f, call)
	if !known {
		c.lost = true
		return
	}
	for _, x := range found {
		i := j + len(x.Args) - len(call.Args)
		key := x.Fn.Symbol + "\x00" + strconv.Itoa(i) + "\x00" + f.Symbol + "\x00" + strconv.Itoa(call.N) + before.String()
		if c.seen[key] {
			continue
		}
		c.seen[key] = true
		if steps, ok := c.folded(f, call, x, i); ok {
			c.follow(f, isPart(callgraph.ResultOf(call.N, 0)), append(slices.Clone(before), steps...), depth-1)
			continue
		}
		c.calls = append(c.calls, returnTo{f, call.N, x.Frame(), len(before)})
		c.follow(x.Fn, isPart(&term.Path{Root: term.Param, Index: i}), before, depth-1)
		c.calls = c.calls[:len(c.calls)-1]
	}
}

// results follows the value to where the results of f go.
func (c *trace) results(f *callgraph.Function, is matcher, before Chain, depth int) {
	for i := range f.Gives {
		for k, r := range f.Gives[i].Results {
			c.use(f, r, is, before, func(now Chain) { c.given(f, k, now, depth) })
		}
	}
}

func (c *trace) given(f *callgraph.Function, k int, before Chain, depth int) {
	if len(c.calls) > 0 {
		back := c.calls[len(c.calls)-1]
		rest := c.calls
		c.calls = c.calls[:len(c.calls)-1]
		c.follow(back.fn, isPart(callgraph.ResultOf(back.n, k)), before.inFrame(back.frame, back.steps), depth-1)
		c.calls = rest
		return
	}
	if c.within {
		c.chains = append(c.chains, before)
		return
	}
	key := f.Symbol + "\x00r" + strconv.Itoa(k)
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	for _, e := range c.graph.Edges[f] {
		if c.graph.Live[e.From] == nil || e.Call == nil || e.Call.Kind == unit.Library || e.From.Ops[e.Call.N].Call != e.Call {
			c.lost = true
			continue
		}
		c.follow(e.From, isPart(callgraph.ResultOf(e.Call.N, k)), before.inFrame(e.Substitution, 0), depth-1)
	}
}

// registered adds the chains of one registration: what stands beside the value in
// the same call, and what its router has before.
func (c *trace) registered(f *callgraph.Function, call *unit.Call, a term.Term, is matcher, before Chain) {
	own := slices.Clone(before)
	behind := false
	for _, v := range values(call) {
		if involves(v, is) {
			behind = true
			continue
		}
		s, ok := c.stepOf(f, v, callgraph.MaxCallbackDepth)
		if ok && (!s.ordered || !behind) {
			own = append(own, s)
		}
	}
	routes := noChain()
	if !involves(call.Args[0], is) {
		routes = below(patternOf(call), c.above(routerAt{f, call.Args[0], call.After}, maxAbove))
	}
	c.chains = append(c.chains, prepend(own, routes)...)
}

// String names the steps of a chain.
func (c Chain) String() string {
	var b strings.Builder
	for _, s := range c {
		b.WriteString("\x00" + s.Name)
	}
	return b.String()
}
