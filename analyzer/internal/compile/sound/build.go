// Package sound builds the SSA form of what type-checks in a package.
//
// In goes a type-checked package, perhaps with errors; out comes its SSA form, with
// the imports as declarations, which is why it is near-linear. SSA cannot be built of
// code without types: functions and initialisers that have some are left out, and so
// are those that SSA stumbles over nevertheless, found by halving.
package sound

import (
	"go/ast"
	"go/token"
	"go/types"
	"sort"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
)

// Form is the SSA form of a package.
type Form struct {
	*ssa.Package                     // nil if it cannot be built
	LeftOut      map[*ast.Ident]bool // the functions that have no body in it, by their names
	// Broken reports whether a range has a type error, or uses what has no type.
	Broken func(from, to token.Pos) bool
}

// Build makes the SSA form of a package alone; its imports are declarations. What
// does not type-check is left out.
func Build(p *source.Package) Form {
	b := &builder{Package: p, left: map[*ast.Ident]bool{}, imports: declarations(p.Pkg, p.Info)}
	return Form{Package: b.build(), LeftOut: b.left, Broken: b.broken}
}

// builder builds the SSA form of a package.
type builder struct {
	*source.Package
	left    map[*ast.Ident]bool // functions that are left out, by their names
	unsound []token.Pos         // where something without a type is used
	imports *declarer
}

func (b *builder) build() *ssa.Package {
	if len(b.TypeErrors) > 0 {
		return b.buildSound()
	}
	pkg, err := b.attempt(b.parts())
	if err != nil { // not the user's fault
		b.Problem("internal error", "some functions cannot be compiled", b.Clause())
		return b.buildSound()
	}
	return pkg
}

// broken reports whether a range has a type error, or uses what has no type.
func (b *builder) broken(from, to token.Pos) bool {
	for _, e := range b.TypeErrors {
		if !e.Soft && from <= e.Pos && e.Pos <= to {
			return true
		}
	}
	return uses(b.unsound, from, to)
}

// Declared are the functions of the package that stand in its files, closures
// behind the function that makes them, in source order.
func Declared(pkg *ssa.Package) []*ssa.Function {
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

// ConstantGlobals finds the package variables that are set once, by their
// declaration, to a constant.
func ConstantGlobals(pkg *ssa.Package) func(*ssa.Global) *ssa.Const {
	stores := map[*ssa.Global]int{}
	values := map[*ssa.Global]*ssa.Const{}
	for _, fn := range Declared(pkg) {
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
