package flow

import (
	"go/types"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Messages of protocol buffers are read by generated methods: GetID gives the field
// ID, or its zero value if there is no message. Two calls of one give the same, so
// they are the field itself.

// messageField is the field that a generated getter gives, nil if a call is none.
func (f *Frame) messageField(c *Call) term.Term {
	if c.Recv == nil || len(c.Args) > 0 || c.Kind != Static && c.Kind != Library || c.Sig.Results().Len() != 1 {
		return nil
	}
	fn := c.Instr.Common().StaticCallee()
	if fn == nil {
		return nil
	}
	name, ok := getterOf(f.Program.Lib.Messages(), c.Recv.Type(), fn.Name())
	if !ok || !hasField(c.Recv.Type(), name, c.Sig.Results().At(0).Type()) {
		return nil
	}
	t := f.Value(c.Recv, c.Instr)
	if t == nil {
		return nil
	}
	return term.Select(t, term.Step{Kind: term.FieldStep, Name: name})
}

// getterOf is the field that a generated method of a message gives by its name.
func getterOf(known []library.Messages, t types.Type, method string) (field string, ok bool) {
	for _, m := range known {
		if field, ok = strings.CutPrefix(method, m.Getter); ok && isMessage(t, m.Marker) {
			return field, true
		}
	}
	return "", false
}

// isMessage reports whether a type is the pointer to a generated message, by the
// method that all of them have.
func isMessage(t types.Type, marker string) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := types.Unalias(p.Elem()).(*types.Named)
	if !ok {
		return false
	}
	for m := range n.Methods() {
		if m.Name() == marker {
			return true
		}
	}
	return false
}

func hasField(t types.Type, name string, is types.Type) bool {
	st, ok := t.Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for v := range st.Fields() {
		if v.Name() == name && types.Identical(v.Type(), is) {
			return true
		}
	}
	return false
}
