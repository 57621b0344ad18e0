package builder

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// typed is what a call adds to a statement of an ORM. What a value is decides what the
// library makes of it, so its type goes with it.
func (f *Builders) typed(c *callsite.Call, word string) *term.Clause {
	out := &term.Clause{Word: word}
	if c.Model.Name != "" {
		out.Values = append(out.Values, term.Value{Term: &term.Const{Kind: term.Text, Text: c.Model.Name}, Form: term.AsText})
	}
	for i, arg := range c.Args {
		if !c.Sig.Variadic() || i < len(c.Args)-1 {
			out.Values = append(out.Values, f.given(c, arg))
			continue
		}
		listed := callsite.Elements(arg)
		if nothing, ok := arg.(*ssa.Const); ok && nothing.IsNil() {
			break
		}
		if listed == nil {
			out.Values = append(out.Values, term.Value{Term: f.lasting(arg, c.Instr), Form: term.AsRest})
		}
		for _, x := range listed {
			v := term.Value{Term: term.ZeroTerm(), Form: term.AsNil}
			if x != nil {
				v = f.given(c, x)
			}
			out.Values = append(out.Values, v)
		}
	}
	return out
}

// copies reports whether a call takes a condition out of a row or a map at once, which may
// be changed then: one that is added to a handle.
func copies(f *Builders, c *callsite.Call) bool {
	return c.Model.Verb == library.Builds && c.Model.Kind != library.ModelOf && f.Program.Lib.OfHandle(c.Model)
}

// given is a value that a call adds to a statement, with what its type says.
func (f *Builders) given(c *callsite.Call, v ssa.Value) term.Value {
	x, at := behind(v), c.Instr
	t := x.Type()
	lib, style := f.Program.Lib, f.Program.Lib.StyleOf(c.Model)
	lasting := f.lasting
	if copies(f, c) {
		lasting = f.inside
	}
	switch {
	case lib.Handle(t) != "":
		if usedBetween(f, x, at) {
			return term.Value{Term: term.Why("a handle that is changed after it was put into a statement"), Form: term.AsPart}
		}
		return term.Value{Term: f.of(x, at).term(), Form: term.AsPart}
	case lib.Builder(t) != nil:
		return f.value(v, at)
	case types.Identical(t, types.Typ[types.String]):
		return term.Value{Term: f.inside(x, at), Form: term.AsText}
	case isMap(x):
		m := x.(*ssa.MakeMap)
		return term.Value{Term: f.entries(begun(&library.Builder{Style: style, Begins: library.Eq}), m, entriesAt(f, c, m)).term()}
	case callsite.Valuer(t) || lib.Kind(callsite.Deref(t)) == library.Moment:
		return f.plain(x, at)
	}
	if row := callsite.RowType(t); row != nil && !callsite.Valuer(row) && lib.Kind(row) != library.Moment {
		form := term.AsModel
		if callsite.Many(t) {
			form = term.AsModels
		}
		got := lasting(x, at)
		if b, ok := got.(*term.Build); ok { // an expression
			return term.Value{Term: b}
		}
		return term.Value{Term: got, Form: form, Type: callsite.TypeName(row)}
	}
	if callsite.IsMap(x) {
		return term.Value{Term: lasting(x, at), Form: term.AsAny}
	}
	return f.plain(x, at)
}

// plain is a value in its form; what another call begins is a part of the statement.
func (f *Builders) plain(v ssa.Value, at ssa.Instruction) term.Value {
	t := f.lasting(v, at)
	if _, built := t.(*term.Build); built {
		return term.Value{Term: t}
	}
	return term.Value{Term: t, Form: formOf(v)}
}
