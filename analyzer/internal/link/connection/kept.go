package connection

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// againKept demands of a connection that a context or a variable keeps that whoever takes it
// out from there, and sets the variable on it, gives the caller's tenant: it is not seen who
// of them came before.
func (p *Connections) againKept(a obligation.Atom) obligation.Value {
	kept, ok := a.T.(*term.Path)
	if !ok || kept.Root != term.Context && kept.Root != term.Global {
		return obligation.Yes(obligation.Notes{})
	}
	for _, f := range p.graph.Order {
		for _, t := range p.takenOut(f, kept, a.Column) {
			again := p.againIn(f, a.On(t), maxSetters)
			if _, settled := solve.Closing(p.solver, p.conds.At(f, nil), again, unit.NoSite).Settled(); !settled {
				return notGiven(a, unit.Short(f.Symbol)+" may set "+a.Column+" again")
			}
		}
	}
	return obligation.Yes(obligation.Notes{})
}

// takenOut are the values of a function that are a kept connection, on which it may set a
// variable.
func (p *Connections) takenOut(f *callgraph.Function, kept *term.Path, name string) []term.Term {
	var out []term.Term
	seen := map[string]bool{}
	add := func(value term.Term) {
		for _, x := range term.Leaves(value) {
			if t := p.asKept(f, x, kept); t != nil && !seen[t.String()] {
				seen[t.String()] = true
				out = append(out, t)
			}
		}
	}
	for i := range f.Runs {
		if run := &f.Runs[i]; run.On != nil && p.maySetBy(f, run, name) {
			add(sessionOf(f, run.On))
		}
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.Kind != unit.Library && p.mayReach(f, c, name) {
			for _, arg := range c.Args {
				add(arg)
			}
		}
	}
	return out
}

// asKept is a kept connection in the words of a function that has what it is kept in, or
// itself, in a value; nil if the value is none.
func (p *Connections) asKept(f *callgraph.Function, value term.Term, kept *term.Path) term.Term {
	at, ok := p.keptAt(f, value, maxNested)
	if !ok || at.Root != kept.Root || at.Name != kept.Name || len(at.Steps) > len(kept.Steps) {
		return nil
	}
	for i, s := range at.Steps {
		if s != kept.Steps[i] {
			return nil
		}
	}
	return term.Select(value, kept.Steps[len(at.Steps):]...)
}

// keptAt is where a value was taken out, by the function itself or by one that it calls.
func (p *Connections) keptAt(f *callgraph.Function, value term.Term, depth int) (*term.Path, bool) {
	switch x := value.(type) {
	case *term.Path:
		return x, x.Root == term.Context || x.Root == term.Global
	case *term.Result:
		c := f.Ops[x.Call].Call
		if c == nil || c.Kind == unit.Library || depth == 0 {
			return nil, false
		}
		targets, _ := p.graph.Callees(f, c)
		for _, target := range targets {
			for i := range target.Fn.Gives {
				given, ok := callgraph.Given(x, x.Call, &target.Fn.Gives[i])
				if !ok {
					continue
				}
				for _, leaf := range term.Leaves(given) {
					if at, ok := p.keptAt(target.Fn, leaf, depth-1); ok {
						return at, true
					}
				}
			}
		}
	}
	return nil, false
}

// maySetBy reports whether a statement may set a variable.
func (p *Connections) maySetBy(f *callgraph.Function, run *unit.Run, name string) bool {
	for _, s := range p.settings.Sets(f, run) {
		if maySet(s, name) {
			return true
		}
	}
	return false
}

// mayReach reports whether a call may run a function that sets a variable.
func (p *Connections) mayReach(f *callgraph.Function, c *unit.Call, name string) bool {
	targets, _ := p.graph.Callees(f, c)
	for _, t := range targets {
		if p.settersOf(name)[t.Fn] {
			return true
		}
	}
	return false
}
