package body

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// refused writes down a call that is not followed. One that registers what the library runs
// with each statement is kept: link tells what that does to them. Of one that only looks at
// them its name is.
func (b *Body) refused(c *callsite.Call) {
	switch {
	case c.Model.Kind != term.Enforcer:
		b.statements.Refuse(c, c.Model.Kind)
	case b.statements.OnlyLooks(c):
		b.keep(c, library.Enforces)
		call := &b.Fn.Calls[len(b.Fn.Calls)-1] // it may take the place of another by its name
		call.Args = slices.DeleteFunc(call.Args, func(t term.Term) bool { _, is := t.(*term.Func); return is })
		call.ArgSites = nil
	case b.harmless(c):
	default:
		b.keep(c, library.Enforces)
		b.initializers(c, &b.Fn.Calls[len(b.Fn.Calls)-1])
	}
}

// harmless reports whether a call hands over a plugin of a library that changes nothing of what
// statements say.
func (b *Body) harmless(c *callsite.Call) bool {
	return len(c.Args) == 1 && types.IsInterface(c.Args[0].Type()) && b.Library.HarmlessPlugin(c.Model.Package, packageOf(callsite.Behind(c.Args[0])))
}

// packageOf is the package that a value comes from: that of its type, or of the function that
// gives it.
func packageOf(v ssa.Value) string {
	if call, ok := v.(*ssa.Call); ok && call.Call.StaticCallee() != nil && call.Call.StaticCallee().Pkg != nil {
		return call.Call.StaticCallee().Pkg.Pkg.Path()
	}
	if n := callsite.Named(v.Type()); n != nil && n.Obj().Pkg() != nil {
		return n.Obj().Pkg().Path()
	}
	return ""
}

// initializers puts methods in the places of objects of the program's: those that the library
// calls with a handle, by which they register functions.
func (b *Body) initializers(c *callsite.Call, call *unit.Call) {
	first := len(call.Args) - len(c.Args)
	for i, a := range c.Args {
		iface, ok := a.Type().Underlying().(*types.Interface)
		x := callsite.Behind(a)
		if !ok || types.IsInterface(x.Type()) {
			continue
		}
		for m := range iface.Methods() {
			params := m.Signature().Params()
			if params.Len() != 1 || b.Library.Handle(params.At(0).Type()) == "" {
				continue
			}
			if found := types.NewMethodSet(x.Type()).Lookup(m.Pkg(), m.Name()); found != nil {
				bound := []term.Field{{Name: "p0", Term: call.Args[first+i]}}
				call.Args[first+i] = &term.Func{Symbol: library.Key(found.Obj().(*types.Func)), Bind: bound}
			}
		}
	}
}
