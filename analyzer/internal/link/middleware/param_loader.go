package middleware

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// PutsComputed reports whether f, or what it calls, puts something under a
// computed key.
func (p *Chains) PutsComputed(f *callgraph.Function, depth int) bool {
	for i := range f.Puts {
		if term.IsComputedKey(f.Puts[i].Key) {
			return true
		}
	}
	for i := range f.Calls {
		if c := &f.Calls[i]; depth > 0 && c.Kind != unit.Library {
			found, _ := p.graph.Callees(f, c)
			for _, x := range found {
				if p.PutsComputed(x.Fn, depth-1) {
					return true
				}
			}
		}
	}
	return false
}
