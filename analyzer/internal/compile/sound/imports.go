package sound

import (
	"go/ast"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// Imports are declarations, and only those that the package uses: an import of generated
// code may declare a hundred thousand functions, hundreds of packages import it, and an
// SSA form that is built again, because something in it fails, would declare them again.

// declarer declares imports in programs, by what the package uses of each.
type declarer struct {
	imports []*types.Package
	used    map[*types.Package]*ast.File // one declaration of all that is used, as SSA reads it
	info    *types.Info
}

// declarations gathers what a package uses of those that it imports.
func declarations(pkg *types.Package, info *types.Info) *declarer {
	d := &declarer{imports: pkg.Imports(), used: map[*types.Package]*ast.File{}, info: &types.Info{Defs: map[*ast.Ident]types.Object{}}}
	names := map[*types.Package]*ast.ValueSpec{}
	for _, imp := range d.imports {
		// SSA makes a member of whatever object the name of a constant stands for, and no code.
		names[imp] = &ast.ValueSpec{}
		d.used[imp] = &ast.File{Decls: []ast.Decl{&ast.GenDecl{Tok: token.CONST, Specs: []ast.Spec{names[imp]}}}}
	}
	seen := map[types.Object]bool{}
	for _, obj := range info.Uses {
		if f, ok := obj.(*types.Func); ok {
			obj = f.Origin()
		}
		if spec := names[obj.Pkg()]; spec != nil && !seen[obj] && member(obj) {
			seen[obj] = true
			id := &ast.Ident{Name: obj.Name()}
			spec.Names = append(spec.Names, id)
			d.info.Defs[id] = obj
		}
	}
	return d
}

// member reports whether an object is one that SSA has for a package: a function or a
// method that has code, or what is declared at its top.
func member(obj types.Object) bool {
	switch obj := obj.(type) {
	case *types.Func:
		recv := obj.Signature().Recv()
		return recv == nil || !types.IsInterface(recv.Type())
	case *types.Var, *types.Const, *types.TypeName:
		return obj.Parent() == obj.Pkg().Scope()
	}
	return false
}

// in declares the imports in a program.
func (d *declarer) in(prog *ssa.Program) {
	for _, imp := range d.imports {
		prog.CreatePackage(imp, []*ast.File{d.used[imp]}, d.info, true)
	}
}
