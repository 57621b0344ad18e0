package pool

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxOptions caps the calls between the opening of a pool and what makes its options.
const maxOptions = 4

// again are the hooks that an opening is handed, which are called before a connection is used
// once more; known is false if one of them is not known.
func (p *Pools) again(o opening) (out []Hook, known bool) {
	for _, c := range behind(o.fn, o.call, maxOptions) {
		if c.Role != library.Resets {
			continue
		}
		fn := p.handed(c)
		if fn == nil || c.Mode != unit.Now {
			return nil, false
		}
		out = append(out, Hook{Function: fn, Again: true})
	}
	return out, true
}

// behind are the calls of libraries whose results a call is handed, and those behind them.
func behind(f *callgraph.Function, c *unit.Call, depth int) []*unit.Call {
	var out []*unit.Call
	for _, a := range c.Args {
		for _, r := range surely(a) {
			of := f.Ops[r.Call].Call
			if of == nil || of.Kind != unit.Library || depth == 0 {
				continue
			}
			out = append(out, of)
			out = append(out, behind(f, of, depth-1)...)
		}
	}
	return out
}

// surely are the results of calls that a value is, or is a list of. One of several values is
// none for sure.
func surely(t term.Term) []*term.Result {
	switch x := t.(type) {
	case *term.Result:
		return []*term.Result{x}
	case *term.List:
		var out []*term.Result
		for _, e := range x.Elems {
			out = append(out, surely(e)...)
		}
		return out
	}
	return nil
}

// keeps reports whether the program says how many connections its pools keep, or have at a
// time: then one that was drawn out of another pool may go from one request to the next.
func (p *Pools) keeps() bool {
	return slices.ContainsFunc(p.graph.Order, func(f *callgraph.Function) bool {
		return slices.ContainsFunc(f.Calls, func(c unit.Call) bool { return c.Role == library.Limits })
	})
}

// maxMakers caps the functions between the opening of a pool and what makes its connector.
const maxMakers = 3

// Own names what of the program's own makes the connections of a pool, "" if nothing does:
// what it does with each of them is not followed.
func (p *Pools) Own() string {
	for _, o := range p.opens {
		if o.call.Role != library.OpensBy {
			continue
		}
		for _, a := range o.call.Args {
			if name := p.ownIn(o.fn, a, maxMakers); name != "" {
				return name
			}
		}
	}
	return ""
}

// ownIn names what of the program's own a connector is.
func (p *Pools) ownIn(f *callgraph.Function, connector term.Term, depth int) string {
	for _, leaf := range term.Leaves(connector) {
		switch x := leaf.(type) {
		case *term.Struct:
			if p.isOwn(x.Type) {
				return unit.Short(x.Type)
			}
		case *term.Path:
			return "a connector that is handed on"
		case *term.Origin:
			if x.Kind == term.Unknown {
				return "a connector that is not known"
			}
		case *term.Result:
			if name := p.ownOf(f, x, depth); name != "" {
				return name
			}
		}
	}
	return ""
}

// ownOf is ownIn of what a call gives.
func (p *Pools) ownOf(f *callgraph.Function, r *term.Result, depth int) string {
	c := f.Ops[r.Call].Call
	switch {
	case c == nil:
		return "a connector that is not known"
	case c.Kind == unit.Library && c.Role == library.NoRole:
		return "what " + unit.Short(c.Symbol) + " gives"
	case c.Kind == unit.Library:
		return ""
	}
	targets, known := p.graph.Callees(f, c)
	if !known || depth == 0 {
		return "what " + unit.Short(callgraph.CalleeName(c)) + " gives"
	}
	for _, t := range targets {
		for i := range t.Fn.Gives {
			if given, ok := callgraph.Given(r, r.Call, &t.Fn.Gives[i]); ok {
				if name := p.ownIn(t.Fn, given, depth-1); name != "" {
					return name
				}
			}
		}
	}
	return ""
}

// isOwn tells the name of a type of the program.
func (p *Pools) isOwn(typ string) bool {
	return typ != "" && slices.ContainsFunc(p.graph.Units, func(u *unit.Unit) bool { return u.Path == unit.PackageOf(typ) })
}
