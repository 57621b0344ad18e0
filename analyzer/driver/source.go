package driver

import (
	"go/ast"
	"go/token"
	"go/types"

	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// source is a package of the main module, parsed and type-checked as far as it
// goes: what both drivers hand to compile.
type source struct {
	path   string
	module string
	fset   *token.FileSet
	files  []*ast.File
	types  *types.Package
	info   *types.Info
	errors []types.Error
}

// compileUnit compiles pkg; a failure of tenantvet itself becomes a problem of
// the unit.
func compileUnit(p *project.Project, pkg *source, imports func(string) *unit.Unit) (u *unit.Unit) {
	name := ""
	if pkg.types != nil {
		name = pkg.types.Name()
	}
	defer func() {
		if what := recover(); what != nil {
			u = internalError(pkg.path, name, pkg.module, what)
		}
	}()
	return compilePackage(p, pkg, imports)
}
