package compile

import (
	"fmt"
	"go/ast"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
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
func (c *compiler) parts() []part {
	var out []part
	for _, f := range c.files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil {
				out = append(out, part{decl: fd})
			}
		}
	}
	for _, init := range c.in.Info.InitOrder {
		if len(init.Lhs) > 0 && within(c.files, init.Lhs[0].Pos()) {
			out = append(out, part{init: init})
		}
	}
	return out
}

// buildSound builds the parts that type-check. If SSA fails, it finds the parts
// that make it fail by halving.
func (c *compiler) buildSound() *ssa.Package {
	c.unsound = c.unsoundPlaces()
	var good []part
	for _, p := range c.parts() {
		if c.typed(p) {
			good = append(good, p)
		} else {
			c.leftOut(p)
		}
	}
	pkg, err := c.attempt(good)
	if err == nil {
		return pkg
	}
	attempts := 0
	good = c.working(good, &attempts)
	if pkg, err = c.attempt(good); err != nil {
		c.problem("internal error", "the package cannot be compiled", c.packageSite())
		return nil
	}
	return pkg
}

// working are the parts that SSA can be built of, each with those before it.
func (c *compiler) working(parts []part, attempts *int) []part {
	if *attempts++; *attempts > maxAttempts {
		c.leaveOut(parts)
		return nil
	}
	if _, err := c.attempt(parts); err == nil {
		return parts
	}
	if len(parts) <= 1 {
		c.leaveOut(parts)
		return nil
	}
	half := len(parts) / 2
	return append(c.working(parts[:half:half], attempts), c.working(parts[half:], attempts)...)
}

func (c *compiler) leaveOut(parts []part) {
	for _, p := range parts {
		c.leftOut(p)
	}
}

// leftOut remembers a function without a body.
func (c *compiler) leftOut(p part) {
	if p.decl != nil {
		c.out[p.decl.Name] = true
	}
}

// packageSite is the first file's package clause.
func (c *compiler) packageSite() int {
	if len(c.files) == 0 {
		return unit.NoSite
	}
	return c.sites.node(c.files[0].Name)
}

// attempt builds the SSA form of some parts of the package.
func (c *compiler) attempt(parts []part) (pkg *ssa.Package, err error) {
	defer func() {
		if r := recover(); r != nil {
			pkg, err = nil, fmt.Errorf("build SSA: %v", r)
		}
	}()
	keep := map[*ast.FuncDecl]bool{}
	info := *c.in.Info
	info.InitOrder = nil
	for _, p := range parts {
		if p.init != nil {
			info.InitOrder = append(info.InitOrder, p.init)
		} else {
			keep[p.decl] = true
		}
	}
	info.FileVersions = map[*ast.File]string{}
	files := make([]*ast.File, len(c.files))
	for i, f := range c.files {
		files[i] = bare(f, keep)
		info.FileVersions[files[i]] = c.in.Info.FileVersions[f]
	}
	prog := ssa.NewProgram(c.in.Fset, ssa.BareInits)
	for _, imp := range c.in.Pkg.Imports() {
		prog.CreatePackage(imp, nil, nil, true)
	}
	pkg = prog.CreatePackage(c.in.Pkg, files, &info, false)
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

// typed tells whether everything in a part has a valid type, as far as the type
// checker says.
func (c *compiler) typed(p part) bool {
	if p.decl != nil {
		return !c.broken(p.decl.Pos(), p.decl.End())
	}
	for _, v := range p.init.Lhs {
		if invalid(v.Type(), 0) {
			return false
		}
	}
	return !c.broken(p.init.Rhs.Pos(), p.init.Rhs.End())
}
