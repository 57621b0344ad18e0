package link

import "slices"

// blamed moves an accusation to the statement whose rows are not tied, where the
// value is one of their columns: what went wrong is one thing, however many
// statements use what came of it, and it is repaired there.
func (p *program) blamed(a accusation) accusation {
	l := a.cause.row
	if l == nil || a.cause.kind != gap && a.cause.kind != request || a.cause.kind == gap && !hasGap(l.stmt, a.cause) {
		return a
	}
	a.f, a.run, a.stmt, a.texts, a.context.hops = l.fn, l.run, l.stmt, []*stmt{l.stmt}, nil
	if a.cause.kind == gap {
		a.at, a.context.at = p.standsAt(l), l.fn
	}
	return a
}

func hasGap(s *stmt, c cause) bool {
	for i := range s.proof.Relations {
		if s.proof.Relations[i].Gap == c.gap {
			return true
		}
	}
	return false
}

// standsAt is the innermost hand-written place of a statement, the first one if
// generated code is called from several.
func (p *program) standsAt(l *loaded) spot {
	if !generated(l.fn) {
		return spot{l.fn, l.run.Site}
	}
	ways := p.handWritten(l.fn, nil, map[*fn]bool{})
	if len(ways) == 0 {
		return spot{l.fn, l.run.Site}
	}
	first := slices.MinFunc(ways, func(a, b []*edge) int {
		x, y := place(a[0].from, a[0].site), place(b[0].from, b[0].site)
		switch {
		case x.Before(y):
			return -1
		case y.Before(x):
			return 1
		}
		return 0
	})
	return spot{first[0].from, first[0].site}
}
