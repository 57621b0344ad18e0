package flow

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
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

// Carried is an object that stands under a context key, as a write leaves it.
type Carried struct {
	Key    string
	Object term.Term
	By     ssa.Instruction
}

// Carried are the objects out of contexts that the function writes to: by storing a part
// of one, or all of it, and by handing it to a call that does.
func (f *Frame) Carried() []Carried {
	var out []Carried
	for _, base := range memory.Bases(f.Memory) {
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
			if from, ok := leaf.(*term.Path); ok && from.Root == term.Context {
				for _, e := range f.InOrder(base) {
					if object := f.afterWrite(from, base, e); object != nil {
						out = append(out, Carried{from.Name, object, e.Instr})
					}
				}
			}
		}
	}
	return out
}

// afterWrite is what an object is after a write to it by this name, nil if that is none.
func (f *Frame) afterWrite(object *term.Path, base ssa.Value, e memory.Event) term.Term {
	block := e.Instr.Block()
	next := f.Position(e.Instr) + 1
	st, isStore := e.Instr.(*ssa.Store)
	switch {
	case e.Build != nil || e.Weak && isStore || len(e.Path) > 0 && e.Path[0].Elem:
		return nil
	case isStore:
		return f.rewritten(object, e.Path, st)
	case next < len(block.Instrs):
		return f.At(base, block.Instrs[next])
	}
	return nil
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
