package value

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/place"
)

// Grown are the calls of append that have made all that a list holds, in the order in
// which they are found; ok is false if it may hold something else.
//
//	for rows.Next() { …; if v.Org != org { continue }; all = append(all, v) }
//	encode(all)                        // what is encoded was appended, under that check
func (f *Values) Grown(list ssa.Value) (by []*callsite.Call, ok bool) {
	g := &growth{f: f, seen: map[ssa.Value]bool{}}
	if !g.follow(callsite.Behind(list)) {
		return nil, false
	}
	return g.by, len(g.by) > 0
}

// growth follows a list back to the calls that made it.
type growth struct {
	f    *Values
	seen map[ssa.Value]bool
	by   []*callsite.Call
}

func (g *growth) follow(v ssa.Value) bool {
	if g.seen[v] {
		return true
	}
	g.seen[v] = true
	switch v := v.(type) {
	case *ssa.Const:
		return v.Value == nil
	case *ssa.MakeSlice:
		return g.keeps(v)
	case *ssa.Slice: // []T{}, make([]T, 0, 8)
		array, ok := v.X.(*ssa.Alloc)
		return ok && g.keeps(v) && g.keeps(array) && (v.High != nil && callsite.ConstIndex(v.High) == 0 || hasNoElements(array))
	case *ssa.Phi:
		if !g.keeps(v) {
			return false
		}
		for _, e := range v.Edges {
			if !g.follow(e) {
				return false
			}
		}
		return true
	case *ssa.UnOp:
		return g.variable(v)
	case *ssa.Call:
		c := g.f.CallOf(v)
		if c.Kind != callsite.Builtin || c.Symbol != "append" || len(c.Args) != 2 || !g.keeps(v) {
			return false
		}
		elems := callsite.Elements(c.Args[1])
		if !isWritten(elems) || slices.ContainsFunc(elems, func(e ssa.Value) bool { return !g.isFinal(e, c) }) {
			return false
		}
		g.by = append(g.by, c)
		return g.follow(c.Args[0])
	}
	return false
}

func hasNoElements(v *ssa.Alloc) bool {
	array, ok := callsite.Deref(v.Type()).Underlying().(*types.Array)
	return ok && array.Len() == 0
}

// keeps reports whether nothing but append sets the elements of a list.
func (g *growth) keeps(list ssa.Value) bool {
	return !slices.ContainsFunc(g.f.InOrder(list), func(e memory.Event) bool { return !e.Order })
}

// isFinal reports whether what an element leads to is not written any more once it has
// been appended: of a pointer to a variable of the turn, and not to one that each turn
// fills anew.
func (g *growth) isFinal(elem ssa.Value, by *callsite.Call) bool {
	elem = callsite.Behind(elem)
	if load, ok := elem.(*ssa.UnOp); ok {
		if v, local := load.X.(*ssa.Alloc); local {
			return g.f.pointersAreFinal(v, by.Instr)
		}
	}
	return g.f.isFinal(elem, by.Instr)
}

// pointersAreFinal is isFinal of what the pointers lead to that are stored in a variable.
func (f *Values) pointersAreFinal(v *ssa.Alloc, at ssa.Instruction) bool {
	return !slices.ContainsFunc(f.InOrder(v), func(e memory.Event) bool {
		return e.Val != nil && !f.isFinal(callsite.Behind(e.Val), at)
	})
}

// isFinal reports whether nothing is written to a local variable that a pointer leads to
// after a point, before there is a new one.
func (f *Values) isFinal(pointer ssa.Value, at ssa.Instruction) bool {
	if _, ok := pointer.Type().Underlying().(*types.Pointer); !ok {
		return true
	}
	v, ok := f.Of(pointer).Base.(*ssa.Alloc)
	if !ok {
		return true
	}
	return !slices.ContainsFunc(f.InOrder(v), func(e memory.Event) bool { return f.FollowsWithin(v, at, e.Instr) })
}

// isWritten reports whether the elements are all written out.
func isWritten(elems []ssa.Value) bool { return elems != nil && !slices.Contains(elems, nil) }

// variable follows what is stored to a local variable that nobody else writes.
func (g *growth) variable(load *ssa.UnOp) bool {
	alloc, ok := load.X.(*ssa.Alloc)
	if !ok || g.f.WriterOf(place.Place{Base: alloc}) != "" {
		return false
	}
	for _, e := range g.f.InOrder(alloc) {
		if len(e.Path) != 0 || e.Val == nil || !g.follow(e.Val) {
			return false
		}
	}
	return true
}
