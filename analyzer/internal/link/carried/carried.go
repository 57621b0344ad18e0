// Package carried tells what stands under the keys of contexts once an object that somebody
// has taken out was written to: whoever takes it out next finds what it is then.
//
//	u := UserFrom(ctx)          // a function of the program gives what stands under a key
//	u.OrgID = id                // and now holds the client's
//
// In goes a call graph, of which it is known which function puts what; out come more puts.
//
// It cannot see objects that a call was not handed a context for, nor what is written to a
// part of an object that another function took out.
package carried

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxAccessors caps the functions that hand on what one has taken out.
const maxAccessors = 4

// Puts adds what the functions of a program leave in objects of contexts to what is put
// there, and to a list by function, which it gives back.
func Puts(graph *callgraph.Graph, out map[*callgraph.Function][]unit.Put) map[*callgraph.Function][]unit.Put {
	seen := map[string]bool{}
	a := &accessors{graph: graph, given: map[asked][]*term.Path{}}
	for _, f := range graph.Order {
		for i := range f.Changes {
			c := &f.Changes[i]
			for _, at := range a.taken(f, c.Of, maxAccessors) {
				put := unit.Put{Key: at.Name, Value: within(at, changed(named(c.Value, c.Of, at), at)), Site: c.Site, If: c.If}
				out[f] = append(out[f], put)
				if text := f.Symbol + at.Name + put.Value.String(); seen[text] {
					continue
				} else if seen[text] = true; len(seen) > maxChanges {
					put.Value = term.Why("changed in many places")
				}
				graph.Puts[at.Name] = append(graph.Puts[at.Name], callgraph.Write{Fn: f, Value: put.Value, Site: put.Site, Facts: put.If})
			}
		}
	}
	return out
}

// named is a value in which the object has the name of the place that it was taken from.
func named(value, object term.Term, at *term.Path) term.Term {
	return term.Map(value, func(x term.Term) term.Term {
		if term.Same(object, x) {
			return at
		}
		if steps, part := term.StepsTo(object, x); part {
			return term.SelectInside(at, steps)
		}
		return x
	})
}

// maxChanges caps the writes of a program that are told apart.
const maxChanges = 2000

// changed is what a value is beside what stood at its place before, also in its fields: that
// this may still be there is known without.
func changed(value term.Term, at *term.Path) term.Term {
	switch x := value.(type) {
	case *term.Join:
		var rest []term.Term
		for _, leaf := range x.Terms {
			if !term.Same(leaf, at) {
				rest = append(rest, changed(leaf, at))
			}
		}
		if len(rest) > 0 {
			return term.JoinOf(rest...)
		}
	case *term.Struct:
		if x.Base == nil || !term.Same(x.Base, at) {
			return value
		}
		fields := make([]term.Field, len(x.Fields))
		for i, f := range x.Fields {
			below, _ := term.Select(at, term.Step{Kind: term.FieldStep, Name: f.Name}).(*term.Path)
			fields[i] = f
			if below != nil {
				fields[i].Term = changed(f.Term, below)
			}
		}
		return &term.Struct{Type: x.Type, Base: x.Base, Fields: fields}
	}
	return value
}

// accessors are the functions of a program that hand on what they have taken out of a context.
// What one of them gives is asked once: a decoder of generated code has many implementations,
// each of which calls it again.
type accessors struct {
	graph *callgraph.Graph
	given map[asked][]*term.Path
}

// asked is a result of a call in a function, and how many more functions are followed from there.
type asked struct {
	in     *callgraph.Function
	result string
	depth  int
}

// taken are the places in contexts that a value of a function may have been taken from.
func (a *accessors) taken(f *callgraph.Function, t term.Term, depth int) []*term.Path {
	var out []*term.Path
	for _, leaf := range term.Leaves(t) {
		switch x := leaf.(type) {
		case *term.Path:
			if x.Root == term.Context {
				out = append(out, x)
			}
		case *term.Result:
			out = merged(out, a.handedOn(f, x, depth))
		}
	}
	return out
}

// handedOn are the places that what a call gives may have been taken from.
func (a *accessors) handedOn(f *callgraph.Function, r *term.Result, depth int) []*term.Path {
	c := f.Ops[r.Call].Call
	if c == nil || depth == 0 {
		return nil
	}
	key := asked{f, r.String(), depth}
	if known, ok := a.given[key]; ok {
		return known
	}
	var out []*term.Path
	targets, _ := a.graph.Callees(f, c)
	for t, inner := range callgraph.Behind(targets, r) {
		out = merged(out, a.taken(t.Fn, inner, depth-1))
	}
	a.given[key] = out
	return out
}

// merged are the places of two lists, each once.
func merged(have, more []*term.Path) []*term.Path {
	for _, at := range more {
		if !slices.ContainsFunc(have, func(x *term.Path) bool { return term.Same(x, at) }) {
			have = append(have, at)
		}
	}
	return have
}

// within is what stands under a key if a value stands at a place below it.
func within(at *term.Path, value term.Term) term.Term {
	for i, s := range slices.Backward(at.Steps) {
		if s.Kind != term.FieldStep {
			return term.Why("an element was stored")
		}
		whole := &term.Path{Root: at.Root, Name: at.Name, Steps: at.Steps[:i]}
		outer, ok := term.StructOf("", nil, []term.Field{{Name: s.Name, Term: value}}).(*term.Struct)
		if !ok {
			return term.Why("a part was stored")
		}
		outer.Base = whole
		value = outer
	}
	return value
}

// UnderAnyName reports whether what a client has sent is put into contexts under names that are
// computed: it may be found under any key.
//
//	for name, values := range c.QueryParams() { c.Set(name, values[0]) }
func UnderAnyName(g *callgraph.Graph) bool {
	return slices.ContainsFunc(g.Puts[term.ComputedKey], func(w callgraph.Write) bool { return ofRequest(w.Fn, w.Value, maxCalls) })
}

// maxCalls is how many calls deep a value is asked whether it is made of a request.
const maxCalls = 4

// ofRequest reports whether a value is part of a request, or what a call makes of one.
func ofRequest(f *callgraph.Function, t term.Term, calls int) bool {
	return term.Any(t, func(x term.Term) bool {
		r, ok := x.(*term.Result)
		if !ok || calls == 0 {
			return term.IsRequest(x)
		}
		c := f.Ops[r.Call].Call
		return c != nil && slices.ContainsFunc(c.Args, func(a term.Term) bool { return a != nil && ofRequest(f, a, calls-1) })
	})
}
