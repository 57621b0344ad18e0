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
