package compile

import (
	"go/types"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// types writes down the concrete types whose methods matter: one that is not
// dull, one that comes from elsewhere, or a conversion of the type to an
// interface.
func (c *compiler) types() {
	converted := map[string]bool{}
	for _, x := range c.u.Conversions {
		converted[x.From] = true
	}
	scope := c.in.Pkg.Scope()
	for _, name := range scope.Names() {
		tn, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || tn.IsAlias() || !within(c.files, tn.Pos()) {
			continue
		}
		n, ok := tn.Type().(*types.Named)
		if !ok || types.IsInterface(n) {
			continue
		}
		c.methodTable(n, false, converted)
		c.methodTable(n, true, converted)
	}
}

// methodTable writes down the method set of T or *T.
func (c *compiler) methodTable(n *types.Named, pointer bool, converted map[string]bool) {
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
		m, live, ok := c.method(n, set.At(i))
		if ok {
			out.Methods = append(out.Methods, m)
			matters = matters || live
		}
	}
	if matters && len(out.Methods) > 0 {
		c.u.Types = append(c.u.Types, out)
	}
}

// method is one entry of a method table; live, if it may do something.
func (c *compiler) method(n *types.Named, sel *types.Selection) (m unit.Method, live, ok bool) {
	f := sel.Obj().(*types.Func)
	if f.Pkg() == nil {
		return m, false, false
	}
	m = unit.Method{Name: f.Name(), Path: embeddedPath(n, sel.Index())}
	recv := f.Signature().Recv()
	if recv != nil && types.IsInterface(recv.Type()) {
		m.Interface = callsite.TypeName(recv.Type())
		return m, c.in.InModule(f.Pkg().Path()), true
	}
	m.Symbol = library.Key(f)
	if !c.in.InModule(f.Pkg().Path()) {
		return m, false, c.prog.Lib.Find(f) != nil
	}
	if f.Pkg() == c.in.Pkg {
		return m, c.kept(m.Symbol), true
	}
	return m, true, true
}

func (c *compiler) kept(symbol string) bool {
	for _, fn := range c.u.Functions {
		if fn.Symbol == symbol {
			return true
		}
	}
	return false
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
