package fact

import (
	"strconv"

	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// What a loop has in hand leaves it in a list, a map, a field or a variable, and whoever
// speaks of it behind the loop speaks of one that left. What held wherever it can leave
// holds of it there.
//
//	for _, id := range ids { if mine(id) { kept = append(kept, id) } }
//	for _, id := range kept { delete(id) }     // left(ids[1001], test(true(#1.r0)))

// left are the facts of what has left the loop at a head; none where a block lies in it, or
// behind a way out of the middle of it.
func (f *Conditions) left(head, at *ssa.BasicBlock) []term.Fact {
	if f.Course != nil || f.Ranged(head) == nil || len(head.Succs) != 2 || head.Succs[0].Dominates(at) || head == at {
		return nil
	}
	if known, ok := f.leaving[head]; ok {
		return known
	}
	f.leaving[head] = nil // it is being asked for
	var out []term.Fact
	if elem := f.inHand(head); elem != nil && len(head.Succs[0].Preds) == 1 {
		l := &leaver{f: f, head: head, body: head.Succs[0], elem: elem}
		l.collect()
		out = l.facts()
	}
	f.leaving[head] = out
	return out
}

// leaver finds what leaves a loop, and where.
type leaver struct {
	f          *Conditions
	head, body *ssa.BasicBlock
	elem       term.Term
	parts      []leavingPart
}

// leavingPart is what the loop had in hand, or what an operation in it gave, with what held
// wherever it left.
type leavingPart struct {
	whole term.Term
	facts sameFacts
}

func (l *leaver) inside(b *ssa.BasicBlock) bool { return b != nil && l.body.Dominates(b) }

// collect notes every value that is put where it can be found behind the loop.
func (l *leaver) collect() {
	for _, b := range l.f.Fn.Blocks {
		if !l.inside(b) {
			l.merged(b)
			continue
		}
		for _, instr := range b.Instrs {
			for _, v := range l.putBy(instr) {
				l.leaves(v, instr, l.f.Facts(b))
			}
		}
	}
}

// merged notes the variables that a loop leaves with a value in them.
func (l *leaver) merged(b *ssa.BasicBlock) {
	for _, instr := range b.Instrs {
		phi, ok := instr.(*ssa.Phi)
		if !ok {
			return
		}
		for i, p := range b.Preds {
			if l.inside(p) && !l.onlyGrown(phi.Edges[i], map[ssa.Value]bool{}) {
				l.leaves(phi.Edges[i], p.Instrs[len(p.Instrs)-1], l.f.FactsOn(p, b))
			}
		}
	}
}

// onlyGrown reports whether all that a list has got in the loop was appended to it: each time
// that was done is looked at by itself.
func (l *leaver) onlyGrown(v ssa.Value, seen map[ssa.Value]bool) bool {
	instr, ok := v.(ssa.Instruction)
	if !ok || !l.inside(instr.Block()) || seen[v] {
		return true
	}
	seen[v] = true
	switch v := v.(type) {
	case *ssa.Call:
		c := l.f.CallOf(v)
		return c.Kind == callsite.Builtin && c.Symbol == "append" && len(c.Args) > 0 && l.onlyGrown(c.Args[0], seen)
	case *ssa.Phi:
		return !slices.ContainsFunc(v.Edges, func(e ssa.Value) bool { return !l.onlyGrown(e, seen) })
	}
	return false
}

// putBy are the values that an instruction puts where others find them.
func (l *leaver) putBy(instr ssa.Instruction) []ssa.Value {
	switch x := instr.(type) {
	case *ssa.MapUpdate:
		return []ssa.Value{x.Key, x.Value}
	case *ssa.Send:
		return []ssa.Value{x.X}
	case *ssa.MakeClosure:
		return x.Bindings
	case *ssa.Store:
		if base, ok := l.f.Of(x.Addr).Base.(*ssa.Alloc); ok && l.inside(base.Block()) {
			return nil
		}
		return []ssa.Value{x.Val}
	case *ssa.Go:
		return x.Call.Args
	case *ssa.Defer:
		return x.Call.Args
	case *ssa.Call:
		c := l.f.CallOf(x)
		if c.Kind == callsite.Builtin {
			if c.Symbol != "append" && c.Symbol != "copy" || len(c.Args) != 2 {
				return nil
			}
			if elems := callsite.Elements(c.Args[1]); elems != nil && !slices.Contains(elems, nil) {
				return elems
			}
			return c.Args[1:]
		}
		if l.writes(x) {
			return x.Call.Args
		}
	}
	return nil
}

// writes reports whether a call may write what it is handed into something that is there
// behind the loop.
func (l *leaver) writes(call *ssa.Call) bool {
	return slices.ContainsFunc(call.Call.Args, func(v ssa.Value) bool {
		base := l.f.Of(v).Base
		if def, ok := base.(ssa.Instruction); base == nil || ok && l.inside(def.Block()) {
			return false
		}
		for _, e := range l.f.InOrder(base) {
			if e.Instr == ssa.Instruction(call) {
				return true
			}
		}
		return false
	})
}

// leaves notes that a value leaves the loop under some facts.
func (l *leaver) leaves(v ssa.Value, at ssa.Instruction, facts []term.Fact) {
	if v == nil {
		return
	}
	l.leavesIn(v, at, facts, map[string]bool{}, maxMade)
}

// maxMade is how many calls may stand between what leaves a loop and what it was made of.
const maxMade = 4

// leavesIn notes what leaves with a value, also within what calls in the loop have made of
// it: append(all, toDTO(x)).
func (l *leaver) leavesIn(v ssa.Value, at ssa.Instruction, facts []term.Fact, seen map[string]bool, depth int) {
	t := l.f.Value(v, at)
	if t == nil {
		return
	}
	term.Visit(t, func(x term.Term) {
		if r, ok := x.(*term.Result); ok && depth > 0 && !seen[madeBy(r.Call)] {
			seen[madeBy(r.Call)] = true
			for _, c := range l.f.Calls() {
				if c.N == r.Call && l.inside(c.Instr.Block()) {
					for _, arg := range c.All() {
						l.leavesIn(arg, c.Instr, facts, seen, depth-1)
					}
				}
			}
		}
		whole := l.wholeOf(x)
		if whole == nil || seen[whole.String()] {
			return
		}
		seen[whole.String()] = true
		for i := range l.parts {
			if term.Same(l.parts[i].whole, whole) {
				l.parts[i].facts.add(facts)
				return
			}
		}
		p := leavingPart{whole: whole}
		p.facts.add(facts)
		l.parts = append(l.parts, p)
	})
}

// madeBy is the mark of a call whose arguments were looked at.
func madeBy(n int) string { return "made by " + strconv.Itoa(n) }

// wholeOf is the element that the loop has in hand, or the result of a call in it, that a
// value is a part of; nil if it is of none.
func (l *leaver) wholeOf(x term.Term) term.Term {
	if _, part := term.StepsTo(l.elem, x); part || term.Same(l.elem, x) {
		return l.elem
	}
	r, ok := x.(*term.Result)
	if !ok || len(r.Steps) == 0 || r.Steps[0].Kind != term.ResultStep {
		return nil
	}
	for _, c := range l.f.Calls() {
		if c.N == r.Call && l.inside(c.Instr.Block()) {
			return &term.Result{Call: r.Call, Steps: r.Steps[:1]}
		}
	}
	return nil
}

// facts are those of what left.
func (l *leaver) facts() []term.Fact {
	var out []term.Fact
	for i := range l.parts {
		p := &l.parts[i]
		for _, x := range l.f.foundIn(l.head, p.facts.list) {
			out = append(out, term.Fact{Op: term.Left, A: p.whole, B: &term.Test{Fact: x}})
		}
	}
	return out
}
