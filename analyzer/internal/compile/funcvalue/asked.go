package funcvalue

import (
	"go/types"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A library that is handed an object by one of its interfaces asks it for others: database/sql
// asks a driver.Conn whether it is a driver.SessionResetter, and calls that before the
// connection is used once more.

// asksFor reports whether a library that has an object of some type as one of its interfaces
// may ask it for an interface with a method.
func (vs *Values) asksFor(iface, object types.Type, method string) bool {
	return slices.ContainsFunc(vs.asked(iface), func(other *types.Interface) bool {
		return source.HasMethod(other, method) && types.Implements(object, other)
	}) || slices.Contains(vs.Library.Asks(packageOf(iface)), method)
}

// asked are the interfaces of the package in which an interface of a library stands.
func (vs *Values) asked(iface types.Type) []*types.Interface {
	named, ok := types.Unalias(iface).(*types.Named)
	if !ok || named.Obj().Pkg() == nil {
		return nil
	}
	scope := named.Obj().Pkg().Scope()
	var out []*types.Interface
	for _, name := range scope.Names() {
		of, ok := scope.Lookup(name).(*types.TypeName)
		if !ok || !of.Exported() {
			continue
		}
		if n, ok := of.Type().(*types.Named); ok && n.TypeParams().Len() > 0 {
			continue
		}
		if i, ok := of.Type().Underlying().(*types.Interface); ok && i.NumMethods() > 0 && i.IsMethodSet() {
			out = append(out, i)
		}
	}
	return out
}

// packageOf is the package in which an interface of a library stands; error counts as one of
// package errors, which asks it for more.
func packageOf(iface types.Type) string {
	named, ok := types.Unalias(iface).(*types.Named)
	switch {
	case !ok:
		return ""
	case named.Obj().Pkg() == nil:
		return "errors"
	}
	return named.Obj().Pkg().Path()
}

// takesBehind notes the methods of whatever stands behind an interface of the module that
// becomes one of a library: the library may call them, and those that it asks for.
func (vs *Values) takesBehind(of, as types.Type, seen map[unit.Take]bool) {
	from, ok := types.Unalias(of).(*types.Named)
	to, isNamed := types.Unalias(as).(*types.Named)
	if !ok || !isNamed || from.Obj().Pkg() == nil || !types.IsInterface(from) || !vs.OwnType(from) || to.Obj().Pkg() == nil || vs.OwnType(to) {
		return
	}
	iface, ok := to.Underlying().(*types.Interface)
	if !ok {
		return
	}
	names := slices.Clone(vs.Library.Asks(packageOf(to)))
	for _, i := range append(vs.asked(to), iface) {
		for m := range i.Methods() {
			names = append(names, m.Name())
		}
	}
	for _, name := range names {
		t := unit.Take{Symbol: callsite.TypeName(from) + "." + name, Interface: anyInterface}
		vs.Abstract[t.Symbol] = true
		if !seen[t] {
			seen[t] = true
			vs.Fn.Takes = append(vs.Fn.Takes, t)
		}
	}
}
