package callgraph

import (
	"maps"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// addressTaken adds to the edges of f those of the functions that it takes as values
// and of which nothing else is seen: they are kept somewhere.
func (w *builder) addressTaken(f *Function, out []*Edge) []*Edge {
	for i := range f.Takes {
		t := &f.Takes[i]
		g := w.Function(t.Symbol)
		if g == nil {
			continue // an interface's method: its value is among the terms
		}
		if t.Interface == "" {
			if w.types[g] == nil {
				w.types[g] = map[string]bool{}
			}
			w.types[g][t.Signature] = true
		}
		if t.Interface == anything || slices.ContainsFunc(out, func(e *Edge) bool { return e.To == g && e.Call != nil || e.Closure != nil && e.To == g }) {
			continue
		}
		e := w.escapeEdge(f, g, &term.Func{Symbol: t.Symbol}, nil)
		if t.Interface != "" {
			e.Args = []term.Term{&term.Path{Root: term.This, Name: g.Receiver}}
			if !e.Creates {
				e.Library, e.Kept = t.Interface, false
			}
		}
		out = append(out, e)
	}
	return out
}

// anything is the interface of a value that is handed over as any.
const anything = "any"

// assumeHandedOver marks the methods of objects that are handed over as any, if
// nothing else reaches them: reflection may.
func (w *builder) assumeHandedOver() bool {
	found := false
	for _, f := range slices.Clone(w.Order) {
		for i := range f.Takes {
			if f.Takes[i].Interface != anything {
				continue
			}
			for _, v := range w.valuesOf(methodOf(f.Takes[i].Symbol)) {
				g := w.Function(v.Symbol)
				if g == nil || w.Live[g] != nil {
					continue
				}
				e := &Edge{From: f, To: g, Site: f.Site, Soft: trust.Callback, Library: handedOver}
				e.Args = []term.Term{&term.Path{Root: term.This, Name: g.Receiver}}
				w.Edges[g] = append(w.Edges[g], e)
				w.fromElsewhere(e)
				found = true
			}
		}
	}
	return found
}

// methodOf is a method of some object, or of whatever stands behind an interface.
func methodOf(symbol string) *term.Func {
	return &term.Func{Symbol: symbol, Bind: []term.Field{{Name: "p0", Term: &term.Path{Root: term.This}}}}
}

// handedOver stands for the library that is handed an object as any.
const handedOver = "an object that a library is handed"

// assumeByType lets a request that calls a function value which is not resolved
// reach every kept function of the same signature: own frameworks keep their
// handlers in maps, fields and closures. Without a parameter but a context a
// signature tells too little; such a function stays unknown.
func (w *builder) assumeByType() bool {
	callers := w.unresolved()
	found := false
	for _, g := range slices.Clone(w.Order) {
		kept := w.keptSomewhere(g)
		if kept == nil {
			continue
		}
		for _, signature := range slices.Sorted(maps.Keys(w.types[g])) {
			for _, c := range callers[signature] {
				found = w.applyByType(kept, c) || found
			}
		}
	}
	return found
}

// keptSomewhere is the edge that says that g is kept and that nobody is seen to
// apply it.
func (w *builder) keptSomewhere(g *Function) *Edge {
	if w.types[g] == nil {
		return nil
	}
	for _, e := range w.Edges[g] {
		if e.Library != "" && !e.Creates && !w.accounted(e) {
			return e
		}
	}
	return nil
}

// unresolved lists by signature the calls of unknown function values that
// requests come to.
func (w *builder) unresolved() map[string][]dynamicCall {
	out := map[string][]dynamicCall{}
	for _, f := range w.Order {
		if !w.Live[f].By[RequestRoot] {
			continue
		}
		for i := range f.Calls {
			c := &f.Calls[i]
			if c.Kind != unit.Dynamic || !specific(c.Signature) {
				continue
			}
			if _, known := w.Callees(f, c); !known && !w.resolved(c) {
				out[c.Signature] = append(out[c.Signature], dynamicCall{f, c})
			}
		}
	}
	return out
}

// specific tells a signature that has a parameter other than a context.
func specific(signature string) bool {
	params, _, _ := strings.Cut(strings.TrimPrefix(signature, "func("), ")")
	return params != "" && params != library.ContextType
}

// applyByType adds the edge from an unknown call to a function that it may
// call. What the function has captured is in the frame of its maker.
func (w *builder) applyByType(kept *Edge, c dynamicCall) bool {
	g := kept.To
	for _, e := range w.Edges[g] {
		if e.From == c.fn && e.Call == c.call {
			return false
		}
	}
	args := c.call.Args
	if g.Receiver != "" && len(g.Params) == len(args)+1 {
		args = append([]term.Term{&term.Path{Root: term.This, Name: g.Receiver}}, args...)
	}
	e := &Edge{
		From: c.fn, To: g, Call: c.call, Substitution: term.Substitution{Args: args}, Facts: c.call.If, Soft: trust.ByType,
		Site: c.call.Site, Sites: AlignSites(c.call, len(args)), Closure: kept, onlyRequests: true,
	}
	w.Edges[g] = append(w.Edges[g], e)
	for _, other := range w.Edges[g] {
		other.Explained = other.Explained || other.Library != "" && !other.Creates && !other.ByPointer
	}
	w.fromElsewhere(e)
	return true
}
