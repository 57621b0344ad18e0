package link

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxCallbackDepth is how many functions may hand a function value on.
const maxCallbackDepth = 4

// outgoing lists the ways in which f makes functions run, in source order.
func (p *program) outgoing(f *fn) []*edge {
	var out []*edge
	for i := range f.Calls {
		c := &f.Calls[i]
		out = append(out, p.direct(f, c)...)
		for j, a := range c.Args {
			for _, v := range p.functionsIn(a) {
				out = append(out, p.handed(f, c, j, v)...)
			}
		}
	}
	for _, v := range p.kept(f) {
		if g := p.function(v.Symbol); g != nil && !slices.ContainsFunc(out, func(e *edge) bool { return e.to == g && e.toLibrary() }) {
			out = append(out, p.keptEdge(f, g, v, nil))
		}
	}
	return out
}

// toLibrary tells the edge of a value that a library is handed which is modelled.
func (e *edge) toLibrary() bool {
	return e.call != nil && e.call.Kind == unit.Library && e.call.Role != ""
}

// keptEdge is the edge of a function value that f keeps, or hands to somebody who
// keeps it.
func (p *program) keptEdge(f, g *fn, v *term.Func, c *unit.Call) *edge {
	e := p.created(f, g, v, c)
	if !e.creates {
		e.library, e.kept = keptFunction, true
		if c != nil {
			e.library = keeper(f, c)
		}
	}
	return e
}

// keptFunction stands for the library of a function value that is given back or
// stored: who applies it is not seen.
const keptFunction = "a function value that is kept"

// keeper names who keeps a function value that is an argument of a call.
func keeper(f *fn, c *unit.Call) string {
	name := "a function value"
	switch c.Kind {
	case unit.Static:
		name = short(c.Symbol)
	case unit.Interface:
		name = short(c.Symbol) + "." + c.Method
	}
	return name + " (" + fileLine(f, c.Site) + ")" + keepsIt
}

// keepsIt ends the name of somebody who keeps a function value.
const keepsIt = " keeps it"

// libraryName is a library function, or who keeps a function value, as a report
// names it.
func libraryName(s string) string {
	if strings.HasSuffix(s, keepsIt) {
		return s
	}
	return short(s)
}

func (p *program) direct(f *fn, c *unit.Call) []*edge {
	if _, kept := c.Value.(*term.Path); kept && c.Kind == unit.Dynamic {
		return nil // its values bring what they have captured: held.go
	}
	found, _ := p.callees(f, c)
	out := make([]*edge, len(found))
	for i, x := range found {
		out[i] = &edge{
			from: f, to: x.fn, call: c, frame: frame{x.args, x.free}, facts: c.If,
			site: c.Site, sites: alignSites(c, len(x.args)), soft: x.soft,
		}
	}
	return out
}

