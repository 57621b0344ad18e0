package decision

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// What runs only where the caller's tenant is not known is an accusation only if a request
// comes there without one:
//
//	tenant, err := TenantOf(ctx)
//	if err != nil { return load(id) }
//	return loadIn(tenant, id)

// Noted is a context in which, where a way to a statement is that of a request without a
// tenant, that is noted: nobody knows that there is one.
func (p *Decisions) Noted(f *callgraph.Function, run *unit.Run, c solve.Context) solve.Context {
	missing := p.withoutTenant(f, run.If)
	at := f
	for _, h := range c.Hops {
		if !missing && p.withoutTenant(h.From, h.Facts) {
			missing, at = true, h.From
		}
	}
	if missing {
		c.Notes = c.Notes.With(obligation.Assuming(trust.NoTenantKnown.Premise(unit.Short(at.Symbol))))
	}
	return c
}

// withoutTenant reports whether facts of a function are that the caller's tenant was asked for
// in vain.
func (p *Decisions) withoutTenant(f *callgraph.Function, facts []term.Fact) bool {
	for _, x := range facts {
		asked, found := x.A, term.Fact{A: x.A}
		switch x.Op {
		case term.IsZero:
			found.Op = term.NonZero
		case term.Nil: // of what may be an error, it says that all is well
			if c, ok := x.A.(*term.Path); !ok || c.Root != term.Context {
				continue
			}
			found.Op = term.NotNil
		case term.NotNil, term.False:
			r, ok := x.A.(*term.Result)
			if !ok || len(r.Steps) != 1 || r.Steps[0].Kind != term.ResultStep || r.Steps[0].Index == 0 {
				continue
			}
			asked = &term.Result{Call: r.Call, Steps: []term.Step{{Kind: term.ResultStep}}}
			found.Op = term.True
			if x.Op == term.NotNil {
				found.Op = term.Nil
			}
		default:
			continue
		}
		if p.givesTenant(p.conds.At(f, []term.Fact{found}), asked) {
			return true
		}
	}
	return false
}

// givesTenant reports whether a value is the caller's tenant, and nobody has to be asked.
func (p *Decisions) givesTenant(e *pathcond.Env, t term.Term) bool {
	_, isOrigin := t.(*term.Origin)
	return !isOrigin && isTenant(p, e, t)
}
