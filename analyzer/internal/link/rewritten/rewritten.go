// Package rewritten tells which parts of a request a program writes anew while it serves it:
// what was checked of such a part at one time says nothing of it at another.
//
//	if !mayRead(user, r.PathValue("org")) { return }
//	r.SetPathValue("org", r.Header.Get("X-Org"))
//
// In goes a call graph; out comes, for a function that reads a part of the request, by what it
// may have been written before.
//
// Terms. The *first* function of a rewriting is the outermost one that has the request in
// hand: the one that a router calls. It may be rewritten for whoever runs below that, and for
// everybody where that goes on to whom it does not know.
//
// It does not ask in which order the functions below the first one read and write, nor follow a
// request that comes out of a channel or a field. Requests that the program makes for others
// are none.
package rewritten

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxCallers caps the functions by which a request is followed back, and maxParts the parts
// that are told apart; beyond it any part of the request may be another one.
const (
	maxCallers = 8
	maxParts   = 500
)

// Parts are the parts of requests that a program rewrites.
type Parts struct {
	graph *callgraph.Graph
	out   map[*callgraph.Function][]*callgraph.Edge // calls, by caller; nil until asked
	list  []part
	seen  map[string]bool
}

// part is one of them, below the function that has the request first.
type part struct {
	origin *term.Origin
	by     string // the library's function or field that writes it
	where  string // the function that calls it
	below  map[*callgraph.Function]bool
	all    bool // whoever reads it
}

// New finds the parts that a program rewrites.
func New(g *callgraph.Graph) *Parts {
	p := &Parts{graph: g, seen: map[string]bool{}}
	for _, f := range g.Order {
		for i := range f.Stores {
			s := &f.Stores[i]
			o, ok := s.Value.(*term.Origin)
			if ok && s.Type == unit.Rewritten {
				p.follow(f, s.Of-1, part{origin: o, by: s.Field, where: unit.Short(f.Symbol)}, maxCallers)
			}
		}
	}
	return p
}

// Before is by what a part of the request that a function reads may have been written before,
// "" if nothing is seen to.
func (p *Parts) Before(f *callgraph.Function, o *term.Origin) string {
	for _, x := range p.list {
		if (x.all || x.below[f]) && overlap(x.origin, o) {
			return "rewritten by " + x.by + " in " + x.where
		}
	}
	return ""
}

// overlap reports whether what is written may be, or be in, what is read.
func overlap(written, read *term.Origin) bool {
	form := func(group string) bool { return group == "query" || group == "form" }
	switch {
	case written.Group != read.Group && !(form(written.Group) && form(read.Group)):
		return false
	case written.Name == "" || written.Group == "path" && read.Name == "":
		return written.Name == read.Name
	}
	return written.Name == read.Name || !term.IsNamed(written) || read.Name == "" || read.Name == "?"
}

// follow adds a part of what parameter k of f is, below the functions that have the request
// first; k is negative where it is no parameter.
func (p *Parts) follow(f *callgraph.Function, k int, x part, depth int) {
	edges := p.graph.Edges[f]
	if k < 0 || depth == 0 || p.graph.IsEntry(f) || len(edges) == 0 {
		p.add(f, x, depth)
		return
	}
	first := false
	for _, e := range edges {
		if k >= len(e.Args) || e.Args[k] == nil {
			first = true
			continue
		}
		up := x
		up.origin = renamed(e, x.origin)
		for _, leaf := range term.Leaves(e.Args[k]) {
			switch arg := leaf.(type) {
			case *term.Path:
				at := -1
				if arg.Root == term.Param {
					at = arg.Index
				}
				p.follow(e.From, at, up, depth-1)
			case *term.Origin:
				if arg.Kind == term.Request {
					p.follow(e.From, -1, up, depth-1)
				}
			case *term.Result:
				if p.handsBack(e.From, arg) {
					p.follow(e.From, -1, up, depth-1)
				}
			}
		}
	}
	if first {
		p.add(f, x, depth)
	}
}

// renamed is a part in the frame of a caller.
func renamed(e *callgraph.Edge, o *term.Origin) *term.Origin {
	out, ok := e.Apply(o).(*term.Origin)
	if !ok {
		return unnamed(o)
	}
	return out
}

// handsBack reports whether a call may give something that it was handed.
func (p *Parts) handsBack(f *callgraph.Function, r *term.Result) bool {
	c := f.Ops[r.Call].Call
	if c == nil {
		return false
	}
	targets, _ := p.graph.Callees(f, c)
	for _, inner := range callgraph.Behind(targets, r) {
		if term.IsOpen(inner) {
			return true
		}
	}
	return false
}

// add notes a part that is rewritten below a function, under the names that those who call it,
// or have made it, hand it.
func (p *Parts) add(f *callgraph.Function, x part, depth int) {
	for _, o := range p.named(f, x.origin, depth) {
		text := f.Symbol + "\x00" + o.String() + "\x00" + x.by
		if p.seen[text] {
			continue
		}
		p.seen[text] = true
		if len(p.list) == maxParts {
			p.list = append(p.list, part{origin: unnamed(o), by: x.by, where: x.where, all: true})
			return
		}
		if len(p.list) > maxParts {
			return
		}
		x.origin = o
		x.below, x.all = p.below(f)
		p.list = append(p.list, x)
	}
}

// named are the names under which a part is known that a function is handed the name of.
func (p *Parts) named(f *callgraph.Function, o *term.Origin, depth int) []*term.Origin {
	if !term.HasHandedName(o) {
		return []*term.Origin{o}
	}
	edges := p.graph.Edges[f]
	if depth == 0 || len(edges) == 0 {
		return []*term.Origin{unnamed(o)}
	}
	var out []*term.Origin
	for _, e := range edges {
		if e.Closure != nil && term.KeepNames(o) != nil { // captured
			e = e.Closure
		}
		if len(e.Args)+len(e.Free) > 0 || !slices.ContainsFunc(edges, func(x *callgraph.Edge) bool { return x.From == e.From && len(x.Free) > 0 }) {
			out = append(out, p.named(e.From, renamed(e, o), depth-1)...)
		}
	}
	return out
}

func unnamed(o *term.Origin) *term.Origin {
	out := *o
	out.Name = "?"
	return &out
}

// below are the functions that may run below one, and whether others may, too, that are not
// known.
func (p *Parts) below(first *callgraph.Function) (map[*callgraph.Function]bool, bool) {
	if p.out == nil {
		p.out = map[*callgraph.Function][]*callgraph.Edge{}
		for _, f := range p.graph.Order {
			for _, e := range p.graph.Edges[f] {
				if !e.Creates {
					p.out[e.From] = append(p.out[e.From], e)
				}
			}
		}
	}
	found := map[*callgraph.Function]bool{first: true}
	todo := []*callgraph.Function{first}
	for len(todo) > 0 {
		f := todo[0]
		todo = todo[1:]
		if p.goesOn(f) {
			return nil, true
		}
		for _, e := range p.out[f] {
			if !found[e.To] {
				found[e.To] = true
				todo = append(todo, e.To)
			}
		}
	}
	return found, false
}

// goesOn reports whether a function hands a request on to who is not known: to what a router
// has next, to a handler of any kind, or to a function value of which no call is seen.
func (p *Parts) goesOn(f *callgraph.Function) bool {
	for i := range f.Calls {
		c := &f.Calls[i]
		runs := func(e *callgraph.Edge) bool { return e.Call == c }
		if c.Role == library.Next || c.Role == library.Serves || c.Kind == unit.Dynamic && !slices.ContainsFunc(p.out[f], runs) {
			return true
		}
	}
	return false
}
