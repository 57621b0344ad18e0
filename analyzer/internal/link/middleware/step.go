package middleware

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
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

// Step is one middleware: everywhere it lets the request go on.
type Step struct {
	Name string // the function that decides
	Ways []Way
	// ordered tells a handler that stands before others in a list.
	ordered bool
	// early tells a step that runs before the router has looked at the patterns
	// below it, which are hiding: path parameters that they bind mean something
	// else to it.
	early  bool
	hiding []string
	// Assumes is what else it takes for the step to run.
	Assumes trust.Known
}

// Way is a place at which a middleware lets the request go on, with what holds there.
type Way struct {
	Fn    *callgraph.Function
	Facts []term.Fact
	Made  []term.Field // what the function has captured, in the frame of who hands it to a router
}

// Parts are the ways in which a middleware may name a part of the request: one that is made
// for "org" reads what it is made for.
func (w Way) Parts(o *term.Origin) []term.Term { return term.Substitution{Free: w.Made}.Renamed(o) }

// Known are the facts of a way with the texts that the middleware was made for in the places
// of what it has captured: `requireRole("superuser")` asks for that role.
func (w Way) Known() []term.Fact {
	b := term.Substitution{Free: w.Made}
	out := make([]term.Fact, len(w.Facts))
	for i, f := range w.Facts {
		out[i] = term.MapFact(f, func(t term.Term) term.Term {
			if made := b.Apply(t); isText(made) {
				return made
			}
			return t
		})
	}
	return out
}

// isText reports whether a value is one of some texts that are written down.
func isText(t term.Term) bool {
	list, ok := t.(*term.List)
	if ok {
		return !list.Open && len(list.Elems) > 0 && !slices.ContainsFunc(list.Elems, func(x term.Term) bool { return !isText(x) })
	}
	leaves := term.Leaves(t)
	return len(leaves) > 0 && !slices.ContainsFunc(leaves, func(x term.Term) bool {
		c, ok := x.(*term.Const)
		return !ok || c.Kind != term.Text
	})
}

// inFrame is a step in the frame of a caller.
func (s Step) inFrame(b term.Substitution) Step {
	s.Ways = slices.Clone(s.Ways)
	for i := range s.Ways {
		made := make([]term.Field, len(s.Ways[i].Made))
		for k, f := range s.Ways[i].Made {
			made[k] = term.Field{Name: f.Name, Term: b.Apply(f.Term)}
		}
		s.Ways[i].Made = made
	}
	return s
}

// Chain is what runs before a handler, in no particular order: whatever checked
// the request before it, checked it.
type Chain []Step

// inFrame is a chain in the frame of a caller, who knew the first steps of it.
func (c Chain) inFrame(b term.Substitution, known int) Chain {
	out := slices.Clone(c)
	for i := min(known, len(out)); i < len(out); i++ {
		out[i] = out[i].inFrame(b)
	}
	return out
}

// maxChains caps the ways by which a handler is registered.
const maxChains = 48

// ReadByMiddleware reports whether some middleware of the program reads a part of
// the request.
func (p *Chains) ReadByMiddleware(o *term.Origin) bool {
	if p.readBefore == nil {
		p.readBefore = map[string]bool{}
		for _, f := range p.graph.Order {
			if p.goesOn(f) {
				p.readsOf(f, callgraph.MaxCallbackDepth)
			}
			p.readByRouters(f)
		}
	}
	return p.readBefore[o.Group+"\x00"+o.Name] || term.IsNamed(o) && p.readBefore[o.Group+"\x00"+handedName]
}

// handedName stands for the names of parts of the request that functions are handed.
const handedName = "?"

// readByRouters notes what the middlewares read that f hands to a router.
func (p *Chains) readByRouters(f *callgraph.Function) {
	for i := range f.Calls {
		if c := &f.Calls[i]; isRouterCall(c) && !((c.Role == library.Registers || c.Role == library.Intercepts) && len(values(c)) < 2) {
			for _, s := range p.stepsIn(f, c) {
				for _, w := range s.Ways {
					p.readsOf(w.Fn, callgraph.MaxCallbackDepth)
				}
			}
		}
	}
}

