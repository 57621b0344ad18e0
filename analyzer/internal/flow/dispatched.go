package flow

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A dispatcher calls functions by reflection with what it was given: a command bus.
// Which function that is, the type of the *message* tells: a value of a type of the
// module that becomes an empty interface among the arguments. A handler may answer
// by writing into the message, so what a message holds after the call is a result
// of the call, numbered after the out parameters.

// Message is a value that a call of a dispatcher is given.
type Message struct {
	Arg   int // the receiver counted
	Elem  int // its number among the messages, in a list of any; -1 if it is the argument
	Type  string
	Value ssa.Value
}

// Messages are the messages that a call sends, nil if what is called is no
// dispatcher. Behind an interface there may be one.
func (p *Program) Messages(c *Call) []Message {
	if c.Kind != Interface && (c.Kind != Static || p.Dispatches == nil || !p.Dispatches(c.Symbol)) {
		return nil
	}
	var out []Message
	args := c.All()
	for i, a := range args {
		values, elem := []ssa.Value{a}, -1
		if c.Sig.Variadic() && i == len(args)-1 {
			values, elem = elements(a), 0
		}
		for _, v := range values {
			if m, ok := p.message(v); ok {
				m.Arg, m.Elem = i, elem
				out = append(out, m)
				if elem >= 0 {
					elem++
				}
			}
		}
	}
	return out
}

func (p *Program) message(v ssa.Value) (Message, bool) {
	mi, ok := v.(*ssa.MakeInterface)
	if !ok || mi.Type().Underlying().(*types.Interface).NumMethods() > 0 {
		return Message{}, false
	}
	n := named(mi.X.Type())
	if n == nil || n.Obj().Pkg() == nil || !p.InModule(n.Obj().Pkg().Path()) {
		return Message{}, false
	}
	if _, ok := n.Underlying().(*types.Struct); !ok {
		return Message{}, false
	}
	return Message{Type: TypeName(mi.X.Type()), Value: mi.X}, true
}

// answered records what handlers leave in the messages of a list.
func (f *Frame) answered(c *Call) {
	if c.Kind != Static {
		return
	}
	for _, m := range f.Program.Messages(c) {
		if _, ok := m.Value.Type().Underlying().(*types.Pointer); !ok || m.Elem < 0 {
			continue
		}
		p := f.place(m.Value)
		after := &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: c.Sig.Results().Len() + len(c.All()) + m.Elem}}}
		f.write(p.base, event{instr: c.Instr, path: p.path, gives: func(evaluation, term.Term) term.Term { return after }})
	}
}
