package flow

import (
	"go/token"
	"go/types"
	"slices"
	"sort"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Limits of one function. Over a limit a term is unknown and the frame says why.
const (
	maxSteps = 200_000 // evaluated values
	maxNodes = 600     // nodes of one term
	maxList  = 64      // elements of a list
)

// Evaluator gives the text functions of library data their meaning.
type Evaluator interface {
	// Results are the results of a call, one per result; nil if it cannot tell.
	Results(f *Frame, c *Call) []term.Term
	// Written is what a buffer holds after a call that writes to it.
	Written(f *Frame, c *Call, before term.Term) term.Term
}

// Frame is one function under evaluation. It is not safe for concurrent use.
type Frame struct {
	Fn   *ssa.Function
	// Program is what the frame shares with the others of its package.
	Program *Program

	calls  []*Call
	byCall map[ssa.CallInstruction]*Call
	memory map[ssa.Value]map[*ssa.BasicBlock][]event
	writes map[ssa.Value]string // captured variables that a closure writes, and which closure

	tags    map[ssa.Instruction]int
	ways    map[string]int // see Derived
	memo    map[memoKey]term.Term
	results map[*Call][]term.Term
	busy    map[memoKey]int
	low     int
	steps   int
	extra   int
	over    string
	moments map[ssa.Value][]ssa.Instruction // at which a variable was read that a closure writes
	doubts  []*Call                         // calls that may have failed, as far as was asked
	assumed []*Call                         // calls that are taken to have succeeded
	course  *course                         // the way along which values are evaluated, nil for all ways
	texts   Evaluator
	above   Above
}

// Above is what the evaluation of values asks of those that are made of values.
type Above interface {
	// First is the result of a call that has one.
	First(v *ssa.Call) term.Term
	// ResultsOf are the results of a call, one term each; nil while it is being
	// evaluated further out.
	ResultsOf(c *Call) []term.Term
	// Claims are what a call that verifies a token gives.
	Claims(c *Call) term.Term
	// Holds are the facts that hold if a boolean is true, and if it is false.
	Holds(v ssa.Value) (yes, no []term.Fact)
	// Facts are the facts in force in a block, outermost first.
	Facts(b *ssa.BasicBlock) []term.Fact
	// FactsOn are the facts in force on the way from a block to its successor.
	FactsOn(from, to *ssa.BasicBlock) []term.Fact
}

type memoKey struct {
	v    ssa.Value
	at   ssa.Instruction
	turn int // of the loops on a course
}

// New makes the frame of a function that has a body. Texts gives the meaning of the
// text functions, nil leaves them unknown. Source tells where a call
// ends in the source, for the order of the numbers.
func New(p *Program, texts Evaluator, fn *ssa.Function, source func(ssa.CallInstruction) token.Pos) *Frame {
	f := &Frame{
		Fn: fn, Program: p, texts: texts,
		byCall: map[ssa.CallInstruction]*Call{},
		memo:   map[memoKey]term.Term{}, busy: map[memoKey]int{}, results: map[*Call][]term.Term{},
		low: noCycle, ways: map[string]int{}, moments: map[ssa.Value][]ssa.Instruction{},
	}
	for _, b := range fn.Blocks {
		for _, instr := range b.Instrs {
			if ci, ok := instr.(ssa.CallInstruction); ok {
				c := p.Classify(ci)
				f.calls = append(f.calls, c)
				f.byCall[ci] = c
			}
		}
	}
	f.above = f
	f.number(source)
	f.accesses()
	f.index()
	return f
}

// number gives statements and kept calls their numbers, in source order.
func (f *Frame) number(source func(ssa.CallInstruction) token.Pos) {
	sort.SliceStable(f.calls, func(i, j int) bool { return source(f.calls[i].Instr) < source(f.calls[j].Instr) })
	n := 0
	for _, c := range f.calls {
		if c.Kind == Builtin {
			continue
		}
		n++
		c.N = n
	}
}

// Calls are the classified calls, in source order.
func (f *Frame) Calls() []*Call { return f.calls }

// NextNumber is a number that no call has.
func (f *Frame) NextNumber() int {
	f.extra++
	return len(f.calls) + f.extra
}

// CallOf is the classified call of an instruction.
func (f *Frame) CallOf(instr ssa.CallInstruction) *Call { return f.byCall[instr] }

// Over is the reason why a budget was exceeded, or "".
func (f *Frame) Over() string { return f.over }

const noCycle = 1 << 30

// Term is the term of v at a point: v itself never changes, what it points to is
// that of the point.
func (f *Frame) Term(v ssa.Value, at ssa.Instruction) term.Term {
	f.low = noCycle
	t := f.Value(v, at)
	if t == nil {
		return term.Why("loop")
	}
	return t
}

// Value is Term for use inside an evaluation: nil stands for a value that is
// being evaluated already, further out.
func (f *Frame) Value(v ssa.Value, at ssa.Instruction) term.Term {
	key := memoKey{v: v, turn: f.turn()}
	written := at != nil && f.writtenThrough(v)
	vouched := f.vouched(v)
	if written || pointy(v) || vouched != nil {
		key.at = at
	}
	if t, ok := f.memo[key]; ok {
		return t
	}
	if depth, ok := f.busy[key]; ok {
		f.low = min(f.low, depth)
		return nil
	}
	if vouched != nil && !slices.Contains(f.assumed, vouched) && f.succeeded(vouched, at) {
		t := f.valueAfter(vouched, v, at)
		f.memo[key] = t
		return t
	}
	if f.steps++; f.steps > maxSteps || len(f.busy) > 2000 {
		f.over = "values"
		return term.Why("budget")
	}
	depth := len(f.busy)
	f.busy[key] = depth
	outer := f.low
	f.low = noCycle
	var t term.Term
	if written {
		t = small(f.content(place{base: v}, at))
	} else {
		t = small(f.eval(v, at))
	}
	if vouched != nil {
		t = f.outcome(&attempt{vouched, unverified}, nil, t, at)
	}
	delete(f.busy, key)
	if f.low >= depth { // complete: nothing further out was cut
		if t == nil {
			t = term.Why("loop")
		}
		f.memo[key] = t
		f.low = outer
		return t
	}
	f.low = min(f.low, outer)
	return t
}

// writtenThrough tells whether the function writes through a pointer or map that
// it got: then what it points to depends on the point.
func (f *Frame) writtenThrough(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.Parameter, *ssa.Call, *ssa.Extract, *ssa.FreeVar:
	default:
		return false
	}
	if len(f.memory[v]) == 0 {
		return false
	}
	switch v.Type().Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Interface:
		return true
	}
	return false
}

