package callsite

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Refers reports whether a value of a type leads to an object that others may have, too.
func Refers(t types.Type) bool {
	_, isInterface := t.Underlying().(*types.Interface)
	return Shares(t) || isInterface && !library.IsError(t)
}

// Shares reports whether a copy of a value of a type is the same object: a pointer, a map
// or a list.
func Shares(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Map, *types.Slice:
		return true
	}
	return false
}

// SameObject is the argument that a library function gives back in another form which is
// still the same object, nil if it gives another one: the clone of a list, or the list of
// the parts of a text.
func (c *Call) SameObject() ssa.Value {
	if c == nil || c.Model == nil || c.Model.Verb != library.Same || c.Model.By == library.Copy {
		return nil
	}
	arg := c.Arg(c.Model.At)
	if arg == nil || IsBasic(arg.Type(), types.IsString) {
		return nil
	}
	return arg
}

// OfModule reports whether a type is one of the module, or a pointer to one.
func (p *Program) OfModule(t types.Type) bool {
	n := Named(t)
	return n != nil && n.Obj().Pkg() != nil && p.InModule(n.Obj().Pkg().Path())
}

// Returned tells what a call of a function whose body is seen gives first: something
// new, or what it was handed at some positions, the receiver counted.
func Returned(c *Call) (handed []int, known bool) {
	fn := c.Instr.Common().StaticCallee()
	if fn != nil && fn.Origin() != nil {
		fn = fn.Origin()
	}
	if fn == nil || len(fn.Blocks) == 0 {
		return nil, false
	}
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || len(ret.Results) == 0 {
			continue
		}
		switch v := ret.Results[0].(type) {
		case *ssa.Alloc, *ssa.Const, *ssa.MakeMap, *ssa.MakeSlice:
		case *ssa.Parameter:
			for i, p := range fn.Params {
				if p == v {
					handed = append(handed, i)
				}
			}
		default:
			return nil, false
		}
	}
	return handed, true
}
