package run

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
)

// nulls are the positions of the bind values from argument at on whose zero value
// a driver sends as NULL. An empty string, the zero UUID and 0 are values of their
// own: `$1 IS NULL` is false of them. A value that is handed on as any is not
// told: it may hold either.
func nulls(c *callsite.Call, at int) []int {
	var out []int
	for i, v := range callsite.Spread(c, at) {
		if v != nil && hasNull(v) {
			out = append(out, i)
		}
	}
	return out
}

// hasNull tells a value that is nil or invalid where it is zero. The address of a
// variable never is.
func hasNull(v ssa.Value) bool {
	switch x := v.(type) {
	case *ssa.MakeInterface:
		return hasNull(x.X)
	case *ssa.ChangeType:
		return hasNull(x.X)
	case *ssa.Const:
		return x.Value == nil && (x.IsNil() || callsite.SendsNull(x.Type()))
	case *ssa.Alloc, *ssa.FieldAddr, *ssa.IndexAddr:
		return false
	}
	return callsite.SendsNull(v.Type())
}
