package body

import (
	"go/types"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// refused writes down a call that is not followed. One that registers what the library runs
// with each statement is kept: link tells what that does to them.
func (b *Body) refused(c *callsite.Call) {
	switch {
	case c.Model.Kind != term.Enforcer:
		b.statements.Refuse(c, c.Model.Kind)
	case b.statements.OnlyLooks(c), b.harmless(c):
	default:
		b.keep(c, library.Enforces)
		b.initializers(c, &b.Fn.Calls[len(b.Fn.Calls)-1])
	}
}

// harmless reports whether a call hands over an object of a library that is described: what it
// does with statements is nothing of interest.
func (b *Body) harmless(c *callsite.Call) bool {
	for _, a := range c.Args {
		n := callsite.Named(callsite.Behind(a).Type())
		if n != nil && n.Obj().Pkg() != nil && !b.Frame.Program.OfModule(n) && b.Library.Package(n.Obj().Pkg().Path()) != nil && types.IsInterface(a.Type()) && !types.IsInterface(n) {
			return true
		}
	}
	return false
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
