package callsite

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// Decides tells a call of a library function without a model that may decide
// access, by its name and because it gives an error or a boolean. What such a
// call gives is a symbol, so that its outcome is a fact.
func (p *Program) Decides(c *Call) bool {
	if c.Kind != Library || c.Model != nil || p.MayDecide == nil || !thirdParty(c.Symbol) || len(c.Args) == 0 {
		return false
	}
	answers := false
	for v := range c.Sig.Results().Variables() {
		answers = answers || library.IsError(v.Type()) || IsBasic(v.Type(), types.IsBoolean)
	}
	return answers && !Wraps(c) && p.MayDecide(c.Symbol)
}

// Wrapper is the field that a struct type stands for, "" if it is no wrapper: that of a
// library, or one of the program's own that has nothing but this field and says itself
// which value a database stores.
func (p *Program) Wrapper(t types.Type) string {
	if w := p.Lib.Wrapper(t); w != "" {
		return w
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || st.NumFields() != 1 || !Valuer(t) {
		return ""
	}
	return st.Field(0).Name()
}

// Valuer tells a type that says itself which value it is: driver.Valuer.
func Valuer(t types.Type) bool {
	obj, _, _ := types.LookupFieldOrMethod(t, true, nil, "Value")
	f, ok := obj.(*types.Func)
	if !ok {
		return false
	}
	sig := f.Signature()
	return sig.Params().Len() == 0 && sig.Results().Len() == 2 && library.IsError(sig.Results().At(1).Type())
}

// OwnContext is the key under which a type of the program stands that carries a context
// on with values of its own beside it, "" if it is none: a struct that embeds the context
// of a call or of a framework. Whoever asserts it of the context that he is handed reads
// what somebody has put into one.
func (p *Program) OwnContext(t types.Type) string {
	n := Named(t)
	if n == nil || n.Obj().Pkg() == nil || !p.InModule(n.Obj().Pkg().Path()) {
		return ""
	}
	st, ok := n.Underlying().(*types.Struct)
	if !ok {
		return ""
	}
	for f := range st.Fields() {
		if f.Embedded() && p.IsContext(f.Type()) {
			return TypeName(n)
		}
	}
	return ""
}

// IsContext tells the interfaces by which the context of a call or of a framework's
// request is handed on.
func (p *Program) IsContext(t types.Type) bool {
	if !types.IsInterface(t) {
		return false
	}
	name := TypeName(t)
	return library.IsContext(t) || slices.ContainsFunc(p.Lib.Handlers(), func(h library.Handler) bool {
		return slices.ContainsFunc(h.Request, func(i int) bool { return i < len(h.Params) && h.Params[i] == name })
	})
}

// thirdParty tells a symbol that is not of the standard library.
func thirdParty(symbol string) bool {
	host, _, ok := strings.Cut(symbol, "/")
	return ok && strings.Contains(host, ".")
}

// HandsFunc reports whether a library call may be kept, because it is handed a
// function: then its results are symbols, too.
func HandsFunc(c *Call) bool {
	for _, a := range c.Args {
		t := a.Type().Underlying()
		if s, ok := t.(*types.Slice); ok {
			t = s.Elem().Underlying()
		}
		if IsFuncType(t) {
			return true
		}
	}
	return false
}

// Wraps reports whether a library function takes exactly one value and gives one,
// with an error at most: a wrapper, whatever its name.
func Wraps(c *Call) bool {
	r := c.Sig.Results()
	if r.Len() == 0 || r.Len() > 2 || r.Len() == 2 && !library.IsError(r.At(1).Type()) {
		return false
	}
	t := r.At(0).Type()
	return Only(c) != nil && !IsBasic(t, types.IsBoolean) && !library.IsError(t) && !IsFuncType(t)
}

// Converts reports whether a wrapper is a conversion by its name: a function that looks
// something up has the same signature, and gives something else.
func Converts(c *Call) bool {
	name := c.Symbol[strings.LastIndexByte(c.Symbol, '.')+1:]
	return trust.Converts(c.Symbol) || name != "" && isTypeName(c, name)
}

// isTypeName reports whether a function is called as the type that it gives, or as a
// basic one: null.String, proto.Int64, aws.Bool.
func isTypeName(c *Call, name string) bool {
	if n := Named(c.Sig.Results().At(0).Type()); n != nil && n.Obj().Name() == name {
		return true
	}
	basic := types.Universe.Lookup(strings.ToLower(name))
	_, ok := basic.(*types.TypeName)
	return ok
}

// Only is the one argument that is neither context nor function, or nil.
func Only(c *Call) ssa.Value {
	var one ssa.Value
	for _, a := range c.All() {
		if library.IsContext(a.Type()) {
			continue
		}
		if one != nil || IsFuncType(a.Type()) {
			return nil
		}
		one = a
	}
	if one == nil || c.Sig.Variadic() {
		return nil
	}
	return one
}

// RowFunc tells how the function that is handed to a collector reads a row.
func (p *Program) RowFunc(c *Call) string {
	for _, a := range c.Args {
		for {
			ct, ok := a.(*ssa.ChangeType)
			if !ok {
				break
			}
			a = ct.X
		}
		fn, ok := a.(*ssa.Function)
		if !ok {
			continue
		}
		if obj, ok := fn.Object().(*types.Func); ok {
			if m := p.Lib.Find(obj); m != nil && m.Verb == library.Rows {
				return m.By
			}
		}
	}
	return "func"
}
