package funcvalue

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// MaxDepth is how many lists, maps and channels may stand around a function.
const MaxDepth = 3

// HoldsFunctions tells a function type, or a list, map or channel of functions.
func HoldsFunctions(t types.Type, depth int) bool {
	if depth == 0 {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Signature:
		return true
	case *types.Slice:
		return HoldsFunctions(u.Elem(), depth-1)
	case *types.Array:
		return HoldsFunctions(u.Elem(), depth-1)
	case *types.Map:
		return HoldsFunctions(u.Elem(), depth-1)
	case *types.Chan:
		return HoldsFunctions(u.Elem(), depth-1)
	case *types.Pointer:
		return HoldsFunctions(u.Elem(), depth-1)
	}
	return false
}

// Kept tells the type of a value that a field may keep for others to use: functions, and
// what a builder has begun.
func (vs *Values) Kept(t types.Type) bool {
	return HoldsFunctions(t, MaxDepth) || vs.Library.Builder(t) != nil
}

// Field is the field of a type of the module that a value is loaded from,
// through the elements of what the field holds; nil if it is none.
func (vs *Values) Field(v ssa.Value) *term.Path {
	for range MaxDepth * 2 {
		switch x := v.(type) {
		case *ssa.FieldAddr:
			return vs.fieldOf(x.X.Type(), x.Field)
		case *ssa.Field:
			return vs.fieldOf(x.X.Type(), x.Field)
		case *ssa.UnOp:
			v = x.X
		case *ssa.IndexAddr:
			v = x.X
		case *ssa.Index:
			v = x.X
		case *ssa.Lookup:
			v = x.X
		case *ssa.Extract:
			v = received(x)
		case *ssa.Next:
			v = x.Iter
		case *ssa.Range:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.Slice:
			v = x.X
		default:
			return nil
		}
	}
	return nil
}

// received is the channel that an extracted value comes from, if a select gave it,
// or what it is extracted from.
func received(x *ssa.Extract) ssa.Value {
	sel, ok := x.Tuple.(*ssa.Select)
	if !ok {
		return x.Tuple
	}
	n := 2 // the index of the case, and whether a value came
	for _, state := range sel.States {
		if state.Dir != types.RecvOnly {
			continue
		}
		if n == x.Index {
			return state.Chan
		}
		n++
	}
	return nil
}

func (vs *Values) fieldOf(t types.Type, i int) *term.Path {
	owner, name := FieldOf(t, i)
	if owner == nil || !vs.OwnType(owner) {
		return nil
	}
	return &term.Path{Root: term.This, Name: callsite.TypeName(owner), Steps: []term.Step{{Kind: term.FieldStep, Name: name}}}
}

// Called is the term of a function value that is called. Where the value is not
// known, the field that it is loaded from tells what it may be.
func (vs *Values) Called(v ssa.Value, at ssa.Instruction) term.Term {
	t := vs.Frame.At(v, at)
	if algebra.Unknown(t) && HoldsFunctions(v.Type(), MaxDepth) {
		if from := vs.Field(v); from != nil {
			return from
		}
	}
	return t
}

// owner notes whose field a term is that keeps functions or builders: link knows the
// types of receivers only.
func (vs *Values) owner(v ssa.Value, at ssa.Instruction) {
	if !vs.Kept(v.Type()) {
		return
	}
	from := vs.Field(v)
	if from == nil {
		return
	}
	for _, leaf := range term.Leaves(vs.Frame.Term(v, at)) {
		switch leaf.(type) {
		case *term.Path, *term.Result:
			vs.Fn.Owners = append(vs.Fn.Owners, unit.Owner{Value: leaf, Type: from.Name, Field: from.Steps[0].Name})
		}
	}
}

// Owners notes the fields that functions are loaded from, once each.
func (vs *Values) Owners() {
	for _, block := range vs.Frame.Fn.Blocks {
		for _, instr := range block.Instrs {
			switch x := instr.(type) {
			case *ssa.UnOp:
				if _, ok := x.X.(*ssa.FieldAddr); ok {
					vs.owner(x, x)
				}
			case *ssa.Field:
				vs.owner(x, x)
			}
		}
	}
	seen := map[string]bool{}
	kept := vs.Fn.Owners[:0]
	for _, o := range vs.Fn.Owners {
		if key := o.Value.String() + o.Type + "." + o.Field; !seen[key] {
			seen[key] = true
			kept = append(kept, o)
		}
	}
	vs.Fn.Owners = kept
}
