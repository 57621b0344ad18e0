package value

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// What a variable has kept from an earlier turn of a loop is not what this turn has: the
// row before, the element before. What was found of this turn's is not found of it.
//
//	for rows.Next() { rows.Scan(&v.ID, &v.Org); if v.Org == org { use(before) }; before = v.ID }

// earlier is a value of an earlier turn of a loop, as it is called in a later one.
func (f *Values) earlier(t term.Term, l *memory.Loop) term.Term {
	if t == nil {
		return nil
	}
	rows := f.scans(l)
	return term.Map(t, func(x term.Term) term.Term {
		r, ok := x.(*term.Result)
		if !ok {
			return term.OfAny(x)
		}
		if rows && term.IsColumn(r) || f.stands(l, r.Call) {
			return term.Earlier(r)
		}
		return term.OfAny(x)
	})
}

// withEarlier is a value that grows in the loop around a point: of this turn and of
// earlier ones.
func (f *Values) withEarlier(t term.Term, at ssa.Instruction) term.Term {
	for b := at.Block(); b != nil && t != nil; b = b.Idom() {
		if l := f.LoopAt(b); len(l.Body) > 1 && l.Body[at.Block()] {
			return term.JoinOf(t, f.earlier(t, l))
		}
	}
	return t
}

// scans reports whether a loop reads rows.
func (f *Values) scans(l *memory.Loop) bool {
	for _, c := range f.Calls() {
		if c.Model != nil && c.Model.Verb == library.Scans && l.Calls(c) {
			return true
		}
	}
	return false
}

// stands reports whether operation n stands in a loop.
func (f *Values) stands(l *memory.Loop, n int) bool {
	for _, c := range f.Calls() {
		if c.N == n && c.Kind != callsite.Builtin {
			return l.Calls(c)
		}
	}
	return false
}

// overBack is the loop around a point in which a phi has kept what it has over an edge, nil
// if it is of this turn; a list or map that grows in a loop is not.
func (f *Values) overBack(v *ssa.Phi, edge int, at ssa.Instruction) *memory.Loop {
	if at == nil || gathers(v.Type()) || !v.Block().Dominates(v.Block().Preds[edge]) {
		return nil
	}
	if l := f.LoopAt(v.Block()); l.Body[at.Block()] {
		return l
	}
	return nil
}

// gathers reports whether a value of a type holds others, which a loop adds to it.
func gathers(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Map, *types.Chan, *types.Signature:
		return true
	}
	return false
}

// ofTurn is what a write of an earlier turn left at a place, and of this one otherwise.
func (s *search) ofTurn(t term.Term) term.Term {
	l := s.walk.Earlier()
	if l == nil {
		return t
	}
	for _, x := range s.place.Path {
		if x.Elem {
			return t
		}
	}
	if typ := s.f.TypeAt(s.place); typ == nil || gathers(typ) {
		return t
	}
	return s.f.earlier(t, l)
}
