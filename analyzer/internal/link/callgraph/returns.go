package callgraph

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

func ResultOf(n, k int) term.Term {
	return &term.Result{Call: n, Steps: []term.Step{{Kind: term.ResultStep, Index: k}}}
}

// Given gives the term behind a result of call k that returned by g.
func Given(t term.Term, k int, g *unit.Give) (term.Term, bool) {
	r, ok := t.(*term.Result)
	if !ok || r.Call != k || len(r.Steps) == 0 || r.Steps[0].Kind != term.ResultStep || r.Steps[0].Index >= len(g.Results) {
		return nil, false
	}
	return term.Select(g.Results[r.Steps[0].Index], r.Steps[1:]...), true
}
