package result

import (
	"go/constant"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// stated is the fact that a library's boolean function states.
func (f *Results) stated(c *callsite.Call) term.Term {
	x, y := c.Arg(c.Model.Of), c.Arg(c.Model.Args)
	if x == nil {
		return term.Why("condition")
	}
	a := f.Value(x, c.Instr)
	if a == nil {
		return nil
	}
	fact := term.Fact{A: a}
	switch c.Model.Kind {
	case "eq":
		fact.Op = term.Eq
	case "in":
		fact.Op = term.In
	case "notnil":
		return term.Why("condition")
	case "one": // a number
		return term.Why("call " + c.Model.Key)
	case "nonzero":
		fact.Op = term.NonZero
	case "iszero":
		fact.Op = term.IsZero
	}
	if fact.Op == term.Eq || fact.Op == term.In {
		if y == nil {
			return term.Why("condition")
		}
		if fact.B = f.Value(y, c.Instr); fact.B == nil {
			return nil
		}
		if algebra.HasUnknown(fact.B) {
			return term.Why("condition")
		}
	}
	if algebra.Unknown(a) {
		return term.Why("condition")
	}
	return &term.Test{Fact: fact}
}

// same0 is the argument in another form; its error tells nothing of the value. An error in
// another form is there where the error is.
func (f *Results) same0(c *callsite.Call, i int) term.Term {
	t := c.Sig.Results().At(i).Type()
	switch {
	case library.IsError(t):
		if arg := c.Arg(c.Model.At); i == 0 && arg != nil && library.IsError(arg.Type()) {
			return f.Value(arg, c.Instr)
		}
		return term.Why("conversion error")
	case callsite.IsBasic(t, types.IsBoolean) && i > 0:
		return term.Why("condition")
	}
	if callsite.IsFuncType(t) && i > 0 { // context.WithCancel
		return term.Why("cancel")
	}
	arg := c.Arg(c.Model.At)
	if arg == nil {
		return term.Why("call " + c.Symbol)
	}
	if c.Model.By == library.Cut {
		return f.cutBy(c, arg, i)
	}
	if r := c.Sig.Results(); r.Len() > 1 && !library.IsError(r.At(1).Type()) && !callsite.IsFuncType(r.At(1).Type()) { // strings.Cut: two parts
		return f.Part(arg, c.Instr, []place.Step{{Elem: true, Index: -1, Tag: term.PartTag + i}})
	}
	if c.Model.By == library.Part {
		return f.Derived(f.Value(arg, c.Instr), c.Symbol)
	}
	return f.Value(arg, c.Instr)
}

// cutBy are the parts of a text: the list of them, or one by its position. The parts by
// one separator are not those by another.
func (f *Results) cutBy(c *callsite.Call, text ssa.Value, i int) term.Term {
	t := f.Value(text, c.Instr)
	if t == nil || algebra.IsZero(t) {
		return t
	}
	how := c.Symbol
	for _, a := range c.Args[1:] {
		by, ok := f.Value(a, c.Instr).(*term.Const)
		if !ok {
			t = f.Derived(t, how+" by "+a.Name())
			continue
		}
		how += " " + by.Text
	}
	var out []term.Term
	for _, leaf := range term.Leaves(t) {
		switch leaf.(type) {
		case *term.Path, *term.Result, *term.Origin:
			leaf = term.Select(leaf, term.Cut(how))
		}
		if _, isList := c.Sig.Results().At(i).Type().Underlying().(*types.Slice); !isList {
			leaf = place.Pick(leaf, []place.Step{{Elem: true, Index: -1, Tag: term.PartTag + i}})
		}
		out = append(out, leaf)
	}
	return term.JoinOf(out...)
}

// request is a part of the request, named by a constant if there is one.
func (f *Results) request(c *callsite.Call, i int) term.Term {
	t := c.Sig.Results().At(i).Type()
	o := &term.Origin{Kind: term.Request, Group: c.Model.Kind, Name: c.Model.Name}
	if c.Recv != nil {
		if from, ok := f.Value(c.Recv, c.Instr).(*term.Origin); ok && from.Kind == term.Request {
			o.Group = from.Group
		}
	}
	if by := f.ChangedBefore(c, o.Group); by != nil && !library.IsError(t) {
		return term.Why("changed by " + by.Symbol)
	}
	if arg := c.Arg(c.Model.At); arg != nil {
		o.Name = term.NameBy(o.Group, f.Value(arg, c.Instr))
	}
	switch {
	case library.IsError(t):
		return term.Why("conversion error")
	case i > 0 && callsite.IsBasic(t, types.IsBoolean):
		return &term.Test{Fact: term.Fact{Op: term.NonZero, A: term.JoinOf(o, term.ZeroTerm())}}
	case c.Sig.Results().Len() > 1 && callsite.IsBasic(c.Sig.Results().At(1).Type(), types.IsBoolean):
		return term.JoinOf(o, term.ZeroTerm())
	}
	return f.NextMessage(c, o)
}

// Requested is the part of the request that a call gives, nil if none.
func (f *Results) Requested(c *callsite.Call, v ssa.Value) term.Term {
	t := f.results0(c)
	for _, leaf := range term.Leaves(t) {
		if o, ok := leaf.(*term.Origin); ok && o.Kind == term.Request {
			return o
		}
	}
	return nil
}

func (f *Results) results0(c *callsite.Call) term.Term {
	if r := f.ResultsOf(c); len(r) > 0 {
		return algebra.OrLoop(r[0])
	}
	return term.Why("no result")
}

// NamedArg is the name of a sql.NamedArg value: sql.Named("org", x).
func (f *Results) NamedArg(v ssa.Value) (string, bool) {
	call, ok := v.(*ssa.Call)
	if !ok || len(call.Call.Args) != 2 {
		return "", false
	}
	c, ok := call.Call.Args[0].(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(c.Value), true
}
