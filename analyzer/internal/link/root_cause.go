package link

import (
	"cmp"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
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
		a.at, a.context.At = p.standsAt(l), l.Fn
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

// standsAt is the innermost hand-written place of a statement, the first one if
// generated code is called from several.
func (p *verdict) standsAt(l *obligation.Row) callgraph.Spot {
	if !callgraph.Generated(l.Fn) {
		return callgraph.Spot{Fn: l.Fn, Site: l.Run.Site}
	}
	ways := propagate.HandWritten(p.graph, l.Fn, nil, map[*callgraph.Function]bool{})
	if len(ways) == 0 {
		return callgraph.Spot{Fn: l.Fn, Site: l.Run.Site}
	}
	first := slices.MinFunc(ways, func(a, b []*callgraph.Edge) int {
		x, y := callgraph.Place(a[0].From, a[0].Site), callgraph.Place(b[0].From, b[0].Site)
		switch {
		case x.Before(y):
			return -1
		case y.Before(x):
			return 1
		}
		return 0
	})
	return callgraph.Spot{Fn: first[0].From, Site: first[0].Site}
}

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
	q = decision.Question{Fn: l.Fn, Run: l.Run, Stmt: l.Stmt, At: l.Fn, Holes: foundBy(l.Stmt)}
	return cmp.Or(p.decisions.On(q), p.decisions.From(h.cause.Fn, q))
}

// askedOf are the bind values that an accusation is about: those that the rows are found
// by, or the reference that is stored.
func askedOf(h hearing) []int {
	if h.reference != nil {
		return []int{h.reference.Need.Hole}
	}
	return foundBy(h.stmt)
}

// foundBy are the bind values that say which rows a statement is about. What else it
// compares does not: that a caller belongs to an organization says nothing of a row
// that the organization does not find.
func foundBy(s *statement.Statement) []int {
	var out []int
	for _, w := range s.All() {
		for _, n := range w.Needs {
			if n.Hole > 0 && !slices.Contains(out, n.Hole) {
				out = append(out, n.Hole)
			}
		}
	}
	return out
}
