package decision

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Signed reports whether a signature is verified on every way from a request to a question's
// statement: then a service talks to the installation, for whichever tenant it names, and no
// client of a tenant's. What it names was vouched for; by what else the statement finds rows,
// whoever wrote it has to say.
func Signed(p *Decisions, q Question) bool {
	if verifies(p, q.Fn, q.Run.If) {
		return true
	}
	return slices.ContainsFunc(q.Hops, func(h *callgraph.Edge) bool { return verifies(p, h.From, h.Facts) }) ||
		signedAbove(p, q.start(), map[*callgraph.Function]bool{})
}

// start is the function whose callers come to a question's way: of a helper that runs a
// closure, who made it.
func (q Question) start() *callgraph.Function {
	if len(q.Hops) > 0 && q.Hops[0].From == q.At {
		return q.Hops[0].Caller()
	}
	return q.At
}

func verifies(p *Decisions, f *callgraph.Function, facts []term.Fact) bool {
	return solve.Verifies(p.solver, p.conds.At(f, facts))
}

func signedAbove(p *Decisions, f *callgraph.Function, seen map[*callgraph.Function]bool) bool {
	if seen[f] {
		return true // a cycle comes from nowhere else
	}
	seen[f] = true
	asked := p.graph.IsEntry(f)
	if asked && !signedBefore(p, f) {
		return false
	}
	for _, e := range p.graph.Edges[f] {
		if l := p.graph.Live[e.Caller()]; l == nil || !l.By[callgraph.RequestRoot] || e.Creates || e.Explained {
			continue
		}
		asked = true
		if !verifies(p, e.From, e.Facts) && !(e.ByValue() && signedBefore(p, f)) && !signedAbove(p, e.Caller(), seen) {
			return false
		}
	}
	return asked
}

// signedBefore reports whether a middleware that verifies stands on every route to an entry.
func signedBefore(p *Decisions, f *callgraph.Function) bool {
	chains := p.chains.ChainsOf(f)
	unsigned := func(c middleware.Chain) bool {
		return !slices.ContainsFunc(c, func(s middleware.Step) bool {
			return len(s.Ways) > 0 && !slices.ContainsFunc(s.Ways, func(w middleware.Way) bool { return !verifies(p, w.Fn, w.Facts) })
		})
	}
	return len(chains) > 0 && !slices.ContainsFunc(chains, unsigned)
}
