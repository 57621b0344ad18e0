package link

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Middlewares as guards. What a middleware has checked of the request (a path
// parameter, a header) holds in the handlers behind it, because they read the
// same request. A *step* is a middleware with the places where it lets the
// request go on; the steps before a handler on one of its registrations are a
// *chain*. A part of the request that a function cannot answer for rises to the
// entry, and the entry asks: is there a step that has checked it, in every chain?
//
// Only what is seen counts. A registration that is not understood has an empty
// chain, and a middleware that goes on at some place without the check is none.
// Not seen are middlewares that a list is filled with at run time, and parts of
// the request that a middleware writes anew.

// step is one middleware: everywhere it lets the request go on.
type step struct {
	name string // the function that decides
	ways []way
	// ordered tells a handler that stands before others in a list.
	ordered bool
	// early tells a step that runs before the router has looked at the patterns
	// below it, which are hiding: path parameters that they bind mean something
	// else to it.
	early  bool
	hiding []string
	// assumes is what else it takes for the step to run.
	assumes trust.Known
}

// way is a place at which a middleware lets the request go on, with what holds there.
type way struct {
	fn    *fn
	facts []term.Fact
}

// chain is what runs before a handler, in no particular order: whatever checked
// the request before it, checked it.
type chain []step

// maxChains caps the ways by which a handler is registered.
const maxChains = 48

// behindMiddlewares answers the parts of the request that a value still asks for
// at an entry: each must have been checked before, on every route to it.
func (p *program) behindMiddlewares(f *fn, v value) value {
	out := value{fails: v.fails}
	for _, x := range v.alts {
		alt, possible := conj{notes: x.notes}, true
		for _, a := range x.atoms {
			if !isRepeatable(a.t) {
				alt.atoms = append(alt.atoms, a)
				continue
			}
			n, ok := p.checkedBefore(f, a)
			possible = possible && ok
			alt.notes = alt.notes.with(n)
		}
		if possible {
			out.alts = append(out.alts, alt)
		}
	}
	return out
}

// isRepeatable tells a part of the request that reads the same everywhere.
func isRepeatable(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Request && repeatable(o)
}

// checkedBefore tells whether all chains before an entry have a step that checked
// what the atom asks for.
func (p *program) checkedBefore(f *fn, a atom) (notes, bool) {
	chains := p.chainsOf(f)
	if len(chains) == 0 {
		return notes{}, false
	}
	out := notes{}
	for _, c := range chains {
		n, ok := p.checkedIn(c, a)
		if !ok {
			return notes{}, false
		}
		out = out.with(n)
	}
	return out, true
}

func (p *program) checkedIn(c chain, a atom) (notes, bool) {
	best, found := notes{}, false
	for _, s := range c {
		if s.hides(a.t) {
			continue
		}
		n, ok := p.checks(s, a)
		if ok && (!found || better(n, best)) {
			best, found = n.with(middlewareNote(s)), true
		}
	}
	return best, found
}

// middlewareNote is what rests on a step that counts: that it runs.
func middlewareNote(s step) notes {
	n := assume(trust.MiddlewareRuns.Premise(short(s.name)))
	if s.assumes != "" {
		n = n.with(assume(s.assumes.Premise()))
	}
	return n
}

// checks tells whether a step has checked the atom wherever it goes on.
func (p *program) checks(s step, a atom) (notes, bool) {
	out := notes{}
	for _, w := range s.ways {
		n, ok := p.prove(p.at(w.fn, w.facts), a).holds()
		if !ok {
			return notes{}, false
		}
		out = out.with(n)
	}
	return out, len(s.ways) > 0
}

// rises leaves a part of the request open, if some middleware of the program
// reads it, too: callers may have checked it, or a route to it.
func (p *program) rises(a atom, o *term.Origin) bool {
	if !repeatable(o) || a.kind == proof.NonZero || a.kind == proof.Zero {
		return false
	}
	return p.readByMiddleware(o)
}

// readByMiddleware reports whether some middleware of the program reads a part of
// the request.
func (p *program) readByMiddleware(o *term.Origin) bool {
	if p.readBefore == nil {
		p.readBefore = map[string]bool{}
		for _, f := range p.order {
			if p.goesOn(f) {
				p.readsOf(f, maxCallbackDepth)
			}
			p.readByRouters(f)
		}
	}
	return p.readBefore[o.Group+"\x00"+o.Name]
}

// readByRouters notes what the middlewares read that f hands to a router.
func (p *program) readByRouters(f *fn) {
	for i := range f.Calls {
		if c := &f.Calls[i]; isRouterCall(c) && !(c.Role == library.Registers && len(values(c)) < 2) {
			for _, s := range p.stepsIn(f, c) {
				for _, w := range s.ways {
					p.readsOf(w.fn, maxCallbackDepth)
				}
			}
		}
	}
}

// goesOn tells whether a function may stand before others: it calls the next one,
// or a function value that it has captured or is given.
func (p *program) goesOn(f *fn) bool {
	for i := range f.Calls {
		c := &f.Calls[i]
		v := appliedValue(c)
		if path, ok := v.(*term.Path); c.Role == library.Next || ok && (path.Root == term.Free || path.Root == term.Param) {
			return true
		}
	}
	return false
}

// readsOf notes what a function and those that it calls read of the request.
func (p *program) readsOf(f *fn, depth int) {
	note := func(t term.Term) {
		if o, ok := t.(*term.Origin); ok && o.Kind == term.Request {
			p.readBefore[o.Group+"\x00"+o.Name] = true
		}
	}
	for _, r := range f.Reads {
		note(r.Origin)
	}
	for i := range f.Runs {
		visitAll(f.Runs[i].Args, note)
	}
	for i := range f.Calls {
		visitAll(f.Calls[i].Args, note)
		if depth == 0 {
			continue
		}
		found, _ := p.callees(f, &f.Calls[i])
		for _, c := range found {
			p.readsOf(c.fn, depth-1)
		}
	}
}

// appliedValue is the function value that a call applies, nil if it is no such
// call: a handler is called, or asked to serve.
func appliedValue(c *unit.Call) term.Term {
	if c.Kind == unit.Dynamic {
		return c.Value
	}
	if c.Kind == unit.Library && c.Role == library.Serves && len(c.Args) > 0 {
		return c.Args[0]
	}
	return nil
}

// inOrder is the step of a handler that stands before others: it goes on where it
// calls the next one and, if nothing but a stop ends the chain (it gives no
// error), where it returns without having stopped the request.
func (p *program) inOrder(f *fn) step {
	s := step{name: f.Symbol, ordered: true}
	for i := range f.Calls {
		if c := &f.Calls[i]; callsNext(f, c) || p.continues(f, c, maxCallbackDepth) {
			s.ways = append(s.ways, way{f, c.If})
		}
	}
	if f.Results > 0 || f.entry != nil && f.entry.Next > 0 {
		return s
	}
	for i := range f.Gives {
		if g := &f.Gives[i]; !p.stopped(f, g, maxCallbackDepth) {
			s.ways = append(s.ways, way{f, g.If})
		}
	}
	return s
}

// callsNext reports whether a call goes on by the parameter that an entry has for it.
func callsNext(f *fn, c *unit.Call) bool {
	return f.entry != nil && f.entry.Next > 0 && c.Kind == unit.Dynamic && same(c.Value, term.P(f.entry.Next))
}

// continues tells whether a call lets the rest of the chain run.
func (p *program) continues(f *fn, c *unit.Call, depth int) bool {
	if c.Kind == unit.Library {
		return c.Role == library.Next
	}
	if depth == 0 {
		return false
	}
	found, _ := p.callees(f, c)
	for _, x := range found {
		for i := range x.fn.Calls {
			if p.continues(x.fn, &x.fn.Calls[i], depth-1) {
				return true
			}
		}
	}
	return false
}

// stopped tells whether the request has been stopped whenever f returns so.
func (p *program) stopped(f *fn, g *unit.Give, depth int) bool {
	for _, n := range g.After {
		c := f.ops[n].call
		if c == nil || c.Mode != unit.Now {
			continue
		}
		if c.Role == library.Stops || depth > 0 && p.alwaysStops(f, c, depth-1) {
			return true
		}
	}
	return false
}

// alwaysStops tells a call of a function that never returns without having
// stopped the request.
func (p *program) alwaysStops(f *fn, c *unit.Call, depth int) bool {
	found, known := p.callees(f, c)
	if !known {
		return false
	}
	for _, x := range found {
		for i := range x.fn.Gives {
			if !p.stopped(x.fn, &x.fn.Gives[i], depth) {
				return false
			}
		}
		if len(x.fn.Gives) == 0 {
			return false
		}
	}
	return true
}

// again decides an atom in the next function. A part of the request is what it
// was: why it is the client's has been said where it is read.
func (p *program) again(at *env, before, a atom) value {
	v := p.prove(at, a)
	if !isRepeatable(before.t) {
		return v
	}
	v.fails = nil
	return v
}

// behind is the assumption of a part of the request that the middleware has
// checked which calls a handler.
func behind(e *edge, a atom) notes {
	if e.from == e.to || e.from.entry == nil || e.to.entry == nil || !isRepeatable(a.t) {
		return notes{}
	}
	return assume(trust.MiddlewareRuns.Premise(short(e.from.Symbol)))
}
