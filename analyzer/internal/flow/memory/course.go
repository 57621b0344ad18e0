package memory

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/cfg"
)

// A text and its bind values are built in step: what is appended to one in a
// branch is appended to the other in the same branch. To keep them together, both
// are evaluated along one *course*: one way through the function up to a point.
//
// A course decides, at each block where ways meet, which edge was taken, and for
// each loop how often it ran: not at all, once or twice. Twice stands for more,
// because what a loop adds the third time it has added the second time, too. Only
// what a value depends on is decided, at the moment when it is asked for.

// Limits of the courses to one point.
const (
	maxTurns   = 2
	MaxCourses = 600    // tried
	MaxRun     = 20_000 // evaluated values of one course
)

// Course is one way to a point. Decisions are made in the order in which the
// evaluation asks for them, so that the next course is the one that decides the
// last of them otherwise.
type Course struct {
	At      ssa.Instruction
	trail   []decision
	Loops   map[*ssa.BasicBlock]*cfg.Loop
	Turns   map[*ssa.BasicBlock]int // how often a loop has still to be left backwards
	Quiet   map[QuietKey]bool
	settled int  // above 0: nothing new is decided
	Lost    bool // something is asked for that cannot be decided
}

type decision struct {
	key       decisionKey
	taken, of int
}

// decisionKey is what is decided: a block where ways meet, a loop or a call, and
// in which turn of the loop around it.
type decisionKey struct {
	block *ssa.BasicBlock
	instr ssa.Instruction
	turn  int
	kind  decisionKind
}

type decisionKind uint8

const (
	takenEdge decisionKind = iota
	turnCount
	repetition
)

// QuietKey is what is remembered of a base that nothing writes to before a block
type QuietKey struct {
	base  ssa.Value
	block *ssa.BasicBlock
}

// Next turns to the next course, and reports whether there is one.
func (c *Course) Next() bool {
	for n := len(c.trail); n > 0; n-- {
		if d := &c.trail[n-1]; d.taken+1 < d.of {
			d.taken++
			c.trail = c.trail[:n]
			return true
		}
	}
	return false
}

// decide is the decision on one of several possibilities, -1 if none is made.
func (c *Course) decide(key decisionKey, of int) int {
	for _, d := range c.trail {
		if d.key == key {
			return d.taken
		}
	}
	if c.settled > 0 {
		return -1
	}
	c.trail = append(c.trail, decision{key: key, of: of})
	return 0
}

// Turn tells apart the turns of the loops, for what is remembered of values.
func (f *Memory) Turn() int {
	if f.Course == nil || len(f.Course.Turns) == 0 {
		return 0
	}
	code := 1
	for h, n := range f.Course.Turns {
		code += (n + 1) << (2 * (f.Course.Loops[h].Number % 30))
	}
	return code
}

// around is the turn of the loop that a block stands in.
func (c *Course) around(b *ssa.BasicBlock) int {
	code := 0
	for h, n := range c.Turns {
		if l := c.Loops[h]; l.Body[b] && h != b {
			code += (n + 1) << (2 * (l.Number % 30))
		}
	}
	return code
}

// Enter is the edge over which a block where ways meet was entered, -1 if that
// is not decided. Until undo is called, the loop that the block is the head of
// stands one turn before.
func (c *Course) Enter(b *ssa.BasicBlock) (pred int, undo func()) {
	nothing := func() {}
	l := c.Loops[b]
	if l == nil {
		return c.decide(decisionKey{block: b, turn: c.around(b)}, len(b.Preds)), nothing
	}
	if !l.Regular {
		c.Lost = c.Lost || c.settled == 0
		return -1, nothing
	}
	n, ok := c.Turns[b]
	if !ok {
		if n = c.decide(decisionKey{block: b, kind: turnCount}, maxTurns+1); n < 0 {
			return -1, nothing
		}
		c.Turns[b] = n
	}
	edges := l.Entry
	if n > 0 {
		edges = l.Back
	}
	i := 0
	if len(edges) > 1 {
		if i = c.decide(decisionKey{block: b, turn: n + 1}, len(edges)); i < 0 {
			return -1, nothing
		}
	}
	if n == 0 {
		return edges[i], nothing
	}
	c.Turns[b] = n - 1
	return edges[i], func() { c.Turns[b] = n }
}

// Repetitions is how often something is repeated whose number is not known.
func (f *Memory) Repetitions(instr ssa.Instruction) (n int, ok bool) {
	if f.Course == nil {
		return 0, false
	}
	n = f.Course.decide(decisionKey{instr: instr, turn: f.Turn(), kind: repetition}, maxTurns+1)
	return n, n >= 0
}

// Settle runs an evaluation that decides nothing new.
func (c *Course) Settle() (undo func()) {
	c.settled++
	return func() { c.settled-- }
}

// backwards continues a search before a block, along the course; false if the
// course does not say where.
func (c *Course) backwards(w *Walk, b *ssa.BasicBlock) bool {
	if len(b.Preds) == 1 {
		w.block(b.Preds[0], len(b.Preds[0].Instrs))
		return true
	}
	if d := b.Idom(); d != nil && c.isQuiet(w, b, d) {
		w.block(d, len(d.Instrs))
		return true
	}
	i, undo := c.Enter(b)
	defer undo()
	if i < 0 {
		return false
	}
	w.block(b.Preds[i], len(b.Preds[i].Instrs))
	return true
}

// isQuiet reports whether nothing is written to the base of a search between a
// block and its dominator.
func (c *Course) isQuiet(w *Walk, b, dominator *ssa.BasicBlock) bool {
	key := QuietKey{w.place.Base, b}
	if q, ok := c.Quiet[key]; ok {
		return q
	}
	seen := map[*ssa.BasicBlock]bool{dominator: true}
	quiet := true
	todo := slices.Clone(b.Preds)
	for len(todo) > 0 && quiet {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[x] {
			continue
		}
		seen[x] = true
		quiet = len(w.f.memory[w.place.Base][x]) == 0
		todo = append(todo, x.Preds...)
	}
	c.Quiet[key] = quiet
	return quiet
}
