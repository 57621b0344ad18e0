package decision

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// AnswersNothing reports whether requests come to a function only by methods of services
// that say no more than how they ended: jobs that calls start. Whoever starts one decides
// nothing, and sees nothing either.
func (p *Decisions) AnswersNothing(at *callgraph.Function) bool {
	seen := map[*callgraph.Function]bool{at: true}
	queue := []*callgraph.Function{at}
	for len(queue) > 0 && len(seen) < maxAbove {
		f := queue[0]
		queue = queue[1:]
		if isSilent(p, f) {
			continue
		}
		if p.graph.IsEntry(f) {
			return false
		}
		for _, e := range p.graph.Edges[f] {
			above := e.Caller()
			if l := p.graph.Live[above]; l != nil && l.By[callgraph.RequestRoot] && !seen[above] {
				seen[above] = true
				queue = append(queue, above)
			}
		}
	}
	return len(queue) == 0
}

// isSilent tells a method of a service that gives back nothing but what is written in
// it, beside how it ended.
func isSilent(p *Decisions, f *callgraph.Function) bool {
	service := f.Entry != nil || slices.ContainsFunc(p.graph.Edges[f], func(e *callgraph.Edge) bool { return callgraph.Generated(e.From) })
	return service && f.Results == 2 && len(f.Gives) > 0 && !slices.ContainsFunc(f.Gives, func(g unit.Give) bool { return !isFixed(g.Results[0]) })
}

// isFixed reports whether a term holds nothing but what is written in the program.
func isFixed(t term.Term) bool {
	return !term.Any(t, func(x term.Term) bool {
		o, origin := x.(*term.Origin)
		_, constant := x.(*term.Const)
		return !constant && !(origin && o.Kind == term.Zero)
	})
}
