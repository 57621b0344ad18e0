package compile

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxHeldDepth is how many lists, maps and channels may stand around a function.
const maxHeldDepth = 3

// holdsFunctions tells a function type, or a list, map or channel of functions.
func holdsFunctions(t types.Type, depth int) bool {
	if depth == 0 {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Signature:
		return true
	case *types.Slice:
		return holdsFunctions(u.Elem(), depth-1)
	case *types.Array:
		return holdsFunctions(u.Elem(), depth-1)
	case *types.Map:
		return holdsFunctions(u.Elem(), depth-1)
	case *types.Chan:
		return holdsFunctions(u.Elem(), depth-1)
	case *types.Pointer:
		return holdsFunctions(u.Elem(), depth-1)
	}
	return false
}

// field is the field of a type of the module that a value is loaded from,
// through the elements of what the field holds; nil if it is none.
func (b *body) field(v ssa.Value) *term.Path {
	for range maxHeldDepth * 2 {
		switch x := v.(type) {
		case *ssa.FieldAddr:
			return b.fieldOf(x.X.Type(), x.Field)
		case *ssa.Field:
			return b.fieldOf(x.X.Type(), x.Field)
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

func (b *body) fieldOf(t types.Type, i int) *term.Path {
	owner, name := namedField(t, i)
	if owner == nil || !b.c.inModule(owner) {
		return nil
	}
	return &term.Path{Root: term.This, Name: callsite.TypeName(owner), Steps: []term.Step{{Kind: term.FieldStep, Name: name}}}
}

// called is the term of a function value that is called. Where the value is not
// known, the field that it is loaded from tells what it may be.
func (b *body) called(v ssa.Value, at ssa.Instruction) term.Term {
	t := b.f.At(v, at)
	if isUnknown(t) && holdsFunctions(v.Type(), maxHeldDepth) {
		if from := b.field(v); from != nil {
			return from
		}
	}
	return t
}

// owner notes whose field a term is that holds functions: link knows the types
// of receivers only.
func (b *body) owner(v ssa.Value, at ssa.Instruction) {
	if !holdsFunctions(v.Type(), maxHeldDepth) {
		return
	}
	from := b.field(v)
	if from == nil {
		return
	}
	for _, leaf := range term.Leaves(b.f.Term(v, at)) {
		switch leaf.(type) {
		case *term.Path, *term.Result:
			b.fn.Owners = append(b.fn.Owners, unit.Owner{Value: leaf, Type: from.Name, Field: from.Steps[0].Name})
		}
	}
}

// owners notes the fields that functions are loaded from, once each.
func (b *body) owners() {
	for _, block := range b.f.Fn.Blocks {
		for _, instr := range block.Instrs {
			switch x := instr.(type) {
			case *ssa.UnOp:
				if _, ok := x.X.(*ssa.FieldAddr); ok {
					b.owner(x, x)
				}
			case *ssa.Field:
				b.owner(x, x)
			}
		}
	}
	seen := map[string]bool{}
	kept := b.fn.Owners[:0]
	for _, o := range b.fn.Owners {
		if key := o.Value.String() + o.Type + "." + o.Field; !seen[key] {
			seen[key] = true
			kept = append(kept, o)
		}
	}
	b.fn.Owners = kept
}

// storeElement covers functions that become elements of a map or a channel which
// a field holds.
func (b *body) storeElement(to, v ssa.Value, at ssa.Instruction) {
	if !holdsFunctions(v.Type(), maxHeldDepth) && !isAny(v.Type()) && b.f.Program.Lib.Kind(v.Type()) != library.AnyValue {
		return
	}
	if field := b.field(to); field != nil {
		b.add(field.Name, field.Steps[0].Name, &term.List{Elems: []term.Term{b.called(v, at)}, Open: true}, at)
	}
}

// sends covers the sending cases of a select.
func (b *body) sends(sel *ssa.Select) {
	for _, state := range sel.States {
		if state.Send != nil {
			b.storeElement(state.Chan, state.Send, sel)
		}
	}
}
