// Package compile makes the unit of one package: what each of its functions does
// by itself.
//
// In goes a type-checked package; out comes a [unit.Unit]. The values are those
// of package flow, the texts those of package eval; the floors below write down what
// matters of the functions (body, with run, funcvalue and entry) and of the
// declarations (declare), and drop the rest (prune). This package is their order, and
// the budgets.
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
	"slices"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/body"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/declare"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/dispatch"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/entry"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/prune"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/sound"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/unread"
	"github.com/tenantvet/tenantvet/analyzer/internal/eval"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Input is a type-checked package.
type Input = source.Input

// Budgets of a package and a function, in SSA instructions.
const (
	maxFunction = 40_000
	maxPackage  = 1_500_000
)

// compiler is the state of one run.
type compiler struct {
	*source.Package
	prog        *callsite.Program
	dispatchers *dispatch.Dispatchers
	shared      *body.Shared
	heads       map[ast.Node]*unit.Function // by the name of the declaration, or the literal
	out         map[*ast.Ident]bool         // functions that are left out, by their names
	calls       map[*unit.Function]prune.Calls
	left        int // instructions that the package may still spend
}

// Package compiles one package. It never fails: what went wrong is among the
// unit's problems.
func Package(in Input) *unit.Unit {
	src, err := source.New(in)
	if err != nil {
		src.Problem("internal error", err.Error(), unit.NoSite)
		return src.Unit
	}
	c := newCompiler(src)
	form := sound.Build(src)
	if form.Package != nil {
		c.functions(form)
		declare.Embedded(src)
	}
	unread.Calls(src, c.heads, form.Broken)
	declare.Columns(src)
	declare.Models(src)
	declare.Entities(src)
	declare.Conversions(src)
	prune.Prune(src, prune.Known{Abstract: c.shared.Abstract, Loose: c.shared.Loose, Calls: c.calls})
	declare.MethodTables(src)
	c.libraries()
	c.finish()
	return src.Unit
}

func newCompiler(src *source.Package) *compiler {
	c := &compiler{
		Package: src, dispatchers: dispatch.New(src), shared: body.NewShared(src.Library),
		calls: map[*unit.Function]prune.Calls{}, heads: map[ast.Node]*unit.Function{}, left: maxPackage,
	}
	c.prog = &callsite.Program{
		Lib: src.Library, InModule: src.InModule, Lookalikes: callsite.LookalikesOf(src.Library, src.Pkg),
		Written: c.written, Dispatches: c.dispatchers.Calls, MayDecide: trust.MayDecide,
	}
	return c
}

// functions compiles every function of the package, in source order.
func (c *compiler) functions(form sound.Form) {
	c.out = form.LeftOut
	c.prog.Globals = sound.ConstantGlobals(form.Package)
	all := sound.Declared(form.Package)
	c.dispatchers.Find(c.prog, all)
	for _, fn := range all {
		c.shared.NoteSet(fn)
	}
	for _, fn := range all {
		if d, ok := fn.Syntax().(*ast.FuncDecl); ok && entry.IsDescription(c.Package, fn) {
			c.Skipped[d] = true
		}
		if !c.skipped(fn) {
			c.function(fn)
		}
	}
}

// skipped tells a function that a generator wrote and that is known by its name, or as one that
// describes a service, and what stands in it.
func (c *compiler) skipped(fn *ssa.Function) bool {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	d, ok := fn.Syntax().(*ast.FuncDecl)
	return ok && c.Skipped[d]
}

// function compiles one function; a panic becomes a problem of that function.
func (c *compiler) function(fn *ssa.Function) {
	uf := c.head(fn)
	if uf == nil {
		return
	}
	c.Unit.Functions = append(c.Unit.Functions, uf)
	n := size(fn)
	switch c.left -= n; {
	case n > maxFunction && unread.Tabulates(c.Package, fn):
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
		c.Problem("budget", uf.Over+": "+uf.Symbol, uf.Site)
		return
	}
	defer func() {
		if r := recover(); r != nil {
			uf.Over = "internal error"
			c.Problem("internal error", fmt.Sprintf("%s: %v", uf.Symbol, r), uf.Site)
		}
	}()
	f := flow.New(c.prog, eval.Texts{}, fn, c.endOf)
	c.calls[uf] = callsOf(f)
	body.New(&source.Function{Package: c.Package, Frame: f, Fn: uf}, c.shared).Operations()
	if uf.Over = f.Over(); uf.Over != "" {
		c.Problem("budget", uf.Over+": "+uf.Symbol, uf.Site)
	}
}

// callsOf are the calls of a function.
func callsOf(f *flow.Frame) prune.Calls {
	out := prune.Calls{Results: map[int]int{}, Answers: map[int]bool{}, Converts: map[int]bool{}}
	for _, call := range f.Calls() {
		out.Results[call.N] = call.Sig.Results().Len()
		out.Answers[call.N], out.Converts[call.N] = source.GivesBool(call.Sig), source.Converts(call.Sig)
	}
	return out
}

// written reports whether a function of an imported package gives parameter i as a
// result.
func (c *compiler) written(symbol string, i int) bool {
	if c.Imports == nil {
		return false
	}
	imp := c.Imports(unit.PackageOf(symbol))
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

// givesBack reports whether a function leaves something else in parameter i than
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
	if call := c.Calls[instr.Common().Pos()]; call != nil {
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
		uf.Site = c.Sites.Node(n.Name)
		uf.Allow = c.AllowIn(n.Doc)
	case *ast.FuncLit:
		c.heads[n] = uf
		uf.Site = c.Sites.At(n.Type.Func, n.Type.End())
	}
	return uf
}

// size is how many instructions a function has, without those that write a table of
// constants: a descriptor of bytes is long, and says nothing.
func size(fn *ssa.Function) int {
	n := 0
	for _, b := range fn.Blocks {
		n += len(b.Instrs)
		for _, instr := range b.Instrs {
			if tabulates(instr) {
				n -= 2
			}
		}
	}
	return n
}

// tabulates tells the store of a constant into an element of an array that is written out;
// with the address it is two instructions.
func tabulates(instr ssa.Instruction) bool {
	st, ok := instr.(*ssa.Store)
	if !ok {
		return false
	}
	at, ok := st.Addr.(*ssa.IndexAddr)
	if !ok {
		return false
	}
	_, array := at.X.(*ssa.Alloc)
	_, constant := st.Val.(*ssa.Const)
	_, index := at.Index.(*ssa.Const)
	return array && constant && index
}

// libraries notes which described libraries the package imports.
func (c *compiler) libraries() {
	for _, imp := range c.Pkg.Imports() {
		if lib := c.Library.NotModelled(imp.Path()); lib != nil {
			c.Unit.Libraries = append(c.Unit.Libraries, lib.Path)
		} else if c.Library.Package(imp.Path()) != nil {
			c.Unit.Libraries = append(c.Unit.Libraries, imp.Path())
		}
	}
	slices.Sort(c.Unit.Libraries)
	c.Unit.Libraries = slices.Compact(c.Unit.Libraries)
}

// finish sorts what is not in order yet.
func (c *compiler) finish() {
	sort.SliceStable(c.Unit.Functions, func(i, j int) bool { return c.Unit.Functions[i].Symbol < c.Unit.Functions[j].Symbol })
	sort.SliceStable(c.Unit.Entries, func(i, j int) bool { return c.Unit.Entries[i].Symbol < c.Unit.Entries[j].Symbol })
	c.Sites.Renumber(c.Unit)
}
