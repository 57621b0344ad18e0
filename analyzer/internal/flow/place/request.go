package place

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Overlap reports whether two groups are read from the same place: the values of the
// query are those of the form, too.
func Overlap(a, b string) bool {
	form := func(group string) bool { return group == "query" || group == "form" }
	return a == b || form(a) && form(b)
}

// RequestOf is the value that a part of a request was taken from: r of r.URL.Query().
func (f *Places) RequestOf(v ssa.Value) ssa.Value {
	for v != nil {
		switch x := v.(type) {
		case *ssa.UnOp:
			if x.Op != token.MUL {
				return v
			}
			v = x.X
		case *ssa.FieldAddr:
			v = x.X
		case *ssa.Field:
			v = x.X
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeType:
			v = x.X
		case *ssa.Call:
			c := f.byCall[x]
			if c == nil || c.Model == nil || c.Model.Verb != library.Same && c.Model.Verb != library.Request && c.Model.Verb != library.Ignore || len(c.All()) == 0 {
				return v
			}
			v = c.All()[0]
		default:
			return v
		}
	}
	return v
}
