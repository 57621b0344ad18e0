package builder

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/cfg"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/fact"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Options. A builder may be handed to all functions of a list, one after the other: what
// they make of it is a clause, and whoever knows the functions tells what it stands for.
//
//	for _, o := range opts {
//		q = o(q)                  // or o(q), of an object
//	}

// option is a call of a function of a list that is handed a builder alone, in a loop; nil
// if a value is none.
func option(f *fact.Conditions, v ssa.Value) *ssa.Call {
	if x, ok := v.(*ssa.Extract); ok && x.Index == 0 {
		v = x.Tuple
	}
	call, ok := v.(*ssa.Call)
	if !ok || call.Call.IsInvoke() || len(call.Call.Args) != 1 || elementOf(call.Call.Value) == nil {
		return nil
	}
	if t := call.Call.Args[0].Type(); f.Program.Lib.Builder(t) == nil && f.Program.Lib.Handle(t) == "" && !f.Program.IsObject(t) || !f.Reaches(call, call, nil) {
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
func everyOption(f *fact.Conditions, call *ssa.Call, at ssa.Instruction) (list ssa.Value, loop *memory.Range) {
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
	branch, ok := b.Preds[0].Instrs[len(b.Preds[0].Instrs)-1].(*ssa.If)
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
func turn(f *fact.Conditions, v ssa.Value, head *ssa.Phi) *ssa.Call {
	phi, ok := v.(*ssa.Phi)
	if !ok {
		return option(f, v)
	}
	var out *ssa.Call
	for _, e := range phi.Edges {
		if e == ssa.Value(head) {
			continue
		}
		call := option(f, e)
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
		if err, ok := ref.(*ssa.Extract); ok && err.Index == results.Len()-1 && library.IsError(err.Type()) {
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
			if b != head && !r.Body[s] && (s == at.Block() || cfg.Leads(s, at.Block(), head)) {
				return true
			}
		}
	}
	return false
}
