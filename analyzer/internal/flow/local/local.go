// Package local answers questions about the variables of one function whose address is taken:
// in go their addresses in its SSA form, out come the places where they are set and read.
//
// It sees no values, and nothing of what their addresses are handed to.
package local

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Loads are the places where a variable of a function is read, in the closures that have
// captured it, too; none of another address.
func Loads(variable ssa.Value) (loads []*ssa.UnOp) {
	switch variable.(type) {
	case *ssa.Alloc, *ssa.FreeVar:
	default:
		return nil
	}
	for _, ref := range *variable.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp:
			loads = append(loads, ref)
		case *ssa.MakeClosure:
			if i := slices.Index(ref.Bindings, variable); i >= 0 {
				loads = append(loads, Loads(ref.Fn.(*ssa.Function).FreeVars[i])...)
			}
		}
	}
	return loads
}

// HoldsParam reports whether a variable is one of a parameter: its address is taken.
func HoldsParam(v ssa.Value) bool {
	alloc, ok := v.(*ssa.Alloc)
	if !ok {
		return false
	}
	only := OnlyStore(alloc)
	if only == nil {
		return false
	}
	_, is := only.Val.(*ssa.Parameter)
	return is
}

// OnlyStore is the one store to a variable, nil if there are several or none
func OnlyStore(alloc *ssa.Alloc) *ssa.Store {
	var only *ssa.Store
	for _, ref := range *alloc.Referrers() {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == ssa.Value(alloc) {
			if only != nil {
				return nil
			}
			only = st
		}
	}
	return only
}
