package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
)

// witness leads from a request's entry down to f, as far as it is known, where
// it can be on a way that nobody allowed.
func (p *verdict) witness(f *callgraph.Function) []*callgraph.Edge {
	out := p.shortest(f)
	if p.directives().some && slices.ContainsFunc(out, func(e *callgraph.Edge) bool { return excuses(p.allowOn(e)) }) {
		if way, found, _ := p.wayAround(f); found {
			return way
		}
	}
	return out
}

func (p *verdict) shortest(f *callgraph.Function) []*callgraph.Edge {
	var out []*callgraph.Edge
	seen := map[*callgraph.Function]bool{}
	for l := p.graph.Live[f]; l != nil && !seen[f]; l = p.graph.Live[f] {
		seen[f] = true
		e := l.Via[callgraph.RequestRoot]
		if e == nil {
			break
		}
		out = append(out, e)
		f = e.From
	}
	slices.Reverse(out)
	return out
}
