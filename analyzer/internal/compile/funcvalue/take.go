package funcvalue

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Takes notes the functions of the module that are used as values: what becomes
// of them (a map, a channel, reflection) is seldom seen.
func (vs *Values) Takes() {
	seen := map[unit.Take]bool{}
	for _, block := range vs.Frame.Fn.Blocks {
		for _, instr := range block.Instrs {
			if vs.Ignored(instr) {
				continue
			}
			for _, v := range taken(instr) {
				vs.Statements.Taken(v, instr)
			}
			for _, v := range taken(instr) {
				t := unit.Take{Symbol: valueSymbol(v), Signature: source.SignatureText(v.Type())}
				if isAbstract(v) {
					vs.Abstract[t.Symbol] = true
				}
				if t.Symbol != "" && vs.Ours(t.Symbol) && !seen[t] {
					seen[t] = true
					vs.Fn.Takes = append(vs.Fn.Takes, t)
				}
			}
			switch x := instr.(type) {
			case *ssa.MakeInterface:
				vs.takesMethods(x, seen)
			case *ssa.ChangeInterface:
				vs.takesBehind(x.X.Type(), x.Type(), seen)
			case *ssa.TypeAssert:
				vs.takesBehind(x.X.Type(), x.AssertedType, seen)
			}
		}
	}
	slices.SortFunc(vs.Fn.Takes, func(x, y unit.Take) int {
		return strings.Compare(x.Symbol+"\x00"+x.Signature+x.Interface, y.Symbol+"\x00"+y.Signature+y.Interface)
	})
}

// Ignored tells the store of a function into a field of which a library's data says
// that it does not matter.
func (vs *Values) Ignored(instr ssa.Instruction) bool {
	st, ok := instr.(*ssa.Store)
	if !ok {
		return false
	}
	fa, ok := st.Addr.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	m := vs.Frame.ModelAt(fa)
	return m != nil && m.Verb == library.Ignore
}

// valueSymbol is the symbol of the function behind a value, that of the method
// for a bound one and for a method expression. It asks no budget: a function
// whose values are too many still says what it takes.
func valueSymbol(v ssa.Value) string {
	if mc, ok := v.(*ssa.MakeClosure); ok {
		v = mc.Fn
	}
	fn, ok := v.(*ssa.Function)
	if !ok {
		return ""
	}
	if obj, ok := fn.Object().(*types.Func); ok && fn.Synthetic != "" && fn.Origin() == nil {
		return library.Key(obj)
	}
	return callsite.Symbol(fn)
}

// isAbstract tells the method of an interface that is bound, or named by its type:
// it has no body, and link knows what stands behind it.
func isAbstract(v ssa.Value) bool {
	if mc, ok := v.(*ssa.MakeClosure); ok {
		v = mc.Fn
	}
	fn, ok := v.(*ssa.Function)
	if !ok {
		return false
	}
	obj, ok := fn.Object().(*types.Func)
	return ok && obj.Signature().Recv() != nil && types.IsInterface(obj.Signature().Recv().Type())
}

// takesMethods notes the methods of an object that becomes one of a library's
// interface, or any: the library may call them, and those that it asks the object for. One that
// nobody describes may call others of its methods by reflection, too: web.Router("/api/users",
// &Controller{}, "GET:List").
func (vs *Values) takesMethods(mi *ssa.MakeInterface, seen map[unit.Take]bool) {
	iface, ok := mi.Type().Underlying().(*types.Interface)
	named, isNamed := types.Unalias(mi.Type()).(*types.Named)
	name := anyInterface
	switch {
	case !ok || isNamed && named.Obj().Pkg() != nil && vs.OwnType(named):
		return // one whose implementations link knows
	case isNamed && named.Obj().Pkg() == nil:
		name = named.Obj().Name() // error
	case isNamed:
		name = callsite.TypeName(named)
	case iface.NumMethods() > 0:
		return
	}
	reflects := isNamed && vs.undescribed(named)
	methods := types.NewMethodSet(mi.X.Type())
	for i := range methods.Len() {
		m, ok := methods.At(i).Obj().(*types.Func)
		if !ok || !m.Exported() {
			continue
		}
		if iface.NumMethods() > 0 && !source.HasMethod(iface, m.Name()) {
			if vs.Ours(library.Key(m)) && (reflects || vs.asksFor(mi.Type(), mi.X.Type(), m.Name())) {
				vs.takesMethod(m, anyInterface, seen)
			}
			continue
		}
		if role := vs.role(iface, m.Name()); role != library.NoRole && vs.Ours(library.Key(m)) {
			vs.hands(mi, m, role)
			continue
		}
		vs.takesMethod(m, name, seen)
	}
}

