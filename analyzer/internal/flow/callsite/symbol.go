package callsite

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
