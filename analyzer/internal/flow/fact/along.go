package fact

import (
	"maps"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/cfg"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Along calls visit once for every course to an instruction on which what visit
// evaluates depends; possible gives the facts that hold on the course, and false
// if they contradict each other. Along is false if the courses are too many or
// cannot be told apart.
func (f *Conditions) Along(at ssa.Instruction, visit func(possible func() ([]term.Fact, bool))) bool {
	over := f.Exceeded
	c := &memory.Course{At: at, Loops: cfg.LoopsTo(f.Fn, at), Quiet: map[memory.QuietKey]bool{}}
	f.Course = c
	defer func() { f.Course = nil }()
	defer f.Apart()()
	for range memory.MaxCourses {
		f.Forget(memory.MaxRun)
		c.Turns = map[*ssa.BasicBlock]int{}
		visit(f.possible)
		if c.Lost || f.Exceeded != over {
			return false
		}
		if !c.Next() {
			return true
		}
	}
	return false
}

// possible are the facts of the branches on the course; it is false if they cannot
// all have gone that way.
func (f *Conditions) possible() ([]term.Fact, bool) {
	c := f.Course
	turns := maps.Clone(c.Turns)
	defer func() { c.Turns = turns }()
	defer c.Settle()()
	facts := &courseFacts{seen: map[string]bool{}}
	for b := c.At.Block(); len(b.Preds) > 0; {
		from := b.Preds[0]
		if len(b.Preds) > 1 {
			i, _ := c.Enter(b) // turns are put back at the end
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

// mayTake reports whether an edge can be taken, given the facts of the edges behind
// it, and adds its own.
func (f *Conditions) mayTake(from, to *ssa.BasicBlock, facts *courseFacts) bool {
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return true
	}
	want := from.Succs[0] == to
	if is, known := f.Truth(branch.Cond); known && is != want {
		return false
	}
	for _, x := range f.edgeOn(from, to, branch) {
		op, opposed := algebra.Opposites[x.Op]
		if !opposed || algebra.HasUnknown(x.A) || x.B != nil && algebra.HasUnknown(x.B) {
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
func (f *Conditions) edgeOn(from, to *ssa.BasicBlock, branch *ssa.If) []term.Fact {
	for h, l := range f.Course.Loops {
		if !l.Body[from] || l.Body[f.Course.At.Block()] {
			continue
		}
		if h != from {
			return nil
		}
		return f.firstTurn(branch, l.Body[to])
	}
	return f.Edge(from, to)
}

// firstTurn is what the first test of `i < len(xs)` says of xs.
func (f *Conditions) firstTurn(branch *ssa.If, entered bool) []term.Fact {
	cond, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cond.Op.String() != "<" {
		return nil
	}
	list := callsite.LenOf(cond.Y)
	n, known := f.Number(cond.X, cond)
	if list == nil || !known || n != 0 {
		return nil
	}
	a := f.Value(list, cond)
	if a == nil || algebra.Unknown(a) {
		return nil
	}
	if entered {
		return []term.Fact{{Op: term.NonZero, A: a}}
	}
	return []term.Fact{{Op: term.IsZero, A: a}}
}
