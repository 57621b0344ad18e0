package eval

import (
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/value"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A statement is often made pretty before it is run or printed: tabs and line
// breaks become blanks. That leaves the statement what it is, also where the text is
// not known: only white space is replaced, by white space or nothing.

// spacing are the pairs of a replacement of white space, nil if it is none.
func spacing(f *value.Values, c *callsite.Call) []string {
	var values []ssa.Value
	switch c.Model.Text() {
	case library.Replacer:
		values = replacerPairs(f.Program, c.Recv)
	case library.ReplaceAll:
		values = c.Args[1:3]
	}
	var out []string
	for i, v := range values {
		k, ok := constantText(v)
		if !ok || strings.TrimSpace(k) != "" || i%2 == 0 && k == "" {
			return nil
		}
		out = append(out, k)
	}
	if len(out)%2 != 0 {
		return nil
	}
	return out
}

func constantText(v ssa.Value) (string, bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil {
		return "", false
	}
	return callsite.Text(c)
}

// replacerPairs are the arguments of the call that made a replacer, in place or as a package variable that is set once.
func replacerPairs(p *callsite.Program, v ssa.Value) []ssa.Value {
	if load, ok := v.(*ssa.UnOp); ok {
		if g, ok := load.X.(*ssa.Global); ok {
			v = onlyValue(g)
		}
	}
	call, ok := v.(*ssa.Call)
	if !ok || len(call.Call.Args) != 1 {
		return nil
	}
	if m := p.Classify(call).Model; m == nil || m.Text() != library.Pairs {
		return nil
	}
	return callsite.Listed(call.Call.Args[0])
}

// onlyValue is what a package variable is set to, nil if that happens twice.
func onlyValue(g *ssa.Global) ssa.Value {
	var found []ssa.Value
	var visit func(fn *ssa.Function)
	visit = func(fn *ssa.Function) {
		for _, b := range fn.Blocks {
			for _, instr := range b.Instrs {
				if st, ok := instr.(*ssa.Store); ok && st.Addr == ssa.Value(g) {
					found = append(found, st.Val)
				}
			}
		}
		for _, a := range fn.AnonFuncs {
			visit(a)
		}
	}
	for _, m := range g.Pkg.Members {
		switch m := m.(type) {
		case *ssa.Function:
			visit(m)
		case *ssa.Type:
			for _, fn := range methods(g.Pkg, m) {
				visit(fn)
			}
		}
	}
	if len(found) != 1 || g.Object() == nil || g.Object().Exported() {
		return nil
	}
	return found[0]
}

func methods(pkg *ssa.Package, t *ssa.Type) []*ssa.Function {
	n, ok := types.Unalias(t.Type()).(*types.Named)
	if !ok || types.IsInterface(n) {
		return nil
	}
	var out []*ssa.Function
	for f := range n.Methods() {
		if fn := pkg.Prog.FuncValue(f); fn != nil {
			out = append(out, fn)
		}
	}
	return out
}

// spaced replaces the white space in the known pieces of a text.
func spaced(pairs []string, t term.Term) term.Term {
	switch x := t.(type) {
	case *term.Const:
		if x.Kind == term.Text {
			return constant(strings.NewReplacer(pairs...).Replace(x.Text))
		}
	case *term.Concat:
		parts := make([]term.Term, len(x.Parts))
		for i, p := range x.Parts {
			parts[i] = spaced(pairs, p)
		}
		return term.CatOf(parts...)
	}
	return t
}
