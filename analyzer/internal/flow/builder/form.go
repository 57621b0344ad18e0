package builder

import (
	"go/constant"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// first is the first value of a clause, in its form. A map that is written out there
// stands for its entries.
func (f *Builders) first(style string, v ssa.Value, at ssa.Instruction) term.Value {
	if m, ok := behind(v).(*ssa.MakeMap); ok && f.Program.Lib.Builder(m.Type()) == nil {
		if changesUntilRun(f, m, at) {
			at = f.runs
		}
		return term.Value{Term: f.entries(begun(&library.Builder{Style: style, Begins: library.Eq}), m, at).term()}
	}
	return f.value(v, at)
}

// value is a value of a clause, in its form.
func (f *Builders) value(v ssa.Value, at ssa.Instruction) term.Value {
	if x := behind(v); f.isObject(x) && f.changedLater(f.Of(x), at) {
		return term.Value{Term: term.Why("a builder that is changed after it was put into another"), Form: term.AsPart}
	}
	if c, ok := behind(v).(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.Bool {
		return term.Value{Term: &term.Const{Kind: term.Bool, Text: c.Value.String()}} // false is no zero: it is asked for
	}
	t := f.lasting(v, at)
	switch {
	case term.Built(t):
		return term.Value{Term: t}
	case f.isPart(behind(v).Type()):
		if kind := f.Program.Lib.Builder(behind(v).Type()); kind != nil && kind.Begins != "" {
			if parts := held(t, behind(v).Type()); parts != nil {
				return term.Value{Term: (&made{style: kind.Style}).with(&term.Clause{Word: kind.Begins, Values: []term.Value{{Term: parts}}}).term()}
			}
		}
		return term.Value{Term: t, Form: term.AsPart}
	}
	return term.Value{Term: t, Form: formOf(v)}
}

// held is what a condition holds in fields or places of its own, in their order; nil if its
// type has none: Between{Col: "amount", …}, Like{"name", "%x%"}.
func held(t term.Term, of types.Type) term.Term {
	switch u := of.Underlying().(type) {
	case *types.Array:
		return t
	case *types.Struct:
		list := &term.List{}
		for v := range u.Fields() {
			list.Elems = append(list.Elems, term.Select(t, term.Step{Kind: term.FieldStep, Name: v.Name()}))
		}
		return list
	}
	return nil
}

// isPart tells a type that writes a text by itself.
func (f *Builders) isPart(t types.Type) bool {
	if f.Program.Lib.Builder(t) != nil {
		return true
	}
	methods := types.NewMethodSet(t)
	for i := range methods.Len() {
		m, ok := methods.At(i).Obj().(*types.Func)
		if !ok {
			continue
		}
		if model := f.Program.Method(m); model != nil && model.Verb == library.Writes {
			return true
		}
		if f.Program.Lib.Like(m.Name(), callsite.SignatureText(m.Signature())) != nil {
			return true // of the program's own
		}
	}
	return false
}

// behind is the value that conversions to interfaces hand on.
func behind(v ssa.Value) ssa.Value {
	for {
		switch x := v.(type) {
		case *ssa.MakeInterface:
			v = x.X
		case *ssa.ChangeInterface:
			v = x.X
		default:
			return v
		}
	}
}

// formOf tells the form of a value by its type, through the conversion to the empty
// interface.
func formOf(v ssa.Value) term.Form {
	switch x := v.(type) {
	case *ssa.MakeInterface:
		return formOf(x.X)
	case *ssa.ChangeInterface:
		return formOf(x.X)
	case *ssa.Const:
		if x.IsNil() {
			return term.AsNil
		}
	}
	t := v.Type()
	switch {
	case callsite.Valuer(t):
		if callsite.SendsNull(t) {
			return term.AsNullable
		}
		return term.AsValue
	case types.IsInterface(t) && !callsite.OfBasics(t):
		return term.AsAny
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return term.AsNullable
	case *types.Slice:
		if b, ok := u.Elem().Underlying().(*types.Basic); ok && b.Kind() == types.Byte {
			return term.AsValue
		}
		return term.AsList
	case *types.Array:
		return term.AsList
	}
	return term.AsValue
}
