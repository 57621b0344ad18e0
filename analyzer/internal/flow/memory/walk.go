package memory

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/cfg"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
)

// Position is the index of an instruction in its block.
func (f *Memory) Position(instr ssa.Instruction) int {
	all := instr.Block().Instrs
	if _, known := f.positions[all[0]]; !known { // the block is asked for the first time
		for i, x := range all {
			f.positions[x] = i
		}
	}
	if n, ok := f.positions[instr]; ok {
		return n
	}
	return len(all)
}

// Walk looks backwards from a point for the writes to a place.
type Walk struct {
	f       *Memory
	place   place.Place
	from    *ssa.BasicBlock
	turns   []ssa.Instruction // where the indexes on the way to the place change
	passed  bool              // one of them has
	earlier *cfg.Loop         // in a turn of which, before the one that was started from, the walk is
	held    []place.Load      // that the walk has not come to yet
	visited map[visit]bool
	since   map[*ssa.BasicBlock]bool // where the base has come to be, nil if it is anywhere
	Take    func(*Event) bool        // takes a write, and reports whether nothing before it matters
	Start   func()                   // takes that there may be no write on some way
	Spent   func()                   // takes that the budget is spent
}

// visit is a block that was gone through, in the turn of the read or in one before, after
// so many loads or before them.
type visit struct {
	block   *ssa.BasicBlock
	passed  bool
	earlier bool
	held    int
}

// NewWalk makes a walk that nothing is asked of yet.
func NewWalk(f *Memory, p place.Place) *Walk {
	w := &Walk{f: f, place: p, held: p.Held, visited: map[visit]bool{}, Start: func() {}, Spent: func() {}}
	for _, s := range p.Path {
		if index, ok := s.By.(ssa.Instruction); ok {
			w.turns = append(w.turns, index)
		}
	}
	return w
}

// From walks from before an instruction.
func (w *Walk) From(at ssa.Instruction) {
	w.from = at.Block()
	if def, ok := w.place.Base.(ssa.Instruction); ok {
		if since := w.f.after(def.Block()); since[w.from] {
			w.since = since
		}
	}
	w.block(at.Block(), w.f.Position(at))
}

// OneTurn reports whether the indexes on the way to the place are at the write that is
// taken what they are at the point that the walk has come from.
func (w *Walk) OneTurn() bool { return !w.passed }

// block goes backwards from before instruction idx of the block.
func (w *Walk) block(b *ssa.BasicBlock, idx int) {
	if w.f.Steps++; w.f.Steps > callsite.MaxSteps {
		w.f.Exceeded = "memory"
		w.Spent()
		return
	}
	defer func(passed bool, held []place.Load, earlier *cfg.Loop) {
		w.passed, w.held, w.earlier = passed, held, earlier
	}(w.passed, w.held, w.earlier)
	before, turn, earlier := w.passed, w.turnIn(b, idx), w.earlier
	events := w.f.memory[w.place.Base][b]
	limit := w.definedIn(b, idx)
	for i := len(events) - 1; i >= 0; i-- {
		e := &events[i]
		n := w.f.Position(e.Instr)
		if n >= idx || n < limit {
			continue
		}
		w.passed = before || n < turn
		w.release(b, n, idx)
		if w.isLater(e) {
			continue
		}
		if w.Take(e) {
			return
		}
	}
	w.passed = before || turn >= 0
	w.release(b, 0, idx)
	if w.overwritten(b) {
		return
	}
	if limit >= 0 || len(b.Preds) == 0 {
		w.Start()
		return
	}
	if c := w.f.Course; c != nil && c.backwards(w, b) {
		return
	}
	for _, p := range b.Preds {
		if w.since != nil && !w.since[p] && !isDefinedIn(w.place.Base, p) {
			continue // the base has not come to be there
		}
		w.earlier = w.turnBefore(b, p, earlier)
		if v := (visit{p, w.passed, w.earlier != nil, len(w.held)}); !w.visited[v] {
			w.visited[v] = true
			w.block(p, len(p.Instrs))
		}
	}
}

// turnBefore is the loop whose earlier turns the walk is in behind an edge.
func (w *Walk) turnBefore(b, pred *ssa.BasicBlock, have *cfg.Loop) *cfg.Loop {
	if have == nil && b.Dominates(pred) {
		if l := w.f.LoopAt(b); l.Body[w.from] {
			return l
		}
	}
	return have
}

// Earlier is the loop of which the write that is taken was made in an earlier turn than
// the one in which it is read, nil if there is none.
func (w *Walk) Earlier() *cfg.Loop { return w.earlier }

// release goes back over the loads that stand in a block from position n on, before idx.
func (w *Walk) release(b *ssa.BasicBlock, n, idx int) {
	over := func(l place.Load) bool {
		if l.At.Block() != b {
			return false
		}
		at := w.f.Position(l.At)
		return n <= at && at < idx
	}
	if slices.ContainsFunc(w.held, over) {
		w.held = slices.DeleteFunc(slices.Clone(w.held), over)
	}
}

