package result

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Signed is the text whose signature a call verifies, nil if it verifies none or only
// compares two values.
func (f *Results) Signed(c *callsite.Call) term.Term {
	m := c.Model
	if m == nil || m.Role() != library.Verifies || m.Args == library.None {
		return nil
	}
	var text term.Term = &term.Origin{Kind: term.Request, Group: "body"} // that it reads itself
	if of := c.Arg(m.Of); of != nil {
		text = f.Value(of, c.Instr)
	}
	key := f.Value(c.Arg(m.Args), c.Instr)
	if key == nil || text == nil {
		return term.Why("a signature in a loop")
	}
	return term.CatOf(term.Keyed(key), text)
}
