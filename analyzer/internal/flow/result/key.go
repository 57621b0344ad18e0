package result

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// got is the value under a context key; a typed accessor gives zero without one.
func (f *Results) got(c *callsite.Call, i int) term.Term {
	if v := c.Stored(); v != nil {
		return f.Value(v, c.Instr)
	}
	key := f.Key(c.Arg(c.Model.At))
	var t term.Term = term.Why("computed context key")
	if key != "?" {
		t = &term.Path{Root: term.Context, Name: key}
	}
	_, dynamic := c.Sig.Results().At(0).Type().Underlying().(*types.Interface)
	if c.Sig.Results().Len() == 1 && dynamic {
		return t
	}
	return algebra.CommaOK(t, i)
}

// Key is the canonical text of a context key: a Go-quoted text, pkg.T("x") of a
// typed constant, pkg.T{} of a struct type, pkg.V of a variable, "?" if it is
// computed.
func (f *Results) Key(v ssa.Value) string {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		case *ssa.Const:
			return callsite.ConstKey(x)
		case *ssa.UnOp:
			if g, ok := x.X.(*ssa.Global); ok {
				return g.Pkg.Pkg.Path() + "." + g.Name()
			}
			if a, ok := x.X.(*ssa.Alloc); ok && callsite.EmptyStruct(a) {
				return callsite.TypeName(callsite.Deref(a.Type())) + "{}"
			}
			return "?"
		case *ssa.Global:
			return x.Pkg.Pkg.Path() + "." + x.Name()
		default:
			return "?"
		}
	}
}
