package memory

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
)

// Succeeded reports whether the error of a call is known to be nil at a point: by a
// test of the error that stands before it on every way, or because a way out of the
// function is looked at on which it is.
func (f *Memory) Succeeded(c *callsite.Call, at ssa.Instruction) bool {
	if slices.Contains(f.Assumed, c) {
		return true
	}
	err := callsite.ErrorOf(c)
	if err == nil || at == nil {
		return err == nil && !callsite.GivesError(c.Sig)
	}
	return f.tested(c, err, at.Block())
}

// tested reports whether the branches that lead to a block say that a call has
// succeeded.
func (f *Memory) tested(c *callsite.Call, err ssa.Value, at *ssa.BasicBlock) bool {
	for b := at; b != nil; b = b.Idom() {
		if len(b.Preds) == 1 && f.doneOn(c, err, b.Preds[0], b) {
			return true
		}
	}
	return false
}

// doneOn reports whether an edge is taken only if the error of a call is nil.
func (f *Memory) doneOn(c *callsite.Call, err ssa.Value, from, to *ssa.BasicBlock) bool {
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return false
	}
	return f.doneIf(c, err, branch.Cond, from.Succs[0] == to, 0)
}

// doneIf reports whether a condition that is true, or false, says that the error of a
// call is nil, or that what it gave is valid.
func (f *Memory) doneIf(c *callsite.Call, err, cond ssa.Value, is bool, depth int) bool {
	switch x := cond.(type) {
	case *ssa.UnOp:
		if x.Op == token.NOT {
			return f.doneIf(c, err, x.X, !is, depth)
		}
		return is && f.Vouches(c, x)
	case *ssa.BinOp:
		sides := [2]ssa.Value{x.X, x.Y}
		for i, side := range sides {
			if callsite.IsNilConst(sides[1-i]) && f.IsSame(side, err) {
				return x.Op == token.EQL && is || x.Op == token.NEQ && !is
			}
		}
	case *ssa.Phi: // a && b
		if depth > 4 {
			return false
		}
		for i, e := range x.Edges {
			if b, ok := callsite.BoolConst(e); ok && b != is {
				continue
			}
			if !f.doneIf(c, err, e, is, depth+1) && !f.tested(c, err, x.Block().Preds[i]) && !f.doneOn(c, err, x.Block().Preds[i], x.Block()) {
				return false
			}
		}
		return true
	}
	return false
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
		count++
		only = e.Val == err
		return true
	}
	w.Start = func() { count, only = count+1, false }
	w.From(load)
	return only && count == 1
}
