package load

import (
	"go/ast"
	"go/token"

	"golang.org/x/tools/go/ast/astutil"
)

// What a library says of C is in files that cgo makes when it is built. Of its constants,
// const Any = int32(C.ANY), the type is there and the value is not: they are read as
// variables, of which nothing else is known.

// withoutValuesOfC makes variables of the constants of a file whose values are those of C.
func withoutValuesOfC(file *ast.File) {
	var out []ast.Decl
	for _, d := range file.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST || repeats(g) {
			out = append(out, d)
			continue
		}
		var constants []ast.Spec
		for _, s := range g.Specs {
			if v := s.(*ast.ValueSpec); replacesC(v) {
				out = append(out, &ast.GenDecl{TokPos: v.Pos(), Tok: token.VAR, Specs: []ast.Spec{v}})
			} else {
				constants = append(constants, s)
			}
		}
		if g.Specs = constants; len(constants) > 0 {
			out = append(out, g)
		}
	}
	file.Decls = out
}

// repeats reports whether constants are declared by what stands before them: taken out of
// their place, they are others.
func repeats(g *ast.GenDecl) bool {
	found := false
	for _, s := range g.Specs {
		found = found || len(s.(*ast.ValueSpec).Values) == 0
		ast.Inspect(s, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			found = found || ok && id.Name == "iota"
			return true
		})
	}
	return found
}

// replacesC puts some number in the place of each value of C, and reports whether there is
// one.
func replacesC(v *ast.ValueSpec) bool {
	found := false
	for i, x := range v.Values {
		v.Values[i] = astutil.Apply(&ast.ParenExpr{X: x}, func(c *astutil.Cursor) bool {
			s, ok := c.Node().(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if id, ok := s.X.(*ast.Ident); ok && id.Name == "C" {
				found = true
				c.Replace(&ast.BasicLit{ValuePos: s.Pos(), Kind: token.INT, Value: "0"})
			}
			return false
		}, nil).(*ast.ParenExpr).X
	}
	return found
}
