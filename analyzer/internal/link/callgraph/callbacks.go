package callgraph

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// byRole says what a library does with a function value that it is handed: it
// registers it, it calls it for sure, or nobody knows.
func (e *Edge) byRole(c *unit.Call) {
	switch c.Role {
	case library.Registers, library.Intercepts, library.Middleware, library.EarlyMiddleware, library.Subrouter:
		e.Creates, e.Soft = true, ""
	case library.RunsJob, library.Calls, library.MayCall, library.Scope, library.Serves, library.Vouches, library.AsksAny, library.Transacts, library.Connected, library.Prepares, library.Resets, library.Released:
		e.Soft = ""
	case "", library.Enforces:
		e.Library = c.Symbol
	}
}

// MaxCallbackDepth is how many functions may hand a function value on.
const MaxCallbackDepth = 4

// outgoing lists the ways in which f makes functions run, in source order.
func (p *Graph) outgoing(f *Function) []*Edge {
	var out []*Edge
	for i := range f.Calls {
		c := &f.Calls[i]
		out = append(out, p.direct(f, c)...)
		for j, a := range c.Args {
			for _, v := range p.FunctionsIn(term.Unbound(a)) {
				if whole, ok := a.(*term.Func); ok && v.Symbol == whole.Symbol {
					v = whole
				}
				out = append(out, p.handed(f, c, j, v)...)
			}
		}
	}
	for _, v := range p.escaping(f) {
		if g := p.Function(v.Symbol); g != nil && !slices.ContainsFunc(out, func(e *Edge) bool { return e.To == g && e.toLibrary() }) {
			out = append(out, p.escapeEdge(f, g, v, nil))
		}
	}
	return out
}

// toLibrary tells the edge of a value that a library is handed which is modelled.
func (e *Edge) toLibrary() bool {
	return e.Call != nil && e.Call.Kind == unit.Library && e.Call.Role != ""
}

// escapeEdge is the edge of a function value that f keeps, or hands to somebody who
// keeps it.
func (p *Graph) escapeEdge(f, g *Function, v *term.Func, c *unit.Call) *Edge {
	e := p.created(f, g, v, c)
	if !e.Creates {
		e.Library, e.Kept = keptFunction, true
		if c != nil {
			e.Library = keeperName(f, c)
		}
	}
	return e
}

const keptFunction = "a function value that is kept" // who applies one that is given back or stored

// keeperName names who keeps a function value that is an argument of a call.
func keeperName(f *Function, c *unit.Call) string {
	name := "a function value"
	switch c.Kind {
	case unit.Static:
		name = unit.Short(c.Symbol)
	case unit.Interface:
		name = unit.Short(c.Symbol) + "." + c.Method
	}
	return name + " (" + FileLine(f, c.Site) + ")" + keepsIt
}

const keepsIt = " keeps it" // ends the name of somebody who keeps a function value

// LibraryName is a library function, or who keeps a function value, as a report
// names it.
func LibraryName(s string) string {
	if strings.HasSuffix(s, keepsIt) {
		return s
	}
	return unit.Short(s)
}

func (p *Graph) direct(f *Function, c *unit.Call) []*Edge {
	if _, kept := c.Value.(*term.Path); kept && c.Kind == unit.Dynamic {
		return nil // its values bring what they have captured: held.go
	}
	found, _ := p.Callees(f, c)
	out := make([]*Edge, len(found))
	for i, x := range found {
		out[i] = &Edge{
			From: f, To: x.Fn, Call: c, Substitution: x.Frame(), Facts: c.If,
			Site: c.Site, Sites: AlignSites(c, len(x.Args)), Soft: x.Soft,
		}
	}
	return out
}

// AlignSites gives the sites of the arguments by parameter, a bound receiver before them.
func AlignSites(c *unit.Call, params int) []int {
	shift := params - len(c.ArgSites)
	if len(c.ArgSites) == 0 || shift < 0 {
		return nil
	}
	out := make([]int, 0, params)
	for range shift {
		out = append(out, unit.NoSite)
	}
	return append(out, c.ArgSites...)
}

