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

// maxImplications is how many implications may be in force where each is taken apart.
const maxImplications = 3

// ManyCases reports whether more implications are in force than are taken apart: each costs
// two environments. One of which no case is that two values are equal is never taken apart.
func ManyCases(e *Env) bool {
	n := 0
	for _, f := range e.Facts {
		if equal := func(x term.Fact) bool { return x.Op == term.Eq }; f.Op == term.Implies && slices.ContainsFunc(term.Cases(f), func(facts []term.Fact) bool { return slices.ContainsFunc(facts, equal) }) {
			n++
		}
	}
	return n > maxImplications
}

// Compares reports whether a side of an implication compares a value, or what was found by it.
func Compares(e *Env, f term.Fact, t term.Term) bool {
	named := func(x term.Term) bool {
		test, ok := x.(*term.Test)
		return ok && test.Fact.B != nil && (term.Same(test.Fact.A, t) || term.Same(test.Fact.B, t) || FoundBy(e, test.Fact, t))
	}
	return named(f.A) || named(f.B)
}

// AskedInBoth reports whether in each of the two cases of an implication something ended well
// that was handed a value: a member, or else somebody with an invitation.
func AskedInBoth(e *Env, f term.Fact, t term.Term) bool {
	cases := term.Cases(f)
	asked := func(facts []term.Fact) bool {
		return slices.ContainsFunc(facts, func(x term.Fact) bool { return term.Solid(x.Op) && FoundBy(e, x, t) })
	}
	return len(cases) > 0 && !slices.ContainsFunc(cases, func(facts []term.Fact) bool { return !asked(facts) })
}

// FoundBy reports whether a fact compares a part of what an operation gave that was handed a
// value: the owner of the row with that id.
func FoundBy(e *Env, f term.Fact, t term.Term) bool {
	for _, side := range []term.Term{f.A, f.B} {
		r, ok := side.(*term.Result)
		if !ok {
			continue
		}
		var args []term.Term
		switch o := e.Fn.Ops[r.Call]; {
		case o.Call != nil && o.Call.Kind != unit.Library:
			args = o.Call.Args
		case o.Run != nil:
			args = o.Run.Args
		}
		if slices.ContainsFunc(args, func(a term.Term) bool { return term.Same(a, t) }) {
			return true
		}
	}
	return false
}
