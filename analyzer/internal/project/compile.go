package project

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Package is a package of a main module, without its tests, parsed and
// type-checked as far as it goes: what every driver has. Errors are those of
// parser and type checker; a package with errors is compiled all the same, and
// what they touch is unproven.
type Package struct {
	Path   string
	Module string // path of the module
	Fset   *token.FileSet
	Files  []*ast.File
	Types  *types.Package
	Info   *types.Info
	Errors []types.Error
}

// Compile makes the unit of a package; imports gives those of packages that it
// imports, nil for one outside the project. It always gives a unit: a failure of
// tenantvet itself becomes a problem of the unit, its calls are unproven, the rest
// goes on. No mistake in here may end a `go vet` run.
func (p *Project) Compile(pkg *Package, imports func(path string) *unit.Unit) (u *unit.Unit) {
	name := ""
	if pkg.Types != nil {
		name = pkg.Types.Name()
	}
	defer func() {
		// The text of the panic is all that is kept: a trace would hold paths of
		// the machine, and units must have the same bytes everywhere.
		if what := recover(); what != nil {
			u = &unit.Unit{
				Path: pkg.Path, Name: name, Module: pkg.Module,
				Problems: []unit.Problem{{Kind: "internal error", Message: fmt.Sprint(what), Site: unit.NoSite}},
			}
		}
	}()
	return p.compile(pkg, imports)
}

// compile hands the package to the compiler with what the project knows of names
// and folders.
func (p *Project) compile(pkg *Package, imports func(path string) *unit.Unit) *unit.Unit {
	lib, err := p.libraries()
	if err != nil {
		panic(err) // the built-in data is wrong
	}
	return compile.Package(compile.Input{
		Fset: pkg.Fset, Files: pkg.Files, Pkg: pkg.Types, Info: pkg.Info, TypeErrors: pkg.Errors,
		ModulePath: pkg.Module, ModuleDir: p.Root, InModule: p.Holds, Imports: imports, Library: lib,
	})
}

// Holds reports whether the package is one of the project's, by its path.
func (p *Project) Holds(path string) bool {
	for _, m := range p.Modules {
		if path == m.Path || strings.HasPrefix(path, m.Path+"/") {
			return true
		}
	}
	return false
}

// Contains reports whether the package lies in a folder of the project's own modules:
// one of a module below, or of a dependency with a longer path, does not.
func (p *Project) Contains(importPath string) bool {
	for _, m := range p.Modules {
		rest, ok := strings.CutPrefix(importPath+"/", m.Path+"/")
		if !ok {
			continue
		}
		dir := filepath.Join(m.Dir, filepath.FromSlash(rest))
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			continue
		}
		if upward(dir, "go.mod") == filepath.Join(m.Dir, "go.mod") {
			return true
		}
	}
	return false
}
