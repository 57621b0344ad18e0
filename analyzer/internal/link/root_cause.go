package link

import (
	"cmp"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/decision"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/propagate"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
)

// atRootCause moves an accusation to the statement whose rows are not tied, where the
// value is one of their columns: what went wrong is one thing, however many
// statements use what came of it, and it is repaired there.
func (p *verdict) atRootCause(a findingBuilder) findingBuilder {
	l := a.cause.Row
	if l == nil || a.cause.Kind != obligation.Gap && a.cause.Kind != obligation.Request || a.cause.Kind == obligation.Gap && !hasGap(l.Stmt, a.cause) {
		return a
	}
	a.f, a.run, a.stmt, a.texts, a.context.Hops = l.Fn, l.Run, l.Stmt, []*statement.Statement{l.Stmt}, nil
	if a.cause.Kind == obligation.Gap {
		a.at, a.context.At = propagate.StandsAt(p.graph, l), l.Fn
	}
	return a
}

func hasGap(s *statement.Statement, c obligation.Cause) bool {
	for i := range s.Proof.Relations {
		if s.Proof.Relations[i].Gap == c.Gap {
			return true
		}
	}
	return false
}

// decidedOn names the access decision on the way of an accusation of which nobody has
// asked yet, "" if there is none: then the accusation has a complete witness.
func (p *verdict) decidedOn(h hearing) string {
	if !h.context.Notes.Settled() || h.stmt == nil || h.stmt.Proof == nil {
		return ""
	}
	q := decision.Question{Fn: h.f, Run: h.run, Stmt: h.stmt, Hops: h.context.Hops, At: h.context.At, Holes: askedOf(h)}
	if name := cmp.Or(p.decisions.On(q), decision.About(p.decisions, q, h.context.Fails)); name != "" {
		return name
	}
	l := h.cause.Row
	if l == nil || h.cause.Kind != obligation.Gap && h.cause.Kind != obligation.Request {
		return ""
	}
	// The accusation moves to the statement that gave the row: so does the question.
	q = decision.Question{Fn: l.Fn, Run: l.Run, Stmt: l.Stmt, At: l.Fn, Holes: decision.FoundBy(l.Stmt)}
	return cmp.Or(p.decisions.On(q), p.decisions.From(h.cause.Fn, q))
}

// askedOf are the bind values that an accusation is about: those that the rows are found
// by, or the reference that is stored.
func askedOf(h hearing) []int {
	if h.reference != nil {
		return []int{h.reference.Need.Hole}
	}
	return decision.FoundBy(h.stmt)
}
