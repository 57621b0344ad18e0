package run

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// sorts tells what the bind values from argument at on are, by their Go types, where the text
// sets a variable of the session: whoever reads it there makes a value of another type of
// the text. It is nil where nothing is known.
func (s *Statements) sorts(c *callsite.Call, at int, text term.Term) []string {
	t, ok := text.(*term.Const)
	if !ok || !strings.Contains(strings.ToLower(t.Text), "set_config") {
		return nil
	}
	var out []string
	for _, v := range callsite.Spread(c, at) {
		sort := ""
		if v != nil {
			sort = s.sort(v, maxConversions)
		}
		out = append(out, sort)
	}
	if !slices.ContainsFunc(out, func(x string) bool { return x != "" }) {
		return nil
	}
	return out
}

// maxConversions caps the calls that make a text of a value.
const maxConversions = 4

// sort is what a value is: a number that was made a text is one.
func (s *Statements) sort(v ssa.Value, depth int) string {
	if x, ok := v.(*ssa.MakeInterface); ok {
		v = x.X
	}
	if call, ok := v.(*ssa.Call); ok && depth > 0 {
		if of := made(s.Frame.CallOf(call)); of != nil {
			return s.sort(of, depth-1)
		}
	}
	switch t := v.Type().Underlying().(type) {
	case *types.Basic:
		switch {
		case t.Info()&types.IsInteger != 0:
			return "integer"
		case t.Info()&types.IsBoolean != 0:
			return "truth"
		}
	case *types.Array:
		if e, ok := t.Elem().Underlying().(*types.Basic); ok && e.Kind() == types.Uint8 && t.Len() == 16 {
			return "uuid"
		}
	}
	return ""
}

// made is the one value of which a call makes a text, nil if it does something else.
func made(c *callsite.Call) ssa.Value {
	switch {
	case c.Model == nil:
	case c.Model.Verb == library.Same:
		return c.Arg(c.Model.At)
	case c.Model.Text() == library.Print:
		if values := callsite.Spread(c, 0); len(values) == 1 {
			return values[0]
		}
	}
	return nil
}
