// Package compile makes the unit of one package: what each of its functions does
// by itself.
//
// In goes a type-checked package; out comes a [unit.Unit]. The values are those
// of package flow, the texts those of package eval; this package walks the
// functions, writes down what matters of them and drops the rest.
//
// Terms. A function is *dull* if it runs nothing, calls nothing of interest,
// stores and reads nothing, and gives nothing that could matter; calls of dull
// functions are dropped. A *site* is a range in a file.
//
// Invariant: the unit depends on the package alone (and, for dropping calls, on
// which functions of its imports are dull), is the same for every run, and leaves
// out test files. A function that cannot be compiled says so in Over.
//
// It cannot see callers, implementations of interfaces, the schema or the
// settings: that is the linker's. It builds SSA for this package alone, with the
// imports as declarations, which is why it is near-linear and can run under any
// driver.
package compile

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/eval"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
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
	// InModule tells whether a package is of the main module or the workspace;
	// nil takes the module's path as the prefix.
	InModule func(path string) bool
	// Imports gives the unit of an imported package, nil if there is none.
	Imports    func(path string) *unit.Unit
	TypeErrors []types.Error
	Library    *library.Set // nil loads the built-in one
}

// Budgets of a package and a function, in SSA instructions.
const (
	maxFunction = 40_000
	maxPackage  = 1_500_000
)

// compiler is the state of one run.
type compiler struct {
	in    Input
	u     *unit.Unit
	files []*ast.File // without test files
	sites *sites
	prog  *callsite.Program
	calls map[token.Pos]*ast.CallExpr // by left parenthesis
	made  map[string]*unit.Function   // by symbol
	heads map[ast.Node]*unit.Function // by the name of the declaration, or the literal
	out   map[*ast.Ident]bool         // functions that are left out, by their names
	loose map[string]bool             // entries told by a signature with more parameters
	// stoppable are the types of requests that a call stops.
	stoppable map[string]bool
	// dispatchers are the functions that call by reflection what their parameters choose.
	dispatchers map[string]bool
	// abstract are the methods of interfaces that are taken as values.
	abstract map[string]bool
	// results are the numbers of results of the calls of each function.
	results map[*unit.Function]map[int]int
	// answers are the calls that give only a bool.
	answers map[*unit.Function]map[int]bool
	left    int // instructions that the package may still spend

	unsound []token.Pos // where something without a type is used
}

// Package compiles one package. It never fails: what went wrong is among the
// unit's problems.
func Package(in Input) *unit.Unit {
	c := &compiler{in: in, left: maxPackage, made: map[string]*unit.Function{}, heads: map[ast.Node]*unit.Function{}, out: map[*ast.Ident]bool{}, loose: map[string]bool{}, abstract: map[string]bool{}, results: map[*unit.Function]map[int]int{}, answers: map[*unit.Function]map[int]bool{}, u: &unit.Unit{
		Path: in.Pkg.Path(), Name: in.Pkg.Name(), Module: in.ModulePath,
	}}
	if c.in.InModule == nil {
		c.in.InModule = func(p string) bool { return p == in.ModulePath || strings.HasPrefix(p, in.ModulePath+"/") }
	}
	if err := c.prepare(); err != nil {
		c.problem("internal error", err.Error(), unit.NoSite)
		return c.u
	}
	c.typeErrors()
	c.directives()
	if pkg := c.build(); pkg != nil {
		c.functions(pkg)
		c.embedded()
	}
	c.unread()
	c.columns()
	c.conversions()
	c.prune()
	c.types()
	c.libraries()
	c.finish()
	return c.u
}

// prepare reads the files' names, calls and positions.
func (c *compiler) prepare() error {
	lib := c.in.Library
	if lib == nil {
		var err error
		if lib, err = library.Load(); err != nil {
			return err
		}
	}
	c.sites = &sites{fset: c.in.Fset, files: map[string]int{}, seen: map[unit.Site]int{}}
	c.calls = map[token.Pos]*ast.CallExpr{}
	for _, f := range c.in.Files {
		name := c.in.Fset.PositionFor(f.FileStart, false).Filename
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		c.files = append(c.files, f)
	}
	sort.SliceStable(c.files, func(i, j int) bool {
		return c.in.Fset.PositionFor(c.files[i].FileStart, false).Filename < c.in.Fset.PositionFor(c.files[j].FileStart, false).Filename
	})
	for i, f := range c.files {
		name := c.in.Fset.PositionFor(f.FileStart, false).Filename
		c.sites.files[name] = i
		c.u.Files = append(c.u.Files, unit.File{Name: c.relative(name), Generated: ast.IsGenerated(f)})
		ast.Inspect(f, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				c.calls[call.Lparen] = call
			}
			return true
		})
	}
	c.stoppable = stoppableTypes(lib)
	c.prog = &callsite.Program{
		Lib: lib, InModule: c.in.InModule, Lookalikes: callsite.LookalikesOf(lib, c.in.Pkg),
		Written: c.written, Dispatches: c.dispatches, MayDecide: trust.MayDecide,
	}
	return nil
}

// relative is a file's path below the module's root, with slashes.
func (c *compiler) relative(name string) string {
	if c.in.ModuleDir != "" {
		if rel, err := filepath.Rel(c.in.ModuleDir, name); err == nil && !strings.HasPrefix(rel, "..") {
			return filepath.ToSlash(rel)
		}
	}
	dir := strings.TrimPrefix(strings.TrimPrefix(c.in.Pkg.Path(), c.in.ModulePath), "/")
	return path.Join(dir, filepath.Base(name))
}

