package memory

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
)

// positionOf is the index of an instruction in its block.
func (f *Memory) positionOf(instr ssa.Instruction) int {
	for i, x := range instr.Block().Instrs {
		if x == instr {
			return i
		}
	}
	return len(instr.Block().Instrs)
}

// walk looks backwards from a point for the writes to a place.
type walk struct {
	f       *Memory
	place   place.Place
	visited map[*ssa.BasicBlock]bool
	Take    func(*Event) bool // takes a write, and reports whether nothing before it matters
	Start   func()            // takes that there may be no write on some way
	Spent   func()            // takes that the budget is spent
}

// NewWalk makes a walk that nothing is asked of yet.
func NewWalk(f *Memory, p place.Place) *walk {
	return &walk{f: f, place: p, visited: map[*ssa.BasicBlock]bool{}, Start: func() {}, Spent: func() {}}
}

// From walks from before an instruction.
func (w *walk) From(at ssa.Instruction) { w.block(at.Block(), w.f.positionOf(at)) }

// block goes backwards from before instruction idx of the block.
func (w *walk) block(b *ssa.BasicBlock, idx int) {
	if w.f.Steps++; w.f.Steps > callsite.MaxSteps {
		w.f.Exceeded = "memory"
		w.Spent()
		return
	}
	events := w.f.memory[w.place.Base][b]
	limit := w.definedIn(b, idx)
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		n := w.f.positionOf(e.Instr)
		if n >= idx || n < limit {
			continue
		}
		if w.Take(e) {
			return
		}
	}
	if limit >= 0 || len(b.Preds) == 0 {
		w.Start()
		return
	}
	if c := w.f.Course; c != nil && c.backwards(w, b) {
		return
	}
	for _, p := range b.Preds {
		if !w.visited[p] {
			w.visited[p] = true
			w.block(p, len(p.Instrs))
		}
	}
}

// definedIn is the position in the block where the base comes to be, -1 if it
// is not there or not before idx.
func (w *walk) definedIn(b *ssa.BasicBlock, idx int) int {
	instr, ok := w.place.Base.(ssa.Instruction)
	if !ok || instr.Block() != b {
		return -1
	}
	if n := w.f.positionOf(instr); n < idx {
		return n
	}
	return -1
}

// InOrder are the writes to a base, in the order of the blocks.
func (f *Memory) InOrder(base ssa.Value) []Event {
	var out []Event
	for _, b := range f.Fn.Blocks {
		out = append(out, f.memory[base][b]...)
	}
	return out
}

// MayFollow tells whether b can run after a.
func (f *Memory) MayFollow(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() && f.positionOf(b) > f.positionOf(a) {
		return true
	}
	seen := map[*ssa.BasicBlock]bool{}
	var reach func(x *ssa.BasicBlock) bool
	reach = func(x *ssa.BasicBlock) bool {
		for _, s := range x.Succs {
			if s == b.Block() {
				return true
			}
			if !seen[s] {
				seen[s] = true
				if reach(s) {
					return true
				}
			}
		}
		return false
	}
	return reach(a.Block())
}
