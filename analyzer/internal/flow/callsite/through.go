package callsite

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"
)

// A function may write through an argument without being an out parameter of it: into
// the elements of a list, through a pointer that a struct holds, or by a method of what
// an interface holds. What stands there after the call is not known then.

// WritesThrough reports whether a call of the module is seen to write to what argument i
// leads to, the receiver counted, in a way that gives nothing back.
func (p *Program) WritesThrough(c *Call, i int) bool {
	fn := c.Instr.Common().StaticCallee()
	if c.Kind != Static || fn == nil || len(fn.Blocks) == 0 || i >= len(fn.Params) {
		return false
	}
	param := fn.Params[i]
	switch t := param.Type().Underlying().(type) {
	case *types.Slice:
		return p.written(param, 0)
	case *types.Struct:
		return p.writtenBelow(param, 0)
	case *types.Interface:
		return t.NumMethods() > 0 && p.writtenByMethod(param, c.All()[i])
	}
	return false
}

// writtenBelow reports whether a function writes through a pointer, map or list that a
// struct holds.
func (p *Program) writtenBelow(v ssa.Value, depth int) bool {
	if depth > 6 || v.Referrers() == nil {
		return false
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store: // a parameter whose address is taken has a variable of its own
			if to, ok := ref.Addr.(*ssa.Alloc); ok && ref.Val == v && p.writtenBelow(to, depth+1) {
				return true
			}
		case *ssa.FieldAddr:
			if p.writtenBelow(ref, depth+1) {
				return true
			}
		case *ssa.Field:
			if p.leadsToWrite(ref, depth) {
				return true
			}
		case *ssa.UnOp:
			if p.leadsToWrite(ref, depth) {
				return true
			}
		}
	}
	return false
}

// leadsToWrite is writtenBelow of what was taken out of a struct.
func (p *Program) leadsToWrite(v ssa.Value, depth int) bool {
	if _, isStruct := v.Type().Underlying().(*types.Struct); isStruct {
		return p.writtenBelow(v, depth+1)
	}
	return Refers(v.Type()) && p.written(v, depth+1)
}

// writtenByMethod reports whether a function calls a method of an interface parameter
// that writes to its receiver, where the value in it is of a type whose methods are seen.
func (p *Program) writtenByMethod(param *ssa.Parameter, arg ssa.Value) bool {
	made, ok := arg.(*ssa.MakeInterface)
	if !ok || param.Referrers() == nil {
		return false
	}
	if _, pointer := made.X.Type().Underlying().(*types.Pointer); !pointer {
		return false
	}
	for _, ref := range *param.Referrers() {
		call, ok := ref.(ssa.CallInstruction)
		if !ok || !call.Common().IsInvoke() || call.Common().Value != ssa.Value(param) {
			continue
		}
		m := call.Common().Method
		method := param.Parent().Prog.LookupMethod(made.X.Type(), m.Pkg(), m.Name())
		if method != nil && len(method.Blocks) > 0 && p.writesParam(method, 0, 1) {
			return true
		}
	}
	return false
}

// receiverWrites is a method of an interface, as one package sees its implementations.
type receiverWrites struct {
	method *types.Func
	pkg    *types.Package
}

// WritesReceiver are the parts of its receiver that a call of an interface's method may
// write, each by the fields that lead there: by the implementations in the package that
// calls and in that of the interface. Of those elsewhere nothing is said.
func (p *Program) WritesReceiver(fn *ssa.Function, method *types.Func) [][]string {
	key := receiverWrites{method, fn.Pkg.Pkg}
	ways, known := p.receivers[key]
	if known {
		return ways
	}
	iface, ok := method.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	for _, pkg := range slices.Compact([]*types.Package{fn.Pkg.Pkg, method.Pkg()}) {
		if pkg == nil || !p.InModule(pkg.Path()) {
			continue
		}
		for _, impl := range implementing(fn.Prog, pkg, iface, method) {
			if p.Writes(impl, 0) {
				ways = append(ways, p.WrittenBy(impl, 0)...)
			}
		}
	}
	if p.receivers == nil {
		p.receivers = map[receiverWrites][][]string{}
	}
	p.receivers[key] = ways
	return ways
}

// implementing are the methods of the pointers to the types of a package that implement a
// method of an interface.
func implementing(prog *ssa.Program, pkg *types.Package, iface *types.Interface, method *types.Func) []*ssa.Function {
	var out []*ssa.Function
	for _, name := range pkg.Scope().Names() {
		obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
		if !ok || obj.IsAlias() || types.IsInterface(obj.Type()) {
			continue
		}
		named, ok := obj.Type().(*types.Named)
		if !ok || named.TypeParams().Len() > 0 || !types.Implements(types.NewPointer(named), iface) {
			continue
		}
		sel := types.NewMethodSet(types.NewPointer(named)).Lookup(method.Pkg(), method.Name())
		if sel == nil || len(sel.Index()) > 1 {
			continue // a promoted method writes to what is embedded
		}
		if impl, ok := sel.Obj().(*types.Func); ok && prog.FuncValue(impl) != nil {
			out = append(out, prog.FuncValue(impl))
		}
	}
	return out
}
