package solve

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/access"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// paramLoaders finds those of the program, once.
func (p *Solver) paramLoaders() *paramLoader {
	if p.paramLoading != nil {
		return p.paramLoading
	}
	p.paramLoading = &paramLoader{found: map[*callgraph.Function]bool{}, keys: map[string]bool{}}
	if len(p.graph.Puts[term.ComputedKey]) == 0 {
		return p.paramLoading
	}
	for _, f := range p.graph.Order {
		if readsAnyParameter(f) && p.chains.PutsComputed(f, callgraph.MaxCallbackDepth) {
			p.paramLoading.found[f] = true
		}
	}
	if len(p.paramLoading.found) > 0 {
		p.paramLoading.collectKeys(p.graph, p.access.Names)
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

// collectKeys notes the context keys that are read.
func (p *paramLoader) collectKeys(graph *callgraph.Graph, names *access.Names) {
	note := func(t term.Term) {
		v, ok := t.(*term.Path)
		if !ok || v.Root != term.Context {
			return
		}
		for _, name := range names.KeyNames(v.Name) {
			p.keys[name] = true
		}
	}
	for _, f := range graph.Order {
		callgraph.EachValue(f, func(t term.Term) { term.Visit(t, note) })
		for i := range f.Runs {
			term.VisitAll(f.Runs[i].Args, note)
		}
	}
}

// loadedByParam reports whether a part of the request is a parameter whose row a
// populator stores under its name, or one that it loads such a row by.
func (p *Solver) loadedByParam(f *callgraph.Function, o *term.Origin) (obligation.Notes, bool) {
	if o.Group != "path" {
		return obligation.Notes{}, false
	}
	all := p.paramLoaders()
	switch {
	case anyParameter(o) && all.found[f]:
		return obligation.Assuming(trust.MiddlewareLoads.Premise(unit.Short(f.Symbol))), true
	case len(all.found) > 0 && all.keys[o.Name]:
		return obligation.Assuming(trust.CheckedParameter.Premise(o.Name)), true
	}
	return obligation.Notes{}, false
}