func (c *compiler) problem(kind, message string, site int) {
	c.u.Problems = append(c.u.Problems, unit.Problem{Kind: kind, Message: message, Site: site})
}

func (c *compiler) typeErrors() {
	for _, e := range c.in.TypeErrors {
		if !e.Soft {
			c.problem("type-check", e.Msg, c.sites.at(e.Pos, e.Pos))
		}
	}
}

// functions compiles every function of the package, in source order.
func (c *compiler) functions(pkg *ssa.Package) {
	c.prog.Globals = constantGlobals(pkg)
	c.dispatching(pkg)
	for _, fn := range declared(pkg) {
		if !c.isDescription(fn) {
			c.function(fn)
		}
	}
}

// function compiles one function; a panic becomes a problem of that function.
func (c *compiler) function(fn *ssa.Function) {
	uf := c.head(fn)
	if uf == nil {
		return
	}
	c.u.Functions = append(c.u.Functions, uf)
	c.made[uf.Symbol] = uf
	n := size(fn)
	switch c.left -= n; {
	case n > maxFunction && c.tabulates(fn):
		return // a table of constants hides nothing
	case n > maxFunction:
		uf.Over = "function too large"
	case c.left < 0:
		uf.Over = "package too large"
	}
	if d, ok := fn.Syntax().(*ast.FuncDecl); ok && c.out[d.Name] {
		uf.Over = "does not type-check"
		return
	}
	if uf.Over != "" {
		c.problem("budget", uf.Over+": "+uf.Symbol, uf.Site)
		return
	}
	defer func() {
		if r := recover(); r != nil {
			uf.Over = "internal error"
			c.problem("internal error", fmt.Sprintf("%s: %v", uf.Symbol, r), uf.Site)
		}
	}()
	f := flow.New(c.prog, eval.Texts{}, fn, c.endOf)
	b := &body{c: c, f: f, fn: uf}
	c.results[uf], c.answers[uf] = map[int]int{}, map[int]bool{}
	for _, call := range f.Calls() {
		c.results[uf][call.N] = call.Sig.Results().Len()
		c.answers[uf][call.N] = answers(call.Sig)
	}
	b.operations()
	if uf.Over = f.Over(); uf.Over != "" {
		c.problem("budget", uf.Over+": "+uf.Symbol, uf.Site)
	}
}

// written tells whether a function of an imported package gives parameter i as a
// result.
func (c *compiler) written(symbol string, i int) bool {
	if c.in.Imports == nil {
		return false
	}
	imp := c.in.Imports(packageOf(symbol))
	if imp == nil {
		return false
	}
	for _, fn := range imp.Functions {
		if fn.Symbol == symbol {
			return givesBack(fn, i)
		}
	}
	return false
}

// givesBack tells whether a function leaves something else in parameter i than
// was there.
func givesBack(fn *unit.Function, i int) bool {
	for _, g := range fn.Gives {
		if n := fn.Results + i; n < len(g.Results) && g.Results[n].String() != term.P(i).String() {
			return true
		}
	}
	return false
}

// endOf is where a call ends in the source: what is evaluated first ends first.
func (c *compiler) endOf(instr ssa.CallInstruction) token.Pos {
	if call := c.calls[instr.Common().Pos()]; call != nil {
		return call.Rparen
	}
	return instr.Pos()
}

// head is the function without its operations; nil if it is not written in the
// package's files.
func (c *compiler) head(fn *ssa.Function) *unit.Function {
	sig := fn.Signature
	uf := &unit.Function{Symbol: callsite.Symbol(fn), Results: sig.Results().Len(), Variadic: sig.Variadic()}
	for _, p := range fn.Params {
		name := p.Name()
		if name == "_" {
			name = ""
		}
		uf.Params = append(uf.Params, name)
	}
	if recv := sig.Recv(); recv != nil {
		uf.Receiver = strings.TrimPrefix(callsite.TypeName(recv.Type()), "*")
	}
	if obj := fn.Object(); obj != nil {
		uf.Exported = obj.Exported()
	}
	uf.Site = unit.NoSite
	switch n := fn.Syntax().(type) {
	case *ast.FuncDecl:
		c.heads[n.Name] = uf
		uf.Site = c.sites.node(n.Name)
		uf.Allow = c.allowIn(n.Doc)
	case *ast.FuncLit:
		c.heads[n] = uf
		uf.Site = c.sites.at(n.Type.Func, n.Type.End())
	}
	return uf
}

func size(fn *ssa.Function) int {
	n := 0
	for _, b := range fn.Blocks {
		n += len(b.Instrs)
	}
	return n
}

// libraries notes which described libraries the package imports.
func (c *compiler) libraries() {
	for _, imp := range c.in.Pkg.Imports() {
		if c.prog.Lib.Package(imp.Path()) != nil {
			c.u.Libraries = append(c.u.Libraries, imp.Path())
		}
	}
	sort.Strings(c.u.Libraries)
}

// finish sorts what is not in order yet.
func (c *compiler) finish() {
	sort.SliceStable(c.u.Functions, func(i, j int) bool { return c.u.Functions[i].Symbol < c.u.Functions[j].Symbol })
	sort.SliceStable(c.u.Entries, func(i, j int) bool { return c.u.Entries[i].Symbol < c.u.Entries[j].Symbol })
	c.sites.renumber(c.u)
}
