package compile

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"go/types"
	"os"
	"strings"

	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/types/typeutil"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// What is not compiled must not vanish. The calls of databases in it are found in the
// syntax: by their functions where those have a type, and by the bare names of the
// functions that run statements where they have none.

// noOperations are the reasons of functions without operations.
var noOperations = map[string]bool{
	"does not type-check": true, "function too large": true, "package too large": true, "internal error": true,
}

// unread lists the calls of databases that stand in code which was not compiled.
func (c *compiler) unread() {
	w := &unreadCalls{c: c, names: c.namesThatRun()}
	for _, f := range c.files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok {
				w.function(fd)
			} else if c.broken(d.Pos(), d.End()) {
				w.in(d, c.in.Pkg.Path()+".init", "does not type-check")
			}
		}
		if c.broken(f.FileStart, f.FileEnd) {
			w.unparsed(f)
		}
	}
}

// tabulates tells whether a function is the initialiser of the package's variables, and
// these hold constants only: nothing is called, and no function is kept.
func (c *compiler) tabulates(fn *ssa.Function) bool {
	if fn.Synthetic != "package initializer" {
		return false
	}
	for _, init := range c.in.Info.InitOrder {
		plain := true
		ast.Inspect(init.Rhs, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncLit:
				plain = false
			case *ast.CallExpr:
				plain = plain && c.in.Info.Types[n.Fun].IsType()
			case ast.Expr:
				_, function := c.in.Info.TypeOf(n).(*types.Signature)
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
func (c *compiler) namesThatRun() map[string]bool {
	out := map[string]bool{}
	for _, m := range c.prog.Lib.Models() {
		if m.Verb == library.Runs {
			out[m.Key[strings.LastIndex(m.Key, ".")+1:]] = true
		}
	}
	return out
}

// unreadCalls gathers them.
type unreadCalls struct {
	c     *compiler
	names map[string]bool
}

// function looks into a declared function: whole if it was not compiled, and into those
// of its closures that were not.
func (w *unreadCalls) function(fd *ast.FuncDecl) {
	head := w.c.heads[fd.Name]
	switch {
	case fd.Body == nil:
	case head == nil:
		w.in(fd, w.c.in.Pkg.Path()+"."+fd.Name.Name, "does not type-check")
	case noOperations[head.Over]:
		w.in(fd, head.Symbol, head.Over)
	default:
		ast.Inspect(fd.Body, func(n ast.Node) bool {
			if lit, ok := n.(*ast.FuncLit); ok {
				if head := w.c.heads[lit]; head != nil && noOperations[head.Over] {
					w.in(lit, head.Symbol, head.Over)
					return false
				}
			}
			return true
		})
	}
}

// in lists the calls in a piece of syntax.
func (w *unreadCalls) in(n ast.Node, function, why string) {
	ast.Inspect(n, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok && w.runs(call) {
			w.c.u.Unread = append(w.c.u.Unread, unit.Unread{Function: function, Why: why, Site: w.c.sites.call(call)})
		}
		return true
	})
}

// runs tells whether a call runs a statement, or may: a method without a type, or one
// of an interface of the program, that is named as those of libraries are.
func (w *unreadCalls) runs(call *ast.CallExpr) bool {
	sel, ok := ast.Unparen(call.Fun).(*ast.SelectorExpr)
	if !ok {
		return false
	}
	if fn, ok := typeutil.Callee(w.c.in.Info, call).(*types.Func); ok {
		if m := w.c.prog.Lib.Find(fn); m != nil {
			return m.Verb == library.Runs
		}
		recv := fn.Signature().Recv()
		return recv != nil && types.IsInterface(recv.Type()) && w.names[sel.Sel.Name]
	}
	return w.c.in.Info.Uses[sel.Sel] == nil && w.names[sel.Sel.Name]
}

// unparsed lists what the parser left out of a file with mistakes, such as the halves of
// a merge: tokens that read like a call of a method that runs statements, where the
// syntax has no call.
func (w *unreadCalls) unparsed(f *ast.File) {
	file := w.c.in.Fset.File(f.FileStart)
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
		if tok == token.LPAREN && named && w.c.calls[at] == nil {
			w.c.u.Unread = append(w.c.u.Unread, unit.Unread{Function: w.c.in.Pkg.Path(), Why: "does not parse", Site: w.c.sites.at(name, at)})
		}
		named = dot && tok == token.IDENT && w.names[lit]
		dot, name = tok == token.PERIOD, at
	}
}
