package result

import (
	"go/token"
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
	t := term.InContext(f.Key(c.Arg(c.Model.At), c.Instr))
	_, dynamic := c.Sig.Results().At(0).Type().Underlying().(*types.Interface)
	if c.Sig.Results().Len() == 1 && dynamic {
		return t
	}
	return algebra.CommaOK(t, i)
}

// Key is the canonical text of a context key, as [term.KeyOf] writes it, at an instruction;
// a constant that is a number has its name, a struct without fields the name of its type.
func (f *Results) Key(v ssa.Value, at ssa.Instruction) string {
	for {
		changed, ok := v.(*ssa.ChangeInterface)
		if !ok {
			break
		}
		v = changed.X
	}
	v = callsite.Behind(v)
	switch x := v.(type) {
	case nil:
		return term.ComputedKey
	case *ssa.Const:
		return callsite.ConstKey(x)
	case *ssa.UnOp:
		if g, ok := x.X.(*ssa.Global); ok {
			return g.Pkg.Pkg.Path() + "." + g.Name()
		}
	case *ssa.Global:
		return x.Pkg.Pkg.Path() + "." + x.Name()
	}
	if st, ok := callsite.StructOf(v.Type()); ok && st.NumFields() == 0 {
		return callsite.TypeName(v.Type()) + "{}"
	}
	if text, ok := said(v, nil, maxInlined); ok {
		return term.KeyOf(keyType(v.Type()), &term.Const{Kind: term.Text, Text: text})
	}
	return term.KeyOf(keyType(v.Type()), f.Value(v, at))
}

// maxInlined caps the functions through which the text of a key is followed.
const maxInlined = 3

// said is the text of a key that functions of the package, which do nothing else, put together
// of constants; binds are their parameters.
//
//	func key(name string) ctxKey { return ctxKey("app." + name) }
func said(v ssa.Value, binds map[ssa.Value]ssa.Value, depth int) (string, bool) {
	switch x := v.(type) {
	case *ssa.Const:
		return callsite.ConstText(x)
	case *ssa.Parameter:
		if to := binds[x]; to != nil && depth > 0 {
			return said(to, nil, depth-1)
		}
	case *ssa.ChangeType:
		return said(x.X, binds, depth)
	case *ssa.Convert:
		return said(x.X, binds, depth)
	case *ssa.BinOp:
		a, isText := said(x.X, binds, depth)
		b, both := said(x.Y, binds, depth)
		return a + b, isText && both && x.Op == token.ADD
	case *ssa.Call:
		fn := x.Call.StaticCallee()
		if fn == nil || len(fn.Blocks) != 1 || depth == 0 || binds != nil {
			return "", false
		}
		ret, ok := fn.Blocks[0].Instrs[len(fn.Blocks[0].Instrs)-1].(*ssa.Return)
		if !ok || len(ret.Results) != 1 || len(fn.Params) != len(x.Call.Args) {
			return "", false
		}
		handed := map[ssa.Value]ssa.Value{}
		for i, p := range fn.Params {
			handed[p] = x.Call.Args[i]
		}
		return said(ret.Results[0], handed, depth-1)
	}
	return "", false
}

// keyType is the type of a key that a value can stand for, "" where its type says none.
func keyType(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Basic:
		if t.Kind() == types.String || t.Kind() == types.UntypedString {
			return "string"
		}
	case *types.Named:
		if !types.IsInterface(t) {
			return callsite.TypeName(t)
		}
	}
	return ""
}
