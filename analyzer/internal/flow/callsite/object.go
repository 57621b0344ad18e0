package callsite

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// IsObject reports whether a type is that of a builder which its calls change, or a
// pointer to one.
func (p *Program) IsObject(t types.Type) bool {
	if b := p.Lib.Builder(t); b != nil {
		return b.Object
	}
	to, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	b := p.Lib.Builder(to.Elem())
	return b != nil && b.Object
}

// Changes tells what a call does to an argument, the receiver counted, that is such a
// builder: it may change it, by adding a clause or in a way that is not known.
func (c *Call) Changes(i int) bool {
	switch {
	case c.Kind == Builtin:
		return false
	case c.Kind != Library, c.Model == nil:
		return true
	}
	return c.Adds(i) || c.Ends(i)
}

// Adds reports whether a call adds a clause to an argument, the receiver counted.
func (c *Call) Adds(i int) bool {
	return c.Kind == Library && c.Model != nil && c.Model.Verb == library.Builds && c.Recv != nil && i == 0
}

// Ends reports whether a call runs the statement that an argument, the receiver counted, has
// built, and leaves it empty: the next one begins there.
func (c *Call) Ends(i int) bool {
	return c.Kind == Library && c.Model != nil && c.Model.Resets && c.Model.Of == library.Recv && c.Recv != nil && i == 0
}

// ChangesObject reports whether a function changes the object that a value leads to, or
// stores it elsewhere.
func (p *Program) ChangesObject(v ssa.Value) bool {
	if v.Referrers() == nil {
		return false
	}
	return slices.ContainsFunc(*v.Referrers(), func(instr ssa.Instruction) bool {
		switch instr := instr.(type) {
		case *ssa.MakeClosure:
			fn, ok := instr.Fn.(*ssa.Function)
			i := slices.Index(instr.Bindings, v)
			return !ok || i >= len(fn.FreeVars) || p.ChangesObject(fn.FreeVars[i])
		case ssa.CallInstruction:
			return p.changedBy(instr, v)
		case *ssa.UnOp, *ssa.MakeInterface, *ssa.ChangeInterface:
			return p.ChangesObject(instr.(ssa.Value))
		case *ssa.Store:
			return instr.Val == v
		case *ssa.FieldAddr: // a field of it is set, or what that leads to
			return slices.ContainsFunc(*instr.Referrers(), func(ref ssa.Instruction) bool {
				store, ok := ref.(*ssa.Store)
				return ok && store.Addr == ssa.Value(instr)
			}) || p.ChangesObject(instr)
		case *ssa.Phi:
			return true
		}
		return false
	})
}

// changedBy reports whether a call changes the object that a value leads to, or gives it
// back to be changed.
func (p *Program) changedBy(instr ssa.CallInstruction, v ssa.Value) bool {
	c := p.Classify(instr)
	for i, arg := range c.All() {
		if arg == v && c.Changes(i) {
			return true
		}
	}
	call, ok := instr.(*ssa.Call)
	return ok && c.Model != nil && c.Model.Verb == library.Same && c.Arg(c.Model.At) == v && p.ChangesObject(call)
}

// Holder is what the field belongs to whose address a value is, nil if it is none.
func Holder(v ssa.Value) ssa.Value {
	field, ok := v.(*ssa.FieldAddr)
	if !ok {
		return nil
	}
	return field.X
}

// HeldBy is what a value was read from a field of, nil if it was not.
func HeldBy(v ssa.Value) ssa.Value {
	load, ok := Behind(v).(*ssa.UnOp)
	if !ok {
		return nil
	}
	return Holder(load.X)
}

// Listed are the arguments from one on: that itself, or those that are written out where it
// takes the rest.
func (c *Call) Listed(at int) []ssa.Value {
	if !c.Sig.Variadic() || at < len(c.Args)-1 {
		return []ssa.Value{c.Arg(at)}
	}
	return slices.DeleteFunc(slices.Clone(Elements(c.Arg(at))), func(v ssa.Value) bool { return v == nil })
}

