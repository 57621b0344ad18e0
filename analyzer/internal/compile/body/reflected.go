package body

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// reflected writes a call by reflection down as one of a function value.
func (b *Body) reflected(c *callsite.Call) {
	args, _ := b.Frame.Elements(c.Args[0], c.Instr)
	b.Fn.Calls = append(b.Fn.Calls, unit.Call{
		N: c.N, Kind: unit.Dynamic, Value: b.Frame.At(c.Recv, c.Instr), Signature: unit.Reflected, Args: args,
		Site: b.Site(c), If: b.Frame.Facts(c.Instr.Block()),
	})
}

// messages are what a call of a dispatcher sends.
func (b *Body) messages(c *callsite.Call) []unit.Message {
	var out []unit.Message
	for _, m := range b.Frame.Program.Messages(c) {
		out = append(out, unit.Message{Arg: m.Arg, Elem: m.Elem, Type: m.Type, Value: b.Frame.At(m.Value, c.Instr)})
	}
	return out
}
