// Package unread lists the calls of databases in code that was not compiled: what
// nobody read must not vanish.
//
// In go the files of a package and the functions that were made of them; out come the
// unit's Unread. The calls are found in the syntax: by their functions where those have
// a type, and by the bare names of the functions that run statements where they have
// none.
//
// It cannot see calls of the program's own wrappers, which have other names.
package unread

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"strings"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// noOperations are the reasons of functions without operations.
var noOperations = map[string]bool{
	"does not type-check": true, "function too large": true, "package too large": true, "internal error": true,
}

// Calls lists the calls of databases that stand in code which was not compiled. Heads are
// the functions by the name of their declaration, or their literal; broken reports whether
// a range has code that does not type-check.
func Calls(src *source.Package, heads map[ast.Node]*unit.Function, broken func(from, to token.Pos) bool) {
	w := &calls{src: src, heads: heads, names: namesThatRun(src.Library)}
	for _, f := range src.Files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && !src.Skipped[fd] {
				w.function(fd)
			} else if !ok && broken(d.Pos(), d.End()) {
				w.in(d, src.Pkg.Path()+".init", "does not type-check")
			}
		}
		if broken(f.FileStart, f.FileEnd) {
			w.unparsed(f)
		}
	}
}

// Tabulates reports whether a function is the initialiser of the package's variables, and
// these hold constants only: nothing is called, and no function is kept.
func Tabulates(src *source.Package, fn *ssa.Function) bool {
	if fn.Synthetic != "package initializer" {
		return false
	}
	for _, init := range src.Info.InitOrder {
		plain := true
		ast.Inspect(init.Rhs, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				plain = false
			case *ast.CallExpr:
				plain = plain && src.Info.Types[n.Fun].IsType()
			case ast.Expr:
				_, function := src.Info.TypeOf(n).(*types.Signature)
				plain = plain && !function
			}
			return plain
		})
		if !plain {
			return false
		}
	}
	return true
}

// namesThatRun are the names of the library functions that run statements.
func namesThatRun(lib *library.Set) map[string]bool {
	out := map[string]bool{}
	for _, m := range lib.Models() {
		if m.Verb == library.Runs {
			out[m.Key[strings.LastIndex(m.Key, ".")+1:]] = true
		}
	}
	return out
}

// calls gathers them.
type calls struct {
	src   *source.Package
	heads map[ast.Node]*unit.Function
	names map[string]bool
}

// function looks into a declared function: whole if it was not compiled, and into those
// of its closures that were not.
func (w *calls) function(fd *ast.FuncDecl) {
	head := w.heads[fd.Name]
	switch {
	case fd.Body == nil:
	case head == nil:
		w.in(fd, w.src.Pkg.Path()+"."+fd.Name.Name, "does not type-check")
	case noOperations[head.Over]:
		w.in(fd, head.Symbol, head.Over)
	default:
		ast.Inspect(fd.Body, func(n ast.Node) bool {
			if lit, ok := n.(*ast.FuncLit); ok {
				if head := w.heads[lit]; head != nil && noOperations[head.Over] {
					w.in(lit, head.Symbol, head.Over)
					return false
				}
			}
			return true
		})
	}
}

// in lists the calls in a piece of syntax.
func (w *calls) in(n ast.Node, function, why string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && w.runs(call) {
			w.src.Unit.Unread = append(w.src.Unit.Unread, unit.Unread{Function: function, Why: why, Site: w.src.Sites.Call(call)})
		}
		return true
	})
}

// runs reports whether a call runs a statement, or may: a method without a type, or one
// of an interface of the program, that is named as those of libraries are.
func (w *calls) runs(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	if fn, ok := typeutil.Callee(w.src.Info, call).(*types.Func); ok {
		if m := w.src.Library.Find(fn); m != nil {
			return m.Verb == library.Runs
		}
		recv := fn.Signature().Recv()
		return recv != nil && types.IsInterface(recv.Type()) && w.names[sel.Sel.Name]
	}
	return w.src.Info.Uses[sel.Sel] == nil && w.names[sel.Sel.Name]
}

// unparsed lists what the parser left out of a file with mistakes, such as the halves of
// a merge: tokens that read like a call of a method that runs statements, where the
// syntax has no call.
func (w *calls) unparsed(f *ast.File) {
	file := w.src.Fset.File(f.FileStart)
	src, err := os.ReadFile(file.Name())
	if err != nil || len(src) != file.Size() {
		return // not the text that was parsed
	}
	var s scanner.Scanner
	fresh := token.NewFileSet().AddFile(file.Name(), -1, len(src))
	s.Init(fresh, src, nil, 0)
	var name token.Pos
	dot, named := false, false
	for {
		pos, tok, lit := s.Scan()
		if tok == token.EOF {
			return
		}
		at := file.Pos(fresh.Offset(pos))
		if tok == token.LPAREN && named && w.src.Calls[at] == nil {
			w.src.Unit.Unread = append(w.src.Unit.Unread, unit.Unread{Function: w.src.Pkg.Path(), Why: "does not parse", Site: w.src.Sites.At(name, at)})
		}
		named = dot && tok == token.IDENT && w.names[lit]
		dot, name = tok == token.PERIOD, at
	}
}
