package solve

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/owner"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A guard may speak of a row by its owner: a policy that is handed the row looks
// up the caller's membership in the row's organization. Then the row is the
// caller's as if it had been compared. Only what the guard says counts, never
// that the row was loaded.

// guardMark begins the name in a [term.Checked] fact that a proof stands for; the
// number of the relation follows, and the column by which its owner was told.
const guardMark = "\x00"

// guardedRelation is the relation whose owner a fact says to be the caller, and the column
// that said so.
func guardedRelation(f term.Fact) (relation int, column string, ok bool) {
	c, ok := f.B.(*term.Const)
	if !ok || !strings.HasPrefix(c.Text, guardMark) {
		return 0, "", false
	}
	number, by, _ := strings.Cut(c.Text[len(guardMark):], ".")
	i, err := strconv.Atoi(number)
	return i, by, err == nil
}

// bySibling reports whether a fact says whose a row is by a reference that does not show whose
// what an atom asks for is: the value is another reference of the row to the same rows.
func bySibling(p *Solver, e *pathcond.Env, a obligation.Atom, f term.Fact) bool {
	_, by, ok := guardedRelation(f)
	r, isResult := a.T.(*term.Result)
	if ok && a.LeavesOut(by) {
		return true
	}
	if !ok || !isResult || a.Kind != proof.Key {
		return false
	}
	return slices.ContainsFunc(p.owners.Of(e.Fn, r.Call, rowflow.MaxRowDepth), func(o owner.Column) bool {
		return term.Same(o.Term, a.T) && a.WithBut(owner.Siblings(o.Stmt, o.Output.Table, o.Output.Column)).LeavesOut(by)
	})
}

// anotherCompared accuses nobody where one reference of a row was compared, and another is
// used: whether both are of one tenant only the data say.
func anotherCompared(p *Solver, e *pathcond.Env, a obligation.Atom, v obligation.Value) obligation.Value {
	if _, ok := v.Holds(); ok || a.But == "" || !obligation.Definite(v.Fails) {
		return v
	}
	by := a.But
	a.But = ""
	if _, ok := p.Prove(e, a).Holds(); !ok {
		return v
	}
	v.Fails = obligation.Why(a, "a row of which "+by+" was compared, and another reference is used").Fails
	return v
}

// guardedRows adds the rows of which the guards that were asked in e have spoken.
func (p *Solver) guardedRows(e *pathcond.Env, into *term.FactSet) {
	seen := map[int]bool{}
	for _, k := range pathcond.Tested(e) {
		for _, n := range rowsHanded(e.Fn, k) {
			if seen[n] || n == k {
				continue
			}
			seen[n] = true
			for _, o := range p.owners.Of(e.Fn, n, rowflow.MaxRowDepth) {
				if p.ownedByCaller(e, o) {
					into.Add(guardedRow(o))
				}
			}
		}
	}
}

// rowsHanded lists the operations of which a part of the result went into
// operation k.
func rowsHanded(f *callgraph.Function, k int) []int {
	o := f.Ops[k]
	var args []term.Term
	switch {
	case o.Run != nil:
		args = o.Run.Args
	case o.Call != nil && o.Call.Kind != unit.Library:
		args = o.Call.Args
	}
	var out []int
	for _, a := range args {
		term.Visit(a, func(x term.Term) {
			if r, ok := x.(*term.Result); ok && !slices.Contains(out, r.Call) {
				out = append(out, r.Call)
			}
		})
	}
	return out
}

// ownedByCaller reports whether the facts, and not the row, say that its owner is
// the caller.
func (p *Solver) ownedByCaller(e *pathcond.Env, o owner.Column) bool {
	for _, w := range owner.Comparable(o.Stmt, o.Output) {
		if w.Notes.Excuse == "" && obligation.IsTrue(byFactsAlone(p, e, w.Atom.On(o.Term))) {
			return true
		}
	}
	return false
}

