package flow

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Tokens. A library fills the claims of a token before it has verified it: they are
// the caller's only where its error is nil or the token says that it is valid. And the
// key must not be the client's.

// vouched is the call that gave a token whose error says whether it is verified, nil
// if v is neither such a token nor a part of one.
func (f *Frame) vouched(v ssa.Value) *Call {
	switch x := v.(type) {
	case *ssa.Extract:
		if call, ok := x.Tuple.(*ssa.Call); ok && x.Index == 0 {
			if c := f.byCall[call]; c.Model != nil && c.Model.Role() == library.Vouches {
				return c
			}
		}
		if assert, ok := x.Tuple.(*ssa.TypeAssert); ok && x.Index == 0 {
			return f.vouched(assert.X)
		}
	case *ssa.TypeAssert:
		return f.vouched(x.X)
	case *ssa.UnOp:
		if fa, ok := x.X.(*ssa.FieldAddr); ok {
			return f.vouched(fa.X)
		}
	}
	return nil
}

// vouches reports whether a value is the field of a call's token that says whether the
// token is verified.
func (f *Frame) vouches(c *Call, load *ssa.UnOp) bool {
	fa, ok := load.X.(*ssa.FieldAddr)
	if !ok || load.Op != token.MUL {
		return false
	}
	m := f.FieldModel(fa)
	return m != nil && m.Role() == library.Vouches && f.vouched(fa.X) == c
}

// Claims are what a call that verifies a token gives: the caller's, unless the key
// function lets the client choose.
func (f *Frame) Claims(c *Call) term.Term {
	if f.openKey(c.Arg(c.Model.Also)) {
		return &term.Origin{Kind: term.Request, Group: "header"}
	}
	return claims()
}

// openKey reports whether a key function allows tokens without a signature, or takes
// the key from the request or the token itself. One that is not seen is trusted.
func (f *Frame) openKey(v ssa.Value) bool {
	fn, closure := keyFunction(v)
	if fn == nil || len(fn.Blocks) == 0 {
		return false
	}
	inner := New(f.Program, f.texts, fn, func(c ssa.CallInstruction) token.Pos { return c.Pos() })
	for _, b := range fn.Blocks {
		ret, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return)
		if !ok || len(ret.Results) == 0 {
			continue
		}
		if mi, ok := ret.Results[0].(*ssa.MakeInterface); ok && f.Program.Lib.Kind(mi.X.Type()) == library.NoKey {
			return true
		}
		for _, leaf := range term.Leaves(inner.Term(ret.Results[0], ret)) {
			if f.fromClient(leaf, fn, closure) {
				return true
			}
		}
	}
	return false
}

// keyFunction is the function behind a value, and the closure that it is, if it is
// one.
func keyFunction(v ssa.Value) (*ssa.Function, *ssa.MakeClosure) {
	for {
		switch x := v.(type) {
		case *ssa.ChangeType:
			v = x.X
		case *ssa.MakeClosure:
			fn, _ := x.Fn.(*ssa.Function)
			return fn, x
		case *ssa.Function:
			return x, nil
		default:
			return nil, nil
		}
	}
}

// fromClient reports whether a key is of the request, or of the token that it is to
// verify: what a key function is handed, or has captured.
func (f *Frame) fromClient(key term.Term, fn *ssa.Function, closure *ssa.MakeClosure) bool {
	switch k := key.(type) {
	case *term.Origin:
		return k.Kind == term.Request
	case *term.Path:
		if k.Root == term.Param {
			return true
		}
		for i, fv := range fn.FreeVars {
			if k.Root == term.Free && fv.Name() == k.Name && closure != nil {
				return hasLeaf(f.Value(closure.Bindings[i], closure), isRequest)
			}
		}
	}
	return false
}

func hasLeaf(t term.Term, is func(term.Term) bool) bool {
	if t == nil {
		return false
	}
	for _, leaf := range term.Leaves(t) {
		if is(leaf) {
			return true
		}
	}
	return false
}
