package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
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

// Carried is an object that stands under a context key, as a store leaves it.
type Carried struct {
	Key    string
	Object term.Term
}

// Carried are the objects out of contexts into a part of which a value may be stored.
func (f *Frame) Carried(st *ssa.Store) []Carried {
	p := f.Of(st.Addr)
	taken, ok := p.Base.(ssa.Instruction)
	if !ok || len(p.Path) == 0 || p.Path[0].Elem {
		return nil
	}
	var out []Carried
	for _, leaf := range term.Leaves(f.At(p.Base, taken)) {
		if from, ok := leaf.(*term.Path); ok && from.Root == term.Context {
			out = append(out, Carried{from.Name, f.rewritten(from, p.Path, st)})
		}
	}
	return out
}

// rewritten is what an object is after a store to a part of it.
func (f *Frame) rewritten(object *term.Path, way []place.Step, st *ssa.Store) term.Term {
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
