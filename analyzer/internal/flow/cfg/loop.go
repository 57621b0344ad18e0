package cfg

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Loop is a natural loop, by its head.
type Loop struct {
	Number      int
	Back, Entry []int // predecessors of the head, by index
	Body        map[*ssa.BasicBlock]bool
	Regular     bool // a course can count its turns
}

// LoopsTo are the loops of a function. One is regular on the way to an
// instruction if the way leaves it at its head, and neither the instruction nor
// another loop is around it.
func LoopsTo(fn *ssa.Function, at ssa.Instruction) map[*ssa.BasicBlock]*Loop {
	out := map[*ssa.BasicBlock]*Loop{}
	for _, h := range fn.Blocks {
		l := &Loop{Number: len(out), Body: map[*ssa.BasicBlock]bool{h: true}}
		for i, p := range h.Preds {
			if h.Dominates(p) {
				l.Back = append(l.Back, i)
				l.include(p)
			} else {
				l.Entry = append(l.Entry, i)
			}
		}
		if l.Back != nil {
			out[h] = l
		}
	}
	leads := leadingTo(at.Block())
	for h, l := range out {
		l.Regular = len(l.Entry) > 0 && !l.Body[at.Block()] && !l.leftInside(h, leads)
		for other, x := range out {
			if other != h && x.Body[h] && !x.Body[at.Block()] {
				l.Regular = false
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
func LoopAt(head *ssa.BasicBlock) *Loop {
	l := &Loop{Body: map[*ssa.BasicBlock]bool{head: true}}
	for _, p := range head.Preds {
		if head.Dominates(p) {
			l.include(p)
		}
	}
	return l
}

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
