package value

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// BusyPhi reports whether the way into a phi is being asked for already
func (f *Values) BusyPhi(v *ssa.Phi) bool {
	_, ok := f.busy[memoKey{v: v, at: v}]
	return ok
}

type memoKey struct {
	v    ssa.Value
	at   ssa.Instruction
	turn int  // of the loops on a course
	by   bool // what the write at the point leaves there, and not what stands there before

	write *memory.Event // what this write of a call leaves
}

const noCycle = 1 << 30

// Term is the term of v at a point: v itself never changes, what it points to is
// that of the point.
func (f *Values) Term(v ssa.Value, at ssa.Instruction) term.Term {
	f.low = noCycle
	t := f.Value(v, at)
	if t == nil {
		return term.Why("loop")
	}
	return t
}

// Value is Term for use inside an evaluation: nil stands for a value that is
// being evaluated already, further out.
func (f *Values) Value(v ssa.Value, at ssa.Instruction) term.Term {
	key := memoKey{v: v, turn: f.Turn()}
	object := f.Program.IsObject(v.Type())
	written := at != nil && !object && f.writtenThrough(v)
	vouched := f.Vouched(v)
	if written || object || pointy(f, v, at) || vouched != nil {
		key.at = at
	}
	if t, ok := f.memo[key]; ok {
		return t
	}
	if depth, ok := f.busy[key]; ok {
		f.low = min(f.low, depth)
		return nil
	}
	if vouched != nil && !slices.Contains(f.Assumed, vouched) && f.Succeeded(vouched, at) {
		t := f.valueAfter(vouched, v, at)
		f.memo[key] = t
		return t
	}
	if f.Steps++; f.Steps > callsite.MaxSteps || len(f.busy) > 2000 {
		f.Exceeded = "values"
		return term.Why("budget")
	}
	depth := len(f.busy)
	f.busy[key] = depth
	outer := f.low
	f.low = noCycle
	var t term.Term
	if written {
		t = algebra.Small(f.ContentAt(place.Place{Base: v}, at))
	} else {
		t = algebra.Small(f.eval(v, at))
	}
	if vouched != nil {
		t = f.outcome(&memory.Attempt{Call: vouched, Failed: algebra.Unverified}, nil, t, at)
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

// writtenThrough reports whether the function writes through a pointer, map or list that
// it got: then what it points to depends on the point.
func (f *Values) writtenThrough(v ssa.Value) bool {
	switch v.(type) {
	case *ssa.Parameter, *ssa.Call, *ssa.Extract, *ssa.FreeVar, *ssa.Lookup, *ssa.TypeAssert:
	case *ssa.Convert: // the bytes of a text are a copy
		return callsite.Shares(v.Type()) && f.IsWritten(v)
	default:
		return false
	}
	if !f.IsWritten(v) {
		return false
	}
	switch v.Type().Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Slice, *types.Interface:
		return true
	}
	return false
}

// Tracked is value, and whether a part of it was cut, because it is being
// evaluated further out: the value grows in a loop.
func (f *Values) Tracked(v ssa.Value, at ssa.Instruction) (t term.Term, cut bool) {
	outer := f.low
	f.low = noCycle
	t = f.Value(v, at)
	cut = f.low < noCycle
	f.low = min(f.low, outer)
	return t, cut
}

// Part is a part of a value; if the value grows in a loop, it may be deeper.
func (f *Values) Part(v ssa.Value, at ssa.Instruction, steps []place.Step) term.Term {
	t, cut := f.Tracked(v, at)
	if cut && len(steps) > 0 {
		return term.JoinOf(place.Pick(t, steps), term.Why("loop"))
	}
	return place.Pick(t, steps)
}

// pointy reports whether the term of v depends on the point.
func pointy(f *Values, v ssa.Value, at ssa.Instruction) bool {
	switch v := v.(type) {
	case *ssa.UnOp, *ssa.Field:
		return readBefore(f, v, at)
	case *ssa.MakeClosure:
		return runsAt(v, at)
	case *ssa.Alloc, *ssa.FieldAddr, *ssa.IndexAddr, *ssa.MakeSlice, *ssa.MakeMap, *ssa.Slice, *ssa.MakeInterface, *ssa.ChangeType, *ssa.ChangeInterface, *ssa.Phi, *ssa.Convert:
		return true
	}
	return false
}

// readBefore reports whether v was read from a variable, and what it leads to may have
// been written before the point.
func readBefore(f *Values, v ssa.Value, at ssa.Instruction) bool {
	if at == nil || f.Course != nil {
		return false
	}
	from, since, ok := memory.ReadFrom(f.Memory, v)
	return ok && memory.WrittenBetween(f.Memory, from, since, at)
}

// Apart keeps what is remembered of values, and what was spent, until restore is
// called.
func (f *Values) Apart() (restore func()) {
	memo, busy, low, steps, over := f.memo, f.busy, f.low, f.Steps, f.Exceeded
	return func() { f.memo, f.busy, f.low, f.Steps, f.Exceeded = memo, busy, low, steps, over }
}

// Forget begins an evaluation with nothing remembered and so many steps to spend.
func (f *Values) Forget(steps int) {
	f.memo, f.busy, f.low, f.Steps = map[memoKey]term.Term{}, map[memoKey]int{}, noCycle, callsite.MaxSteps-steps
}

// Enter marks a phi as one whose way in is asked for, until leave is called.
func (f *Values) Enter(v *ssa.Phi) (leave func()) {
	key := memoKey{v: v, at: v}
	f.busy[key] = len(f.busy)
	return func() { delete(f.busy, key) }
}

// Assume evaluates as if a call had succeeded, until undo is called. What is remembered of values does not hold then
func (f *Values) Assume(c *callsite.Call) (undo func()) {
	memo := f.memo
	f.memo, f.Assumed = map[memoKey]term.Term{}, append(f.Assumed, c)
	return func() { f.memo, f.Assumed = memo, f.Assumed[:len(f.Assumed)-1] }
}

// valueAfter is a value at a point at which a call is known to have succeeded, though it
// was made before that was asked.
func (f *Values) valueAfter(c *callsite.Call, v ssa.Value, at ssa.Instruction) term.Term {
	defer f.Assume(c)()
	return f.Value(v, at)
}

// Inner is Term for evaluators that are called during an evaluation; nil stands
// for a value that is being evaluated further out.
func (f *Values) Inner(v ssa.Value, at ssa.Instruction) term.Term {
	return f.refined(f.Value(v, at), at)
}

// refined drops zero from a value that is known not to be zero at a point.
func (f *Values) refined(t term.Term, at ssa.Instruction) term.Term {
	if t == nil || at == nil || !algebra.HasZeroLeaf(t) {
		return t
	}
	if f.Course != nil {
		defer f.Course.Settle()()
	}
	return algebra.Refine(t, f.Above.Facts(at.Block()))
}
