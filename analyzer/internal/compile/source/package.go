// Package source is what is compiled: a type-checked package, the unit that is being
// made of it, and where things stand in its files.
//
// Terms. A *site* is a range in a file, by its number. A *directive* is a comment
// that says something to us.
//
// The floors of compile write into the unit; this one, below them all, says what is
// of the module, how types and functions are written in units, and at which site
// something stands. It leaves out test files.
package source

import (
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Input is a type-checked package.
type Input struct {
	Fset       *token.FileSet
	Files      []*ast.File // with comments
	Pkg        *types.Package
	Info       *types.Info
	ModulePath string
	ModuleDir  string // to make file names relative; "" takes the package path instead
	// InModule reports whether a package is of the main module or the workspace;
	// nil takes the module's path as the prefix.
	InModule func(path string) bool
	// Imports gives the unit of an imported package, nil if there is none.
	Imports    func(path string) *unit.Unit
	TypeErrors []types.Error
	Library    *library.Set // nil loads the built-in one
}

// Package is a package under compilation.
type Package struct {
	Input // of Files, those without tests, by name
	Unit  *unit.Unit
	Sites *Sites
	Calls map[token.Pos]*ast.CallExpr // by left parenthesis
	Used  map[*types.TypeName]bool    // struct types that are handed to libraries that read them as tables

	Generated *library.Generated     // what a generator wrote, nil of a package by hand
	Skipped   map[*ast.FuncDecl]bool // functions that a generator wrote and that are known, by their names or by what they describe
	Wrote     map[*ast.File]bool     // files by generators: what they set variables to are tables of constants
}

// New reads the files' names, calls, positions and directives. The unit is there even
// beside an error.
func New(in Input) (*Package, error) {
	p := &Package{
		Input: in,
		Unit:  &unit.Unit{Path: in.Pkg.Path(), Name: in.Pkg.Name(), Module: in.ModulePath},
		Sites: &Sites{fset: in.Fset, files: map[string]int{}, seen: map[unit.Site]int{}},
		Calls: map[token.Pos]*ast.CallExpr{},
		Used:  map[*types.TypeName]bool{},
	}
	if p.InModule == nil {
		p.InModule = func(path string) bool { return path == in.ModulePath || strings.HasPrefix(path, in.ModulePath+"/") }
	}
	if p.Library == nil {
		var err error
		if p.Library, err = library.Load(); err != nil {
			return p, err
		}
	}
	p.Files = p.withoutTests(in.Files)
	for i, f := range p.Files {
		name := p.fileName(f)
		p.Sites.files[name] = i
		p.Unit.Files = append(p.Unit.Files, unit.File{Name: p.relative(name), Generated: ast.IsGenerated(f)})
	}
	p.skip()
	for _, f := range p.Files {
		p.readCalls(f)
	}
	p.typeErrors()
	p.directives()
	return p, nil
}

// withoutTests are the files that are compiled, by name.
func (p *Package) withoutTests(files []*ast.File) []*ast.File {
	var out []*ast.File
	for _, f := range files {
		if !strings.HasSuffix(p.fileName(f), "_test.go") {
			out = append(out, f)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return p.fileName(out[i]) < p.fileName(out[j]) })
	return out
}

func (p *Package) fileName(f *ast.File) string {
	return p.Fset.PositionFor(f.FileStart, false).Filename
}

// skip finds the functions that need no compiling, and the files by generators.
func (p *Package) skip() {
	p.Generated = p.Library.Generated(p.Pkg)
	p.Skipped, p.Wrote = map[*ast.FuncDecl]bool{}, map[*ast.File]bool{}
	for _, f := range p.Files {
		if p.Wrote[f] = p.Library.Wrote(f, p.Generated); !p.Wrote[f] || p.Generated == nil {
			continue
		}
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok {
				obj, declared := p.Info.Defs[fd.Name].(*types.Func)
				p.Skipped[fd] = declared && p.Generated.Skips(obj)
			}
		}
	}
}

func (p *Package) readCalls(f *ast.File) {
	ast.Inspect(f, func(n ast.Node) bool {
		if fd, ok := n.(*ast.FuncDecl); ok && p.Skipped[fd] {
			return false
		}
		if call, ok := n.(*ast.CallExpr); ok {
			p.Calls[call.Lparen] = call
		}
		return true
	})
}

// relative is a file's path below the module's root, with slashes.
func (p *Package) relative(name string) string {
	if p.ModuleDir != "" {
		if rel, err := filepath.Rel(p.ModuleDir, name); err == nil && !strings.HasPrefix(rel, "..") {
			return filepath.ToSlash(rel)
		}
	}
	dir := strings.TrimPrefix(strings.TrimPrefix(p.Pkg.Path(), p.ModulePath), "/")
	return path.Join(dir, filepath.Base(name))
}

// Problem notes what went wrong.
func (p *Package) Problem(kind, message string, site int) {
	p.Unit.Problems = append(p.Unit.Problems, unit.Problem{Kind: kind, Message: message, Site: site})
}

func (p *Package) typeErrors() {
	for _, e := range p.TypeErrors {
		if !e.Soft {
			p.Problem("type-check", e.Msg, p.Sites.At(e.Pos, e.Pos))
		}
	}
}

// Clause is the site of the first file's package clause.
func (p *Package) Clause() int {
	if len(p.Files) == 0 {
		return unit.NoSite
	}
	return p.Sites.Node(p.Files[0].Name)
}

// FileOf is the file that a position is in, nil if it is in none.
func (p *Package) FileOf(pos token.Pos) *ast.File {
	for _, f := range p.Files {
		if f.FileStart <= pos && pos <= f.FileEnd {
			return f
		}
	}
	return nil
}

// OwnType reports whether a type is of the module.
func (p *Package) OwnType(n *types.Named) bool {
	return n.Obj().Pkg() != nil && p.InModule(n.Obj().Pkg().Path())
}

// Ours reports whether a symbol is of the module.
func (p *Package) Ours(symbol string) bool { return p.InModule(unit.PackageOf(symbol)) }
