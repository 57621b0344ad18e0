package value

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/cfg"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// What a variable has kept from an earlier turn of a loop is not what this turn has: the
// row before, the element before. What was found of this turn's is not found of it.
//
//	for rows.Next() { rows.Scan(&v.ID, &v.Org); if v.Org == org { use(before) }; before = v.ID }

// earlier is a value of an earlier turn of a loop, as it is called in a later one.
func (f *Values) earlier(t term.Term, l *cfg.Loop) term.Term {
	if t == nil {
		return nil
	}
	ops, rows := f.operationsIn(l)
	ofRow := func(x term.Term) bool {
		r, ok := x.(*term.Result)
		return ok && (rows && term.IsColumn(r) || ops[r.Call])
	}
	if !term.Any(t, func(x term.Term) bool { return ofRow(x) || term.InHand(x) }) {
		return t
	}
	return term.Map(t, func(x term.Term) term.Term {
		if ofRow(x) {
			return term.Earlier(x.(*term.Result))
		}
		return term.OfAny(x)
	})
}

// withEarlier is a value that grows in the loop around a point: of this turn and of
// earlier ones.
func withEarlier(f *Values, t term.Term, at ssa.Instruction) term.Term {
	for b := at.Block(); b != nil && t != nil; b = b.Idom() {
		if l := f.LoopAt(b); len(l.Body) > 1 && l.Body[at.Block()] {
			if before := f.earlier(t, l); before != t {
				return term.JoinOf(t, before)
			}
			return t
		}
	}
	return t
}

// operationsIn are the numbers of the calls in a loop, and whether it reads rows.
func (f *Values) operationsIn(l *cfg.Loop) (ops map[int]bool, rows bool) {
	if known, ok := f.loopOps[l]; ok {
		return known.ops, known.rows
	}
	ops = map[int]bool{}
	for _, c := range f.Calls() {
		if c.Kind != callsite.Builtin && l.Body[c.Instr.Block()] {
			ops[c.N] = true
			rows = rows || c.Model != nil && c.Model.Verb == library.Scans
		}
	}
	f.loopOps[l] = loopOps{ops, rows}
	return ops, rows
}

// loopOps is what was found of a loop.
type loopOps struct {
	ops  map[int]bool
	rows bool
}

// overBack is the loop around a point in which a phi has kept what it has over an edge, nil
// if it is of this turn; a list or map that grows in a loop is not.
func overBack(f *Values, v *ssa.Phi, edge int, at ssa.Instruction) *cfg.Loop {
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
