package sound

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// SSA cannot be built of code without types. A package that does not type-check
// loses the functions and initialisers that have an expression without a valid
// type, and those that SSA stumbles over nevertheless; the rest is compiled.

// maxAttempts is how often the SSA form is built to find what it stumbles over.
const maxAttempts = 48

// part is a function declaration or the initialisation of package variables.
type part struct {
	decl *ast.FuncDecl
	init *types.Initializer
}

// parts are what has code in the package, in order.
func (b *builder) parts() []part {
	var out []part
	for _, f := range b.Files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && !b.Skipped[fd] {
				out = append(out, part{decl: fd})
			}
		}
	}
	for _, init := range b.Info.InitOrder {
		if f := fileOf(b, init); f != nil && !b.Wrote[f] {
			out = append(out, part{init: init})
		}
	}
	return out
}

// fileOf is the file that sets variables, nil if it is none that is compiled.
func fileOf(b *builder, init *types.Initializer) *ast.File {
	if len(init.Lhs) == 0 {
		return nil
	}
	return b.FileOf(init.Lhs[0].Pos())
}

// buildSound builds the parts that type-check. If SSA fails, it finds the parts
// that make it fail by halving.
func (b *builder) buildSound() *ssa.Package {
	b.unsound = b.unsoundPlaces()
	var good []part
	for _, p := range b.parts() {
		if b.typed(p) {
			good = append(good, p)
		} else {
			b.leftOut(p)
		}
	}
	pkg, err := b.attempt(good)
	if err == nil {
		return pkg
	}
	attempts := 0
	good = b.working(good, &attempts)
	if pkg, err = b.attempt(good); err != nil {
		b.Problem("internal error", "the package cannot be compiled", b.Clause())
		return nil
	}
	return pkg
}

// working are the parts that SSA can be built of, each with those before it.
func (b *builder) working(parts []part, attempts *int) []part {
	if *attempts++; *attempts > maxAttempts {
		b.leaveOut(parts)
		return nil
	}
	if _, err := b.attempt(parts); err == nil {
		return parts
	}
	if len(parts) <= 1 {
		b.leaveOut(parts)
		return nil
	}
	half := len(parts) / 2
	return append(b.working(parts[:half:half], attempts), b.working(parts[half:], attempts)...)
}

func (b *builder) leaveOut(parts []part) {
	for _, p := range parts {
		b.leftOut(p)
	}
}

// leftOut remembers a function without a body.
func (b *builder) leftOut(p part) {
	if p.decl != nil {
		b.left[p.decl.Name] = true
	}
}

// attempt builds the SSA form of some parts of the package.
func (b *builder) attempt(parts []part) (pkg *ssa.Package, err error) {
	defer func() {
		if r := recover(); r != nil {
			pkg, err = nil, fmt.Errorf("build SSA: %v", r)
		}
	}()
	keep := map[*ast.FuncDecl]bool{}
	info := *b.Info
	info.InitOrder = nil
	for _, p := range parts {
		if p.init != nil {
			info.InitOrder = append(info.InitOrder, p.init)
		} else {
			keep[p.decl] = true
		}
	}
	info.FileVersions = map[*ast.File]string{}
	files := make([]*ast.File, len(b.Files))
	for i, f := range b.Files {
		files[i] = bare(f, keep)
		info.FileVersions[files[i]] = b.Info.FileVersions[f]
	}
	prog := ssa.NewProgram(b.Fset, ssa.BareInits)
	b.imports.in(prog)
	pkg = prog.CreatePackage(b.Pkg, files, &info, false)
	pkg.Build()
	return pkg, nil
}

// bare is a copy of a file in which only some functions have a body.
func bare(f *ast.File, keep map[*ast.FuncDecl]bool) *ast.File {
	cp := *f
	cp.Decls = make([]ast.Decl, len(f.Decls))
	for i, d := range f.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && !keep[fd] {
			without := *fd
			without.Body = nil
			d = &without
		}
		cp.Decls[i] = d
	}
	return &cp
}

// typed reports whether everything in a part has a valid type, as far as the type
// checker says.
func (b *builder) typed(p part) bool {
	if p.decl != nil {
		return !b.broken(p.decl.Pos(), p.decl.End())
	}
	for _, v := range p.init.Lhs {
		if invalid(v.Type(), 0) {
			return false
		}
	}
	return !b.broken(p.init.Rhs.Pos(), p.init.Rhs.End())
}
