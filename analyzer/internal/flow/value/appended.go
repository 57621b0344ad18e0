package value

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
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
		return !g.f.IsWritten(v)
	case *ssa.Phi:
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
		if c.Kind != callsite.Builtin || c.Symbol != "append" || len(c.Args) != 2 || !isWritten(callsite.Elements(c.Args[1])) {
			return false
		}
		g.by = append(g.by, c)
		return g.follow(c.Args[0])
	}
	return false
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
