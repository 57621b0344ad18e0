package solve

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Run decides whether a statement is tied, in the environment of its function.
func (p *Solver) Run(e *pathcond.Env, r *unit.Run, s *statement.Statement) obligation.Value {
	if s.Broken != "" {
		return obligation.Why(obligation.Atom{T: term.Why(s.Broken)}, s.Broken)
	}
	if v, asked := p.Connections.Alone(e, r, s); asked {
		return v
	}
	ways := s.All()
	if held := p.Connections.Ways(s); len(held) > 0 {
		v := p.AnyWay(e, r, s, ways)
		if obligation.IsTrue(v) {
			return v
		}
		return obligation.Or(v, p.AnyWay(e, r, s, held).Noted(p.Connections.Premises(s)))
	}
	if len(ways) == 0 {
		if g := s.Gap(); g != nil {
			return obligation.No(obligation.Cause{Kind: obligation.Gap, Atom: obligation.Atom{T: term.ZeroTerm()}, Gap: g.Gap, Table: statement.TableName(g.Table)})
		}
		return obligation.Why(obligation.Atom{T: term.Why("no alternative")}, "too many alternatives")
	}
	return p.AnyWay(e, r, s, ways)
}

// AnyWay decides whether one of several ways to tie holds.
func (p *Solver) AnyWay(e *pathcond.Env, r *unit.Run, s *statement.Statement, ways []statement.Alternative) obligation.Value {
	v := obligation.Value{}
	for _, w := range ways {
		v = obligation.Or(v, p.way(e, r, s, w, nil))
	}
	return v
}

// way decides one alternative of a statement, where some references do not show whose a row is.
func (p *Solver) way(e *pathcond.Env, r *unit.Run, s *statement.Statement, w statement.Alternative, but []string) obligation.Value {
	atoms := make([]obligation.Atom, 0, len(w.Needs)+1)
	for _, n := range w.Needs {
		if n.Kind == proof.Setting {
			continue
		}
		a := p.demand(e.Fn, r, s, n)
		if n.Kind == proof.Key {
			a = a.WithBut(but)
		}
		atoms = append(atoms, a)
		if n.Kind == proof.Tenant && s.Proof.Shape.OpensWhenZero(n) {
			atoms = append(atoms, obligation.Atom{Kind: proof.NonZero, Nobody: s.Proof.Shape.Verb == proof.Inserts, T: p.stmts.Bind(e.Fn, r, s, n.Hole)})
		}
	}
	n, v := obligation.AssumedBy(w.Assumes), obligation.Yes(obligation.Notes{})
	if w.Excuse != "" {
		n.Excuse = string(w.Excuse)
	}
	for _, a := range atoms {
		v = obligation.And(v, orNobody(a, p.Prove(e, a)))
	}
	return obligation.And(v, p.Connections.Given(e, r, w.Needs)).Noted(n)
}

// orNobody is the answer to an atom of an insert that must not be zero: where it is, the row
// is nobody's, unless an accessor's failure was not heeded. What else is asked of the value
// stays asked.
func orNobody(a obligation.Atom, v obligation.Value) obligation.Value {
	other := func(c obligation.Cause) bool { return c.Kind != obligation.ZeroValue || c.Accessor }
	if !a.Nobody || len(v.Alts) > 0 || len(v.Fails) == 0 || slices.ContainsFunc(v.Fails, other) {
		return v
	}
	return obligation.Yes(obligation.Assuming(trust.EmptyInsert.Premise()))
}

func (p *Solver) demand(f *callgraph.Function, r *unit.Run, s *statement.Statement, n proof.Need) obligation.Atom {
	a := obligation.Atom{Kind: n.Kind, Null: n.Null, T: p.stmts.Bind(f, r, s, n.Hole)}
	if n.Element {
		a.T = term.Elements(a.T)
	}
	if n.Second {
		a.Kind = proof.SecondTenant
	}
	if n.Null && !s.SendsNull(r, n.Hole) {
		a.T = term.Why("a bind value whose zero may not be NULL")
	}
	if n.Kind == proof.Key {
		a.Table, a.Column = n.Table, n.Column
	}
	return a
}

// sharedRow: a row of a shared table says who its user or tenant is only where
// it was found by what the caller has. from is the column that says so.
func (p *Solver) sharedRow(e *pathcond.Env, r *unit.Run, s *statement.Statement, from *proof.Output, kind proof.NeedKind) obligation.Value {
	a, found := obligation.Atom{Kind: kind, T: term.Why("row of " + from.Table.Name)}, statement.Found{}
	if kind == proof.Tenant || kind == proof.Principal || kind == proof.Key {
		found = s.FoundRow(from)
	}
	switch {
	case found.Secret:
		p.Trusted++
		premise := trustedRows[proof.Credential].Premise()
		if found.Named {
			premise = trust.NamedCredential.Premise()
		}
		return obligation.Yes(obligation.Assuming(premise))
	case found.Hole > 0 && kind != proof.Key:
		inner := p.conds.At(e.Fn, append(append([]term.Fact{}, e.Facts...), r.If...))
		v := p.Prove(inner, obligation.Atom{Kind: proof.Principal, T: p.stmts.Bind(e.Fn, r, s, found.Hole)})
		if len(v.Alts) > 0 {
			return v.Noted(obligation.Assuming(trustedRows[proof.OwnRows].Premise()))
		}
	}
	return obligation.Why(a, "a row of shared table "+from.Table.Name)
}
