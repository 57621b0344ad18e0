package place

import (
	"slices"

	"golang.org/x/tools/go/ssa"
)

// Built is the part of an object that the calls of a builder change.
const Built = "!built"

// object is the one builder that comes in over all edges of a phi, which may have been
// changed on some of them: q = q.Where(x) gives q. If there are several, the phi is a
// place of its own.
func (f *Places) object(v *ssa.Phi) Place {
	if p, known := f.objects[v]; known {
		return p
	}
	own := Place{Base: v}
	f.objects[v] = own // while it is asked for further in
	one, ok := f.enters(v)
	if !ok {
		return own
	}
	before := len(f.found)
	f.objects[v] = one
	for i, e := range v.Edges {
		if p := f.Of(e); v.Block().Dominates(v.Block().Preds[i]) && !same(p, one) {
			for _, x := range f.found[before:] { // they were found where v was one with another
				delete(f.objects, x)
			}
			f.found = f.found[:before]
			f.objects[v] = own
			return own
		}
	}
	f.found = append(f.found, v)
	return one
}

// enters is the place that comes in over the edges that are no turns of a loop; ok is
// false if there are several.
func (f *Places) enters(v *ssa.Phi) (one Place, ok bool) {
	for i, e := range v.Edges {
		if v.Block().Dominates(v.Block().Preds[i]) {
			continue
		}
		p := f.Of(e)
		if ok && !same(p, one) {
			return one, false
		}
		one, ok = p, true
	}
	return one, ok
}

// same reports whether two places are one, whenever they were read.
func same(a, b Place) bool { return a.Base == b.Base && slices.Equal(a.Path, b.Path) }
