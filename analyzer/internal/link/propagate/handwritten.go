package propagate

import "github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"

// Innermost is the innermost hand-written place on the way to a statement: its
// own, or that of the call that leads into generated code.
func Innermost(f *callgraph.Function, site int, hops []*callgraph.Edge) callgraph.Spot {
	if !callgraph.Generated(f) {
		return callgraph.Spot{Fn: f, Site: site}
	}
	for i := len(hops) - 1; i >= 0; i-- {
		if !callgraph.Generated(hops[i].From) {
			return callgraph.Spot{Fn: hops[i].From, Site: hops[i].Site}
		}
	}
	return callgraph.Spot{Fn: f, Site: site}
}

// HandWritten lists the ways from hand-written code to a generated function.
func HandWritten(g *callgraph.Graph, f *callgraph.Function, below []*callgraph.Edge, seen map[*callgraph.Function]bool) [][]*callgraph.Edge {
	if seen[f] {
		return nil
	}
	seen[f] = true
	defer delete(seen, f)
	var out [][]*callgraph.Edge
	for _, e := range g.Edges[f] {
		if g.Live[e.From] == nil {
			continue
		}
		hops := append([]*callgraph.Edge{e}, below...)
		if !callgraph.Generated(e.From) {
			out = append(out, hops)
			continue
		}
		out = append(out, HandWritten(g, e.From, hops, seen)...)
	}
	return out
}
