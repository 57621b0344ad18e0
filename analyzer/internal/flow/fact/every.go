package fact

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// everyTurn are the facts that a loop over a list leaves where it has run to its end:
// what had to hold at the end of each turn holds of every element.
//
//	for _, id := range ids { if check(id) != nil { return } }
//
// leaves every(ids[1001], test(nil(#1.r0))), where call 1 is that of check.
func (f *Conditions) everyTurn(head, after *ssa.BasicBlock) []term.Fact {
	if f.Course != nil || len(head.Succs) != 2 || head.Succs[1] != after || head.Succs[0] == after {
		return nil
	}
	if known, ok := f.turns[head]; ok {
		return known
	}
	f.turns[head] = nil // it is being asked for
	var out []term.Fact
	if elem := f.inHand(head); elem != nil && !f.standsAside(f.Ranged(head).List, elem) {
		out = everyOf(elem, f.everyLatch(head))
	}
	f.turns[head] = out
	return out
}

// everyOf are the facts of each element of a list, by those of the one in hand.
func everyOf(elem term.Term, facts []term.Fact) []term.Fact {
	var out []term.Fact
	for _, x := range facts {
		out = append(out, term.Fact{Op: term.Every, A: elem, B: &term.Test{Fact: x}})
	}
	return out
}

// EveryOf are the facts that loops over all of a list have left of its elements before a
// point: of this list, and not of another one with the like elements.
func (f *Conditions) EveryOf(list ssa.Value, at ssa.Instruction) []term.Fact {
	list = callsite.Behind(list)
	var out []term.Fact
	for _, head := range f.Fn.Blocks {
		if r := f.Ranged(head); r == nil || r.List != list || r.Part {
			continue
		}
		if after := head.Succs[1]; len(after.Preds) == 1 && after.Dominates(at.Block()) {
			if elem := f.inHand(head); elem != nil {
				out = append(out, everyOf(elem, f.everyLatch(head))...)
			}
		}
	}
	return out
}

// everyLatch are the facts that were found in a loop and hold at the end of each turn.
func (f *Conditions) everyLatch(head *ssa.BasicBlock) []term.Fact {
	var turns [][]term.Fact
	all := &sameFacts{}
	for _, p := range head.Preds {
		if head.Dominates(p) {
			facts := f.FactsOn(p, head)
			turns = append(turns, facts)
			all.add(facts)
		}
	}
	out := f.foundIn(head, all.list)
	for i, x := range turns {
		others := &sameFacts{}
		for k, y := range turns {
			if k != i {
				others.add(y)
			}
		}
		out = append(out, skipped(x, others.list, f.foundIn(head, others.list))...)
	}
	return out
}

// foundIn are those of some facts that were found in a loop, the innermost ones.
func (f *Conditions) foundIn(head *ssa.BasicBlock, facts []term.Fact) []term.Fact {
	before := f.Facts(head)
	out := slices.DeleteFunc(slices.Clone(facts), func(x term.Fact) bool {
		return !succeeds[x.Op] && x.Op != term.Every || slices.ContainsFunc(before, func(y term.Fact) bool { return term.SameFact(x, y) })
	})
	if len(out) > maxImplied {
		out = out[len(out)-maxImplied:]
	}
	return out
}

// skipped is what was found in all turns but one kind, which skips what is not there:
//
//	if id == "" { continue }
//
// leaves implies(test(nonzero(id)), …) of each fact that was found in the others.
func skipped(skip, others, found []term.Fact) []term.Fact {
	var out []term.Fact
	for _, x := range skip {
		if x.Op != term.IsZero && x.Op != term.Nil {
			continue
		}
		there := term.Fact{Op: algebra.Opposites[x.Op], A: x.A}
		if !slices.ContainsFunc(others, func(y term.Fact) bool { return term.SameFact(y, there) }) {
			continue
		}
		for _, y := range found {
			if y.String() != there.String() {
				out = append(out, term.Fact{Op: term.Implies, A: &term.Test{Fact: there}, B: &term.Test{Fact: y}})
			}
		}
	}
	return out
}

// inHand is the element that a loop has in hand which goes over all of a list; nil if it
// is no such loop.
func (f *Conditions) inHand(head *ssa.BasicBlock) term.Term {
	r := f.Ranged(head)
	if r == nil {
		return nil
	}
	at := head.Instrs[len(head.Instrs)-1]
	if r.Next != nil {
		return f.elementOf(r.List, at, f.Elem(r.Next, nil))
	}
	if step, ok := f.read(head, r.List, r.Index); ok {
		return f.elementOf(r.List, at, step)
	}
	return nil
}

func (f *Conditions) elementOf(list ssa.Value, at ssa.Instruction, step place.Step) term.Term {
	t := f.Value(list, at)
	if t == nil || algebra.HasUnknown(t) {
		return nil
	}
	return place.Pick(t, []place.Step{step})
}

// read is the step by which a loop reads the element of a list that its index stands at.
func (f *Conditions) read(head *ssa.BasicBlock, list, index ssa.Value) (place.Step, bool) {
	for _, ref := range *index.Referrers() {
		var x ssa.Value
		switch ref := ref.(type) {
		case *ssa.IndexAddr:
			x = ref.X
		case *ssa.Index:
			x = ref.X
		default:
			continue
		}
		if head.Dominates(ref.Block()) && (x == list || f.SamePlace(x, list) && !f.IsWritten(f.Of(x).Base)) {
			return f.Elem(ref, index), true
		}
	}
	return place.Step{}, false
}
