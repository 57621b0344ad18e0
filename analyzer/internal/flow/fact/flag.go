package fact

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A flag is a boolean that a loop over a list can only lower: once it is not what it should
// be, no later turn raises it again. What had to hold in a turn that left it as it should be
// then holds of every element, where the loop has run to its end.
//
//	for _, id := range ids { ok = ok && mine(id) }
//	if !ok { return }                  // leaves every(ids[1001], test(true(#1.r0)))

// flags are the facts that flags leave which are tested in a block behind their loops.
func (f *Conditions) flags(cond ssa.Value, at *ssa.BasicBlock) (yes, no []term.Fact) {
	switch v := cond.(type) {
	case *ssa.UnOp:
		if v.Op == token.NOT {
			yes, no = f.flags(v.X, at)
			return no, yes
		}
	case *ssa.Phi:
		head := v.Block()
		if r := f.Ranged(head); r != nil && f.ranToEnd(head, at) {
			return f.flagged(v, true), f.flagged(v, false)
		}
	}
	return nil, nil
}

// ranToEnd reports whether a loop has gone over all of its list wherever a block is reached.
func (f *Conditions) ranToEnd(head, at *ssa.BasicBlock) bool {
	after := head.Succs[1]
	return len(after.Preds) == 1 && after.Dominates(at)
}

// flagged are the facts of every element of a list of which a flag that is want after the
// loop at its head speaks.
func (f *Conditions) flagged(flag *ssa.Phi, want bool) []term.Fact {
	head := flag.Block()
	if f.Course != nil || f.Ranged(head) == nil || f.BusyPhi(flag) {
		return nil
	}
	elem := f.inHand(head)
	if elem == nil || f.standsAside(f.Ranged(head).List, elem) {
		return nil
	}
	defer f.Enter(flag)()
	common, found := f.flaggedIn(flag, want)
	if !found {
		return nil
	}
	return everyOf(elem, f.foundIn(head, common))
}

// flaggedIn are the facts that hold at the end of each turn that leaves a flag as it should
// be; ok is false if a turn may raise it.
func (f *Conditions) flaggedIn(flag *ssa.Phi, want bool) (common []term.Fact, ok bool) {
	head := flag.Block()
	turns := &sameFacts{}
	for i, p := range head.Preds {
		if !head.Dominates(p) {
			continue
		}
		facts, possible, lowers := f.lowered(flag, flag.Edges[i], p, head, want)
		if !lowers {
			return nil, false
		}
		if possible {
			turns.add(facts)
		}
	}
	return turns.list, turns.any
}

// lowered are the facts that hold where a value is handed on from one block to another as
// the flag's next one, and is as it should be. possible is false if it never is; lowers is
// false if it may be where the flag was not.
func (f *Conditions) lowered(flag *ssa.Phi, v ssa.Value, from, to *ssa.BasicBlock, want bool) (facts []term.Fact, possible, lowers bool) {
	if b, isConst := callsite.BoolConst(v); isConst && b != want {
		return nil, false, true
	}
	way := f.FactsOn(from, to)
	if v == ssa.Value(flag) {
		return way, true, true
	}
	if phi, isPhi := v.(*ssa.Phi); isPhi && flag.Block().Dominates(phi.Block()) && !f.BusyPhi(phi) {
		return f.loweredBy(flag, phi, way, want)
	}
	if !f.tested(flag, from, to, want) {
		return nil, false, false
	}
	yes, no := f.Holds(v)
	if !want {
		yes = no
	}
	return algebra.Unique(append(way, yes...)), true, true
}

// loweredBy is lowered of a value that is another one by the way on which it came.
func (f *Conditions) loweredBy(flag, v *ssa.Phi, way []term.Fact, want bool) (facts []term.Fact, possible, lowers bool) {
	defer f.Enter(v)()
	inner := f.Ranged(v.Block())
	ways := &sameFacts{}
	for i, p := range v.Block().Preds {
		if v.Block().Dominates(p) {
			if inner == nil {
				return nil, false, false
			}
			continue // the turns of a loop inside
		}
		got, may, ok := f.lowered(flag, v.Edges[i], p, v.Block(), want)
		if !ok {
			return nil, false, false
		}
		if may {
			ways.add(got)
		}
	}
	out := algebra.Unique(append(way, ways.list...))
	if inner != nil {
		common, ok := f.flaggedIn(v, want)
		elem := f.inHand(v.Block())
		if !ok {
			return nil, false, false
		}
		if elem != nil && !f.standsAside(inner.List, elem) {
			out = append(out, everyOf(elem, f.foundIn(v.Block(), common))...)
		}
	}
	return out, ways.any, true
}

// tested reports whether a flag was found as it should be on every way over an edge.
func (f *Conditions) tested(flag *ssa.Phi, from, to *ssa.BasicBlock, want bool) bool {
	for b := from; ; from, to = b.Idom(), b {
		if branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If); ok && from.Succs[0] != from.Succs[1] {
			i := 0
			if !want {
				i = 1
			}
			if branch.Cond == ssa.Value(flag) && from.Succs[i] == to {
				return true
			}
		}
		if b = from; b == flag.Block() || len(b.Preds) != 1 {
			return false
		}
	}
}

// sameFacts are the facts that several ways share.
type sameFacts struct {
	list []term.Fact
	any  bool
}

func (s *sameFacts) add(facts []term.Fact) {
	if s.any {
		facts = algebra.Intersect(s.list, facts)
	}
	s.list, s.any = facts, true
}
