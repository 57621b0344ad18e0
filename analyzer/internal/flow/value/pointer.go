package value

import (
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/local"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// closure is a function value with what it captured; of a bound method, the
// receiver as p0. One that runs where it is asked for sees what stands there then, any
// other what may stand there later, too.
func (f *Values) closure(mc *ssa.MakeClosure, at ssa.Instruction) term.Term {
	fn, ok := mc.Fn.(*ssa.Function)
	if !ok {
		return term.Why("closure")
	}
	if obj, ok := fn.Object().(*types.Func); ok && strings.HasPrefix(fn.Synthetic, "bound method") {
		recv := algebra.OrLoop(f.Value(mc.Bindings[0], mc))
		if f.Local(mc.Bindings[0]) {
			recv = f.Kept(mc.Bindings[0], mc)
		}
		return &term.Func{Symbol: library.Key(obj), Bind: []term.Field{{Name: "p0", Term: recv}}}
	}
	fields := make([]term.Field, 0, len(mc.Bindings))
	for i, b := range mc.Bindings {
		switch {
		case i >= len(fn.FreeVars):
		case runsAt(mc, at):
			fields = append(fields, term.Field{Name: fn.FreeVars[i].Name(), Term: algebra.OrLoop(f.Value(b, at))})
		default:
			fields = append(fields, term.Field{Name: fn.FreeVars[i].Name(), Term: algebra.OrLoop(f.capturedValue(b, mc))})
		}
	}
	s := term.StructOf("", nil, fields).(*term.Struct)
	return &term.Func{Symbol: callsite.Symbol(fn), Bind: s.Fields}
}

// runsAt reports whether a closure is called at a point, and runs there.
func runsAt(mc *ssa.MakeClosure, at ssa.Instruction) bool {
	call, ok := at.(*ssa.Call)
	return ok && call.Call.Value == ssa.Value(mc)
}

// capturedValue is what a closure sees of a variable: what it held when the
// closure was made, or what is stored to it anywhere else.
func (f *Values) capturedValue(b ssa.Value, mc *ssa.MakeClosure) term.Term {
	t := f.Value(b, mc)
	alloc, ok := b.(*ssa.Alloc)
	if !ok {
		return t
	}
	if st := local.OnlyStore(alloc); st != nil && callsite.IsFuncType(st.Val.Type()) {
		return t
	}
	var later []term.Term
	for _, events := range f.InOrder(alloc) {
		if len(events.Path) == 0 && events.Val != nil && f.MayFollow(mc, events.Instr) {
			later = append(later, f.Value(events.Val, events.Instr))
		}
	}
	if later != nil {
		t = f.Another(term.JoinOf(append(later, t)...), "captured")
	}
	return withLater(f, t, place.Place{Base: alloc}, callsite.Deref(alloc.Type()), writtenBehind(f, alloc, mc), "written after it was captured")
}

// writtenBehind are the writes to parts of a captured variable, or to what it leads to, that
// may run after the closure was made and before the variable comes to be anew.
func writtenBehind(f *Values, alloc *ssa.Alloc, mc *ssa.MakeClosure) []memory.Event {
	own := fillsOnly(f, alloc, mc)
	return slices.DeleteFunc(f.WrittenAfter(place.Place{Base: alloc}, mc, alloc), func(e memory.Event) bool {
		return len(e.Path) == 0 && e.Val != nil || own != nil && e.Instr == own
	})
}

// fillsOnly is the call that runs a closure which only hands on what a variable leads to, to
// be filled: that it does after it was called, and no sooner. nil if it may do more.
func fillsOnly(f *Values, alloc *ssa.Alloc, mc *ssa.MakeClosure) ssa.Instruction {
	fn, ok := mc.Fn.(*ssa.Function)
	i := slices.Index(mc.Bindings, ssa.Value(alloc))
	if call, _, once := f.Program.HandedOnce(mc); ok && once && i >= 0 && i < len(fn.FreeVars) && !f.Program.StoredIn(fn.FreeVars[i]) {
		return call
	}
	return nil
}

// Kept is a value that is put where others find it: what a pointer leads to may still be
// written.
func (f *Values) Kept(v ssa.Value, at ssa.Instruction) term.Term {
	t := algebra.OrLoop(f.Value(v, at))
	p := f.Of(v)
	typ := callsite.Behind(v).Type()
	if !callsite.Refers(typ) {
		return t
	}
	return withLater(f, t, p, typ, f.WrittenAfter(p, at, nil), "written after it was kept")
}

// withLater is an object as it stands, and as later writes to it leave it: when it is used
// it may be either, and what is known of it then is not known of it at other times.
func withLater(f *Values, t term.Term, p place.Place, typ types.Type, later []memory.Event, why string) term.Term {
	for _, e := range later {
		m, _ := place.Compare(p.Path, e.Path, false)
		if m != place.Covers || len(e.Path) == len(p.Path) || e.Path[len(p.Path)].Elem || e.Build != nil {
			t = term.JoinOf(t, term.Why(why))
			continue
		}
		step := e.Path[len(p.Path)]
		value := term.Term(term.Why(why)) // of a part of the field, or what a call leaves
		if e.Val != nil && len(e.Path) == len(p.Path)+1 {
			value = algebra.OrLoop(f.Value(e.Val, e.Instr))
		}
		now := place.Pick(t, []place.Step{step})
		t = algebra.Override(callsite.StructName(typ), t, []term.Field{{Name: step.Field, Term: f.Another(term.JoinOf(now, value), why)}})
	}
	return t
}

// pointee is the term of a pointer to a local variable: never nil, so that an
// empty struct is told from no struct.
func (f *Values) pointee(v *ssa.Alloc, content term.Term) term.Term {
	if _, ok := callsite.StructOf(callsite.Deref(v.Type())); ok && algebra.IsZero(content) && content != nil && v.Heap {
		if f.Program.Wrapper(callsite.Deref(v.Type())) == "" {
			return term.StructOf(callsite.StructName(callsite.Deref(v.Type())), nil, nil)
		}
	}
	if _, ok := callsite.Deref(v.Type()).Underlying().(*types.Basic); ok && v.Heap && content != nil && algebra.IsZero(content) {
		return term.Why("a pointer to an empty value")
	}
	return content
}

// loadFrom is what a field's address leads to.
func (f *Values) loadFrom(v *ssa.FieldAddr, at ssa.Instruction) term.Term {
	if m := f.FieldModel(v.X.Type(), v.Field); m != nil {
		switch m.Verb {
		case library.Request:
			return &term.Origin{Kind: term.Request, Group: m.Kind, Name: m.Name}
		case library.Same:
			return f.Value(v.X, at)
		case library.Row:
			return f.endOf(v.X, m, at)
		}
	}
	p := f.Of(v)
	if n := len(p.Path); n > 0 && p.Path[n-1].Field == place.Valid {
		return f.isValid(place.Place{Base: p.Base, Path: p.Path[:n-1]}, at)
	}
	return f.ContentAt(p, at)
}

// endOf is how the statement went whose handle a value is. Of one that looks for a row
// and takes it for an error that there is none, the error says that, too.
func (f *Values) endOf(handle ssa.Value, m *library.Model, at ssa.Instruction) term.Term {
	name := m.Kind
	if call, ok := handle.(*ssa.Call); ok && name == "err" {
		if ran := f.CallOf(call).Model; ran != nil && ran.Verb == library.Runs && ran.Kind == "queryrow" {
			name = "scan"
		}
	}
	t := f.Value(handle, at)
	if _, built := t.(*term.Build); built {
		return term.Why("the error of a statement that is not run yet")
	}
	return algebra.Column(t, term.Step{Kind: term.PseudoStep, Name: name})
}

// isValid is the Valid field of a wrapper.
func (f *Values) isValid(p place.Place, at ssa.Instruction) term.Term {
	whole := f.ContentAt(p, at)
	if whole == nil {
		return nil
	}
	return &term.Test{Fact: term.Fact{Op: term.NonZero, A: whole}}
}
