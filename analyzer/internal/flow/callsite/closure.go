package callsite

import (
	"golang.org/x/tools/go/ssa"
)

// WritesTo tells whether a closure may write the variable that it captured.
func WritesTo(fn *ssa.Function, fv *ssa.FreeVar, depth int) bool {
	if fv.Referrers() == nil || depth > 8 {
		return false
	}
	for _, ref := range *fv.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef:
		case *ssa.UnOp:
			if storesThrough(ref, depth) {
				return true
			}
		case *ssa.FieldAddr, *ssa.IndexAddr:
			if addressWritten(ref.(ssa.Value), depth) {
				return true
			}
		case *ssa.MakeClosure:
			inner, ok := ref.Fn.(*ssa.Function)
			for i, b := range ref.Bindings {
				if ok && b == ssa.Value(fv) && i < len(inner.FreeVars) && WritesTo(inner, inner.FreeVars[i], depth+1) {
					return true
				}
			}
		default: // stored to, or handed on by address
			return true
		}
	}
	return false
}

// storesThrough reports whether a field or element of what a captured pointer, map or
// list leads to is set.
func storesThrough(load *ssa.UnOp, depth int) bool {
	if !Refers(load.Type()) || load.Referrers() == nil {
		return false
	}
	for _, ref := range *load.Referrers() {
		switch ref := ref.(type) {
		case *ssa.MapUpdate:
			if ref.Map == ssa.Value(load) {
				return true
			}
		case *ssa.FieldAddr, *ssa.IndexAddr:
			if setsPart(ref.(ssa.Value), depth+1) {
				return true
			}
		}
	}
	return false
}

// setsPart reports whether what stands at an address, or a part of it, is stored to.
func setsPart(addr ssa.Value, depth int) bool {
	if depth > 8 || addr.Referrers() == nil {
		return false
	}
	for _, ref := range *addr.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == addr {
				return true
			}
		case *ssa.UnOp:
			if storesThrough(ref, depth+1) {
				return true
			}
		case *ssa.FieldAddr, *ssa.IndexAddr:
			if setsPart(ref.(ssa.Value), depth+1) {
				return true
			}
		}
	}
	return false
}

func addressWritten(v ssa.Value, depth int) bool {
	if depth > 8 || v.Referrers() == nil {
		return true
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.UnOp, *ssa.DebugRef:
		case *ssa.FieldAddr, *ssa.IndexAddr:
			if addressWritten(ref.(ssa.Value), depth+1) {
				return true
			}
		default:
			return true
		}
	}
	return false
}

// KeyFunction is the function behind a value, and the closure that it is, if it is
// one.
func KeyFunction(v ssa.Value) (*ssa.Function, *ssa.MakeClosure) {
	for {
		switch x := v.(type) {
		case *ssa.ChangeType:
			v = x.X
		case *ssa.MakeClosure:
			fn, _ := x.Fn.(*ssa.Function)
			return fn, x
		case *ssa.Function:
			return x, nil
		default:
			return nil, nil
		}
	}
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
