package memory

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Succeeded reports whether the error of a call is known to be nil at a point: by a
// test of the error that stands before it on every way, or because a way out of the
// function is looked at on which it is. A call that says whether there was a row has
// succeeded where there was one.
func (f *Memory) Succeeded(c *callsite.Call, at ssa.Instruction) bool {
	if slices.Contains(f.Assumed, c) {
		return true
	}
	if f.Program.Lib.OfHandle(c.Model) && !callsite.GivesError(c.Sig) {
		return at != nil && slices.ContainsFunc(errorsOn(f, c), func(err ssa.Value) bool {
			return (&outcome{Memory: f, call: c, err: err}).tested(at.Block(), 0)
		})
	}
	if callsite.SaysFound(c) {
		found := callsite.Extracted(c, 0)
		return found != nil && at != nil && (&outcome{Memory: f, call: c, found: found}).tested(at.Block(), 0)
	}
	err := callsite.ErrorOf(c)
	if err == nil || at == nil {
		return err == nil && !callsite.GivesError(c.Sig)
	}
	return (&outcome{Memory: f, call: c, err: err}).tested(at.Block(), 0)
}

// ErrorsOf are the values that say how a call ended.
func ErrorsOf(f *Memory, c *callsite.Call) []ssa.Value {
	if err := callsite.ErrorOf(c); err != nil {
		return []ssa.Value{err}
	}
	if f.Program.Lib.OfHandle(c.Model) {
		return errorsOn(f, c)
	}
	return nil
}

// errorsOn are the reads of the error of a statement that stands in a field of the handle
// which the call gives: db.First(&x).Error.
func errorsOn(f *Memory, c *callsite.Call) []ssa.Value {
	handle, ok := c.Instr.(ssa.Value)
	if !ok {
		return nil
	}
	var out []ssa.Value
	for _, ref := range *handle.Referrers() {
		fa, ok := ref.(*ssa.FieldAddr)
		if !ok {
			continue
		}
		if m := f.ModelAt(fa); m == nil || m.Verb != library.Row || m.Kind != "err" {
			continue
		}
		for _, load := range *fa.Referrers() {
			if v, ok := load.(*ssa.UnOp); ok {
				out = append(out, v)
			}
		}
	}
	return out
}

// outcome is the question whether a call has succeeded, while it is being answered.
type outcome struct {
	*Memory
	call *callsite.Call
	err  ssa.Value

	found ssa.Value // whether there was a row, of a call that says so; it has no error then

	open map[*ssa.Phi]bool // conditions that are being looked at: a loop comes back to them
}

// tested reports whether the branches that lead to a block say that the call has
// succeeded.
func (o *outcome) tested(at *ssa.BasicBlock, depth int) bool {
	for b := at; b != nil; b = b.Idom() {
		if len(b.Preds) == 1 && o.doneOn(b.Preds[0], b, depth) {
			return true
		}
	}
	return false
}

// doneOn reports whether an edge is taken only if the error of the call is nil.
func (o *outcome) doneOn(from, to *ssa.BasicBlock, depth int) bool {
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return false
	}
	return o.doneIf(branch.Cond, from.Succs[0] == to, depth)
}

// doneIf reports whether a condition that is true, or false, says that the error of the
// call is nil, or that what it gave is valid.
func (o *outcome) doneIf(cond ssa.Value, is bool, depth int) bool {
	if o.found != nil && o.IsSame(cond, o.found) {
		return is
	}
	switch x := cond.(type) {
	case *ssa.UnOp:
		if x.Op == token.NOT {
			return o.doneIf(x.X, !is, depth)
		}
		return is && o.Vouches(o.call, x)
	case *ssa.BinOp:
		sides := [2]ssa.Value{x.X, x.Y}
		for i, side := range sides {
			if callsite.IsNilConst(sides[1-i]) && o.IsSame(side, o.err) {
				return x.Op == token.EQL && is || x.Op == token.NEQ && !is
			}
		}
	case *ssa.Phi: // a && b
		return o.doneByAll(x, is, depth)
	}
	return false
}

// doneByAll reports whether each way to a value says so on which it is what is asked.
func (o *outcome) doneByAll(x *ssa.Phi, is bool, depth int) bool {
	if depth > 4 || o.open[x] {
		return false
	}
	if o.open == nil {
		o.open = map[*ssa.Phi]bool{}
	}
	o.open[x] = true
	defer delete(o.open, x)
	for i, e := range x.Edges {
		if b, ok := callsite.BoolConst(e); ok && b != is {
			continue
		}
		pred := x.Block().Preds[i]
		if !o.doneIf(e, is, depth+1) && !o.tested(pred, depth+1) && !o.doneOn(pred, x.Block(), depth+1) {
			return false
		}
	}
	return true
}

// IsSame reports whether a value is the error: itself, or what is loaded from the
// variable to which it was stored last.
func (f *Memory) IsSame(v, err ssa.Value) bool {
	if v == err {
		return true
	}
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	alloc, ok := load.X.(*ssa.Alloc)
	if !ok || f.writes[alloc] != nil {
		return false
	}
	only, count := false, 0
	w := NewWalk(f, place.Place{Base: alloc})
	w.Take = func(e *Event) bool {
		if e.Empty == "" {
			count, only = count+1, e.Val == err
		}
		return e.Empty == ""
	}
	w.Start = func() { count, only = count+1, false }
	w.From(load)
	return only && count == 1
}
