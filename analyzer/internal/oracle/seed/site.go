package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// site is a condition that a fault takes away.
type site struct {
	file       string // from the folder of the program
	line       int
	kind       string
	from, to   int // the bytes that go
	first, end int // the lines of the function
	keep       []string
	at         int // where the values that are left over are named, so that they count as used
}

// narrowing are the names of methods that take conditions.
var narrowing = map[string]bool{"Where": true, "Having": true, "And": true, "WhereOr": true}

// skipped are folders in which nobody writes a program's statements.
var skipped = map[string]bool{".git": true, "node_modules": true, "vendor": true, "testdata": true, "mocks": true}

// sitesIn are the sites of all Go files below a folder, in order.
func sitesIn(dir, column string) ([]site, error) {
	var out []site
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if skipped[d.Name()] {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("read a file of the program: %w", err)
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			return fmt.Errorf("name a file of the program: %w", err)
		}
		out = append(out, sitesOf(rel, src, column)...)
		return nil
	})
	return out, err
}

// sitesOf are the sites of a file; one that does not parse has none.
func sitesOf(name string, src []byte, column string) []site {
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, name, src, 0)
	if err != nil {
		return nil
	}
	f := &finder{fset: fset, column: column}
	for _, d := range file.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
			f.fn = fn
			f.block(fn.Body)
		}
	}
	for i := range f.out {
		f.out[i].file = name
	}
	return f.out
}

type finder struct {
	fset   *token.FileSet
	column string
	fn     *ast.FuncDecl
	stmt   ast.Stmt // the innermost statement of a block
	out    []site
}

// block looks for sites, statement by statement.
func (f *finder) block(n ast.Node) {
	ast.Inspect(n, func(x ast.Node) bool {
		var list []ast.Stmt
		switch x := x.(type) {
		case *ast.BlockStmt:
			list = x.List
		case *ast.CaseClause:
			list = x.Body
		case *ast.CallExpr:
			f.call(x)
			return true
		default:
			return true
		}
		for _, s := range list {
			outer := f.stmt
			f.stmt = s
			f.block(s)
			f.stmt = outer
		}
		return false
	})
}

// call looks at what a call hands to a method that takes conditions.
func (f *finder) call(c *ast.CallExpr) {
	sel, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || !narrowing[sel.Sel.Name] || f.stmt == nil {
		return
	}
	for i, arg := range c.Args {
		if lit, ok := arg.(*ast.CompositeLit); ok && f.entry(lit) {
			return
		}
		if !f.names(arg) {
			continue
		}
		if text, ok := arg.(*ast.BasicLit); ok && strings.Contains(strings.ToLower(text.Value), " or ") {
			continue
		}
		_, isText := arg.(*ast.BasicLit)
		if isText && i == 0 || len(c.Args) == 1 { // with its bind values
			if statement, alone := f.stmt.(*ast.ExprStmt); alone && statement.X == ast.Expr(c) {
				f.add("call", c, c.Pos(), c.End(), append([]ast.Expr{sel.X}, c.Args...))
			} else {
				f.add("call", c, sel.X.End(), c.End(), c.Args)
			}
			return
		}
		if i+1 < len(c.Args) {
			f.add("condition", arg, arg.Pos(), c.Args[i+1].Pos(), []ast.Expr{arg})
		} else {
			f.add("condition", arg, c.Args[i-1].End(), arg.End(), []ast.Expr{arg})
		}
		return
	}
}

// entry takes an entry out of a map, and reports whether there is one.
func (f *finder) entry(lit *ast.CompositeLit) bool {
	for i, e := range lit.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok || !f.isColumn(kv.Key) {
			continue
		}
		end := kv.End()
		if i+1 < len(lit.Elts) {
			end = lit.Elts[i+1].Pos()
		} else if i > 0 {
			f.add("entry", kv, lit.Elts[i-1].End(), end, []ast.Expr{kv.Value})
			return true
		}
		f.add("entry", kv, kv.Pos(), end, []ast.Expr{kv.Value})
		return true
	}
	return false
}

// names reports whether an expression names the column in a text of its own.
func (f *finder) names(e ast.Expr) bool {
	found := false
	ast.Inspect(e, func(n ast.Node) bool {
		switch x := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.BasicLit:
			found = found || f.isColumn(x) || comparesColumn(x.Value, f.column)
		}
		return true
	})
	return found
}

func (f *finder) isColumn(e ast.Expr) bool {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return false
	}
	text := strings.Trim(lit.Value, "\"`")
	return text[strings.LastIndexByte(text, '.')+1:] == f.column
}

// comparesColumn reports whether a text compares a column with a value.
func comparesColumn(text, column string) bool {
	_, after, found := strings.Cut(text, column)
	after = strings.TrimLeft(after, " \"`)")
	return found && (strings.HasPrefix(after, "=") || strings.HasPrefix(strings.ToUpper(after), "IN"))
}

// add notes a site; the variables among what goes are named elsewhere.
func (f *finder) add(kind string, at ast.Node, from, to token.Pos, gone []ast.Expr) {
	s := site{
		line: f.fset.Position(at.Pos()).Line, kind: kind, from: f.offset(from), to: f.offset(to), at: f.offset(f.stmt.Pos()),
		first: f.fset.Position(f.fn.Pos()).Line, end: f.fset.Position(f.fn.End()).Line,
	}
	for _, e := range gone {
		ast.Inspect(e, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				ast.Inspect(sel.X, func(x ast.Node) bool { s.use(x); return true })
				return false
			}
			s.use(n)
			return true
		})
	}
	f.out = append(f.out, s)
}

// use keeps a variable used that a site may be the only user of.
func (s *site) use(n ast.Node) {
	id, ok := n.(*ast.Ident)
	if !ok || id.Obj == nil || id.Obj.Kind != ast.Var || slices.Contains(s.keep, id.Name) {
		return
	}
	s.keep = append(s.keep, id.Name)
}

func (f *finder) offset(p token.Pos) int { return f.fset.Position(p).Offset }

// seeded is a file without what its sites stand for; lines stay where they are.
func seeded(src []byte, sites []site) []byte {
	type edit struct {
		at, to int
		text   string
	}
	var edits []edit
	for _, s := range sites {
		edits = append(edits, edit{s.from, s.to, strings.Repeat("\n", strings.Count(string(src[s.from:s.to]), "\n"))})
		if len(s.keep) > 0 {
			uses := strings.Repeat("_, ", len(s.keep)-1) + "_ = " + strings.Join(s.keep, ", ") + "; "
			edits = append(edits, edit{s.at, s.at, uses})
		}
	}
	slices.SortStableFunc(edits, func(a, b edit) int { return b.at - a.at })
	out := slices.Clone(src)
	last := len(src) + 1
	for _, e := range edits {
		if e.to > last { // within another one
			continue
		}
		out = slices.Concat(out[:e.at], []byte(e.text), out[e.to:])
		last = e.at
	}
	return out
}
