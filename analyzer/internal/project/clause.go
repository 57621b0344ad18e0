package project

import (
	"go/ast"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// Clause is where things stand that are said of a program as a whole: its
// package clause, in the file of func main, or in the first file where there is
// none. Without files it is no place.
func (p *Project) Clause(pkg *Package) finding.Place {
	if len(pkg.Files) == 0 {
		return finding.Place{}
	}
	best := pkg.Files[0]
	for _, f := range pkg.Files {
		if declaresMain(f) {
			best = f
			break
		}
	}
	start, end := pkg.Fset.PositionFor(best.Package, false), pkg.Fset.PositionFor(best.Name.End(), false)
	return finding.Place{
		File: p.Rel(start.Filename), Line: start.Line, Column: start.Column, EndLine: end.Line, EndColumn: end.Column,
	}
}

// declaresMain tells whether func main stands in the file: of the files of a
// program it is the one that a person opens.
func declaresMain(f *ast.File) bool {
	for _, d := range f.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == "main" && fd.Body != nil {
			return true
		}
	}
	return false
}
