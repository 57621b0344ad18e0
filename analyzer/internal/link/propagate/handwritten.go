package propagate

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
)

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

// StandsAt is the innermost hand-written place of a statement, the first one if
// generated code is called from several.
func StandsAt(g *callgraph.Graph, l *obligation.Row) callgraph.Spot {
	if !callgraph.Generated(l.Fn) {
		return callgraph.Spot{Fn: l.Fn, Site: l.Run.Site}
	}
	ways := HandWritten(g, l.Fn, nil, map[*callgraph.Function]bool{})
	if len(ways) == 0 {
		return callgraph.Spot{Fn: l.Fn, Site: l.Run.Site}
	}
	first := slices.MinFunc(ways, func(a, b []*callgraph.Edge) int {
		x, y := callgraph.Place(a[0].From, a[0].Site), callgraph.Place(b[0].From, b[0].Site)
		switch {
		case x.Before(y):
			return -1
		case y.Before(x):
			return 1
		}
		return 0
	})
	return callgraph.Spot{Fn: first[0].From, Site: first[0].Site}
}
