package builder

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Options. A builder may be handed to all functions of a list, one after the other: what
// they make of it is a clause, and whoever knows the functions tells what it stands for.
//
//	for _, o := range opts {
//		q = o(q)                  // or o(q), of an object
//	}

// option is a call of a function of a list that is handed a builder alone, in a loop; nil
// if a value is none.
func (f *Builders) option(v ssa.Value) *ssa.Call {
	if x, ok := v.(*ssa.Extract); ok && x.Index == 0 {
		v = x.Tuple
	}
	call, ok := v.(*ssa.Call)
	if !ok || call.Call.IsInvoke() || len(call.Call.Args) != 1 || elementOf(call.Call.Value) == nil {
		return nil
	}
	if kind := f.Program.Lib.Builder(call.Call.Args[0].Type()); kind == nil && !f.isObject(call.Call.Args[0]) || !f.Reaches(call, call, nil) {
		return nil
	}
	return call
}

// elementOf is where an element of a list is read from, nil if a value is none.
func elementOf(v ssa.Value) *ssa.IndexAddr {
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return nil
	}
	at, _ := load.X.(*ssa.IndexAddr)
	return at
}

// everyOption is the list of which all functions have been applied by a call where a point
// is reached, nil if it is not known that all have: the loop goes over all of the list, and
// has been left at its head.
func (f *Builders) everyOption(call *ssa.Call, at ssa.Instruction) (list ssa.Value, loop *memory.Range) {
	elem := elementOf(call.Call.Value)
	for head := call.Block(); head != nil; head = head.Idom() {
		r := f.Ranged(head)
		if r == nil || r.List != elem.X {
			continue
		}
		if r.Part || r.Index != elem.Index || at == nil || r.Body[at.Block()] || leftEarlier(r, head, at) {
			return nil, nil
		}
		if !r.Always(call.Block()) && (!unlessNil(call) || !r.Always(call.Block().Idom())) {
			return nil, nil
		}
		return r.List, r
	}
	return nil, nil
}

// unlessNil reports whether a function value is called wherever it is not nil.
func unlessNil(call *ssa.Call) bool {
	b := call.Block()
	if len(b.Preds) != 1 {
		return false
	}
	branch, ok := last(b.Preds[0]).(*ssa.If)
	if !ok || b.Preds[0].Succs[0] != b {
		return false
	}
	cond, ok := branch.Cond.(*ssa.BinOp)
	if !ok || cond.Op != token.NEQ || cond.X != call.Call.Value {
		return false
	}
	nothing, ok := cond.Y.(*ssa.Const)
	return ok && nothing.IsNil()
}

// turn is the call of an option by which a turn of a loop ends, which is left out where that
// is nil.
func (f *Builders) turn(v ssa.Value, head *ssa.Phi) *ssa.Call {
	phi, ok := v.(*ssa.Phi)
	if !ok {
		return f.option(v)
	}
	var out *ssa.Call
	for _, e := range phi.Edges {
		if e == ssa.Value(head) {
			continue
		}
		call := f.option(e)
		if call == nil || out != nil || !unlessNil(call) {
			return nil
		}
		out = call
	}
	return out
}

// checked reports whether the error that a call gives beside a builder, if any, is asked for.
func checked(call *ssa.Call) bool {
	results := call.Call.Signature().Results()
	if results.Len() < 2 {
		return true
	}
	for _, ref := range *call.Referrers() {
		if err, ok := ref.(*ssa.Extract); ok && err.Index == results.Len()-1 && callsite.IsError(err.Type()) {
			return slices.ContainsFunc(*err.Referrers(), func(use ssa.Instruction) bool {
				cond, ok := use.(*ssa.BinOp)
				return ok && cond.Op == token.NEQ && slices.ContainsFunc(*cond.Referrers(), isBranch)
			})
		}
	}
	return false
}

func isBranch(instr ssa.Instruction) bool {
	_, ok := instr.(*ssa.If)
	return ok
}

