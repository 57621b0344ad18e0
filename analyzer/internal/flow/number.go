package flow

import (
	"go/token"
	"go/types"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// number is a known whole number.
func number(t term.Term) (int, bool) {
	if t == nil {
		return 0, false
	}
	if o, ok := t.(*term.Origin); ok && o.Kind == term.Zero {
		return 0, true
	}
	c, ok := t.(*term.Const)
	if !ok || c.Kind != term.Number {
		return 0, false
	}
	n, err := strconv.Atoi(c.Text)
	return n, err == nil
}

func numberTerm(n int) term.Term {
	if n == 0 {
		return term.ZeroTerm()
	}
	return &term.Const{Kind: term.Number, Text: strconv.Itoa(n)}
}

// calculated is the sum, difference or product of numbers that are known on a
// course.
func (f *Frame) calculated(v *ssa.BinOp) term.Term {
	if f.course == nil || !isBasic(v.Type(), types.IsInteger) {
		return nil
	}
	x, okX := f.Number(v.X, v)
	y, okY := f.Number(v.Y, v)
	if !okX || !okY || max(x, y, -x, -y) > 1<<20 {
		return nil
	}
	switch v.Op {
	case token.ADD:
		return numberTerm(x + y)
	case token.SUB:
		return numberTerm(x - y)
	case token.MUL:
		return numberTerm(x * y)
	}
	return nil
}

// counted is the length of a list or text that is known on a course.
func (f *Frame) counted(c *Call) term.Term {
	if f.course == nil {
		return nil
	}
	list, cut := f.tracked(c.Args[0], c.Instr)
	if cut {
		return nil
	}
	if o, ok := list.(*term.Origin); ok && o.Kind == term.Zero {
		return o
	}
	return sizeOf(list)
}

// cutOut is a part of a list or text that is known on a course.
func (f *Frame) cutOut(v *ssa.Slice, t term.Term) term.Term {
	if f.course == nil {
		return nil
	}
	size, ok := number(sizeOf(t))
	low, high, max := 0, size, size
	for _, bound := range []struct {
		v  ssa.Value
		at *int
	}{{v.Low, &low}, {v.High, &high}} {
		if bound.v != nil && ok {
			*bound.at, ok = f.Number(bound.v, v)
		}
	}
	if !ok || low < 0 || low > high || high > max {
		return nil
	}
	switch t := t.(type) {
	case *term.List:
		return &term.List{Elems: t.Elems[low:high]}
	case *term.Const:
		if low == high {
			return term.ZeroTerm()
		}
		return &term.Const{Kind: term.Text, Text: t.Text[low:high]}
	}
	return nil
}

func sizeOf(t term.Term) term.Term {
	switch t := t.(type) {
	case *term.List:
		if !t.Open {
			return numberTerm(len(t.Elems))
		}
	case *term.Const:
		if t.Kind == term.Text {
			return numberTerm(len(t.Text))
		}
	}
	return nil
}

// filled is a slice that was made and is filled by index, as far as the indexes
// are known on a course; nil if they are not.
func (f *Frame) filled(v *ssa.MakeSlice, at ssa.Instruction) term.Term {
	elems, last, ok := map[int]term.Term{}, -1, true
	w := newWalk(f, place{base: v})
	w.take = func(e *event) bool {
		st, isStore := e.instr.(*ssa.Store)
		if !isStore || len(e.path) != 1 {
			ok = false
			return false
		}
		ia, isIndex := st.Addr.(*ssa.IndexAddr)
		if !isIndex {
			ok = false
			return false
		}
		n, known := f.Number(ia.Index, st)
		t := f.Value(st.Val, st)
		if !known || t == nil || n < 0 || n >= maxList {
			ok = false
			return false
		}
		if elems[n] == nil { // backwards: the last write counts
			elems[n], last = t, max(last, n)
		}
		return false
	}
	w.from(at)
	size, sized := f.Number(v.Len, v)
	if !sized {
		size = last + 1
	}
	if !ok || last >= size || size > maxList {
		return nil
	}
	l := &term.List{}
	for i := range size {
		switch {
		case elems[i] != nil:
			l.Elems = append(l.Elems, elems[i])
		case sized:
			l.Elems = append(l.Elems, term.ZeroTerm())
		default:
			return nil
		}
	}
	return l
}

// truth is the value of a condition that is known on a course.
func (f *Frame) truth(v ssa.Value) (is, known bool) {
	switch v := v.(type) {
	case *ssa.Const:
		return boolConst(v)
	case *ssa.UnOp:
		if v.Op == token.NOT {
			is, known = f.truth(v.X)
			return !is, known
		}
	case *ssa.BinOp:
		return f.compared(v)
	case *ssa.Phi:
		i, undo := f.course.enter(v.Block())
		defer undo()
		if i >= 0 {
			return f.truth(v.Edges[i])
		}
	}
	return false, false
}

func (f *Frame) compared(v *ssa.BinOp) (is, known bool) {
	x, cutX := f.tracked(v.X, v)
	y, cutY := f.tracked(v.Y, v)
	if cutX || cutY {
		return false, false
	}
	if isBasic(v.X.Type(), types.IsInteger) {
		a, okX := number(x)
		b, okY := number(y)
		return ordering(v.Op, a, b), okX && okY
	}
	equal, known := false, false
	switch {
	case isBasic(v.X.Type(), types.IsString):
		equal, known = sameText(x, y)
	case isNilConst(v.Y):
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

func isNilConst(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Value == nil
}

func ordering(op token.Token, a, b int) bool {
	switch op {
	case token.EQL:
		return a == b
	case token.NEQ:
		return a != b
	case token.LSS:
		return a < b
	case token.LEQ:
		return a <= b
	case token.GTR:
		return a > b
	case token.GEQ:
		return a >= b
	}
	return false
}

// sameText compares two texts, of which one may be known only not to be empty.
func sameText(x, y term.Term) (equal, known bool) {
	a, okA := knownText(x)
	b, okB := knownText(y)
	switch {
	case okA && okB:
		return a == b, true
	case okA && a == "":
		return false, notEmpty(y)
	case okB && b == "":
		return false, notEmpty(x)
	}
	return false, false
}

func knownText(t term.Term) (string, bool) {
	switch t := t.(type) {
	case *term.Const:
		return t.Text, t.Kind == term.Text
	case *term.Origin:
		return "", t.Kind == term.Zero
	}
	return "", false
}

func notEmpty(t term.Term) bool {
	c, ok := t.(*term.Concat)
	if !ok {
		return false
	}
	for _, p := range c.Parts {
		if k, ok := p.(*term.Const); ok && k.Text != "" {
			return true
		}
	}
	return false
}

// Number is a value that is a known whole number; one that changes in a loop is
// not known unless the course says in which turn.
func (f *Frame) Number(v ssa.Value, at ssa.Instruction) (int, bool) {
	t, cut := f.tracked(v, at)
	if cut {
		return 0, false
	}
	return number(t)
}