// isLater reports whether a write stores another object where one was read from before: it
// is not what was read.
func (w *Walk) isLater(e *Event) bool {
	return e.Val != nil && slices.ContainsFunc(w.held, func(l place.Load) bool { return len(e.Path) <= l.Depth })
}

// turnIn is the position in the block, before idx, where an index on the way to the place
// changes last, -1 if none does.
func (w *Walk) turnIn(b *ssa.BasicBlock, idx int) int {
	last := -1
	for _, t := range w.turns {
		if n := w.f.Position(t); t.Block() == b && n < idx {
			last = max(last, n)
		}
	}
	return last
}

// overwritten takes the write of a loop over a whole list that has run to its end, if b is
// its head: what it sets it has set in every element. It must be the only write of the loop
// to what is read, and every way from the loop to the read must leave at the head.
func (w *Walk) overwritten(b *ssa.BasicBlock) bool {
	l := w.f.Ranged(b)
	if l == nil || l.Body[w.from] || l.Index == nil || l.Part {
		return false
	}
	after := b.Succs[1]
	list := w.f.ListPlace(l.List)
	if len(after.Preds) != 1 || !after.Dominates(w.from) || list.Base != w.place.Base {
		return false
	}
	var only *Event
	for _, e := range w.f.InOrder(list.Base) {
		m, _ := place.Compare(e.Path, w.place.Path, false)
		if m == place.Apart || !l.Body[e.Instr.Block()] {
			continue
		}
		if only != nil || m != place.Covers || e.Weak || !l.Always(e.Instr.Block()) || !setsElement(e.Path, list.Path, l.Index) {
			return false
		}
		only = &e
	}
	if only == nil {
		return false
	}
	all := *only
	all.All = true
	return w.Take(&all)
}

// setsElement reports whether a path leads to the element of a list at an index, or to a
// field of it.
func setsElement(path, list []place.Step, index ssa.Value) bool {
	n := len(list)
	return len(path) > n && slices.Equal(path[:n], list) && path[n].Elem && path[n].By == index &&
		!slices.ContainsFunc(path[n+1:], func(s place.Step) bool { return s.Elem })
}

// definedIn is the position in the block where the base comes to be, -1 if it
// is not there or not before idx.
func (w *Walk) definedIn(b *ssa.BasicBlock, idx int) int {
	instr, ok := w.place.Base.(ssa.Instruction)
	if !ok || instr.Block() != b {
		return -1
	}
	if n := w.f.Position(instr); n < idx {
		return n
	}
	return -1
}

func isDefinedIn(base ssa.Value, b *ssa.BasicBlock) bool {
	def, ok := base.(ssa.Instruction)
	return ok && def.Block() == b
}

// InOrder are the writes to a base, in the order of the blocks, but of what was never set.
func (f *Memory) InOrder(base ssa.Value) []Event {
	return slices.DeleteFunc(inOrder(f, base), func(e Event) bool { return e.Empty != "" })
}

func inOrder(f *Memory, base ssa.Value) []Event {
	var out []Event
	for _, b := range f.Fn.Blocks {
		out = append(out, f.memory[base][b]...)
	}
	return out
}

// MayFollow reports whether b can run after a.
func (f *Memory) MayFollow(a, b ssa.Instruction) bool {
	if a.Block() == b.Block() && f.Position(b) > f.Position(a) {
		return true
	}
	return f.after(a.Block())[b.Block()]
}

// FollowsWithin reports whether b can run after a before a variable comes to be anew, or at
// all if it does not.
func (f *Memory) FollowsWithin(v *ssa.Alloc, a, b ssa.Instruction) bool {
	if a.Block() == b.Block() && f.Position(b) > f.Position(a) {
		return true
	}
	seen := map[*ssa.BasicBlock]bool{}
	var reach func(x *ssa.BasicBlock) bool
	reach = func(x *ssa.BasicBlock) bool {
		for _, s := range x.Succs {
			if seen[s] || s == v.Block() {
				continue
			}
			seen[s] = true
			if s == b.Block() || reach(s) {
				return true
			}
		}
		return false
	}
	return reach(a.Block())
}

// after are the blocks that can be reached from a block, itself only in a loop.
func (f *Memory) after(b *ssa.BasicBlock) map[*ssa.BasicBlock]bool {
	if known, ok := f.reached[b]; ok {
		return known
	}
	out := map[*ssa.BasicBlock]bool{}
	f.reached[b] = out
	todo := []*ssa.BasicBlock{b}
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		for _, s := range x.Succs {
			if !out[s] {
				out[s] = true
				todo = append(todo, s)
			}
		}
	}
	return out
}
