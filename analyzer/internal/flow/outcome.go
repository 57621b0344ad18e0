package flow

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A call that writes through an argument may fail, and then it has written nothing, or
// not what it says. What an error that nobody looked at left undone is not done: until
// the error is known to be nil, a place holds what was there before, too. What was
// zero before needs no such care: an empty value finds nothing.

// attempt is a write that counts in full only where its call is known to have
// succeeded.
type attempt struct {
	call *Call
	// failed is what stands there if the call failed, given what was there before and
	// what it wrote; nil if nothing that matters.
	failed func(before, wrote term.Term) term.Term
}

// outcome is what stands at a point after a write: what the call wrote and, unless it
// is known to have succeeded there, what a failure left.
func (f *Frame) outcome(a *attempt, before, wrote term.Term, at ssa.Instruction) term.Term {
	if a == nil || wrote == nil {
		return wrote
	}
	left := a.failed(before, wrote)
	if left == nil || f.succeeded(a.call, at) {
		return wrote
	}
	f.doubts = append(f.doubts, a.call)
	return term.JoinOf(wrote, left)
}

// untouched is what was there before, as far as it matters: neither zero nor what the
// same call wrote in an earlier turn of a loop.
func untouched(before, wrote term.Term) term.Term {
	if before == nil {
		return nil
	}
	known := map[string]bool{}
	for _, leaf := range term.Leaves(wrote) {
		known[leaf.String()] = true
	}
	var left []term.Term
	for _, leaf := range term.Leaves(before) {
		if !isZero(leaf) && !known[leaf.String()] && !grows(leaf) {
			left = append(left, leaf)
		}
	}
	if left == nil {
		return nil
	}
	return term.JoinOf(left...)
}

// grows reports whether a term only says that a value grows in a loop.
func grows(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Unknown && o.Name == inLoop
}

// inLoop is the reason of a value that is cut where it depends on itself.
const inLoop = "text in a loop"

// succeeded reports whether the error of a call is known to be nil at a point: by a
// test of the error that stands before it on every way, or because a way out of the
// function is looked at on which it is.
func (f *Frame) succeeded(c *Call, at ssa.Instruction) bool {
	if slices.Contains(f.assumed, c) {
		return true
	}
	err := errorOf(c)
	if err == nil || at == nil {
		return err == nil && !givesError(c.Sig)
	}
	return f.tested(c, err, at.Block())
}

// tested reports whether the branches that lead to a block say that a call has
// succeeded.
func (f *Frame) tested(c *Call, err ssa.Value, at *ssa.BasicBlock) bool {
	for b := at; b != nil; b = b.Idom() {
		if len(b.Preds) == 1 && f.doneOn(c, err, b.Preds[0], b) {
			return true
		}
	}
	return false
}

// givesError reports whether the last result of a signature is an error.
func givesError(sig *types.Signature) bool {
	n := sig.Results().Len()
	return n > 0 && isError(sig.Results().At(n-1).Type())
}

// errorOf is the value of the error that a call gives last, nil if there is none or
// nobody takes it.
func errorOf(c *Call) ssa.Value {
	v, ok := c.Instr.(ssa.Value)
	if !ok || !givesError(c.Sig) {
		return nil
	}
	n := c.Sig.Results().Len()
	if n == 1 {
		return v
	}
	if v.Referrers() == nil {
		return nil
	}
	for _, ref := range *v.Referrers() {
		if x, ok := ref.(*ssa.Extract); ok && x.Index == n-1 {
			return x
		}
	}
	return nil
}

// doneOn reports whether an edge is taken only if the error of a call is nil.
func (f *Frame) doneOn(c *Call, err ssa.Value, from, to *ssa.BasicBlock) bool {
	branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !ok || from.Succs[0] == from.Succs[1] {
		return false
	}
	return f.doneIf(c, err, branch.Cond, from.Succs[0] == to, 0)
}

// doneIf reports whether a condition that is true, or false, says that the error of a
// call is nil, or that what it gave is valid.
func (f *Frame) doneIf(c *Call, err, cond ssa.Value, is bool, depth int) bool {
	switch x := cond.(type) {
	case *ssa.UnOp:
		if x.Op == token.NOT {
			return f.doneIf(c, err, x.X, !is, depth)
		}
		return is && f.vouches(c, x)
	case *ssa.BinOp:
		sides := [2]ssa.Value{x.X, x.Y}
		for i, side := range sides {
			if isNilConst(sides[1-i]) && f.isSame(side, err) {
				return x.Op == token.EQL && is || x.Op == token.NEQ && !is
			}
		}
	case *ssa.Phi: // a && b
		if depth > 4 {
			return false
		}
		for i, e := range x.Edges {
			if b, ok := boolConst(e); ok && b != is {
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

// isSame reports whether a value is the error: itself, or what is loaded from the
// variable to which it was stored last.
func (f *Frame) isSame(v, err ssa.Value) bool {
	if v == err {
		return true
	}
	load, ok := v.(*ssa.UnOp)
	if !ok || load.Op != token.MUL {
		return false
	}
	alloc, ok := load.X.(*ssa.Alloc)
	if !ok || f.writes[alloc] != "" {
		return false
	}
	only, count := false, 0
	w := newWalk(f, place{base: alloc})
	w.take = func(e *event) bool {
		count++
		only = e.val == err
		return true
	}
	w.start = func() { count, only = count+1, false }
	w.from(load)
	return only && count == 1
}
