package body

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Where a field is set matters to who follows a row: what is written into the row itself,
// or into an object that nobody else has, goes where that goes.

// ownerOf is whose field a store sets, as [unit.Store] numbers it.
func ownerOf(at ssa.Instruction) int {
	st, ok := at.(*ssa.Store)
	if !ok {
		return unit.Elsewhere
	}
	addr := st.Addr
	for {
		field, ok := addr.(*ssa.FieldAddr)
		if !ok {
			break
		}
		addr = field.X
	}
	switch base := addr.(type) {
	case *ssa.Parameter:
		return slices.Index(base.Parent().Params, base) + 1
	case *ssa.Alloc:
		if !shared(base, base, st, 0) {
			return unit.Made
		}
	}
	return unit.Elsewhere
}

// maxNames caps the names by which a variable is followed.
const maxNames = 6

// shared reports whether somebody else may have a variable, by one of its names, where
// an instruction stands.
func shared(v ssa.Value, made *ssa.Alloc, at ssa.Instruction, depth int) bool {
	if depth > maxNames || v.Referrers() == nil {
		return true
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef, *ssa.BinOp, *ssa.Field, *ssa.Return:
		case *ssa.FieldAddr, *ssa.ChangeType, *ssa.Phi, *ssa.MakeInterface, *ssa.ChangeInterface:
			if shared(ref.(ssa.Value), made, at, depth+1) {
				return true
			}
		case *ssa.Store:
			if ref.Addr != v && mayRunBefore(ref, made, at) {
				return true
			}
		default:
			if mayRunBefore(ref, made, at) {
				return true
			}
		}
	}
	return false
}

// mayRunBefore reports whether an instruction may have run before another since a
// variable was made.
func mayRunBefore(a ssa.Instruction, made *ssa.Alloc, at ssa.Instruction) bool {
	if a.Block() == at.Block() && stands(a, at) {
		return true
	}
	seen := map[*ssa.BasicBlock]bool{made.Block(): true} // from there on it is another one
	queue := slices.Clone(a.Block().Succs)
	for len(queue) > 0 {
		b := queue[0]
		queue = queue[1:]
		if seen[b] {
			continue
		}
		if b == at.Block() {
			return true
		}
		seen[b] = true
		queue = append(queue, b.Succs...)
	}
	return false
}