// UsesOf are the instructions that use a function literal as a value, itself or with what it
// has captured.
func UsesOf(fn *ssa.Function) []ssa.Instruction {
	var out []ssa.Instruction
	for _, b := range fn.Parent().Blocks {
		for _, instr := range b.Instrs {
			mc, closes := instr.(*ssa.MakeClosure)
			if closes && mc.Fn == fn {
				out = append(out, *mc.Referrers()...)
				continue
			}
			if slices.ContainsFunc(instr.Operands(nil), func(op *ssa.Value) bool { return *op == ssa.Value(fn) }) {
				out = append(out, instr)
			}
		}
	}
	return out
}

// HookParam is the parameter of a function, the receiver counted, that is the handle of a
// statement in the making, if a library may call the function by itself with each statement:
// it has one handle and gives nothing, or one query of any entity and gives an error at most.
// Otherwise it is -1.
func (p *Program) HookParam(fn *ssa.Function) int {
	results := fn.Signature.Results()
	if results.Len() > 1 || results.Len() == 1 && !library.IsError(results.At(0).Type()) || fn.Signature.Variadic() {
		return -1
	}
	at := -1
	for i, param := range fn.Params {
		if (p.Lib.Handle(param.Type()) == "" || results.Len() > 0) && p.Lib.AnyQuery(param.Type()) == "" {
			continue
		}
		if at >= 0 || fn.Signature.Recv() != nil && i == 0 {
			return -1
		}
		at = i
	}
	return at
}

// IsRead reports whether a field is only read.
func IsRead(addr *ssa.FieldAddr) bool {
	return !slices.ContainsFunc(*addr.Referrers(), func(ref ssa.Instruction) bool {
		_, load := ref.(*ssa.UnOp)
		_, debug := ref.(*ssa.DebugRef)
		return !load && !debug
	})
}

// FieldOf is the name of the field that an address is of, "" if it is of none.
func FieldOf(addr *ssa.FieldAddr) string {
	st, ok := Deref(addr.X.Type()).Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	return st.Field(addr.Field).Name()
}

// Prefix is the call by which a connection says something of the statement that another call
// begins at what it gives, nil if there is none:
//
//	c.Eager("Lines").Find(&invoice, id)
func (p *Program) Prefix(c *Call) *Call {
	call, ok := c.Recv.(*ssa.Call)
	if !ok {
		return nil
	}
	if before := p.Classify(call); p.isPrefix(before) {
		return before
	}
	return nil
}

// isPrefix reports whether a call gives its connection again, with something that the next
// statement is to do.
func (p *Program) isPrefix(c *Call) bool {
	v, ok := c.Instr.(ssa.Value)
	return ok && c.Kind == Library && c.Model != nil && c.Model.Verb == library.Starts && c.Recv != nil &&
		types.Identical(v.Type(), c.Recv.Type()) && !p.IsObject(v.Type()) && p.Lib.Handle(v.Type()) == "" && p.Lib.Builder(v.Type()) == nil
}

// LosesPrefix reports whether what a call says of the next statement goes where it is not
// followed: all but the calls that begin one at what it gives.
func (p *Program) LosesPrefix(c *Call) bool {
	if !p.isPrefix(c) {
		return false
	}
	v := c.Instr.(ssa.Value)
	for _, ref := range *v.Referrers() {
		if _, debug := ref.(*ssa.DebugRef); debug {
			continue
		}
		call, ok := ref.(*ssa.Call)
		if !ok {
			return true
		}
		next := p.Classify(call)
		if m := next.Model; next.Kind != Library || m == nil || next.Recv != v || m.Verb != library.Starts && !(m.Verb == library.Runs && m.Built) || p.isPrefix(next) {
			return true
		}
	}
	return false
}
