package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
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
	ways := p.graph.HandWritten(l.Fn, nil, map[*callgraph.Function]bool{})
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