// leftEarlier reports whether a way out of the middle of a loop leads to a point.
func leftEarlier(r *memory.Range, head *ssa.BasicBlock, at ssa.Instruction) bool {
	for b := range r.Body {
		for _, s := range b.Succs {
			if b != head && !r.Body[s] && (s == at.Block() || callsite.Leads(s, at.Block(), head)) {
				return true
			}
		}
	}
	return false
}

// optioned is what a loop has made of a builder at its head by applying all functions of a
// list to it; nil if it does something else.
func (f *Builders) optioned(phi *ssa.Phi, at ssa.Instruction) (m *made, by *ssa.Call) {
	head := phi.Block()
	var preds []*ssa.BasicBlock
	var edges []ssa.Value
	skipped := false
	for i, e := range phi.Edges {
		pred := head.Preds[i]
		if !head.Dominates(pred) {
			preds, edges = append(preds, pred), append(edges, e)
			continue
		}
		if e == ssa.Value(phi) {
			skipped = true
			continue
		}
		call := f.turn(e, phi)
		if call == nil || by != nil || call.Call.Args[0] != ssa.Value(phi) {
			return nil, nil
		}
		by = call
	}
	if by == nil || skipped && !unlessNil(by) || !checked(by) {
		return nil, nil
	}
	list, _ := f.everyOption(by, at)
	if list == nil {
		return nil, nil
	}
	if f.isObject(phi) {
		if len(edges) != 1 {
			return nil, nil
		}
		m = upon(f.inside(edges[0], last(preds[0])))
	} else {
		m = f.arms(phi, preds, edges)
	}
	return f.withOptions(m, phi.Type(), library.Scopes, f.inside(list, by), term.AsRest), by
}

// withOptions is a builder with what functions make of it.
func (f *Builders) withOptions(m *made, t types.Type, word string, functions term.Term, form term.Form) *made {
	if m.style == "" {
		m = &made{style: f.styleOf(t), loop: m.loop, base: m.base, list: m.list}
	}
	return m.with(&term.Clause{Word: word, Values: []term.Value{{Term: functions, Form: form}}})
}

// styleOf is how what a builder's type builds is written.
func (f *Builders) styleOf(t types.Type) string {
	if kind := f.Program.Lib.Builder(t); kind != nil {
		return kind.Style
	}
	if kind := f.Program.Lib.Builder(callsite.Deref(t)); kind != nil {
		return kind.Style
	}
	return ""
}

// some is what is said of a builder to which only some functions of a list may have been
// applied.
const some = "functions of a list of which not all may be applied"

// someOption is a builder after one of the functions of a list was applied to it, in some
// turn of a loop; nil if a call is something else.
func (f *Builders) someOption(v *ssa.Call) *made {
	call := f.option(v)
	if call == nil || f.isObject(call.Call.Args[0]) || !types.Identical(v.Type(), call.Call.Args[0].Type()) {
		return nil
	}
	return &made{style: f.styleOf(v.Type()), base: term.Why(some)}
}

// optionsOf is an object after it was handed to functions of a list, one after the other;
// nil if that is not what a change is.
func (f *Builders) optionsOf(m *made, e *memory.Event, at ssa.Instruction) *made {
	v, ok := e.Instr.(*ssa.Call)
	if !ok || e.Build.Arg != 0 {
		return nil
	}
	call := f.option(v)
	if call == nil {
		return nil
	}
	t := call.Call.Args[0].Type()
	if list, loop := f.everyOption(call, at); list != nil {
		out := f.withOptions(m, t, library.Applied, f.inside(list, call), term.AsRest)
		return with(m, out, f.when(firstOf(loop), at))
	}
	return &made{style: m.style, base: term.Why(some)}
}

// firstOf is where a loop is entered.
func firstOf(r *memory.Range) ssa.Instruction { return r.Head.Instrs[0] }

// with puts a condition on what was added last.
func with(before, after *made, w occasion) *made {
	n := len(before.list)
	return &made{style: after.style, loop: after.loop, base: after.base, list: append(slices.Clone(after.list[:n]), conditional(after.list[n:], w)...)}
}