// FunctionsIn lists the function values in a term; the method of an interface is
// that of each type behind it.
func (p *Graph) FunctionsIn(t term.Term) []*term.Func {
	var out []*term.Func
	for _, v := range term.Functions(t) {
		out = append(out, p.valuesOf(v)...)
	}
	return out
}

// valuesOf is a function value, or those that a method of an interface may be.
func (p *Graph) valuesOf(v *term.Func) []*term.Func {
	if p.Function(v.Symbol) != nil {
		return []*term.Func{v}
	}
	dot := strings.LastIndexByte(v.Symbol, '.')
	if dot < 0 || len(v.Bind) != 1 || v.Bind[0].Name != "p0" {
		return nil
	}
	var out []*term.Func
	for _, c := range p.methodsOf(v.Symbol[:dot], v.Symbol[dot+1:], []term.Term{v.Bind[0].Term}, 4) {
		out = append(out, &term.Func{Symbol: c.Fn.Symbol, Bind: []term.Field{{Name: "p0", Term: c.Args[0]}}})
	}
	return out
}

// escaping lists the function values that f gives back, stores or puts somewhere.
func (p *Graph) escaping(f *Function) []*term.Func {
	var out []*term.Func
	for i := range f.Gives {
		for _, r := range f.Gives[i].Results {
			out = append(out, p.FunctionsIn(term.Loose(r))...)
		}
	}
	for i := range f.Stores {
		out = append(out, p.FunctionsIn(term.Loose(f.Stores[i].Value))...)
	}
	for i := range f.Puts {
		out = append(out, p.FunctionsIn(term.Loose(f.Puts[i].Value))...)
	}
	return out
}

// created is the edge of a function value whose application is elsewhere.
func (p *Graph) created(f, g *Function, v *term.Func, c *unit.Call) *Edge {
	e := &Edge{From: f, To: g, Call: c, Substitution: Bound(g, v, nil).Frame(), Site: f.Site, Soft: trust.Callback}
	if c != nil {
		e.Site, e.Facts = c.Site, c.If
	}
	if g.Entry != nil {
		e.Creates, e.Soft = true, ""
	}
	return e
}

