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

// WritesBelow reports whether a call of the module is seen to write to what the pointers in
// argument i lead to, the receiver counted. Of the method of an interface, the implementations
// are looked at that the package has that calls, and that of the interface.
func (p *Program) WritesBelow(from *ssa.Function, c *Call, i int) bool {
	if fn := c.Instr.Common().StaticCallee(); c.Kind == Static && fn != nil {
		return p.writesBelow(fn, i) || i < len(fn.Params) && p.writtenByMethod(fn.Params[i], c.All()[i])
	}
	return slices.ContainsFunc(p.mayRun(from, c), func(impl *ssa.Function) bool { return i > 0 && p.writesBelow(impl, i) })
}

// writesBelow is WritesBelow of one function, asked once and not at each of its calls.
func (p *Program) writesBelow(fn *ssa.Function, i int) bool {
	if i >= len(fn.Params) {
		return false
	}
	does, known := p.below[fn.Params[i]]
	if !known {
		does = p.writtenBelow(fn.Params[i], 0)
		if p.below == nil {
			p.below = map[*ssa.Parameter]bool{}
		}
		p.below[fn.Params[i]] = does
	}
	return does
}

// WrittenByMethod are the parts of what the pointer that is argument i leads to, the receiver
// counted, that a call of an interface's method may write, as WritesBelow sees it.
func (p *Program) WrittenByMethod(from *ssa.Function, c *Call, i int) (ways [][]string) {
	for _, impl := range p.mayRun(from, c) {
		if i > 0 && p.Writes(impl, i) {
			ways = append(ways, p.WrittenBy(impl, i)...)
		}
	}
	return ways
}

// mayRun are the methods that a call of an interface's method may run, as far as they are seen.
func (p *Program) mayRun(from *ssa.Function, c *Call) []*ssa.Function {
	if c.Kind != Interface || from.Pkg == nil {
		return nil
	}
	return p.implementations(from, c.Instr.Common().Method)
}

// implementations are the methods that a call of an interface's method may run, as far as the
// package that calls, and that of the interface, have them.
func (p *Program) implementations(fn *ssa.Function, method *types.Func) []*ssa.Function {
	key := receiverWrites{method, fn.Pkg.Pkg}
	if known, ok := p.impls[key]; ok {
		return known
	}
	iface, ok := method.Signature().Recv().Type().Underlying().(*types.Interface)
	if !ok {
		return nil
	}
	var out []*ssa.Function
	for _, pkg := range slices.Compact([]*types.Package{fn.Pkg.Pkg, method.Pkg()}) {
		if pkg != nil && p.InModule(pkg.Path()) {
			out = append(out, implementing(fn.Prog, pkg, iface, method)...)
		}
	}
	if p.impls == nil {
		p.impls = map[receiverWrites][]*ssa.Function{}
	}
	p.impls[key] = out
	return out
}

// writtenBelow reports whether a function writes through a pointer, map or list that a
// struct, a list or a map holds.
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
		case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.Range, *ssa.Next:
			if p.writtenBelow(ref.(ssa.Value), depth) {
				return true
			}
		case *ssa.Field, *ssa.UnOp, *ssa.Extract, *ssa.Index:
			if p.leadsToWrite(ref.(ssa.Value), depth) {
				return true
			}
		case *ssa.Lookup: // with ok beside it, it is taken apart first
			if ref.X == v && (ref.CommaOk && p.writtenBelow(ref, depth) || !ref.CommaOk && p.leadsToWrite(ref, depth)) {
				return true
			}
		}
	}
	return false
}

// leadsToWrite is writtenBelow of what was taken out of a struct, a list or a map.
func (p *Program) leadsToWrite(v ssa.Value, depth int) bool {
	if _, isStruct := v.Type().Underlying().(*types.Struct); isStruct {
		return p.writtenBelow(v, depth)
	}
	return (Refers(v.Type()) || p.holdsObject(v.Type())) && p.written(v, depth)
}

// writtenByMethod reports whether a function calls a method of an interface parameter
// that writes to its receiver, where the value in it is of a type whose methods are seen.
func (p *Program) writtenByMethod(param *ssa.Parameter, arg ssa.Value) bool {
	made, ok := arg.(*ssa.MakeInterface)
	if !ok || param.Referrers() == nil {
		return false
	}
	_, pointer := made.X.Type().Underlying().(*types.Pointer)
	for _, ref := range *param.Referrers() {
		call, ok := ref.(ssa.CallInstruction)
		if !ok || !call.Common().IsInvoke() || call.Common().Value != ssa.Value(param) {
			continue
		}
		m := call.Common().Method
		method := param.Parent().Prog.LookupMethod(made.X.Type(), m.Pkg(), m.Name())
		if method == nil || len(method.Blocks) == 0 {
			continue
		}
		if pointer && p.writesParam(method, 0, 1) || !pointer && p.writtenBelow(method.Params[0], 1) { // an embedded pointer's method
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
	for _, impl := range p.implementations(fn, method) {
		if p.Writes(impl, 0) {
			ways = append(ways, p.WrittenBy(impl, 0)...)
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
