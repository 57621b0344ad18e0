package solve

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/owner"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// NoRelation is no relation of a statement.
const NoRelation = -2

// Compared decides whether a fact in force ties the rows of relation i: their
// tenant column is compared with the caller's tenant, their user with the
// principal, or a key with one that is the caller's; or a checker was handed the
// row.
func (p *Solver) Compared(e *pathcond.Env, r *unit.Run, s *statement.Statement, i int, kind proof.NeedKind) obligation.Value {
	return comparedBut(p, e, r, s, i, obligation.Atom{Kind: kind})
}

// comparedBut is Compared where the comparison of references that an atom leaves out says
// nothing.
func comparedBut(p *Solver, e *pathcond.Env, r *unit.Run, s *statement.Statement, i int, a obligation.Atom) obligation.Value {
	v := comparedAlone(p, e, r, s, i, a)
	for _, f := range e.Facts {
		if f.Op != term.Implies || !rowflow.FromRun(p.rows.ThroughMappers(e.Fn, f.A), r.N) && !rowflow.FromRun(p.rows.ThroughMappers(e.Fn, f.B), r.N) {
			continue
		}
		in := inCases(p, e, f, func(at *pathcond.Env, _ []term.Fact) obligation.Value { return comparedAlone(p, at, r, s, i, a) })
		in.Fails = nil // that nothing compares it in one of the cases is no news
		v = obligation.Or(v, in)
	}
	return v
}

// comparedAlone is comparedBut without the cases of what holds either way.
func comparedAlone(p *Solver, e *pathcond.Env, r *unit.Run, s *statement.Statement, i int, a obligation.Atom) obligation.Value {
	kind := a.Kind
	v := obligation.Value{}
	if kind != proof.Principal {
		v = p.byHandedRow(e, r, s, a)
		v.Fails = nil // that no checker spoke of the row is no comparison
	}
	if kind != proof.Principal && !s.Proof.Write {
		for _, o := range p.owners.Of(e.Fn, r.N, 0) {
			if o.Stmt == s && !a.LeavesOut(owner.Reference(o.Output.Table, o.Output.Column)) {
				v = obligation.Or(v, ownerSaid(p, e, o, i))
			}
		}
	}
	for _, f := range p.rows.WithoutMappers(e.Fn, e.Facts) {
		every := f.Op == term.Every
		if every {
			f = ofEach(f)
		}
		if f.Op == term.Met {
			v = obligation.Or(v, met(p, e, f.A, r, s, i, kind))
		}
		if f.Op != term.Eq {
			continue
		}
		for _, side := range [][2]term.Term{{f.A, f.B}, {f.B, f.A}} {
			if oneOfCompared(p, e, side[0], r, s, i) {
				v = obligation.Or(v, obligation.Why(obligation.Atom{Kind: kind, T: side[0]}, "what is compared may be another value than the row's"))
			}
			o, set := p.OutputOf(e, side[0], r, s)
			if set {
				v = obligation.Or(v, obligation.Why(obligation.Atom{Kind: kind, T: side[0]}, "a field that a method of the row sets once it is read"))
				continue
			}
			if o != nil && !every && isOneOf(side[0]) {
				continue // of one row, and there may be others
			}
			if o == nil || o.Table == nil || a.LeavesOut(owner.Reference(o.Table, o.Column)) || rowflow.FromRun(side[1], r.N) {
				continue
			}
			for _, w := range owner.Ties(s, o, i) {
				if kind != proof.Principal || w.Atom.Kind == proof.Principal {
					v = obligation.Or(v, p.Prove(e, w.Atom.On(side[1])).Noted(w.Notes))
				}
			}
		}
	}
	return v
}

// oneOfCompared reports whether a value may be a column that says whose a row is, or something
// else: the row that was found elsewhere, where this one was not asked for.
func oneOfCompared(p *Solver, e *pathcond.Env, t term.Term, r *unit.Run, s *statement.Statement, i int) bool {
	one, ok := t.(*term.Join)
	return ok && slices.ContainsFunc(one.Terms, func(leaf term.Term) bool {
		o, _ := p.OutputOf(e, leaf, r, s)
		return len(owner.Ties(s, o, i)) > 0
	})
}

// met is what the comparison of a row of relation i with something that is not understood
// is worth: it proves nothing, and nobody is accused past it.
func met(p *Solver, e *pathcond.Env, t term.Term, r *unit.Run, s *statement.Statement, i int, kind proof.NeedKind) obligation.Value {
	o, _ := p.OutputOf(e, t, r, s)
	if isOneOf(t) {
		return obligation.Value{}
	}
	for _, w := range owner.Ties(s, o, i) {
		if kind != proof.Principal || w.Atom.Kind == proof.Principal {
			return obligation.Why(w.Atom.On(term.Why("what "+o.Column+" is compared with")), "what "+o.Column+" is compared with is not understood")
		}
	}
	return obligation.Value{}
}

// ofEach is what holds of each element of a list.
func ofEach(f term.Fact) term.Fact {
	if holds, ok := f.B.(*term.Test); ok {
		return holds.Fact
	}
	return f
}

// isOneOf reports whether a column is that of one of several rows in a list.
func isOneOf(t term.Term) bool {
	_, steps := term.RootOf(t)
	n := len(steps)
	return n > 0 && steps[n-1].Kind == term.ElemStep && steps[n-1].Index != 0
}

// OutputOf is the column of the statement that a term of its function is, and whether a
// method of the row has set what it was loaded into.
func (p *Solver) OutputOf(e *pathcond.Env, t term.Term, r *unit.Run, s *statement.Statement) (column *proof.Output, set bool) {
	res, ok := t.(*term.Result)
	if !ok || res.Call != r.N {
		return nil, false
	}
	step, ok := statement.ColumnStep(res.Steps)
	if !ok {
		return nil, false
	}
	return p.stmts.Output(s, step), s.SetOnRead(step)
}