// tracked is value, and whether a part of it was cut, because it is being
// evaluated further out: the value grows in a loop.
func (f *Frame) tracked(v ssa.Value, at ssa.Instruction) (t term.Term, cut bool) {
	outer := f.low
	f.low = noCycle
	t = f.Value(v, at)
	cut = f.low < noCycle
	f.low = min(f.low, outer)
	return t, cut
}

// part is a part of a value; if the value grows in a loop, it may be deeper.
func (f *Frame) part(v ssa.Value, at ssa.Instruction, steps []step) term.Term {
	t, cut := f.tracked(v, at)
	if cut && len(steps) > 0 {
		return term.JoinOf(pick(t, steps), term.Why("loop"))
	}
	return pick(t, steps)
}

// pointy tells whether the term of v depends on the point.
func pointy(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.Alloc, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.MakeSlice, *ssa.MakeMap, *ssa.Slice, *ssa.MakeInterface, *ssa.ChangeType, *ssa.ChangeInterface, *ssa.Phi, *ssa.Convert:
		return true
	}
	return false
}

// small is t, or unknown if it has too many nodes.
func small(t term.Term) term.Term {
	if t != nil && nodes(t, 0) > maxNodes {
		return term.Why("size")
	}
	return t
}

func nodes(t term.Term, n int) int {
	n++
	if n > maxNodes {
		return n
	}
	each := func(ts []term.Term) {
		for _, x := range ts {
			n = nodes(x, n)
		}
	}
	fields := func(fs []term.Field) {
		for _, x := range fs {
			n = nodes(x.Term, n)
		}
	}
	switch x := t.(type) {
	case *term.Struct:
		if x.Base != nil {
			n = nodes(x.Base, n)
		}
		fields(x.Fields)
	case *term.List:
		each(x.Elems)
	case *term.Func:
		fields(x.Bind)
	case *term.Concat:
		each(x.Parts)
	case *term.Join:
		each(x.Terms)
	case *term.Test:
		n = nodes(x.Fact.A, n)
		if x.Fact.B != nil {
			n = nodes(x.Fact.B, n)
		}
	}
	return n
}

// apart keeps what is remembered of values, and what was spent, until restore is
// called.
func (f *Frame) apart() (restore func()) {
	memo, busy, low, steps, over := f.memo, f.busy, f.low, f.steps, f.over
	return func() { f.memo, f.busy, f.low, f.steps, f.over = memo, busy, low, steps, over }
}

// forget begins an evaluation with nothing remembered and so many steps to spend.
func (f *Frame) forget(steps int) {
	f.memo, f.busy, f.low, f.steps = map[memoKey]term.Term{}, map[memoKey]int{}, noCycle, maxSteps-steps
}

// enter marks a phi as one whose way in is asked for, until leave is called.
func (f *Frame) enter(v *ssa.Phi) (leave func()) {
	key := memoKey{v: v, at: v}
	f.busy[key] = len(f.busy)
	return func() { delete(f.busy, key) }
}
