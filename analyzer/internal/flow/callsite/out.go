package callsite

import (
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/local"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// TakesAnything reports whether the parameter of an argument, the receiver counted, is an
// empty interface.
func TakesAnything(c *Call, i int) bool {
	if c.Recv != nil {
		i--
	}
	if i < 0 || i >= c.Sig.Params().Len() {
		return false
	}
	iface, ok := c.Sig.Params().At(i).Type().Underlying().(*types.Interface)
	return ok && iface.NumMethods() == 0
}

// MayPoint reports whether a value is a pointer, or may hold one. A text or a number holds
// none, whatever it is handed over as.
func MayPoint(v ssa.Value) bool {
	if PointerArg(v) {
		return true
	}
	if _, basic := Behind(v).Type().Underlying().(*types.Basic); basic {
		return false
	}
	iface, ok := v.Type().Underlying().(*types.Interface)
	return ok && iface.NumMethods() == 0
}

// PointerArg reports whether an argument is a pointer, as it is or as an interface
func PointerArg(v ssa.Value) bool {
	_, ok := Behind(v).Type().Underlying().(*types.Pointer)
	return ok
}

// A function may write through a parameter: a helper that decodes a body into
// what it is given. Such an *out parameter* k is a result of its own, numbered
// after the declared ones: of a function with n results, result n+k is what
// parameter k points to when the function returns. Caller and callee agree by the
// signature (an empty interface, a pointer to a type parameter, a builder that its calls change) or because the
// callee is seen to write.

// outByType reports whether every function with such a parameter gives it as a
// result.
func (p *Program) outByType(t types.Type) bool {
	t = types.Unalias(t)
	if p.IsObject(t) {
		return true
	}
	if to, ok := t.(*types.Pointer); ok {
		return isTypeParam(to.Elem())
	}
	if isTypeParam(t) {
		return false
	}
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}

// Outs tells which parameters of a function are out parameters.
func (p *Program) Outs(fn *ssa.Function) []bool {
	out := make([]bool, len(fn.Params))
	last := len(fn.Params) - 1
	for i, param := range fn.Params {
		if fn.Signature.Variadic() && i == last {
			continue
		}
		out[i] = p.outByType(param.Type()) || p.writesParam(fn, i, 0)
	}
	return out
}

// OutArg reports whether argument i of a call, the receiver counted, is one that
// the call gives back as a result.
func (p *Program) OutArg(c *Call, i int) bool {
	args := c.All()
	if c.Sig.Variadic() && i == len(args)-1 {
		return false
	}
	k := i
	if c.Recv != nil {
		k--
	}
	if k >= 0 && k < c.Sig.Params().Len() && p.outByType(originParam(c, k)) {
		return true
	}
	fn, ok := c.Instr.Common().Value.(*ssa.Function)
	if !ok || c.Kind != Static {
		return false
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if len(fn.Blocks) > 0 {
		return p.writesParam(fn, i, 0)
	}
	return p.Written != nil && p.Written(c.Symbol, i)
}

// originParam is the declared type of a parameter, before type arguments were put
// in.
func originParam(c *Call, k int) types.Type {
	if fn, ok := c.Instr.Common().Value.(*ssa.Function); ok && fn.Origin() != nil {
		if p := fn.Origin().Signature.Params(); k < p.Len() {
			return p.At(k).Type()
		}
	}
	return c.Sig.Params().At(k).Type()
}

// Writes reports whether a function of the module, or of an imported one, is seen to write
// through a pointer parameter, the receiver counted.
func (p *Program) Writes(fn *ssa.Function, i int) bool {
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	if len(fn.Blocks) > 0 {
		return p.writesParam(fn, i, 0)
	}
	return p.Written != nil && p.Written(Symbol(fn), i)
}

// writesParam reports whether a function of the package is seen to write through a
// pointer parameter: by itself, by decoding or scanning into it, or by handing it
// to another function of the package that does.
func (p *Program) writesParam(fn *ssa.Function, i, depth int) bool {
	if depth > 4 || i >= len(fn.Params) {
		return false
	}
	switch fn.Params[i].Type().Underlying().(type) {
	case *types.Pointer, *types.Map:
	case *types.Interface:
		if !p.holdsObject(fn.Params[i].Type()) {
			return false
		}
	default:
		return false
	}
	key := paramWrite{fn, i, depth}
	does, known := p.writes[key]
	if !known {
		does = p.written(fn.Params[i], depth)
		if p.writes == nil {
			p.writes = map[paramWrite]bool{}
		}
		p.writes[key] = does
	}
	return does
}

// paramWrite is a parameter of a function, asked about so many calls deep.
type paramWrite struct {
	fn       *ssa.Function
	i, depth int
}

// written reports whether a function writes to what a value leads to, so many calls deep.
func (p *Program) written(v ssa.Value, depth int) bool {
	if depth > 6 || v.Referrers() == nil {
		return false
	}
	for _, ref := range *v.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Store:
			if ref.Addr == v || p.listedForRows(ref) || ref.Val == v && p.writtenAs(ref.Addr, depth+1) {
				return true
			}
		case *ssa.MapUpdate:
			if ref.Map == v {
				return true
			}
		case *ssa.Phi, *ssa.ChangeType:
			if p.written(ref.(ssa.Value), depth+1) {
				return true
			}
		case *ssa.FieldAddr, *ssa.IndexAddr, *ssa.MakeInterface, *ssa.ChangeInterface, *ssa.TypeAssert, *ssa.Extract:
			if p.written(ref.(ssa.Value), depth) {
				return true
			}
		case *ssa.UnOp:
			if p.IsObject(ref.Type()) && p.ChangesObject(ref) {
				return true
			}
		case *ssa.MakeClosure:
			if p.writtenIn(ref, v, depth+1) {
				return true
			}
		case ssa.CallInstruction:
			if p.writesArg(ref, v, depth) {
				return true
			}
		}
	}
	return false
}

