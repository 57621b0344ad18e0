package callsite

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Prefix is the call by which a connection says something of the statement that another call
// begins at what it gives, nil if there is none:
//
//	c.Eager("Lines").Find(&invoice, id)
func (p *Program) Prefix(c *Call) *Call {
	call, ok := c.Recv.(*ssa.Call)
	if !ok {
		return nil
	}
	if before := p.Classify(call); p.isPrefix(before) {
		return before
	}
	return nil
}

// isPrefix reports whether a call gives its connection again, with something that the next
// statement is to do.
func (p *Program) isPrefix(c *Call) bool {
	v, ok := c.Instr.(ssa.Value)
	return ok && c.Kind == Library && c.Model != nil && c.Model.Verb == library.Starts && c.Recv != nil &&
		types.Identical(v.Type(), c.Recv.Type()) && !p.IsObject(v.Type()) && p.Lib.Handle(v.Type()) == "" && p.Lib.Builder(v.Type()) == nil
}

// LosesPrefix reports whether what a call says of the next statement goes where it is not
// followed: all but the calls that begin one at what it gives.
func (p *Program) LosesPrefix(c *Call) bool {
	if !p.isPrefix(c) {
		return false
	}
	v := c.Instr.(ssa.Value)
	for _, ref := range *v.Referrers() {
		if _, debug := ref.(*ssa.DebugRef); debug {
			continue
		}
		call, ok := ref.(*ssa.Call)
		if !ok {
			return true
		}
		next := p.Classify(call)
		if m := next.Model; next.Kind != Library || m == nil || next.Recv != v || m.Verb != library.Starts && !(m.Verb == library.Runs && m.Built) || p.isPrefix(next) {
			return true
		}
	}
	return false
}
