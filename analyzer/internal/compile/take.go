package compile

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// takes notes the functions of the module that are used as values: what becomes
// of them (a map, a channel, reflection) is seldom seen.
func (b *body) takes() {
	seen := map[unit.Take]bool{}
	for _, block := range b.f.Fn.Blocks {
		for _, instr := range block.Instrs {
			if b.ignored(instr) {
				continue
			}
			b.statementValues(instr)
			for _, v := range taken(instr) {
				t := unit.Take{Symbol: valueSymbol(v), Signature: signatureText(v.Type())}
				if isAbstract(v) {
					b.c.abstract[t.Symbol] = true
				}
				if t.Symbol != "" && b.c.ours(t.Symbol) && !seen[t] {
					seen[t] = true
					b.fn.Takes = append(b.fn.Takes, t)
				}
			}
			if mi, ok := instr.(*ssa.MakeInterface); ok {
				b.takesMethods(mi, seen)
			}
		}
	}
	slices.SortFunc(b.fn.Takes, func(x, y unit.Take) int {
		return strings.Compare(x.Symbol+"\x00"+x.Signature+x.Interface, y.Symbol+"\x00"+y.Signature+y.Interface)
	})
}

// ignored tells the store of a function into a field of which a library's data says
// that it does not matter.
func (b *body) ignored(instr ssa.Instruction) bool {
	st, ok := instr.(*ssa.Store)
	if !ok {
		return false
	}
	fa, ok := st.Addr.(*ssa.FieldAddr)
	if !ok {
		return false
	}
	m := b.f.ModelAt(fa)
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
// interface, or any: the library may call them.
func (b *body) takesMethods(mi *ssa.MakeInterface, seen map[unit.Take]bool) {
	iface, ok := mi.Type().Underlying().(*types.Interface)
	named, isNamed := types.Unalias(mi.Type()).(*types.Named)
	name := "any"
	switch {
	case !ok || isNamed && (named.Obj().Pkg() == nil || b.c.inModule(named)):
		return // error, or one whose implementations link knows
	case isNamed:
		name = callsite.TypeName(named)
	case iface.NumMethods() > 0:
		return
	}
	methods := types.NewMethodSet(mi.X.Type())
	for i := range methods.Len() {
		m, ok := methods.At(i).Obj().(*types.Func)
		if !ok || !m.Exported() || iface.NumMethods() > 0 && !hasMethod(iface, m.Name()) {
			continue
		}
		if role := b.role(iface, m.Name()); role != library.NoRole && b.c.ours(library.Key(m)) {
			b.hands(mi, m, role)
			continue
		}
		t := unit.Take{Symbol: library.Key(m), Interface: name}
		if b.c.ours(t.Symbol) && !seen[t] {
			seen[t] = true
			b.fn.Takes = append(b.fn.Takes, t)
		}
	}
}

// role is what a library does with the method of one of its interfaces, if it runs
// it as a job; "" otherwise. The methods of handlers are entries.
func (b *body) role(iface *types.Interface, name string) library.Role {
	for i := range iface.NumMethods() {
		f := iface.Method(i)
		if m := b.f.Program.Lib.Find(f.Origin()); m != nil && f.Name() == name && m.Verb == library.Plays && m.Role() == library.RunsJob {
			return library.RunsJob
		}
	}
	return library.NoRole
}

// hands notes that a library is handed an object whose method it calls.
func (b *body) hands(mi *ssa.MakeInterface, m *types.Func, role library.Role) {
	method := &term.Func{Symbol: library.Key(m), Bind: []term.Field{{Name: "p0", Term: b.f.At(mi.X, mi)}}}
	b.fn.Calls = append(b.fn.Calls, unit.Call{
		N: b.f.NextNumber(), Kind: unit.Library, Symbol: callsite.TypeName(mi.Type()) + "." + m.Name(), Role: role, Args: []term.Term{method},
		Site: b.c.sites.at(mi.Pos(), mi.Pos()), If: b.f.Facts(mi.Block()),
	})
}

func hasMethod(iface *types.Interface, name string) bool {
	for i := range iface.NumMethods() {
		if iface.Method(i).Name() == name {
			return true
		}
	}
	return false
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

// signatureText is the text by which function values are compared across
// packages: parameters and results, without names.
func signatureText(t types.Type) string {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		return ""
	}
	text := "func(" + strings.Join(typeTexts(sig.Params()), ", ")
	if sig.Variadic() {
		text += "..."
	}
	text += ")"
	switch results := typeTexts(sig.Results()); len(results) {
	case 0:
	case 1:
		text += " " + results[0]
	default:
		text += " (" + strings.Join(results, ", ") + ")"
	}
	return strings.ReplaceAll(text, "interface{}", "any")
}

// listens tells a library function that waits for clients by its name: link
// must know that the program serves somebody.
func listens(symbol string) bool {
	switch symbol[strings.LastIndexByte(symbol, '.')+1:] {
	case "Listen", "ListenTLS", "ListenTCP", "ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS":
		return true
	}
	return false
}
