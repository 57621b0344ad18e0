package memory

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
)

// Changes are the changes of the object at a place, in the order of the blocks: those
// that are made by its name, and, with others, those that may be made by another.
func (f *Memory) Changes(p place.Place, others bool) []Event {
	path := p.Then(place.Step{Field: place.Built}).Path
	var out []Event
	for _, e := range f.InOrder(p.Base) {
		if e.Build != nil && slices.Equal(e.Path, path) && (others || !e.Weak) {
			out = append(out, e)
		}
	}
	return out
}

// Stores are the writes that put another object at a place.
func (f *Memory) Stores(p place.Place) []Event {
	var out []Event
	for _, e := range f.InOrder(p.Base) {
		if m, _ := place.Compare(e.Path, p.Path, false); m == place.Covers && e.Build == nil {
			out = append(out, e)
		}
	}
	return out
}

// Reaches reports whether a point can be reached from an instruction without passing
// another one, nil for none, which comes before the point on every way.
func (f *Memory) Reaches(from, to, without ssa.Instruction) bool {
	a, b := from.Block(), to.Block()
	inA, inB := -1, -1
	var avoided *ssa.BasicBlock
	if without != nil {
		avoided = without.Block()
		if avoided == a {
			inA = f.Position(without)
		}
		if avoided == b {
			inB = f.Position(without)
		}
	}
	if a == b && f.Position(from) < f.Position(to) && (inA < f.Position(from) || inA > f.Position(to)) {
		return true
	}
	if inA > f.Position(from) || inB >= 0 && inB < f.Position(to) {
		return false
	}
	seen := map[*ssa.BasicBlock]bool{avoided: avoided != b}
	todo := slices.Clone(a.Succs)
	for len(todo) > 0 {
		x := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if x == b {
			return true
		}
		if !seen[x] {
			seen[x] = true
			todo = append(todo, x.Succs...)
		}
	}
	return false
}
