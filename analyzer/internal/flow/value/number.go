package value

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// calculated is the sum, difference or product of numbers that are known on a
// course.
func (f *Values) calculated(v *ssa.BinOp) term.Term {
	if f.Course == nil || !callsite.IsBasic(v.Type(), types.IsInteger) {
		return nil
	}
	x, okX := f.Number(v.X, v)
	y, okY := f.Number(v.Y, v)
	if !okX || !okY || max(x, y, -x, -y) > 1<<20 {
		return nil
	}
	switch v.Op {
	case token.ADD:
		return algebra.NumberTerm(x + y)
	case token.SUB:
		return algebra.NumberTerm(x - y)
	case token.MUL:
		return algebra.NumberTerm(x * y)
	}
	return nil
}

// Counted is the length of a list or text that is known on a course.
func (f *Values) Counted(c *callsite.Call) term.Term {
	if f.Course == nil {
		return nil
	}
	list, cut := f.Tracked(c.Args[0], c.Instr)
	if cut {
		return nil
	}
	if o, ok := list.(*term.Origin); ok && o.Kind == term.Zero {
		return o
	}
	return algebra.SizeOf(list)
}

// Truth is the value of a condition that is known on a course.
func (f *Values) Truth(v ssa.Value) (is, known bool) {
	switch v := v.(type) {
	case *ssa.Const:
		return callsite.BoolConst(v)
	case *ssa.UnOp:
		if v.Op == token.NOT {
			is, known = f.Truth(v.X)
			return !is, known
		}
	case *ssa.BinOp:
		return f.compared(v)
	case *ssa.Phi:
		i, undo := f.Course.Enter(v.Block())
		defer undo()
		if i >= 0 {
			return f.Truth(v.Edges[i])
		}
	}
	return false, false
}

func (f *Values) compared(v *ssa.BinOp) (is, known bool) {
	x, cutX := f.Tracked(v.X, v)
	y, cutY := f.Tracked(v.Y, v)
	if cutX || cutY {
		return false, false
	}
	if callsite.IsBasic(v.X.Type(), types.IsInteger) {
		a, okX := algebra.Number(x)
		b, okY := algebra.Number(y)
		return algebra.Ordering(v.Op, a, b), okX && okY
	}
	equal, known := false, false
	switch {
	case callsite.IsBasic(v.X.Type(), types.IsString):
		equal, known = algebra.SameText(x, y)
	case callsite.IsNilConst(v.Y):
		l, ok := x.(*term.List)
		equal, known = false, ok && !l.Open && len(l.Elems) > 0
	}
	switch v.Op {
	case token.EQL:
		return equal, known
	case token.NEQ:
		return !equal, known
	}
	return false, false
}

// Number is a value that is a known whole number; one that changes in a loop is
// not known unless the course says in which turn.
func (f *Values) Number(v ssa.Value, at ssa.Instruction) (int, bool) {
	t, cut := f.Tracked(v, at)
	if cut {
		return 0, false
	}
	return algebra.Number(t)
}
