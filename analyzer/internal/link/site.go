package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// place is a site as a report shows it.
func place(f *fn, site int) finding.Place {
	if f == nil || site < 0 || site >= len(f.unit.Sites) {
		return finding.Place{}
	}
	s := f.unit.Sites[site]
	return finding.Place{
		File: f.unit.Files[s.File].Name, Line: s.Line, Column: s.Column,
		EndLine: s.EndLine, EndColumn: s.EndColumn,
	}
}

// generated tells whether a function stands in a generated file, where no
// finding may stand.
func generated(f *fn) bool {
	if f.Site < 0 || f.Site >= len(f.unit.Sites) {
		return false
	}
	return f.unit.Files[f.unit.Sites[f.Site].File].Generated
}

// spot is a place in a function.
type spot struct {
	fn   *fn
	site int
}

// innermost is the innermost hand-written place on the way to a statement: its
// own, or that of the call that leads into generated code.
func innermost(f *fn, site int, hops []*edge) spot {
	if !generated(f) {
		return spot{f, site}
	}
	for i := len(hops) - 1; i >= 0; i-- {
		if !generated(hops[i].from) {
			return spot{hops[i].from, hops[i].site}
		}
	}
	return spot{f, site}
}

// witness leads from a request's entry down to f, as far as it is known, where
// it can be on a way that nobody allowed.
func (p *program) witness(f *fn) []*edge {
	out := p.shortest(f)
	if p.directives().some && slices.ContainsFunc(out, func(e *edge) bool { return excuses(p.allowOn(e)) }) {
		if way, found, _ := p.wayAround(f); found {
			return way
		}
	}
	return out
}

func (p *program) shortest(f *fn) []*edge {
	var out []*edge
	seen := map[*fn]bool{}
	for l := p.live[f]; l != nil && !seen[f]; l = p.live[f] {
		seen[f] = true
		e := l.via[requestRoot]
		if e == nil {
			break
		}
		out = append(out, e)
		f = e.from
	}
	slices.Reverse(out)
	return out
}

// handWritten lists the ways from hand-written code to a generated function.
func (p *program) handWritten(f *fn, below []*edge, seen map[*fn]bool) [][]*edge {
	if seen[f] {
		return nil
	}
	seen[f] = true
	defer delete(seen, f)
	var out [][]*edge
	for _, e := range p.edges[f] {
		if p.live[e.from] == nil {
			continue
		}
		hops := append([]*edge{e}, below...)
		if !generated(e.from) {
			out = append(out, hops)
			continue
		}
		out = append(out, p.handWritten(e.from, hops, seen)...)
	}
	return out
}
