package link

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Populators. A middleware that goes through the parameters of the path, loads what
// each of them names, and stores it under that name: c.Set(node.Key, node.Row). No
// unit tells which parameters are meant, nor what is checked on the way, so neither
// the loads are findings nor the parameters whose rows handlers read: both rest on
// an assumption that is named.

// populator is such a middleware: the function that reads the parameters.
type populator struct {
	found map[*fn]bool
	keys  map[string]bool // names of context keys that are read
}

// populators finds those of the program, once.
func (p *program) populators() *populator {
	if p.populating != nil {
		return p.populating
	}
	p.populating = &populator{found: map[*fn]bool{}, keys: map[string]bool{}}
	if len(p.puts[computedKey]) == 0 {
		return p.populating
	}
	for _, f := range p.order {
		if readsAnyParameter(f) && p.putsComputed(f, maxCallbackDepth) {
			p.populating.found[f] = true
		}
	}
	if len(p.populating.found) > 0 {
		p.collectKeys()
	}
	return p.populating
}

func readsAnyParameter(f *fn) bool {
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
func (p *program) putsComputed(f *fn, depth int) bool {
	for i := range f.Puts {
		if f.Puts[i].Key == computedKey {
			return true
		}
	}
	for i := range f.Calls {
		if c := &f.Calls[i]; depth > 0 && c.Kind != unit.Library {
			found, _ := p.callees(f, c)
			for _, x := range found {
				if p.putsComputed(x.fn, depth-1) {
					return true
				}
			}
		}
	}
	return false
}

// collectKeys notes the context keys that are read.
func (p *program) collectKeys() {
	note := func(t term.Term) {
		v, ok := t.(*term.Path)
		if !ok || v.Root != term.Context {
			return
		}
		for _, name := range p.names.KeyNames(v.Name) {
			p.populating.keys[name] = true
		}
	}
	for _, f := range p.order {
		eachValue(f, func(t term.Term) { visit(t, note) })
		for i := range f.Runs {
			visitAll(f.Runs[i].Args, note)
		}
	}
}

// populated tells whether a part of the request is a parameter whose row a
// populator stores under its name, or one that it loads such a row by.
func (p *program) populated(f *fn, o *term.Origin) (notes, bool) {
	if o.Group != "path" {
		return notes{}, false
	}
	all := p.populators()
	switch {
	case anyParameter(o) && all.found[f]:
		return assume(trust.MiddlewareLoads.Premise(short(f.Symbol))), true
	case len(all.found) > 0 && all.keys[o.Name]:
		return assume(trust.CheckedParameter.Premise(o.Name)), true
	}
	return notes{}, false
}
