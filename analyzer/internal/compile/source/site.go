package source

import (
	"go/ast"
	"go/token"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Sites numbers the ranges that the unit speaks of.
type Sites struct {
	fset  *token.FileSet
	files map[string]int
	list  []unit.Site
	seen  map[unit.Site]int
}

// At is the number of a range, NoSite if it is in none of the files.
func (s *Sites) At(from, to token.Pos) int {
	if !from.IsValid() {
		return unit.NoSite
	}
	p := s.fset.PositionFor(from, false)
	file, ok := s.files[p.Filename]
	if !ok {
		return unit.NoSite
	}
	x := unit.Site{File: file, Line: p.Line, Column: p.Column, EndLine: p.Line, EndColumn: p.Column}
	if to.IsValid() {
		end := s.fset.PositionFor(to, false)
		x.EndLine, x.EndColumn = end.Line, end.Column
	}
	if i, ok := s.seen[x]; ok {
		return i
	}
	s.seen[x] = len(s.list)
	s.list = append(s.list, x)
	return len(s.list) - 1
}

// Node is the range of a node.
func (s *Sites) Node(n ast.Node) int { return s.At(n.Pos(), n.End()) }

// Call is the range of a call: from its name on, if that stands on another line
// than the expression's start.
func (s *Sites) Call(call *ast.CallExpr) int {
	from := call.Pos()
	if sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr); ok {
		if s.fset.PositionFor(sel.Sel.Pos(), false).Line != s.fset.PositionFor(from, false).Line {
			from = sel.Sel.Pos()
		}
	}
	return s.At(from, call.End())
}

// line is the line of a site, 0 if there is none.
func (s *Sites) line(i int) (file, line int) {
	if i < 0 || i >= len(s.list) {
		return -1, 0
	}
	return s.list[i].File, s.list[i].Line
}

// Renumber keeps the sites that are still used, in order of first use.
func (s *Sites) Renumber(u *unit.Unit) {
	moved := map[int]int{}
	move := func(i *int) {
		if *i < 0 || *i >= len(s.list) {
			*i = unit.NoSite
			return
		}
		n, ok := moved[*i]
		if !ok {
			n = len(u.Sites)
			moved[*i] = n
			u.Sites = append(u.Sites, s.list[*i])
		}
		*i = n
	}
	unit.EachSite(u, move)
}
