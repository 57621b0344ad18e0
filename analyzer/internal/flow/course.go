package flow

import (
	"maps"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
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
	maxCourses = 600    // tried
	maxRun     = 20_000 // evaluated values of one course
)

// course is one way to a point. Decisions are made in the order in which the
// evaluation asks for them, so that the next course is the one that decides the
// last of them otherwise.
type course struct {
	at      ssa.Instruction
	trail   []decision
	loops   map[*ssa.BasicBlock]*loop
	turns   map[*ssa.BasicBlock]int // how often a loop has still to be left backwards
	quiet   map[quietKey]bool
	settled int  // above 0: nothing new is decided
	lost    bool // something is asked for that cannot be decided
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

type quietKey struct {
	base  ssa.Value
	block *ssa.BasicBlock
}

// Along calls visit once for every course to an instruction on which what visit
// evaluates depends; possible gives the facts that hold on the course, and false
// if they contradict each other. Along is false if the courses are too many or
// cannot be told apart.
func (f *Frame) Along(at ssa.Instruction, visit func(possible func() ([]term.Fact, bool))) bool {
	over := f.over
	c := &course{at: at, loops: loopsTo(f.Fn, at), quiet: map[quietKey]bool{}}
	f.course = c
	defer func() { f.course = nil }()
	defer f.apart()()
	for range maxCourses {
		f.forget(maxRun)
		c.turns = map[*ssa.BasicBlock]int{}
		visit(f.possible)
		if c.lost || f.over != over {
			return false
		}
		if !c.next() {
			return true
		}
	}
	return false
}

// next turns to the next course, and tells whether there is one.
func (c *course) next() bool {
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
func (c *course) decide(key decisionKey, of int) int {
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

// turn tells apart the turns of the loops, for what is remembered of values.
func (f *Frame) turn() int {
	if f.course == nil || len(f.course.turns) == 0 {
		return 0
	}
	code := 1
	for h, n := range f.course.turns {
		code += (n + 1) << (2 * (f.course.loops[h].number % 30))
	}
	return code
}

// around is the turn of the loop that a block stands in.
func (c *course) around(b *ssa.BasicBlock) int {
	code := 0
	for h, n := range c.turns {
		if l := c.loops[h]; l.body[b] && h != b {
			code += (n + 1) << (2 * (l.number % 30))
		}
	}
	return code
}

// enter is the edge over which a block where ways meet was entered, -1 if that
// is not decided. Until undo is called, the loop that the block is the head of
// stands one turn before.
func (c *course) enter(b *ssa.BasicBlock) (pred int, undo func()) {
	nothing := func() {}
	l := c.loops[b]
	if l == nil {
		return c.decide(decisionKey{block: b, turn: c.around(b)}, len(b.Preds)), nothing
	}
	if !l.regular {
		c.lost = c.lost || c.settled == 0
		return -1, nothing
	}
	n, ok := c.turns[b]
	if !ok {
		if n = c.decide(decisionKey{block: b, kind: turnCount}, maxTurns+1); n < 0 {
			return -1, nothing
		}
		c.turns[b] = n
	}
	edges := l.entry
	if n > 0 {
		edges = l.back
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
	c.turns[b] = n - 1
	return edges[i], func() { c.turns[b] = n }
}

// Repetitions is how often something is repeated whose number is not known.
func (f *Frame) Repetitions(instr ssa.Instruction) (n int, ok bool) {
	if f.course == nil {
		return 0, false
	}
	n = f.course.decide(decisionKey{instr: instr, turn: f.turn(), kind: repetition}, maxTurns+1)
	return n, n >= 0
}

// settle runs an evaluation that decides nothing new.
func (c *course) settle() (undo func()) {
	c.settled++
	return func() { c.settled-- }
}

// along is the value of a phi on the course; ok is false if the course does not
// say which.
func (f *Frame) along(v *ssa.Phi) (t term.Term, ok bool) {
	i, undo := f.course.enter(v.Block())
	defer undo()
	if i < 0 {
		return nil, false
	}
	pred := v.Block().Preds[i]
	t = f.Value(v.Edges[i], pred.Instrs[len(pred.Instrs)-1])
	if t != nil && hasZeroLeaf(t) {
		defer f.course.settle()()
		t = refine(t, f.above.FactsOn(pred, v.Block()))
	}
	return t, true
}

// backwards continues a search before a block, along the course; false if the
// course does not say where.
func (c *course) backwards(w *walk, b *ssa.BasicBlock) bool {
	if len(b.Preds) == 1 {
		w.block(b.Preds[0], len(b.Preds[0].Instrs))
		return true
	}
	if d := b.Idom(); d != nil && c.isQuiet(w, b, d) {
		w.block(d, len(d.Instrs))
		return true
	}
	i, undo := c.enter(b)
	defer undo()
	if i < 0 {
		return false
	}
	w.block(b.Preds[i], len(b.Preds[i].Instrs))
	return true
}

// isQuiet tells whether nothing is written to the base of a search between a
// block and its dominator.
func (c *course) isQuiet(w *walk, b, dominator *ssa.BasicBlock) bool {
	key := quietKey{w.place.base, b}
	if q, ok := c.quiet[key]; ok {
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
		quiet = len(w.f.memory[w.place.base][x]) == 0
		todo = append(todo, x.Preds...)
	}
	c.quiet[key] = quiet
	return quiet
}

// possible are the facts of the branches on the course; it is false if they cannot
// all have gone that way.
func (f *Frame) possible() ([]term.Fact, bool) {
	c := f.course
	turns := maps.Clone(c.turns)
	defer func() { c.turns = turns }()
	defer c.settle()()
	facts := &courseFacts{seen: map[string]bool{}}
	for b := c.at.Block(); len(b.Preds) > 0; {
		from := b.Preds[0]
		if len(b.Preds) > 1 {
			i, _ := c.enter(b) // turns are put back at the end
			if i < 0 {
				b = b.Idom()
				continue
			}
			from = b.Preds[i]
		}
		if !f.mayTake(from, b, facts) {
			return nil, false
		}
		b = from
	}
	return facts.list, true
}

// courseFacts are the facts of a course, the last branch first.
type courseFacts struct {
	list []term.Fact
	seen map[string]bool
}

// mayTake tells whether an edge can be taken, given the facts of the edges behind
// it, and adds its own.
func (f *Frame) mayTake(from, to *ssa.BasicBlock, facts *courseFacts) bool {
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return true
	}
	want := from.Succs[0] == to
	if is, known := f.truth(branch.Cond); known && is != want {
		return false
	}
	for _, x := range f.edgeOn(from, to, branch) {
		op, opposed := opposites[x.Op]
		if !opposed || hasUnknown(x.A) || x.B != nil && hasUnknown(x.B) {
			continue
		}
		if facts.seen[(term.Fact{Op: op, A: x.A, B: x.B}).String()] {
			return false
		}
		if !facts.seen[x.String()] {
			facts.seen[x.String()] = true
			facts.list = append(facts.list, x)
		}
	}
	return true
}

// edgeOn are the facts of an edge that hold on the whole course: what is said in
// a turn of a loop is of that turn alone, but for whether there was a first one.
func (f *Frame) edgeOn(from, to *ssa.BasicBlock, branch *ssa.If) []term.Fact {
	for h, l := range f.course.loops {
		if !l.body[from] || l.body[f.course.at.Block()] {
			continue
		}
		if h != from {
			return nil
		}
		return f.firstTurn(branch, l.body[to])
	}
	return f.edge(from, to)
}

// firstTurn is what the first test of `i < len(xs)` says of xs.
func (f *Frame) firstTurn(branch *ssa.If, entered bool) []term.Fact {
	cond, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cond.Op.String() != "<" {
		return nil
	}
	list := lenOf(cond.Y)
	n, known := f.Number(cond.X, cond)
	if list == nil || !known || n != 0 {
		return nil
	}
	a := f.Value(list, cond)
	if a == nil || unknown(a) {
		return nil
	}
	if entered {
		return []term.Fact{{Op: term.NonZero, A: a}}
	}
	return []term.Fact{{Op: term.IsZero, A: a}}
}