// handed lists the edges of a function value that is argument j of call c.
func (p *Graph) handed(f *Function, c *unit.Call, j int, v *term.Func) []*Edge {
	g := p.Function(v.Symbol)
	if g == nil {
		return nil
	}
	if g.Entry != nil {
		if out := p.wrapped(f, c, j, g, v); len(out) > 0 {
			return out
		}
		return []*Edge{p.created(f, g, v, c)}
	}
	if c.Kind == unit.Library {
		return []*Edge{p.handedToLibrary(f, g, v, c)}
	}
	var out []*Edge
	found, _ := p.Callees(f, c)
	for _, target := range found {
		for _, a := range p.invocations(target.Fn, j+len(target.Args)-len(c.Args), MaxCallbackDepth) {
			e := p.created(f, g, v, c)
			p.inside[insideCall{f, g, a.call}] = !a.later
			if a.later || a.call != nil && (slices.ContainsFunc(a.raw, term.HoldsResult) || slices.ContainsFunc(a.args, term.OfCallback)) {
				out = append(out, invocationEdge(e, g, v, a))
				continue
			}
			e.Soft, e.Args, e.Library = "", Bound(g, v, target.Frame().ApplyAll(a.args)).Args, a.library
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		out = append(out, p.escapeEdge(f, g, v, c))
	}
	return out
}

// invocationEdge is the edge of a function value that runs in the frame of who calls it, who
// makes the arguments, or outlives its maker. Only what the value has captured is the maker's.
func invocationEdge(maker *Edge, g *Function, v *term.Func, a invocation) *Edge {
	args := Bound(g, &term.Func{Bind: boundReceiver(g, v)}, a.raw).Args
	return &Edge{
		From: a.fn, To: g, Call: a.call, Substitution: term.Substitution{Args: args}, Facts: a.call.If,
		Site: a.call.Site, Sites: AlignSites(a.call, len(args)), Closure: maker, Inside: !a.later,
	}
}

func (p *Graph) handedToLibrary(f, g *Function, v *term.Func, c *unit.Call) *Edge {
	e := p.created(f, g, v, c)
	e.byRole(c)
	if n := len(g.Params); c.Role == library.Transacts && n > 0 && len(e.Args) == 0 {
		e.Args = append(make([]term.Term, n-1), term.Begun(c.N))
	}
	return e
}

// invocation is a call of a function value: its arguments, in the frame that
// was asked about, and the call itself, nil if a library makes it.
type invocation struct {
	args    []term.Term
	fn      *Function
	call    *unit.Call
	library string      // the library that is handed the value, if it is not modelled
	raw     []term.Term // the arguments in fn's frame
	later   bool        // fn is a closure that outlives the call that was asked about
}

// wrapped gives the edges by which a function that an entry is handed to calls it,
// with arguments that it knows: none unless all of them are in entries, such as the
// closure that a middleware makes.
func (p *Graph) wrapped(f *Function, c *unit.Call, j int, g *Function, v *term.Func) []*Edge {
	if c.Kind == unit.Library {
		return nil
	}
	var out []*Edge
	found, all := p.Callees(f, c)
	for _, target := range found {
		list := p.invocations(target.Fn, j+len(target.Args)-len(c.Args), MaxCallbackDepth)
		all = all && len(list) > 0
		for _, a := range list {
			if all = all && a.call != nil && a.fn.Entry != nil; all {
				out = append(out, invocationEdge(p.created(f, g, v, c), g, v, a))
			}
		}
	}
	if !all {
		return nil
	}
	return out
}

// invocations lists the calls, with arguments in t's frame, by which t calls
// the function that is its parameter i, directly or through functions that it
// hands the parameter on to.
func (p *Graph) invocations(t *Function, i, depth int) []invocation {
	return p.applied(t, &term.Path{Root: term.Param, Index: i}, depth)
}

func (p *Graph) applied(t *Function, v term.Term, depth int) []invocation {
	if depth == 0 {
		return nil
	}
	var out []invocation
	for k := range t.Calls {
		c := &t.Calls[k]
		if c.Kind == unit.Dynamic && term.Same(c.Value, v) {
			out = append(out, invocation{args: c.Args, raw: c.Args, fn: t, call: c})
			continue
		}
		for j, a := range c.Args {
			out = append(out, p.passedOn(t, c, j, a, v, depth)...)
		}
	}
	for _, closure := range p.escaping(t) {
		for _, a := range p.captured(closure, v, depth) {
			a.later = a.later || a.call != nil
			out = append(out, a)
		}
	}
	return out
}

// passedOn follows v where it is argument j of a call in t, as it is or
// captured by a closure.
func (p *Graph) passedOn(t *Function, c *unit.Call, j int, a, v term.Term, depth int) []invocation {
	if term.Same(a, v) {
		if c.Kind == unit.Library {
			a := invocation{}
			if c.Role == "" {
				a.library = c.Symbol
			}
			return []invocation{a}
		}
		var out []invocation
		found, _ := p.Callees(t, c)
		for _, x := range found {
			for _, inner := range p.invocations(x.Fn, j+len(x.Args)-len(c.Args), depth-1) {
				inner.args = x.Frame().ApplyAll(inner.args)
				out = append(out, inner)
			}
		}
		return out
	}
	var out []invocation
	for _, closure := range p.FunctionsIn(a) {
		out = append(out, p.captured(closure, v, depth)...)
	}
	return out
}

// captured follows v into a closure that has captured it.
func (p *Graph) captured(closure *term.Func, v term.Term, depth int) []invocation {
	g := p.Function(closure.Symbol)
	if g == nil {
		return nil
	}
	var out []invocation
	for _, b := range closure.Bind {
		if !term.Same(b.Term, v) {
			continue
		}
		for _, inner := range p.applied(g, &term.Path{Root: term.Free, Name: b.Name}, depth-1) {
			inner.args = term.Substitution{Free: closure.Bind}.ApplyAll(inner.args)
			out = append(out, inner)
		}
	}
	return out
}