// writtenAs reports whether a function writes to what a variable of its own holds, itself or
// in a closure that has captured the variable.
func (p *Program) writtenAs(variable ssa.Value, depth int) bool {
	return slices.ContainsFunc(local.Loads(variable), func(load *ssa.UnOp) bool { return p.written(load, depth) })
}

// writtenIn reports whether a closure writes through a pointer that it has captured.
func (p *Program) writtenIn(mc *ssa.MakeClosure, v ssa.Value, depth int) bool {
	fn, ok := mc.Fn.(*ssa.Function)
	for i, b := range mc.Bindings {
		if ok && b == v && i < len(fn.FreeVars) && p.written(fn.FreeVars[i], depth) {
			return true
		}
	}
	return false
}

// writesArg reports whether a call writes through an argument.
func (p *Program) writesArg(instr ssa.CallInstruction, v ssa.Value, depth int) bool {
	c := p.Classify(instr)
	for i, a := range c.All() {
		if a != v {
			continue
		}
		if c.Kind == Static && p.writesOf(c, instr, i, depth) {
			return true
		}
		if c.Model != nil && (c.Arg(stores(c.Model)) == a || p.fillsLater(c, i)) {
			return true
		}
		if c.Kind == Library && c.Model == nil && TakesAnything(c, i) {
			return true
		}
		if c.Kind == Dynamic && PointerArg(a) && p.OfModule(a.Type()) {
			return true // a function value that was handed in
		}
	}
	return false
}

// fillsLater reports whether argument i, the receiver counted, is the model of a statement
// that an object builds: its rows go there when it runs.
func (p *Program) fillsLater(c *Call, i int) bool {
	return c.Model.Verb == library.Builds && c.Model.Kind == library.ModelOf && i == 1 && p.IsObject(c.Recv.Type())
}

// listedForRows reports whether a store puts a value into the list of arguments of a call
// that fills them: the rows of a statement that an object builds go there, or the columns of
// one: rows.Scan(&v.ID, &v.Org).
func (p *Program) listedForRows(st *ssa.Store) bool {
	at, ok := st.Addr.(*ssa.IndexAddr)
	if !ok {
		return false
	}
	list, ok := at.X.(*ssa.Alloc)
	if !ok {
		return false
	}
	for _, ref := range *list.Referrers() {
		slice, ok := ref.(*ssa.Slice)
		if !ok {
			continue
		}
		for _, user := range *slice.Referrers() {
			if call, ok := user.(ssa.CallInstruction); ok && p.fillsList(call, slice) {
				return true
			}
		}
	}
	return false
}

// fillsList reports whether a call fills what the elements of a list point to.
func (p *Program) fillsList(call ssa.CallInstruction, list ssa.Value) bool {
	c := p.Classify(call)
	m := c.Model
	if m == nil || len(c.Args) == 0 || c.Args[len(c.Args)-1] != list {
		return false
	}
	last := len(c.Args) - 1
	switch m.Verb {
	case library.Starts:
		return m.Kind == library.ModelOf
	case library.Runs:
		return m.Built && m.Into == last || m.Dest == last
	case library.Scans:
		return m.By == "" && m.At == last
	case library.Fills:
		return m.At == last
	}
	return false
}

// stores is the argument through which a library function writes: what it decodes, or
// the row that it loads by name.
func stores(m *library.Model) int {
	switch {
	case m.Verb == library.Fills, m.Verb == library.Scans && m.By != "":
		return m.At
	case m.Verb == library.Runs:
		return m.Into
	}
	return library.None
}

// writesOf reports whether a function of the module writes through parameter i.
func (p *Program) writesOf(c *Call, instr ssa.CallInstruction, i, depth int) bool {
	fn, ok := instr.Common().Value.(*ssa.Function)
	if ok && len(fn.Blocks) > 0 && p.writesParam(fn, i, depth+1) {
		return true
	}
	k := i
	if c.Recv != nil {
		k--
	}
	if k >= 0 && k < c.Sig.Params().Len() && p.outByType(originParam(c, k)) {
		return true
	}
	return p.Written != nil && p.Written(c.Symbol, i)
}

// IsHanded reports whether an argument is an interface value that the function was itself
// handed, or has captured, as it is or as another interface, and may hold an object of the
// module: no error, no reader.
func (p *Program) IsHanded(v ssa.Value) bool {
	v = Behind(v)
	switch x := v.(type) {
	case *ssa.ChangeInterface:
		v = x.X
	case *ssa.ChangeType: // of a type parameter
		v = x.X
	}
	if load, ok := v.(*ssa.UnOp); ok && load.Op == token.MUL { // a variable that a closure has captured
		v = load.X
		if _, captured := v.(*ssa.FreeVar); !captured && !local.HoldsParam(v) {
			return false
		}
		return p.holdsObject(load.Type())
	}
	switch v.(type) {
	case *ssa.Parameter, *ssa.FreeVar:
		return p.holdsObject(v.Type())
	}
	return false
}

// holdsObject tells an empty interface, one of the module, and a type parameter.
func (p *Program) holdsObject(t types.Type) bool {
	iface, ok := t.Underlying().(*types.Interface)
	return ok && (iface.NumMethods() == 0 || p.OfModule(t) || isTypeParam(t))
}

func isTypeParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}

// IsMap reports whether an argument is a map, as it is or as an interface
func IsMap(v ssa.Value) bool {
	_, ok := Behind(v).Type().Underlying().(*types.Map)
	return ok
}
