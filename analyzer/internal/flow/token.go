package flow

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Claims are what a call that verifies a token gives: the caller's, unless the key
// function lets the client choose.
func (f *Frame) Claims(c *callsite.Call) term.Term {
	if f.openKey(c.Arg(c.Model.Also)) {
		return &term.Origin{Kind: term.Request, Group: "header"}
	}
	return algebra.Claims()
}

// openKey reports whether a key function allows tokens without a signature, or takes
// the key from the request or the token itself. One that is not seen is trusted.
func (f *Frame) openKey(v ssa.Value) bool {
	fn, closure := callsite.KeyFunction(v)
	if fn == nil || len(fn.Blocks) == 0 {
		return false
	}
	inner := New(f.Program, f.Texts, fn, func(c ssa.CallInstruction) token.Pos { return c.Pos() })
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
				return algebra.HasLeaf(f.Value(closure.Bindings[i], closure), algebra.IsRequest)
			}
		}
	}
	return false
}
