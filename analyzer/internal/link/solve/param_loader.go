package solve

import (
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// paramLoaders finds those of the program, once.
func (p *Solver) paramLoaders() *paramLoader {
	if p.paramLoading != nil {
		return p.paramLoading
	}
	p.paramLoading = &paramLoader{found: map[*callgraph.Function]bool{}, keys: map[string]bool{}}
	if len(p.graph.Puts[computedKey]) == 0 {
		return p.paramLoading
	}
	for _, f := range p.graph.Order {
		if readsAnyParameter(f) && p.putsComputed(f, callgraph.MaxCallbackDepth) {
			p.paramLoading.found[f] = true
		}
	}
	if len(p.paramLoading.found) > 0 {
		p.collectKeys()
	}
	return p.paramLoading
}

func readsAnyParameter(f *callgraph.Function) bool {
	for _, r := range f.Reads {
		if o, ok := r.Origin.(*term.Origin); ok && anyParameter(o) {
			return true
		}
	}
	return false
}

// anyParameter tells a parameter of the path whose name is computed.
func anyParameter(o *term.Origin) bool {
	return o.Kind == term.Request && o.Group == "path" && o.Name == "?"
}

// putsComputed tells whether f, or what it calls, puts something under a
// computed key.
func (p *Solver) putsComputed(f *callgraph.Function, depth int) bool {
	for i := range f.Puts {
		if f.Puts[i].Key == computedKey {
			return true
		}
	}
	for i := range f.Calls {
		if c := &f.Calls[i]; depth > 0 && c.Kind != unit.Library {
			found, _ := p.graph.Callees(f, c)
			for _, x := range found {
				if p.putsComputed(x.Fn, depth-1) {
					return true
				}
			}
		}
	}
	return false
}

// collectKeys notes the context keys that are read.
func (p *Solver) collectKeys() {
	note := func(t term.Term) {
		v, ok := t.(*term.Path)
		if !ok || v.Root != term.Context {
			return
		}
		for _, name := range p.access.Names.KeyNames(v.Name) {
			p.paramLoading.keys[name] = true
		}
	}
	for _, f := range p.graph.Order {
		callgraph.EachValue(f, func(t term.Term) { term.Visit(t, note) })
		for i := range f.Runs {
			term.VisitAll(f.Runs[i].Args, note)
		}
	}
}

// loadedByParam tells whether a part of the request is a parameter whose row a
// populator stores under its name, or one that it loads such a row by.
func (p *Solver) loadedByParam(f *callgraph.Function, o *term.Origin) (obligation.Notes, bool) {
	if o.Group != "path" {
		return obligation.Notes{}, false
	}
	all := p.paramLoaders()
	switch {
	case anyParameter(o) && all.found[f]:
		return obligation.Assuming("middleware " + unit.Short(f.Symbol) + " loads rows by the parameters of the path"), true
	case len(all.found) > 0 && all.keys[o.Name]:
		return obligation.Assuming("a middleware checks the path parameter " + strconv.Quote(o.Name) + ", which it stores under a computed name"), true
	}
	return obligation.Notes{}, false
}
