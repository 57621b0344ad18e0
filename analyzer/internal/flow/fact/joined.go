package fact

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// succeeds are the facts by which a check lets go on; that one has failed is of no use
// after its branch.
var succeeds = map[term.FactOp]bool{
	term.Eq: true, term.In: true, term.Nil: true, term.True: true, term.False: true, term.Positive: true, term.NonZero: true,
}

// maxImplied is how many facts are kept of a branch that has ended.
const maxImplied = 6

// joined are the facts that a branch without an else leaves where it ends: what it
// checked holds after it if its condition did.
//
//	if parent != nil { if _, err := load(*parent); err != nil { return err } }
//
// leaves implies(test(notnil(parent)), test(nil(#1.r1))).
func (f *Conditions) joined(b *ssa.BasicBlock) []term.Fact {
	d := b.Idom()
	if len(b.Preds) < 2 || d == nil || len(d.Succs) != 2 || d.Succs[0] == d.Succs[1] {
		return nil
	}
	then, other := d.Succs[0], d.Succs[1]
	if then == b {
		then, other = other, then
	}
	when := f.Edge(d, then)
	if then == b || len(when) != 1 || len(then.Preds) != 1 || when[0].Op != term.NonZero && when[0].Op != term.NotNil {
		return nil
	}
	if !slices.ContainsFunc(f.Edge(d, other), func(x term.Fact) bool { return x.Op == algebra.Opposites[when[0].Op] && term.Same(x.A, when[0].A) }) {
		return nil // where it does not hold, the value may be there: len(id) > 3
	}
	var common []term.Fact
	first := true
	for _, p := range b.Preds {
		switch {
		case p == d:
			continue
		case !then.Dominates(p):
			return nil
		}
		facts := slices.DeleteFunc(f.checkedIn(then, p, b), func(x term.Fact) bool { return !succeeds[x.Op] || x.String() == when[0].String() })
		if !first {
			facts = algebra.Intersect(common, facts)
		}
		common, first = facts, false
	}
	if len(common) > maxImplied {
		common = common[len(common)-maxImplied:]
	}
	out := make([]term.Fact, len(common))
	for i, x := range common {
		out[i] = term.Fact{Op: term.Implies, A: &term.Test{Fact: when[0]}, B: &term.Test{Fact: x}}
	}
	return out
}

// checkedIn are the facts that hold on the edge from p to b and were found since the
// branch then was entered.
func (f *Conditions) checkedIn(then, p, b *ssa.BasicBlock) []term.Fact {
	var out []term.Fact
	for x := p; x != then && x != nil; x = x.Idom() {
		if len(x.Preds) == 1 {
			out = append(f.Edge(x.Preds[0], x), out...)
		}
	}
	return algebra.Unique(append(out, f.Edge(p, b)...))
}
