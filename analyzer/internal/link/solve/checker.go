package solve

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/access"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A checker is a function that decides access to what it is handed: one that the
// settings or library data name, or one of that kind by its name whose body is
// not understood. Where it said yes, a fact says so of its arguments
// ([term.Checked]); the fact travels with the values as others do, so it does
// not matter whether a helper loads the row, asks the checker, or both. What it
// proves is *asked*: a person must say that the function decides.

// accepted adds what the checkers that were asked in e have said yes to.
func (p *Solver) accepted(e *pathcond.Env, into *term.FactSet) {
	p.guardedRows(e, into)
	for _, k := range pathcond.Tested(e) {
		c := e.Fn.Ops[k].Call
		if c == nil || c.Mode != unit.Now || !pathcond.SaidYes(e, k) {
			continue
		}
		if name := p.access.Decider(e.Fn, c); name != "" {
			for _, a := range access.Objects(c) {
				into.Add(term.Fact{Op: term.Checked, A: a, B: &term.Const{Kind: term.Text, Text: name}})
			}
		}
	}
}

// byChecker decides an atom on a value that a checker was handed, or that is a
// part of what it was handed.
func (p *Solver) byChecker(a obligation.Atom, f term.Fact) obligation.Value {
	if a.Kind != proof.Tenant && a.Kind != proof.Key || !concerns(f.A, a.T) {
		return obligation.Value{}
	}
	return p.verdictOf(f)
}

// concerns reports whether what was handed over is, holds, or is a whole of t.
func concerns(handed, t term.Term) bool {
	return term.Any(handed, func(x term.Term) bool {
		_, part := term.StepsTo(x, t)
		return part || term.Same(x, t)
	})
}

// verdictOf is what the word of a checker is worth: an assumption if a person
// has spoken for it, a question otherwise.
func (p *Solver) verdictOf(f term.Fact) obligation.Value {
	if _, _, ok := guardedRelation(f); ok {
		return obligation.Yes(obligation.Assuming(trust.ComparedRow.Premise()))
	}
	name := f.B.(*term.Const).Text
	if p.access.Answered(name) {
		return obligation.Yes(obligation.Assuming(trust.CheckerSays.Premise(unit.Short(name))))
	}
	return obligation.Yes(obligation.Ask(name))
}

// byHandedRow: the row that statement r gave went to a checker, which said yes,
// or a guard has spoken of its owner, by no reference that an atom leaves out: then that holds of what the row
// was found by.
func (p *Solver) byHandedRow(e *pathcond.Env, r *unit.Run, s *statement.Statement, a obligation.Atom) obligation.Value {
	v := obligation.Value{}
	for _, f := range e.Facts {
		if _, by, ok := guardedRelation(f); ok && a.LeavesOut(by) {
			continue
		}
		if f.Op != term.Checked || !s.Proof.Certain || !rowOnly(f.A, r.N) {
			continue
		}
		about := p.relationsIn(f, s)
		facts := slices.DeleteFunc(slices.Clone(e.Facts), func(x term.Fact) bool { return x.Op == term.Checked })
		for _, b := range s.Proof.Bounds {
			if about[b.Relation] {
				facts = append(facts, term.Fact{Op: term.Checked, A: p.stmts.Bind(e.Fn, r, s, b.Hole), B: f.B})
			}
		}
		v = obligation.Or(v, p.Run(p.conds.At(e.Fn, facts), r, s))
	}
	return v
}

// relationsIn are the relations of a statement that a fact about its row speaks
// of: the guarded one, or all of which a column was handed over.
func (p *Solver) relationsIn(f term.Fact, s *statement.Statement) map[int]bool {
	out := map[int]bool{}
	if i, _, ok := guardedRelation(f); ok {
		out[i] = true
		return out
	}
	term.Visit(f.A, func(x term.Term) {
		if r, ok := x.(*term.Result); ok {
			if step, ok := statement.ColumnStep(r.Steps); ok {
				if o := p.stmts.Output(s, step); o != nil {
					out[o.Relation] = true
				}
				return
			}
			for i := range s.Proof.Outputs {
				out[s.Proof.Outputs[i].Relation] = true
			}
		}
	})
	return out
}

// rowOnly reports whether a term holds a row of statement n as a whole, and
// nothing of another: one of many rows says nothing of the others.
func rowOnly(t term.Term, n int) bool {
	found, other := false, false
	term.Visit(t, func(x term.Term) {
		r, ok := x.(*term.Result)
		if !ok {
			return
		}
		if r.Call != n || slices.ContainsFunc(r.Steps, func(s term.Step) bool { return s.Kind == term.ElemStep }) {
			other = true
			return
		}
		found = found || statement.IsRowPart(r)
	})
	return found && !other
}
