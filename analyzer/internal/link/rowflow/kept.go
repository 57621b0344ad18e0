package rowflow

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Kept is a value that a function leaves where the next request finds it.
type Kept struct {
	Into  *term.Path
	Value term.Term
	Key   term.Term // of the entry of a map, nil where there is none
	Sent  bool      // into a channel: who reads it is another
	Facts []term.Fact
}

// KeptIn lists what a function leaves behind: in package variables, and in what objects hold
// that are older than the request.
func (p *Rows) KeptIn(f *callgraph.Function) []Kept {
	var out []Kept
	add := func(k Kept) {
		if p.Outlives(f, k.Into) {
			out = append(out, k)
		}
	}
	for _, k := range p.keeps(f, maxHanded) {
		add(k)
	}
	for i := range f.Stores {
		switch s := &f.Stores[i]; {
		case s.Type == "" && slices.ContainsFunc(f.Keeps, func(k unit.Keep) bool { return isVariable(k.Into, s.Field) }):
			// An entry of it, which is kept by its key.
		case s.Type == "":
			add(Kept{Into: &term.Path{Root: term.Global, Name: s.Field}, Value: s.Value, Facts: s.If})
		case s.Of > 0:
			add(Kept{Into: &term.Path{Root: term.Param, Index: s.Of - 1}, Value: s.Value, Facts: s.If})
		}
	}
	return out
}

// maxHanded caps the functions through which what is kept is handed.
const maxHanded = 8

// keeps lists what a function puts into maps and channels, by itself or by what it calls.
func (p *Rows) keeps(f *callgraph.Function, depth int) []Kept {
	if known, ok := p.kept[f]; ok {
		return known
	}
	p.kept[f] = nil // of a function that calls itself
	var out []Kept
	for i := range f.Keeps {
		k := &f.Keeps[i]
		if into, ok := k.Into.(*term.Path); ok {
			out = append(out, Kept{into, k.Value, k.Key, k.Key == nil, k.If})
		}
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.Kind == unit.Library || depth == 0 || len(c.Args) < 2 {
			continue
		}
		targets, _ := p.graph.Callees(f, c)
		for _, target := range targets {
			for _, k := range p.keeps(target.Fn, depth-1) {
				if unit.HoldsRow(k.Value) {
					continue // what it has itself is kept by it
				}
				into, ok := target.Frame().Apply(k.Into).(*term.Path)
				if !ok {
					continue
				}
				k.Into, k.Value, k.Facts = into, target.Frame().Apply(k.Value), c.If
				if k.Key != nil {
					k.Key = target.Frame().Apply(k.Key)
				}
				out = append(out, k)
			}
		}
	}
	p.kept[f] = out
	return out
}

func isVariable(t term.Term, name string) bool {
	x, ok := t.(*term.Path)
	return ok && x.Root == term.Global && x.Name == name
}

// Outlives reports whether what a path leads to is there before the request that a function
// runs for, and after it: one way to the function on which it is, is enough.
func (p *Rows) Outlives(f *callgraph.Function, at *term.Path) bool {
	place := placeIn{f, at.String()}
	known, ok := p.older[place]
	if !ok {
		p.older[place] = false // of a function that calls itself
		known = p.outlives(f, at)
		p.older[place] = known
	}
	return known
}

func (p *Rows) outlives(f *callgraph.Function, at *term.Path) bool {
	switch {
	case at.Root == term.Global || at.Root == term.This:
		return p.graph.RootOf(f) == callgraph.RequestRoot
	case p.graph.IsEntry(f):
		return at.Root == term.Free || at.Root == term.Param && at.Index == 0 && f.Receiver != ""
	}
	return slices.ContainsFunc(p.graph.Edges[f], func(e *callgraph.Edge) bool {
		if e.Call == nil || e.Call.Mode == unit.Spawned {
			return false
		}
		to, ok := e.Apply(at).(*term.Path)
		return ok && p.Outlives(e.From, to)
	})
}