// anyInterface is the interface of an object of which nobody knows what is called.
const anyInterface = "any"

func (vs *Values) takesMethod(m *types.Func, name string, seen map[unit.Take]bool) {
	t := unit.Take{Symbol: library.Key(m), Interface: name}
	if vs.Ours(t.Symbol) && !seen[t] {
		seen[t] = true
		vs.Fn.Takes = append(vs.Fn.Takes, t)
	}
}

// undescribed reports whether an interface is one of a library that nobody describes; the
// standard library calls what its interfaces say.
func (vs *Values) undescribed(named *types.Named) bool {
	if named.Obj().Pkg() == nil {
		return false
	}
	first, _, _ := strings.Cut(named.Obj().Pkg().Path(), "/")
	return strings.Contains(first, ".") && vs.Library.Package(named.Obj().Pkg().Path()) == nil
}

// role is what a library does with the method of one of its interfaces, if it runs
// it as a job; "" otherwise. The methods of handlers are entries.
func (vs *Values) role(iface *types.Interface, name string) library.Role {
	for i := range iface.NumMethods() {
		f := iface.Method(i)
		if m := vs.Library.Find(f.Origin()); m != nil && f.Name() == name && m.Verb == library.Plays && m.Role() == library.RunsJob {
			return library.RunsJob
		}
	}
	return library.NoRole
}

// hands notes that a library is handed an object whose method it calls.
func (vs *Values) hands(mi *ssa.MakeInterface, m *types.Func, role library.Role) {
	method := &term.Func{Symbol: library.Key(m), Bind: []term.Field{{Name: "p0", Term: vs.Frame.At(mi.X, mi)}}}
	vs.Fn.Calls = append(vs.Fn.Calls, unit.Call{
		N: vs.Frame.NextNumber(), Kind: unit.Library, Symbol: callsite.TypeName(mi.Type()) + "." + m.Name(), Role: role, Args: []term.Term{method},
		Site: vs.Sites.At(mi.Pos(), mi.Pos()), If: vs.Frame.Facts(mi.Block()),
	})
}

// taken are the function values that an instruction makes or uses other than by
// calling them.
func taken(instr ssa.Instruction) []ssa.Value {
	var called ssa.Value
	if call, ok := instr.(ssa.CallInstruction); ok && !call.Common().IsInvoke() {
		called = call.Common().Value
	}
	if mc, ok := instr.(*ssa.MakeClosure); ok {
		if onlyCalled(mc) {
			return nil
		}
		return []ssa.Value{mc}
	}
	var out []ssa.Value
	skipped := false
	for _, op := range instr.Operands(nil) {
		if *op == called && !skipped {
			skipped = true
			continue
		}
		if fn, ok := (*op).(*ssa.Function); ok {
			out = append(out, fn)
		}
	}
	return out
}

// onlyCalled tells a closure that is called where it stands, and nothing else.
func onlyCalled(mc *ssa.MakeClosure) bool {
	for _, r := range *mc.Referrers() {
		call, ok := r.(ssa.CallInstruction)
		if !ok || call.Common().IsInvoke() || call.Common().Value != mc || slices.Contains(call.Common().Args, ssa.Value(mc)) {
			return false
		}
	}
	return true
}