// goesOn reports whether a function may stand before others: it calls the next one,
// or a function value that it has captured or is given.
func (p *Chains) goesOn(f *callgraph.Function) bool { return len(GoesOn(f)) > 0 }

// GoesOn are the facts under which a function that may stand before others lets a request
// go on, call by call; none if it stands before no others.
func GoesOn(f *callgraph.Function) [][]term.Fact {
	var out [][]term.Fact
	for i := range f.Calls {
		c := &f.Calls[i]
		v := callgraph.AppliedValue(c)
		if path, ok := v.(*term.Path); c.Role == library.Next || ok && (path.Root == term.Free || path.Root == term.Param) {
			out = append(out, c.If)
		}
	}
	return out
}

// readsOf notes what a function and those that it calls read of the request.
func (p *Chains) readsOf(f *callgraph.Function, depth int) {
	note := func(t term.Term) {
		o, ok := t.(*term.Origin)
		switch {
		case !ok || o.Kind != term.Request:
		case term.IsNamed(o) || o.Name == "":
			p.readBefore[o.Group+"\x00"+o.Name] = true
		default:
			p.readBefore[o.Group+"\x00"+handedName] = true
		}
	}
	for _, r := range f.Reads {
		note(r.Origin)
	}
	for i := range f.Runs {
		term.VisitAll(f.Runs[i].Args, note)
	}
	for i := range f.Calls {
		term.VisitAll(f.Calls[i].Args, note)
		if depth == 0 {
			continue
		}
		found, _ := p.graph.Callees(f, &f.Calls[i])
		for _, c := range found {
			p.readsOf(c.Fn, depth-1)
		}
	}
}

// inOrder is the step of a handler that stands before others: it goes on where it
// calls the next one and, if nothing but a stop ends the chain (it gives no
// error), where it returns without having stopped the request.
func (p *Chains) inOrder(f *callgraph.Function) Step {
	s := Step{Name: f.Symbol, ordered: true}
	for i := range f.Calls {
		if c := &f.Calls[i]; callsNext(f, c) || p.continues(f, c, callgraph.MaxCallbackDepth) {
			s.Ways = append(s.Ways, Way{Fn: f, Facts: c.If})
		}
	}
	if f.Results > 0 || f.Entry != nil && f.Entry.Next > 0 {
		return s
	}
	for i := range f.Gives {
		if g := &f.Gives[i]; !p.stopped(f, g, callgraph.MaxCallbackDepth) {
			s.Ways = append(s.Ways, Way{Fn: f, Facts: g.If})
		}
	}
	return s
}

// callsNext reports whether a call goes on by the parameter that an entry has for it.
func callsNext(f *callgraph.Function, c *unit.Call) bool {
	return f.Entry != nil && f.Entry.Next > 0 && c.Kind == unit.Dynamic && term.Same(c.Value, term.P(f.Entry.Next))
}

// continues reports whether a call lets the rest of the chain run.
func (p *Chains) continues(f *callgraph.Function, c *unit.Call, depth int) bool {
	if c.Kind == unit.Library {
		return c.Role == library.Next
	}
	if depth == 0 {
		return false
	}
	found, _ := p.graph.Callees(f, c)
	for _, x := range found {
		for i := range x.Fn.Calls {
			if p.continues(x.Fn, &x.Fn.Calls[i], depth-1) {
				return true
			}
		}
	}
	return false
}

// stopped reports whether the request has been stopped whenever f returns so.
func (p *Chains) stopped(f *callgraph.Function, g *unit.Give, depth int) bool {
	for _, n := range g.After {
		c := f.Ops[n].Call
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
func (p *Chains) alwaysStops(f *callgraph.Function, c *unit.Call, depth int) bool {
	found, known := p.graph.Callees(f, c)
	if !known {
		return false
	}
	for _, x := range found {
		for i := range x.Fn.Gives {
			if !p.stopped(x.Fn, &x.Fn.Gives[i], depth) {
				return false
			}
		}
		if len(x.Fn.Gives) == 0 {
			return false
		}
	}
	return true
}