// OwnerOf decides whether the facts, and not the row, say that a row is the caller's: a
// look-up of its parent, or of what it is itself, has ended well. The row is that of goal g,
// which operation k of a callee gave, and the callee by one of its returns to call n of e.
//
//	line := load(id); if _, err := invoice(line.InvoiceID, org); err != nil { return }
func OwnerOf(p *Solver, e *pathcond.Env, n int, by callgraph.Callee, give *unit.Give, k int, g *rowflow.Goal) obligation.Value {
	v := obligation.Value{}
	for i, r := range give.Results {
		at := []term.Step{{Kind: term.ResultStep, Index: i}}
		for _, o := range p.owners.In(by.Fn, p.rows.ThroughMappers(by.Fn, r), at, n, rowflow.MaxRowDepth-1) {
			if o.Run == g.Run && o.By == k {
				v = obligation.Or(v, ownerSaid(p, e, o, g.Relation))
			}
		}
	}
	return v
}

// ownerSaid is OwnerOf of one column that says whose a row of relation i is.
func ownerSaid(p *Solver, e *pathcond.Env, o owner.Column, i int) obligation.Value {
	v := obligation.Value{}
	for _, w := range owner.Ties(o.Stmt, o.Output, i) {
		if w.Notes.Excuse != "" {
			continue
		}
		got := byFactsAlone(p, e, w.Atom.On(o.Term)).Noted(w.Notes)
		got.Fails = nil // that nothing is known of a column is no comparison
		v = obligation.Or(v, got)
	}
	return v
}

// byFactsAlone decides an atom by what is known at a place, and not by where its value comes
// from, however often it is asked for on the way.
func byFactsAlone(p *Solver, e *pathcond.Env, a obligation.Atom) obligation.Value {
	if missing := func(x term.Fact) bool { return saysMissing(x, a.T) }; slices.ContainsFunc(e.Facts, missing) {
		e = p.conds.At(e.Fn, slices.DeleteFunc(slices.Clone(e.Facts), missing))
	}
	key := e.Key + "\x00" + a.String()
	if p.Tabling.LeansOn(key) {
		return obligation.Value{}
	}
	if v, ok := p.provisionalAlone.Answer(p.Tabling, key); ok {
		return v
	}
	open := p.Tabling.Begin(key)
	p.alone++
	v := p.ByFacts(e, a)
	p.alone--
	p.provisionalAlone.End(p.Tabling, open, v)
	return v
}

// saysMissing reports whether a fact says that a value is not there, or something of the case
// that it is: what is looked up by such a value is nothing, but a row that has none is a row.
//
//	if doc.InvoiceID != nil { if invoice(*doc.InvoiceID, org) fails { return } }
func saysMissing(x term.Fact, t term.Term) bool {
	switch x.Op {
	case term.IsZero, term.Nil, term.Null:
		return term.Same(x.A, t)
	case term.Implies:
		when, ok := x.A.(*term.Test)
		return ok && there(when.Fact, t)
	}
	return false
}

// byOwnerOf decides an atom on what a row was found by that call k gave, where callers answer
// for what says that the row is the caller's: it is, if that holds.
func byOwnerOf(p *Solver, e *pathcond.Env, a obligation.Atom, k int, by callgraph.Callee, at []term.Term) obligation.Value {
	v := obligation.Value{}
	if a.Kind != proof.Key {
		return v
	}
	for _, o := range p.owners.Of(e.Fn, k, rowflow.MaxRowDepth) {
		if a.LeavesOut(owner.Reference(o.Output.Table, o.Output.Column)) {
			continue
		}
		said := ownerSaid(p, e, o, o.Output.Relation)
		if mark := guardedRow(o); len(said.Alts) > 0 && !obligation.IsTrue(said) && !knows(e, mark) {
			inner := p.conds.At(e.Fn, append(slices.Clone(e.Facts), mark))
			v = obligation.Or(v, obligation.And(p.checkedBy(inner, a, k, by, at), said))
		}
	}
	v.Fails = nil
	return v
}

// guardedRow is the fact that the owner of a row is the caller.
func guardedRow(o owner.Column) term.Fact {
	mark := &term.Const{Kind: term.Text, Text: guardMark + strconv.Itoa(o.Output.Relation) + "." + owner.Reference(o.Output.Table, o.Output.Column)}
	return term.Fact{Op: term.Checked, A: o.Row, B: mark}
}

func knows(e *pathcond.Env, f term.Fact) bool {
	return slices.ContainsFunc(e.Facts, func(x term.Fact) bool { return x.String() == f.String() })
}
