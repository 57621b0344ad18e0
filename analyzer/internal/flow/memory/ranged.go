package memory

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
)

// Range is a loop that goes over all of a list or map and is left at its head only when
// it has no more.
type Range struct {
	List  ssa.Value
	Index ssa.Value // of the element in hand, nil of a map
	Next  *ssa.Next // of a map
	Part  bool      // the list is cut out of another one
	Body  map[*ssa.BasicBlock]bool
	Head  *ssa.BasicBlock
}

// Ranged is the loop over a list whose head a block is, nil if it is none.
func (f *Memory) Ranged(head *ssa.BasicBlock) *Range {
	if known, ok := f.ranges[head]; ok {
		return known
	}
	r := rangeAt(f, head)
	f.ranges[head] = r
	return r
}

func rangeAt(f *Memory, head *ssa.BasicBlock) *Range {
	branch, ok := head.Instrs[len(head.Instrs)-1].(*ssa.If)
	if !ok {
		return nil
	}
	r := &Range{Head: head}
	switch cond := branch.Cond.(type) {
	case *ssa.Extract:
		next, ok := cond.Tuple.(*ssa.Next)
		if !ok || cond.Index != 0 || next.IsString {
			return nil
		}
		it, ok := next.Iter.(*ssa.Range)
		if !ok {
			return nil
		}
		r.List, r.Next = it.X, next
	case *ssa.BinOp:
		r.Index = cond.X
		switch cond.Op {
		case token.LSS:
			if r.List = callsite.LenOf(cond.Y); !counts(cond.X, head) {
				return nil
			}
		case token.GEQ:
			r.List = countedDown(cond, head)
		}
		if r.List == nil {
			return nil
		}
	default:
		return nil
	}
	if part, ok := r.List.(*ssa.Slice); ok && (part.Low != nil || part.High != nil) && r.Next == nil {
		r.Part = true
	}
	if r.Body = f.LoopAt(head).Body; len(r.Body) < 2 || r.Body[head.Succs[1]] || !r.Body[head.Succs[0]] {
		return nil
	}
	return r
}

// Always reports whether a block of the loop is gone through in each turn that ends.
func (r *Range) Always(b *ssa.BasicBlock) bool {
	if !r.Body[b] || b == r.Head {
		return false
	}
	for _, p := range r.Head.Preds {
		if r.Head.Dominates(p) && !b.Dominates(p) {
			return false
		}
	}
	return true
}

// counts reports whether an index is 0 in the first turn of a loop and one more in each
// turn that follows.
func counts(index ssa.Value, head *ssa.BasicBlock) bool {
	phi, start := (*ssa.Phi)(nil), 0
	switch x := index.(type) {
	case *ssa.Phi: // i := 0; i < n; i++
		phi = x
	case *ssa.BinOp: // range: the index before is -1
		phi, _ = x.X.(*ssa.Phi)
		start = -1
	}
	if phi == nil || phi.Block() != head {
		return false
	}
	for i, e := range phi.Edges {
		if !head.Dominates(head.Preds[i]) {
			if n, ok := callsite.IntConst(e); !ok || int(n) != start {
				return false
			}
			continue
		}
		next, ok := e.(*ssa.BinOp)
		if !ok || start == -1 && e != index || !addsOne(next, phi) {
			return false
		}
	}
	next, isNext := index.(*ssa.BinOp)
	return !isNext || addsOne(next, phi)
}

// countedDown is the list over which a loop goes from its last element to its first, nil
// if it is none: i := len(xs) - 1; i >= 0; i--.
func countedDown(cond *ssa.BinOp, head *ssa.BasicBlock) ssa.Value {
	phi, ok := cond.X.(*ssa.Phi)
	if n, isConst := callsite.IntConst(cond.Y); !ok || !isConst || n != 0 || phi.Block() != head {
		return nil
	}
	var list ssa.Value
	for i, e := range phi.Edges {
		step, ok := e.(*ssa.BinOp)
		if !ok || !isOne(step.Y) || step.Op != token.SUB {
			return nil
		}
		if head.Dominates(head.Preds[i]) {
			if step.X != ssa.Value(phi) {
				return nil
			}
			continue
		}
		if list != nil && list != callsite.LenOf(step.X) {
			return nil
		}
		list = callsite.LenOf(step.X)
	}
	return list
}

func isOne(v ssa.Value) bool {
	n, ok := callsite.IntConst(v)
	return ok && n == 1
}

func addsOne(b *ssa.BinOp, phi *ssa.Phi) bool {
	return isOne(b.Y) && b.Op == token.ADD && b.X == ssa.Value(phi)
}
