package compile

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// build makes the SSA form of this package alone; its imports are declarations.
// Functions that do not type-check lose their bodies. It is nil if that fails.
func (c *compiler) build() (pkg *ssa.Package) {
	defer func() {
		if r := recover(); r != nil {
			kind := "internal error"
			if len(c.in.TypeErrors) > 0 {
				kind = "type-check"
			}
			c.problem(kind, fmt.Sprintf("the package cannot be compiled: %v", r), unit.NoSite)
			pkg = nil
		}
	}()
	prog := ssa.NewProgram(c.in.Fset, ssa.BareInits)
	for _, imp := range c.in.Pkg.Imports() { // only they have members that are named here
		prog.CreatePackage(imp, nil, nil, true)
	}
	files := c.files
	if len(c.in.TypeErrors) > 0 {
		c.unsound = c.unsoundPlaces()
		files = c.sound()
	}
	pkg = prog.CreatePackage(c.in.Pkg, files, c.info(files), false)
	pkg.Build()
	return pkg
}

// info is the type information without the initialisation of variables that are
// declared in files that are left out.
func (c *compiler) info(files []*ast.File) *types.Info {
	info := *c.in.Info
	info.InitOrder = nil
	for _, init := range c.in.Info.InitOrder {
		if len(init.Lhs) > 0 && within(files, init.Lhs[0].Pos()) && !c.broken(init.Rhs.Pos(), init.Rhs.End()) {
			info.InitOrder = append(info.InitOrder, init)
		}
	}
	if len(c.in.TypeErrors) > 0 { // copies of files are other keys
		info.FileVersions = map[*ast.File]string{}
		for i, f := range files {
			info.FileVersions[f] = c.in.Info.FileVersions[c.files[i]]
		}
	}
	return &info
}

func within(files []*ast.File, pos token.Pos) bool {
	for _, f := range files {
		if f.FileStart <= pos && pos <= f.FileEnd {
			return true
		}
	}
	return false
}

// broken tells whether a range has a type error, or uses what has no type.
func (c *compiler) broken(from, to token.Pos) bool {
	for _, e := range c.in.TypeErrors {
		if !e.Soft && from <= e.Pos && e.Pos <= to {
			return true
		}
	}
	return uses(c.unsound, from, to)
}

// bodyOf is the range of a declaration as it was written.
func (c *compiler) bodyOf(bare *ast.FuncDecl) (from, to token.Pos) {
	for _, f := range c.files {
		for _, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Name == bare.Name {
				return fd.Pos(), fd.End()
			}
		}
	}
	return token.NoPos, token.NoPos
}

// sound are copies of the files in which functions with type errors have no body.
func (c *compiler) sound() []*ast.File {
	out := make([]*ast.File, len(c.files))
	for i, f := range c.files {
		cp := *f
		cp.Decls = make([]ast.Decl, len(f.Decls))
		for k, d := range f.Decls {
			if fd, ok := d.(*ast.FuncDecl); ok && fd.Body != nil && c.broken(fd.Pos(), fd.End()) {
				bare := *fd
				bare.Body = nil
				d = &bare
			}
			cp.Decls[k] = d
		}
		out[i] = &cp
	}
	return out
}

// declared are the functions of the package that stand in its files, closures
// behind the function that makes them, in source order.
func declared(pkg *ssa.Package) []*ssa.Function {
	var top []*ssa.Function
	add := func(fn *ssa.Function) {
		if fn != nil && fn.Pkg == pkg && (fn.Synthetic == "" || fn.Synthetic == "package initializer") {
			top = append(top, fn)
		}
	}
	names := make([]string, 0, len(pkg.Members))
	for name := range pkg.Members {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		switch m := pkg.Members[name].(type) {
		case *ssa.Function:
			add(m)
		case *ssa.Type:
			if n, ok := types.Unalias(m.Type()).(*types.Named); ok && n.Obj().Pkg() == pkg.Pkg && !types.IsInterface(n) {
				for f := range n.Methods() {
					add(pkg.Prog.FuncValue(f))
				}
			}
		}
	}
	sort.SliceStable(top, func(i, j int) bool { return top[i].Pos() < top[j].Pos() })
	var out []*ssa.Function
	var visit func(fn *ssa.Function)
	visit = func(fn *ssa.Function) {
		out = append(out, fn)
		for _, a := range fn.AnonFuncs {
			visit(a)
		}
	}
	for _, fn := range top {
		visit(fn)
	}
	return out
}

// constantGlobals finds the package variables that are set once, by their
// declaration, to a constant.
func constantGlobals(pkg *ssa.Package) func(*ssa.Global) *ssa.Const {
	stores := map[*ssa.Global]int{}
	values := map[*ssa.Global]*ssa.Const{}
	for _, fn := range declared(pkg) {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				globalUses(instr, strings.HasSuffix(fn.Name(), "init") && fn.Synthetic != "", stores, values)
			}
		}
	}
	return func(g *ssa.Global) *ssa.Const {
		if stores[g] == 1 {
			return values[g]
		}
		return nil
	}
}

// globalUses counts what may change a package variable: a store, or its address
// handed on.
func globalUses(instr ssa.Instruction, initializer bool, stores map[*ssa.Global]int, values map[*ssa.Global]*ssa.Const) {
	if st, ok := instr.(*ssa.Store); ok {
		if g, ok := st.Addr.(*ssa.Global); ok {
			stores[g]++
			if c, ok := st.Val.(*ssa.Const); ok && initializer {
				values[g] = c
			}
		}
		return
	}
	if _, ok := instr.(*ssa.UnOp); ok {
		return
	}
	for _, op := range instr.Operands(nil) {
		if g, ok := (*op).(*ssa.Global); ok {
			stores[g] += 2
		}
	}
}
