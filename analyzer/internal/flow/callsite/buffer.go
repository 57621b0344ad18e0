package callsite

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// IsBuffer reports whether a value is a text buffer, or a pointer to one, as it is or as
// an interface.
func (p *Program) IsBuffer(v ssa.Value) bool {
	switch x := v.(type) {
	case *ssa.MakeInterface:
		v = x.X
	case *ssa.ChangeInterface:
		v = x.X
	}
	t := v.Type()
	if pointer, ok := t.(*types.Pointer); ok {
		t = pointer.Elem()
	}
	return p.Lib.Kind(t) == library.Buffer
}
