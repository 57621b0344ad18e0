package flow

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Symbol is the name of a function: pkg.F, pkg.T.M, pkg.(*T).M, $1, $2 … for
// closures, init for the package's initialisation and init.0, init.1 … for the
// declared ones. An instance has the symbol of its generic.
func Symbol(fn *ssa.Function) string {
	if fn.Origin() != nil {
		fn = fn.Origin()
	}
	if parent := fn.Parent(); parent != nil {
		return Symbol(parent) + strings.TrimPrefix(fn.Name(), parent.Name())
	}
	if obj, ok := fn.Object().(*types.Func); ok && obj.Name() != "init" {
		return library.Key(obj)
	}
	name := fn.Name()
	if n, ok := strings.CutPrefix(name, "init#"); ok {
		name = "init." + n
	}
	if fn.Pkg != nil {
		return fn.Pkg.Pkg.Path() + "." + name
	}
	return name
}

// TypeName is the name of a type as in symbols: pkg.T, *pkg.T, error, or the text
// of an unnamed type. Type arguments are left out.
func TypeName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		return "*" + TypeName(t.Elem())
	case *types.Named:
		if t.Obj().Pkg() == nil {
			return t.Obj().Name()
		}
		return t.Obj().Pkg().Path() + "." + t.Obj().Name()
	case *types.TypeParam:
		return TypeName(t.Constraint())
	}
	return types.TypeString(t, func(p *types.Package) string { return p.Path() })
}

// named is the named type behind t and one pointer, or nil.
func named(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// deref is the type that a pointer points to, or t.
func deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

func isError(t types.Type) bool {
	return types.Identical(t, types.Universe.Lookup("error").Type())
}

func isBasic(t types.Type, info types.BasicInfo) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&info != 0
}