// alignSites gives the sites of the arguments by parameter of the callee, which
// may have a bound receiver before them.
func alignSites(c *unit.Call, params int) []int {
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

// functionsIn lists the function values in a term; the method of an interface is
// that of each type behind it.
func (p *program) functionsIn(t term.Term) []*term.Func {
	var out []*term.Func
	for _, v := range rawFunctions(t) {
		out = append(out, p.valuesOf(v)...)
	}
	return out
}

// valuesOf is a function value, or those that a method of an interface may be.
func (p *program) valuesOf(v *term.Func) []*term.Func {
	if p.function(v.Symbol) != nil {
		return []*term.Func{v}
	}
	dot := strings.LastIndexByte(v.Symbol, '.')
	if dot < 0 || len(v.Bind) != 1 || v.Bind[0].Name != "p0" {
		return nil
	}
	var out []*term.Func
	for _, c := range p.methodsOf(v.Symbol[:dot], v.Symbol[dot+1:], []term.Term{v.Bind[0].Term}, 4) {
		out = append(out, &term.Func{Symbol: c.fn.Symbol, Bind: []term.Field{{Name: "p0", Term: c.args[0]}}})
	}
	return out
}

func rawFunctions(t term.Term) []*term.Func {
	var out []*term.Func
	visit(t, func(x term.Term) {
		if v, ok := x.(*term.Func); ok {
			out = append(out, v)
		}
	})
	return out
}

// kept lists the function values that f gives back, stores or puts somewhere.
func (p *program) kept(f *fn) []*term.Func {
	var out []*term.Func
	for i := range f.Gives {
		for _, r := range f.Gives[i].Results {
			out = append(out, p.functionsIn(loose(r))...)
		}
	}
	for i := range f.Stores {
		out = append(out, p.functionsIn(loose(f.Stores[i].Value))...)
	}
	for i := range f.Puts {
		out = append(out, p.functionsIn(loose(f.Puts[i].Value))...)
	}
	return out
}

// loose is a value without what is in the fields of named types: those are stores,
// or a library is handed them, each where it is written.
func loose(t term.Term) term.Term {
	switch x := t.(type) {
	case *term.Struct:
		if x.Type != "" {
			return term.ZeroTerm()
		}
	case *term.List:
		return &term.List{Elems: looseAll(x.Elems), Open: x.Open}
	case *term.Join:
		return &term.Join{Terms: looseAll(x.Terms)}
	}
	return t
}

func looseAll(ts []term.Term) []term.Term {
	out := make([]term.Term, len(ts))
	for i, t := range ts {
		out[i] = loose(t)
	}
	return out
}

// created is the edge of a function value whose application is elsewhere.
func (p *program) created(f, g *fn, v *term.Func, c *unit.Call) *edge {
	e := &edge{from: f, to: g, call: c, frame: bound(g, v, nil).frame(), site: f.Site, soft: trust.Callback}
	if c != nil {
		e.site, e.facts = c.Site, c.If
	}
	if g.entry != nil {
		e.creates, e.soft = true, ""
	}
	return e
}

func (c callee) frame() frame { return frame{c.args, c.free} }

// handed lists the edges of a function value that is argument j of call c.
func (p *program) handed(f *fn, c *unit.Call, j int, v *term.Func) []*edge {
	g := p.function(v.Symbol)
	if g == nil {
		return nil
	}
	if g.entry != nil {
		if out := p.wrapped(f, c, j, g, v); len(out) > 0 {
			return out
		}
		return []*edge{p.created(f, g, v, c)}
	}
	if c.Kind == unit.Library {
		return []*edge{p.handedToLibrary(f, g, v, c)}
	}
	var out []*edge
	found, _ := p.callees(f, c)
	for _, target := range found {
		for _, a := range p.applications(target.fn, j+len(target.args)-len(c.Args), maxCallbackDepth) {
			e := p.created(f, g, v, c)
			if a.later || a.call != nil && slices.ContainsFunc(a.raw, holdsResult) {
				out = append(out, applied(e, g, v, a))
				continue
			}
			e.soft, e.args, e.library = "", bound(g, v, moveAll(target.frame(), a.args)).args, a.library
			out = append(out, e)
		}
	}
	if len(out) == 0 {
		out = append(out, p.keptEdge(f, g, v, c))
	}
	return out
}

// holdsResult tells an argument that only the function which calls can name.
func holdsResult(t term.Term) bool {
	found := false
	visit(t, func(x term.Term) {
		_, ok := x.(*term.Result)
		found = found || ok
	})
	return found
}

// applied is the edge of a function value that runs in the frame of who calls it: a
// closure that outlives the call which made it, or a function that makes the
// arguments itself. Only what the value has captured comes from its maker.
func applied(maker *edge, g *fn, v *term.Func, a application) *edge {
	args := bound(g, &term.Func{Bind: boundReceiver(g, v)}, a.raw).args
	return &edge{
		from: a.fn, to: g, call: a.call, frame: frame{args: args}, facts: a.call.If,
		site: a.call.Site, sites: alignSites(a.call, len(args)), maker: maker,
	}
}

func (p *program) handedToLibrary(f, g *fn, v *term.Func, c *unit.Call) *edge {
	e := p.created(f, g, v, c)
	e.byRole(c)
	return e
}

// application is a call of a function value: its arguments, in the frame that
// was asked about, and the call itself, nil if a library makes it.
type application struct {
	args    []term.Term
	fn      *fn
	call    *unit.Call
	library string      // the library that is handed the value, if it is not modelled
	raw     []term.Term // the arguments in fn's frame
	later   bool        // fn is a closure that outlives the call that was asked about
}

// wrapped gives the edges by which a function that an entry is handed to calls it,
// with arguments that it knows: none unless all of them are in entries, such as the
// closure that a middleware makes.
func (p *program) wrapped(f *fn, c *unit.Call, j int, g *fn, v *term.Func) []*edge {
	if c.Kind == unit.Library {
		return nil
	}
	var out []*edge
	found, all := p.callees(f, c)
	for _, target := range found {
		list := p.applications(target.fn, j+len(target.args)-len(c.Args), maxCallbackDepth)
		all = all && len(list) > 0
		for _, a := range list {
			if all = all && a.call != nil && a.fn.entry != nil; all {
				out = append(out, applied(p.created(f, g, v, c), g, v, a))
			}
		}
	}
	if !all {
		return nil
	}
	return out
}

// applications lists the calls, with arguments in t's frame, by which t calls
// the function that is its parameter i, directly or through functions that it
// hands the parameter on to.
func (p *program) applications(t *fn, i, depth int) []application {
	return p.applied(t, &term.Path{Root: term.Param, Index: i}, depth)
}

func (p *program) applied(t *fn, v term.Term, depth int) []application {
	if depth == 0 {
		return nil
	}
	var out []application
	for k := range t.Calls {
		c := &t.Calls[k]
		if c.Kind == unit.Dynamic && same(c.Value, v) {
			out = append(out, application{args: c.Args, raw: c.Args, fn: t, call: c})
			continue
		}
		for j, a := range c.Args {
			out = append(out, p.passedOn(t, c, j, a, v, depth)...)
		}
	}
	for _, closure := range p.kept(t) {
		for _, a := range p.captured(closure, v, depth) {
			a.later = a.later || a.call != nil
			out = append(out, a)
		}
	}
	return out
}

// passedOn follows v where it is argument j of a call in t, as it is or
// captured by a closure.
func (p *program) passedOn(t *fn, c *unit.Call, j int, a, v term.Term, depth int) []application {
	if same(a, v) {
		if c.Kind == unit.Library {
			a := application{}
			if c.Role == "" {
				a.library = c.Symbol
			}
			return []application{a}
		}
		var out []application
		found, _ := p.callees(t, c)
		for _, x := range found {
			for _, inner := range p.applications(x.fn, j+len(x.args)-len(c.Args), depth-1) {
				inner.args = moveAll(x.frame(), inner.args)
				out = append(out, inner)
			}
		}
		return out
	}
	var out []application
	for _, closure := range p.functionsIn(a) {
		out = append(out, p.captured(closure, v, depth)...)
	}
	return out
}

// captured follows v into a closure that has captured it.
func (p *program) captured(closure *term.Func, v term.Term, depth int) []application {
	g := p.function(closure.Symbol)
	if g == nil {
		return nil
	}
	var out []application
	for _, b := range closure.Bind {
		if !same(b.Term, v) {
			continue
		}
		for _, inner := range p.applied(g, &term.Path{Root: term.Free, Name: b.Name}, depth-1) {
			inner.args = moveAll(frame{free: closure.Bind}, inner.args)
			out = append(out, inner)
		}
	}
	return out
}

func moveAll(b frame, ts []term.Term) []term.Term {
	out := make([]term.Term, len(ts))
	for i, t := range ts {
		if t != nil {
			out[i] = b.into(t)
		}
	}
	return out
}
