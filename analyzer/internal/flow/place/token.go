package place

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Tokens. A library fills the claims of a token before it has verified it: they are
// the caller's only where its error is nil or the token says that it is valid. And the
// key must not be the client's.

// Vouched is the call that gave a token whose error says whether it is verified, nil
// if v is neither such a token nor a part of one.
func (f *Places) Vouched(v ssa.Value) *callsite.Call {
	switch x := v.(type) {
	case *ssa.Extract:
		if call, ok := x.Tuple.(*ssa.Call); ok && x.Index == 0 {
			if c := f.byCall[call]; c.Model != nil && c.Model.Role() == library.Vouches {
				return c
			}
		}
		if assert, ok := x.Tuple.(*ssa.TypeAssert); ok && x.Index == 0 {
			return f.Vouched(assert.X)
		}
	case *ssa.TypeAssert:
		return f.Vouched(x.X)
	case *ssa.UnOp:
		if fa, ok := x.X.(*ssa.FieldAddr); ok {
			return f.Vouched(fa.X)
		}
	}
	return nil
}

// Vouches reports whether a value is the field of a call's token that says whether the
// token is verified.
func (f *Places) Vouches(c *callsite.Call, load *ssa.UnOp) bool {
	fa, ok := load.X.(*ssa.FieldAddr)
	if !ok || load.Op != token.MUL {
		return false
	}
	m := f.ModelAt(fa)
	return m != nil && m.Role() == library.Vouches && f.Vouched(fa.X) == c
}
