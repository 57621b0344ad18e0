package compile

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// build makes the SSA form of this package alone; its imports are declarations.
// What does not type-check is left out. It is nil if that fails.
func (c *compiler) build() *ssa.Package {
	if len(c.in.TypeErrors) > 0 {
		return c.buildSound()
	}
	parts := c.parts()
	pkg, err := c.attempt(parts)
	if err != nil { // not the user's fault
		c.problem("internal error", "some functions cannot be compiled", c.packageSite())
		return c.buildSound()
	}
	return pkg
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
