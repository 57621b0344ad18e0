package pathcond

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// asked adds what a library found of each element of a list that it asked a function about,
// where the function said yes of none.
//
//	if slices.ContainsFunc(rows, func(r Row) bool { return r.Org != org }) { return }
func (p *Conditions) asked(e *Env, k int, c *unit.Call, into *term.FactSet) {
	if !c.AsksAny() || len(c.Args) < 2 || !SaidNo(e, k) {
		return
	}
	elem := term.Select(c.Args[0], term.Step{Kind: term.ElemStep})
	targets, known := p.graph.Callees(e.Fn, &unit.Call{Kind: unit.Dynamic, Value: c.Args[1], Args: []term.Term{elem}})
	if !known {
		return
	}
	facts, possible := p.common(e, k, targets)
	if !possible {
		return // it may have been asked of none
	}
	for _, f := range facts {
		if f.Op != term.Every {
			into.Add(term.Fact{Op: term.Every, A: elem, B: &term.Test{Fact: f}})
		}
	}
}

// SaidNo reports whether the answer to call k was no.
func SaidNo(e *Env, k int) bool {
	return slices.ContainsFunc(e.Facts, func(f term.Fact) bool {
		r, ok := f.A.(*term.Result)
		return ok && f.Op == term.False && r.Call == k && len(r.Steps) == 1 && r.Steps[0].Kind == term.ResultStep && r.Steps[0].Index == 0
	})
}
