package place

import (
	"go/constant"
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Counted reports whether it is known at a point that a statement has hit rows: a branch that
// leads there has asked how many.
func Counted(f *Places, c *callsite.Call, at ssa.Instruction) bool {
	if at == nil {
		return false
	}
	for b := at.Block(); b != nil; b = b.Idom() {
		if len(b.Preds) != 1 {
			continue
		}
		pred := b.Preds[0]
		branch, ok := pred.Instrs[len(pred.Instrs)-1].(*ssa.If)
		if !ok || pred.Succs[0] == pred.Succs[1] {
			continue
		}
		if cond, ok := branch.Cond.(*ssa.BinOp); ok && countOf(f, c, cond.X) && saysSome(cond, pred.Succs[0] == b) {
			return true
		}
	}
	return false
}

// saysSome reports whether a comparison of a number that came out so says that it is not zero.
func saysSome(cond *ssa.BinOp, is bool) bool {
	limit, ok := cond.Y.(*ssa.Const)
	if !ok || limit.Value == nil || limit.Value.Kind() != constant.Int {
		return false
	}
	n, _ := constant.Int64Val(limit.Value)
	switch cond.Op {
	case token.EQL:
		return is && n > 0 || !is && n == 0
	case token.NEQ:
		return is && n == 0 || !is && n > 0
	case token.GTR:
		return is && n >= 0
	case token.GEQ:
		return is && n > 0
	case token.LSS:
		return !is && n > 0
	case token.LEQ:
		return !is && n >= 0
	}
	return false
}

// countOf reports whether a value is how many rows a statement has hit.
func countOf(f *Places, c *callsite.Call, v ssa.Value) bool {
	if x, ok := v.(*ssa.Extract); ok && x.Index == 0 {
		v = x.Tuple
	}
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	count := f.CallOf(call)
	if count.Model == nil || count.Model.Verb != library.Row || count.Model.Kind != "count" || count.Recv == nil {
		return false
	}
	result := count.Recv
	if x, ok := result.(*ssa.Extract); ok && x.Index == 0 {
		result = x.Tuple
	}
	own, ok := c.Instr.(ssa.Value)
	return ok && result == own
}
