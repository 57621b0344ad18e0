package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
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

// witness leads from a request's entry down to f, as far as it is known.
func (p *program) witness(f *fn) []*edge {
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

// allowed finds the directive that excuses a context: at the printed line, on a
// call of its way, on the function of the place, or at the statement's.
func (p *program) allowed(f *fn, r *unit.Run, at spot, hops []*edge) *unit.Directive {
	candidates := []*unit.Directive{r.Allow, f.Allow}
	if at.fn != nil {
		candidates = append(candidates, at.fn.Allow, directiveAt(at))
	}
	candidates = append(candidates, directiveAt(spot{f, r.Site}))
	for _, h := range hops {
		if h.call != nil {
			candidates = append(candidates, h.call.Allow)
		}
	}
	for _, d := range candidates {
		if d != nil && d.Verb == allowVerb && d.Reason != "" {
			return d
		}
	}
	return nil
}

const allowVerb = "allow"

func directiveAt(at spot) *unit.Directive {
	u := at.fn.unit
	if at.site < 0 || at.site >= len(u.Sites) {
		return nil
	}
	s := u.Sites[at.site]
	for i := range u.Directives {
		d := &u.Directives[i]
		if d.Site >= 0 && d.Site < len(u.Sites) && u.Sites[d.Site].File == s.File && d.Line == s.Line {
			return d
		}
	}
	return nil
}

// withoutReason lists the directives that say no reason: they have no effect.
func (p *program) withoutReason() []finding.Setup {
	var out []finding.Setup
	add := func(u *unit.Unit, d *unit.Directive) {
		if d == nil || d.Verb != allowVerb || d.Reason != "" {
			return
		}
		at := place(&fn{unit: u}, d.Site)
		s := finding.Setup{File: at.File, Line: at.Line, Message: "tenantvet:allow needs a reason; it has no effect without one"}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, u := range p.in.Units {
		for i := range u.Directives {
			add(u, &u.Directives[i])
		}
		for _, f := range u.Functions {
			add(u, f.Allow)
		}
	}
	return out
}
