package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/decision"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
)

// decidedOn names the access decision on the way of an accusation of which nobody has
// asked yet, "" if there is none: then the accusation has a complete witness.
func (p *verdict) decidedOn(h hearing) string {
	if !h.context.Notes.Settled() || h.stmt == nil || h.stmt.Proof == nil {
		return ""
	}
	q := decision.Question{Fn: h.f, Run: h.run, Stmt: h.stmt, Hops: h.context.Hops, At: h.context.At, Holes: askedOf(h)}
	if name := p.decisions.On(q); name != "" {
		return name
	}
	l := h.cause.Row
	if l == nil || h.cause.Kind != obligation.Gap && h.cause.Kind != obligation.Request {
		return ""
	}
	// The accusation moves to the statement that gave the row: so does the question.
	return p.decisions.On(decision.Question{Fn: l.Fn, Run: l.Run, Stmt: l.Stmt, At: l.Fn, Holes: foundBy(l.Stmt)})
}

// askedOf are the bind values that an accusation is about: those that the rows are found
// by, or the reference that is stored.
func askedOf(h hearing) []int {
	if h.reference != nil {
		return []int{h.reference.Need.Hole}
	}
	return foundBy(h.stmt)
}

func foundBy(s *statement.Statement) []int {
	var out []int
	add := func(n int) {
		if n > 0 && !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	for _, w := range s.All() {
		for _, n := range w.Needs {
			add(n.Hole)
		}
	}
	for _, src := range s.Proof.Shape.Sources {
		for _, b := range src.Bound {
			add(b.Hole)
		}
	}
	return out
}
