package solve

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A guard may speak of a row by its owner: a policy that is handed the row looks
// up the caller's membership in the row's organization. Then the row is the
// caller's as if it had been compared. Only what the guard says counts, never
// that the row was loaded.

// guardMark begins the name in a [term.Checked] fact that a proof stands for; the
// number of the relation follows.
const guardMark = "\x00"

// guardedRelation is the relation whose owner a fact says to be the caller.
func guardedRelation(f term.Fact) (int, bool) {
	c, ok := f.B.(*term.Const)
	if !ok || !strings.HasPrefix(c.Text, guardMark) {
		return 0, false
	}
	i, err := strconv.Atoi(c.Text[len(guardMark):])
	return i, err == nil
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
			for _, o := range p.owners.of(e.Fn, n, rowflow.MaxRowDepth) {
				if p.ownedByCaller(e, o) {
					mark := &term.Const{Kind: term.Text, Text: guardMark + strconv.Itoa(o.output.Relation)}
					into.Add(term.Fact{Op: term.Checked, A: o.row, B: mark})
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
func (p *Solver) ownedByCaller(e *pathcond.Env, o owner) bool {
	for _, w := range ComparableOf(o.stmt, o.output) {
		if w.notes.Excuse == "" && obligation.IsTrue(p.byFacts(e, w.a.On(o.term))) {
			return true
		}
	}
	return false
}
