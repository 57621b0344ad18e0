package body

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Where a field is set matters to who follows a row: what is written into the row itself,
// or into an object that nobody else has, goes where that goes.

// ownerOf is whose field a store sets, as [unit.Store] numbers it.
func ownerOf(runs order, at ssa.Instruction) int {
	st, ok := at.(*ssa.Store)
	if !ok {
		return unit.Elsewhere
	}
	addr, field := st.Addr, anyField
	for {
		part, ok := addr.(*ssa.FieldAddr)
		if !ok {
			break
		}
		addr, field = part.X, part.Field
	}
	switch base := addr.(type) {
	case *ssa.Parameter:
		return slices.Index(base.Parent().Params, base) + 1
	case *ssa.Alloc:
		if !shared(runs, base, field, base, st, 0) {
			return unit.Made
		}
	}
	return unit.Elsewhere
}

// order reports whether one instruction can run after another before a variable comes to be
// anew.
type order func(made *ssa.Alloc, first, then ssa.Instruction) bool

// maxNames caps the names by which a variable is followed.
const maxNames = 6

// anyField stands for all of what a pointer leads to.
const anyField = -1

// shared reports whether somebody else may have a field of a variable, by one of its names,
// where an instruction stands. Who has the address of another field has not got this one.
func shared(runs order, v ssa.Value, field int, made *ssa.Alloc, at ssa.Instruction, depth int) bool {
	if depth > maxNames || v.Referrers() == nil {
		return true
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef, *ssa.BinOp, *ssa.Field, *ssa.Return:
		case *ssa.FieldAddr:
			if (field == anyField || field == ref.Field) && shared(runs, ref, anyField, made, at, depth+1) {
				return true
			}
		case *ssa.ChangeType, *ssa.Phi, *ssa.MakeInterface, *ssa.ChangeInterface:
			if shared(runs, ref.(ssa.Value), field, made, at, depth+1) {
				return true
			}
		case *ssa.Store:
			if ref.Addr != v && runs(made, ref, at) {
				return true
			}
		default:
			if runs(made, ref, at) {
				return true
			}
		}
	}
	return false
}
