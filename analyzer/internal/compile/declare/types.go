// Package declare writes down what the declarations of a package say without SSA:
// conversions to interfaces, method tables, the columns of struct fields, and
// statements that are embedded from files.
//
// It trusts no type: code that does not type-check has places without one.
package declare

import (
	"go/types"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// MethodTables writes down the concrete types whose methods matter: one that is not
// dull, one that comes from elsewhere, or a conversion of the type to an
// interface.
func MethodTables(p *source.Package) {
	converted := map[string]bool{}
	for _, x := range p.Unit.Conversions {
		converted[x.From] = true
	}
	kept := map[string]bool{}
	for _, fn := range p.Unit.Functions {
		kept[fn.Symbol] = true
	}
	scope := p.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || p.FileOf(tn.Pos()) == nil {
			continue
		}
		n, ok := tn.Type().(*types.Named)
		if !ok || types.IsInterface(n) {
			continue
		}
		methodTable(p, n, false, converted, kept)
		methodTable(p, n, true, converted, kept)
	}
}

// methodTable writes down the method set of T or *T.
func methodTable(p *source.Package, n *types.Named, pointer bool, converted, kept map[string]bool) {
	var t types.Type = n
	name := callsite.TypeName(n)
	out := unit.Type{Name: name, Pointer: pointer}
	if pointer {
		t = types.NewPointer(n)
		name = "*" + name
	}
	matters := converted[name]
	set := types.NewMethodSet(t)
	for i := range set.Len() {
		m, live, ok := method(p, n, set.At(i), kept)
		if ok {
			out.Methods = append(out.Methods, m)
			matters = matters || live
		}
	}
	if matters && len(out.Methods) > 0 {
		p.Unit.Types = append(p.Unit.Types, out)
	}
}

// method is one entry of a method table; live, if it may do something. The functions of
// the package that do are kept.
func method(p *source.Package, n *types.Named, sel *types.Selection, kept map[string]bool) (m unit.Method, live, ok bool) {
	f := sel.Obj().(*types.Func)
	if f.Pkg() == nil {
		return m, false, false
	}
	m = unit.Method{Name: f.Name(), Path: embeddedPath(n, sel.Index())}
	recv := f.Signature().Recv()
	if recv != nil && types.IsInterface(recv.Type()) {
		m.Interface = callsite.TypeName(recv.Type())
		return m, p.InModule(f.Pkg().Path()), true
	}
	m.Symbol, m.Types = library.Key(f), callsite.TypeArgsOf(recv)
	if !p.InModule(f.Pkg().Path()) {
		return m, false, p.Library.Find(f) != nil
	}
	if f.Pkg() == p.Pkg {
		return m, kept[m.Symbol], true
	}
	return m, true, true
}

// embeddedPath are the names of the embedded fields on the way to a promoted
// method.
func embeddedPath(t types.Type, index []int) []string {
	var out []string
	for _, i := range index[:len(index)-1] {
		if p, ok := t.Underlying().(*types.Pointer); ok {
			t = p.Elem()
		}
		st, ok := t.Underlying().(*types.Struct)
		if !ok {
			return out
		}
		out = append(out, st.Field(i).Name())
		t = st.Field(i).Type()
	}
	return out
}
