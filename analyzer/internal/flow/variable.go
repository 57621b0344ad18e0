package flow

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// PartOfVariable is the package variable that a value is stored into below its top, at an
// address or as an entry of what stands there, and what it then holds of it; nil if the
// address leads to none.
func (f *Frame) PartOfVariable(addr ssa.Value, entry bool, v ssa.Value, at ssa.Instruction) (*ssa.Global, term.Term) {
	p := f.Of(addr)
	g, ok := p.Base.(*ssa.Global)
	if !ok {
		return nil, nil
	}
	path := p.Path
	if entry {
		path = p.Then(place.Step{Elem: true}).Path
	}
	if len(path) == 0 {
		return nil, nil
	}
	part := f.At(v, at)
	for _, s := range slices.Backward(path) {
		if s.Elem {
			part = &term.List{Elems: []term.Term{part}, Open: true}
		} else {
			part = term.StructOf("", nil, []term.Field{{Name: s.Field, Term: part}})
		}
	}
	return g, part
}

// Carried is an object that stands under a context key, as a write leaves it; without a key
// that a call has given which may have taken it out of a context.
type Carried struct {
	Key    string
	Of     term.Term
	Object term.Term
	By     ssa.Instruction
}

// Carried are the objects out of contexts that the function writes to: by storing a part
// of one, or all of it, and by handing it to a call that does.
func (f *Frame) Carried() []Carried {
	var out []Carried
	for _, base := range f.Memory.Bases {
		var taken ssa.Instruction // of what is made here, nothing is carried
		switch base := base.(type) {
		case *ssa.TypeAssert:
			taken = base
		case *ssa.Extract:
			taken = base
		case *ssa.Call:
			taken = base
		default:
			continue
		}
		for _, leaf := range term.Leaves(f.At(base, taken)) {
			from, _ := leaf.(*term.Path)
			key := ""
			if from != nil && from.Root == term.Context {
				key = from.Name
			} else if !takesOut(f, leaf) {
				continue
			}
			for _, e := range f.InOrder(base) {
				if object := f.afterWrite(leaf, base, e); object != nil {
					out = append(out, Carried{key, leaf, object, e.Instr})
				}
			}
		}
	}
	return out
}

// takesOut reports whether a value is what a function of the module gave that was handed a
// context, or something that has one.
func takesOut(f *Frame, t term.Term) bool {
	r, ok := t.(*term.Result)
	if !ok {
		return false
	}
	i := slices.IndexFunc(f.Calls(), func(c *callsite.Call) bool { return c.N == r.Call })
	if i < 0 {
		return false
	}
	c := f.Calls()[i]
	if c.Kind != callsite.Static && c.Kind != callsite.Interface || len(r.Steps) == 0 || r.Steps[0].Kind != term.ResultStep || r.Steps[0].Index >= c.Sig.Results().Len() {
		return false
	}
	return slices.ContainsFunc(c.All(), func(v ssa.Value) bool { return hasContext(v.Type()) })
}

// hasContext reports whether a type is a context's, or gives one, or values that are kept with
// a request.
func hasContext(t types.Type) bool {
	if library.IsContext(t) {
		return true
	}
	methods := types.NewMethodSet(t)
	has := func(name string) bool { return methods.Lookup(nil, name) != nil }
	return has("Context") || has("Value") || has("Get") && has("Set")
}

// afterWrite is what an object is after a write to it by this name, nil if that is none.
func (f *Frame) afterWrite(object term.Term, base ssa.Value, e memory.Event) term.Term {
	block := e.Instr.Block()
	next := f.Position(e.Instr) + 1
	st, isStore := e.Instr.(*ssa.Store)
	switch {
	case e.Build != nil || e.Weak && isStore || e.Order:
		return nil
	case len(e.Path) > 0 && e.Path[0].Elem:
		return term.Why("an element was stored")
	case isStore:
		return f.rewritten(object, e.Path, st)
	case next < len(block.Instrs):
		return f.At(base, block.Instrs[next])
	}
	return nil
}

// rewritten is what an object is after a store to a part of it.
func (f *Frame) rewritten(object term.Term, way []place.Step, st *ssa.Store) term.Term {
	value := f.At(st.Val, st)
	for i, s := range slices.Backward(way) {
		if s.Elem {
			value = term.Why("an element was stored")
			continue
		}
		whole := term.StructOf("", nil, []term.Field{{Name: s.Field, Term: value}}).(*term.Struct)
		whole.Base = place.Pick(object, way[:i])
		value = whole
	}
	return value
}
