package flow

import (
	"go/token"
	"strconv"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Some functions of libraries change what they are handed: they sort a list, or write
// into the request. What is read by the same name before and after is not the same.

// reorders records that the elements of a list may stand anywhere in it from here on.
func (f *Frame) reorders(c *Call) {
	list := c.Arg(c.Model.At)
	if list == nil {
		return
	}
	any := step{elem: true, index: -1}
	p := f.place(list).then(any)
	f.write(p.base, event{instr: c.Instr, path: p.path, weak: true, gives: func(x evaluation, _ term.Term) term.Term {
		return f.another(pick(x.Value(list, c.Instr), []step{any}), c)
	}})
}

// another is some element of a reordered list: of the same origin as the one that was
// read by the same index before, and not the same, unless what it is is known.
func (f *Frame) another(t term.Term, c *Call) term.Term {
	if t == nil {
		return nil
	}
	leaves := term.Leaves(t)
	out := make([]term.Term, len(leaves))
	for i, leaf := range leaves {
		out[i] = leaf
		switch leaf.(type) {
		case *term.Path, *term.Result, *term.Origin:
			out[i] = f.Derived(leaf, c.Symbol)
		}
	}
	return term.JoinOf(out...)
}

// moment tells apart the points at which a variable is read that a closure may have
// written in between: nothing for the first one, a number for the others. Points with no
// call between them are one.
func (f *Frame) moment(base ssa.Value, at ssa.Instruction) string {
	for i, x := range f.moments[base] {
		if !f.callBetween(x, at) {
			return numbered(i)
		}
	}
	f.moments[base] = append(f.moments[base], at)
	return numbered(len(f.moments[base]) - 1)
}

func numbered(i int) string {
	if i == 0 {
		return ""
	}
	return " (" + strconv.Itoa(i+1) + ")"
}

// callBetween reports whether something may be called between two points.
func (f *Frame) callBetween(a, b ssa.Instruction) bool {
	if a == b {
		return false
	}
	if a.Block() != b.Block() {
		return true
	}
	i, j := f.positionOf(a), f.positionOf(b)
	for _, instr := range a.Block().Instrs[min(i, j):max(i, j)] {
		if _, ok := instr.(ssa.CallInstruction); ok {
			return true
		}
	}
	return false
}

// changedBefore is a call that may have changed the part of the request that a call
// reads before it does, nil if there is none in the function.
func (f *Frame) changedBefore(c *Call, group string) *Call {
	for _, x := range f.calls {
		if x.Model == nil || x.Model.Verb != library.Changes || x.Model.Group == "" || !overlap(x.Model.Group, group) {
			continue
		}
		changed := f.requestOf(x.Arg(x.Model.At))
		for _, a := range c.All() {
			if changed != nil && f.requestOf(a) == changed && f.mayFollow(x.Instr, c.Instr) {
				return x
			}
		}
	}
	return nil
}

// overlap reports whether two groups are read from the same place: the values of the
// query are those of the form, too.
func overlap(a, b string) bool {
	form := func(group string) bool { return group == "query" || group == "form" }
	return a == b || form(a) && form(b)
}

// requestOf is the value that a part of a request was taken from: r of r.URL.Query().
func (f *Frame) requestOf(v ssa.Value) ssa.Value {
	for v != nil {
		switch x := v.(type) {
		case *ssa.UnOp:
			if x.Op != token.MUL {
				return v
			}
			v = x.X
		case *ssa.FieldAddr:
			v = x.X
		case *ssa.Field:
			v = x.X
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.Call:
			c := f.byCall[x]
			if c == nil || c.Model == nil || c.Model.Verb != library.Same && c.Model.Verb != library.Request && c.Model.Verb != library.Ignore || len(c.All()) == 0 {
				return v
			}
			v = c.All()[0]
		default:
			return v
		}
	}
	return v
}
