package link

import (
	"maps"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// taken adds to the edges of f those of the functions that it takes as values
// and of which nothing else is seen: they are kept somewhere.
func (w *walk) taken(f *fn, out []*edge) []*edge {
	for i := range f.Takes {
		t := &f.Takes[i]
		g := w.function(t.Symbol)
		if g == nil {
			continue // an interface's method: its value is among the terms
		}
		if t.Interface == "" {
			if w.types[g] == nil {
				w.types[g] = map[string]bool{}
			}
			w.types[g][t.Signature] = true
		}
		if t.Interface == anything || slices.ContainsFunc(out, func(e *edge) bool { return e.to == g && e.call != nil || e.maker != nil && e.to == g }) {
			continue
		}
		e := w.keptEdge(f, g, &term.Func{Symbol: t.Symbol}, nil)
		if t.Interface != "" {
			e.args = []term.Term{&term.Path{Root: term.This, Name: g.Receiver}}
			if !e.creates {
				e.library, e.kept = t.Interface, false
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
func (w *walk) assumeHandedOver() bool {
	found := false
	for _, f := range slices.Clone(w.order) {
		for i := range f.Takes {
			g := w.function(f.Takes[i].Symbol)
			if g == nil || f.Takes[i].Interface != anything || w.live[g] != nil {
				continue
			}
			e := &edge{from: f, to: g, site: f.Site, soft: trust.Callback, library: handedOver}
			e.args = []term.Term{&term.Path{Root: term.This, Name: g.Receiver}}
			w.edges[g] = append(w.edges[g], e)
			w.fromElsewhere(e)
			found = true
		}
	}
	return found
}

// handedOver stands for the library that is handed an object as any.
const handedOver = "an object that is handed over as any"

// dynamicCall is a call of a function value of which is not seen what it is.
type dynamicCall struct {
	fn   *fn
	call *unit.Call
}

// assumeByType lets a request that calls a function value which is not resolved
// reach every kept function of the same signature: own frameworks keep their
// handlers in maps, fields and closures. Without a parameter but a context a
// signature tells too little; such a function stays unknown.
func (w *walk) assumeByType() bool {
	callers := w.unresolved()
	found := false
	for _, g := range slices.Clone(w.order) {
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
func (w *walk) keptSomewhere(g *fn) *edge {
	if w.types[g] == nil {
		return nil
	}
	for _, e := range w.edges[g] {
		if e.library != "" && !e.creates && !w.accounted(e) {
			return e
		}
	}
	return nil
}

// unresolved lists by signature the calls of unknown function values that
// requests come to.
func (w *walk) unresolved() map[string][]dynamicCall {
	out := map[string][]dynamicCall{}
	for _, f := range w.order {
		if !w.live[f].by[requestRoot] {
			continue
		}
		for i := range f.Calls {
			c := &f.Calls[i]
			if c.Kind != unit.Dynamic || !specific(c.Signature) {
				continue
			}
			if _, known := w.callees(f, c); !known && !w.resolved(c) {
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
func (w *walk) applyByType(kept *edge, c dynamicCall) bool {
	g := kept.to
	for _, e := range w.edges[g] {
		if e.from == c.fn && e.call == c.call {
			return false
		}
	}
	args := c.call.Args
	if g.Receiver != "" && len(g.Params) == len(args)+1 {
		args = append([]term.Term{&term.Path{Root: term.This, Name: g.Receiver}}, args...)
	}
	e := &edge{
		from: c.fn, to: g, call: c.call, frame: frame{args: args}, facts: c.call.If, soft: trust.ByType,
		site: c.call.Site, sites: alignSites(c.call, len(args)), maker: kept, onlyRequests: true,
	}
	w.edges[g] = append(w.edges[g], e)
	for _, other := range w.edges[g] {
		other.explained = other.explained || other.library != "" && !other.creates && !other.held
	}
	w.fromElsewhere(e)
	return true
}
