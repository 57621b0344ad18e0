package propagate

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// behindMiddlewares answers the parts of the request that a value still asks for
// at an entry: each must have been checked before, on every route to it.
func (p *Callers) behindMiddlewares(f *callgraph.Function, v obligation.Value) obligation.Value {
	out := obligation.Value{Fails: v.Fails}
	for _, x := range v.Alts {
		alt, possible := obligation.Conjunction{Notes: x.Notes, Moved: x.Moved}, true
		for _, a := range x.Atoms {
			if !term.IsRepeatable(a.T) {
				alt.Atoms = append(alt.Atoms, a)
				continue
			}
			n, ok := p.checkedBefore(f, a)
			possible = possible && ok
			alt.Notes = alt.Notes.With(n)
		}
		if possible {
			out.Alts = append(out.Alts, alt)
		}
	}
	return out
}

// whereHandedOver answers the parts of the request that a function value asks for by what
// stands before it where it was handed over, whoever runs it: an adapter runs the handlers of
// all routes.
//
//	router.Handle("/notes/{id}", mayRead(withErrors(s.note)))
func (p *Callers) whereHandedOver(f *callgraph.Function, v obligation.Value) obligation.Value {
	got := p.behindMiddlewares(f, v)
	got.Fails = nil
	return obligation.Or(got, v)
}

// checkedBefore reports whether all chains before an entry have a step that checked
// what the atom asks for.
func (p *Callers) checkedBefore(f *callgraph.Function, a obligation.Atom) (obligation.Notes, bool) {
	chains := p.chains.ChainsOf(f)
	if len(chains) == 0 {
		return obligation.Notes{}, false
	}
	out := obligation.Notes{}
	for _, c := range chains {
		n, ok := p.checkedIn(c, a)
		if !ok {
			return obligation.Notes{}, false
		}
		out = out.With(n)
	}
	return out, true
}

func (p *Callers) checkedIn(c middleware.Chain, a obligation.Atom) (obligation.Notes, bool) {
	best, found := obligation.Notes{}, false
	for _, s := range c {
		if s.Hides(a.T) {
			continue
		}
		n, ok := p.checks(s, a)
		if ok && (!found || obligation.Better(n, best)) {
			best, found = n.With(middlewareNote(s)), true
		}
	}
	return best, found
}

// middlewareNote is what rests on a step that counts: that it runs.
func middlewareNote(s middleware.Step) obligation.Notes {
	n := obligation.Assuming(trust.MiddlewareRuns.Premise(unit.Short(s.Name)))
	if s.Assumes != "" {
		n = n.With(obligation.Assuming(s.Assumes.Premise()))
	}
	return n
}

// checks reports whether a step has checked the atom wherever it goes on. Who lets staff go on
// beside those of whom he has checked it has decided so.
func (p *Callers) checks(s middleware.Step, a obligation.Atom) (obligation.Notes, bool) {
	out, sure := obligation.Notes{}, false
	for _, w := range s.Ways {
		n, ok := p.checksOn(w, a)
		sure = sure || ok
		if !ok {
			n, ok = p.solver.Exempt(p.conds.At(w.Fn, w.Facts), obligation.Here)
		}
		if !ok {
			return obligation.Notes{}, false
		}
		out = out.With(n)
	}
	return out, sure
}

// checksOn reports whether a middleware has checked the atom at one place where it goes on,
// under any name that it may have for what the atom speaks of.
func (p *Callers) checksOn(w middleware.Way, a obligation.Atom) (obligation.Notes, bool) {
	for _, t := range w.Parts(a.T.(*term.Origin)) {
		if n, ok := p.solver.Prove(p.conds.At(w.Fn, w.Facts), a.On(t)).Holds(); ok {
			return n, true
		}
	}
	return obligation.Notes{}, false
}

// behind is the assumption of a part of the request that the middleware has
// checked which calls a handler.
func behind(e *callgraph.Edge, a obligation.Atom) obligation.Notes {
	if e.From == e.To || e.From.Entry == nil || e.To.Entry == nil || !term.IsRepeatable(a.T) {
		return obligation.Notes{}
	}
	return obligation.Assuming(trust.MiddlewareRuns.Premise(unit.Short(e.From.Symbol)))
}
