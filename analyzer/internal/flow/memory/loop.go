package memory

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
)

// Loop is a natural loop, by its head.
type Loop struct {
	number      int
	back, entry []int // predecessors of the head, by index
	Body        map[*ssa.BasicBlock]bool
	regular     bool // a course can count its turns
}

// LoopsTo are the loops of a function. One is regular on the way to an
// instruction if the way leaves it at its head, and neither the instruction nor
// another loop is around it.
func LoopsTo(fn *ssa.Function, at ssa.Instruction) map[*ssa.BasicBlock]*Loop {
	out := map[*ssa.BasicBlock]*Loop{}
	for _, h := range fn.Blocks {
		l := &Loop{number: len(out), Body: map[*ssa.BasicBlock]bool{h: true}}
		for i, p := range h.Preds {
			if h.Dominates(p) {
				l.back = append(l.back, i)
				l.include(p)
			} else {
				l.entry = append(l.entry, i)
			}
		}
		if l.back != nil {
			out[h] = l
		}
	}
	leads := leadingTo(at.Block())
	for h, l := range out {
		l.regular = len(l.entry) > 0 && !l.Body[at.Block()] && !l.leftInside(h, leads)
		for other, x := range out {
			if other != h && x.Body[h] && !x.Body[at.Block()] {
				l.regular = false
			}
		}
	}
	return out
}

// include adds a block and all that leads to it.
func (l *Loop) include(b *ssa.BasicBlock) {
	if l.Body[b] {
		return
	}
	l.Body[b] = true
	for _, p := range b.Preds {
		l.include(p)
	}
}

// leftInside reports whether an edge from inside the loop leads on.
func (l *Loop) leftInside(head *ssa.BasicBlock, leads map[*ssa.BasicBlock]bool) bool {
	for b := range l.Body {
		if b != head && slices.ContainsFunc(b.Succs, func(s *ssa.BasicBlock) bool { return !l.Body[s] && leads[s] }) {
			return true
		}
	}
	return false
}

// LoopAt is the loop whose head a block is, with the blocks of its body.
func (f *Memory) LoopAt(head *ssa.BasicBlock) *Loop {
	if known, ok := f.loops[head]; ok {
		return known
	}
	l := &Loop{Body: map[*ssa.BasicBlock]bool{head: true}}
	for _, p := range head.Preds {
		if head.Dominates(p) {
			l.include(p)
		}
	}
	f.loops[head] = l
	return l
}

// Calls reports whether a call stands in the loop.
func (l *Loop) Calls(c *callsite.Call) bool { return l.Body[c.Instr.Block()] }

// leadingTo are the blocks from which a block can be reached.
func leadingTo(b *ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	out := map[*ssa.BasicBlock]bool{}
	todo := []*ssa.BasicBlock{b}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if !out[x] {
			out[x] = true
			todo = append(todo, x.Preds...)
		}
	}
	return out
}
