// Package lent tells which variables of a function a call can reach through its arguments:
// through a pointer, as it is or in an interface, a struct, a list or a map.
//
//	in := &Input{ID: id}
//	store.Load(ctx, wrap{in})   // may have set in.OrgID
//
// What is seen to be written is known elsewhere, exactly. Of what is not seen the little that
// can be said for sure is that a field which was never set need not be empty any more.
//
// It cannot see variables that others were handed before, or that the function was itself
// handed.
package lent

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
)

// maxReach caps the values that are looked at for one call.
const maxReach = 200

// Reached are the local variables that a call may write to by argument i, the receiver
// counted, in the order in which they are come to. Functions of the same package that do
// nothing with a pointer but read what it leads to are left out.
func Reached(c *callsite.Call, i int) []*ssa.Alloc {
	r := &reach{seen: map[ssa.Value]bool{}}
	if !onlyRead(c.Instr.Common().StaticCallee(), i, 0) {
		r.value(c.All()[i])
	}
	return r.found
}

// From are the local variables that a value leads to.
func From(v ssa.Value) []*ssa.Alloc {
	r := &reach{seen: map[ssa.Value]bool{}}
	if holds(v.Type()) {
		r.value(v)
	}
	return r.found
}

// reach goes from values to the variables that they lead to.
type reach struct {
	seen  map[ssa.Value]bool
	found []*ssa.Alloc
}

// value follows a value that may be, or hold, a pointer.
func (r *reach) value(v ssa.Value) {
	if v == nil || r.seen[v] || len(r.seen) > maxReach {
		return
	}
	r.seen[v] = true
	switch v := v.(type) {
	case *ssa.Alloc:
		r.found = append(r.found, v)
		r.held(v)
	case *ssa.MakeInterface:
		r.value(v.X)
	case *ssa.ChangeInterface:
		r.value(v.X)
	case *ssa.ChangeType:
		r.value(v.X)
	case *ssa.TypeAssert:
		r.value(v.X)
	case *ssa.Extract:
		if x, ok := v.Tuple.(*ssa.TypeAssert); ok {
			r.value(x.X)
		}
	case *ssa.Slice:
		r.value(v.X)
	case *ssa.FieldAddr:
		r.value(v.X)
	case *ssa.Phi:
		for _, e := range v.Edges {
			r.value(e)
		}
	case *ssa.UnOp:
		r.read(v)
	case *ssa.MakeMap:
		r.held(v)
	case *ssa.Call:
		if holds(v.Type()) && v.Call.StaticCallee() != nil { // it may give back, or keep, what it was handed
			for _, a := range v.Call.Args {
				r.value(a)
			}
		}
	}
}

// read follows what was read from a variable: a struct, or a pointer.
func (r *reach) read(v *ssa.UnOp) {
	if !holds(v.Type()) {
		return
	}
	from := v.X
	for {
		switch x := from.(type) {
		case *ssa.FieldAddr:
			from = x.X
			continue
		case *ssa.IndexAddr:
			from = x.X
			continue
		}
		break
	}
	switch from := from.(type) {
	case *ssa.Alloc:
		if !r.seen[from] {
			r.seen[from] = true
			r.held(from)
		}
	case *ssa.Call:
		r.value(from)
	}
}

// held follows what is stored in a variable or in a map.
func (r *reach) held(v ssa.Value) {
	if v.Referrers() == nil {
		return
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == v && holds(ref.Val.Type()) {
				r.value(ref.Val)
			}
		case *ssa.MapUpdate:
			if ref.Map == v && holds(ref.Value.Type()) {
				r.value(ref.Value)
			}
		case *ssa.FieldAddr:
			r.held(ref)
		case *ssa.IndexAddr:
			r.held(ref)
		}
	}
}

// holds reports whether a value of a type may lead to a variable.
func holds(t types.Type) bool {
	switch t := t.Underlying().(type) {
	case *types.Basic, *types.Signature:
		return false
	case *types.Struct:
		for i := range t.NumFields() {
			if holds(t.Field(i).Type()) {
				return true
			}
		}
		return false
	case *types.Array:
		return holds(t.Elem())
	}
	return true
}

// maxCalls caps the functions of a package that hand a pointer on.
const maxCalls = 4

// onlyRead reports whether a function whose body is seen does nothing with the pointer that it
// is handed but read what it leads to, the receiver counted.
func onlyRead(fn *ssa.Function, i, depth int) bool {
	if fn == nil || len(fn.Blocks) == 0 || i >= len(fn.Params) || depth > maxCalls {
		return false
	}
	if _, pointer := fn.Params[i].Type().Underlying().(*types.Pointer); !pointer {
		return false
	}
	for _, ref := range *fn.Params[i].Referrers() {
		switch ref := ref.(type) {
		case *ssa.FieldAddr:
			if !loaded(ref) {
				return false
			}
		case *ssa.UnOp:
			if holds(ref.Type()) {
				return false
			}
		case *ssa.BinOp, *ssa.DebugRef:
		case *ssa.Call:
			for k, a := range ref.Call.Args {
				if a == ssa.Value(fn.Params[i]) && !onlyRead(ref.Call.StaticCallee(), k, depth+1) {
					return false
				}
			}
		default:
			return false
		}
	}
	return true
}

// loaded reports whether a field is only read, and holds no pointer that is handed on.
func loaded(at *ssa.FieldAddr) bool {
	for _, ref := range *at.Referrers() {
		if load, ok := ref.(*ssa.UnOp); !ok || holds(load.Type()) {
			return false
		}
	}
	return true
}
