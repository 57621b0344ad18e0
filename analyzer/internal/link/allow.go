package link

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A directive says, with a reason, that a person looked. At a line it speaks of
// the calls there; in the doc comment of a function, of everything that its text
// calls, closures in it included. What it allows is a way to a statement: other
// ways to the same statement are judged as if it were not there.

const allowVerb = "allow"

// allowed finds the directive that excuses a context: at the statement or its
// function, at the printed place, on the way down, or on every way that leads to
// where the way begins.
func (p *program) allowed(f *fn, r *unit.Run, at spot, hops []*edge) *unit.Directive {
	candidates := []*unit.Directive{r.Allow, p.allowOf(f)}
	if at.fn != nil {
		candidates = append(candidates, p.allowOf(at.fn), directiveAt(at))
	}
	candidates = append(candidates, directiveAt(spot{f, r.Site}))
	top := f
	for i, h := range hops {
		if i == 0 {
			top = h.from
		}
		candidates = append(candidates, p.allowOn(h))
	}
	for _, d := range candidates {
		if excuses(d) {
			return d
		}
	}
	return p.allowedAbove(top)
}

// excuses tells whether a directive excuses: one without a reason does not.
func excuses(d *unit.Directive) bool { return d != nil && d.Verb == allowVerb && d.Reason != "" }

// allowOf is the directive in the doc comment of a function, or of the function
// in whose text a closure stands.
func (p *program) allowOf(f *fn) *unit.Directive {
	if f.Allow != nil {
		return f.Allow
	}
	outer, _, closure := strings.Cut(f.Symbol, "$")
	if g := p.function(outer); closure && g != nil {
		return g.Allow
	}
	return nil
}

// allowOn is the directive that speaks of a call: at its line, or of all calls of
// its function. A function value that is called there is no part of the
// function's text: a middleware does not speak of what comes after it.
func (p *program) allowOn(e *edge) *unit.Directive {
	if e.call == nil {
		return nil
	}
	if excuses(e.call.Allow) {
		return e.call.Allow
	}
	if d := directiveAt(spot{e.from, e.site}); excuses(d) {
		return d
	}
	if e.call.Kind != unit.Static && e.call.Kind != unit.Interface {
		return nil
	}
	return p.allowOf(e.from)
}

// allows is what is known of a program's directives. Most programs have none, and
// then no way is walked.
type allows struct {
	some  bool
	above map[*fn]*unit.Directive // by function: the answer of allowedAbove
}

func (p *program) directives() *allows {
	if p.allows == nil {
		p.allows = &allows{some: slices.ContainsFunc(p.units, directed), above: map[*fn]*unit.Directive{}}
	}
	return p.allows
}

// directed tells whether a unit has a directive that excuses.
func directed(u *unit.Unit) bool {
	return slices.ContainsFunc(u.Directives, func(d unit.Directive) bool { return excuses(&d) }) ||
		slices.ContainsFunc(u.Functions, func(f *unit.Function) bool {
			return excuses(f.Allow) || slices.ContainsFunc(f.Calls, func(c unit.Call) bool { return excuses(c.Allow) })
		})
}

// allowedAbove is a directive if every way from a request down to f passes one,
// the first that is met; nil if one way does not.
func (p *program) allowedAbove(f *fn) *unit.Directive {
	known := p.directives()
	if !known.some {
		return nil
	}
	if d, ok := known.above[f]; ok {
		return d
	}
	_, open, first := p.wayAround(f)
	if open {
		first = nil
	}
	known.above[f] = first
	return first
}

// wayAround looks for a way from a request, or from where nobody knows, down to f
// that no directive speaks of, and gives the first directive that it met.
func (p *program) wayAround(f *fn) (way []*edge, found bool, first *unit.Directive) {
	down := map[*fn]*edge{f: nil} // the next edge on the way down
	for queue := []*fn{f}; len(queue) > 0; queue = queue[1:] {
		g, called := queue[0], false
		if g.entry != nil || p.isEntry(g) {
			return wayDown(g, down), true, first
		}
		for _, e := range p.edges[g] {
			if p.live[e.from] == nil || e.creates || e.explained {
				continue
			}
			called = true
			if d := p.allowOn(e); excuses(d) {
				if first == nil {
					first = d
				}
			} else if _, seen := down[e.from]; !seen {
				down[e.from] = e
				queue = append(queue, e.from)
			}
		}
		if !called && p.rootOf(g) != jobRoot {
			return wayDown(g, down), true, first
		}
	}
	return nil, false, first
}

func wayDown(g *fn, down map[*fn]*edge) []*edge {
	var way []*edge
	for e := down[g]; e != nil; e = down[e.to] {
		way = append(way, e)
	}
	return way
}

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
	for _, u := range p.units {
		for i := range u.Directives {
			add(u, &u.Directives[i])
		}
		for _, f := range u.Functions {
			add(u, f.Allow)
		}
	}
	return out
}
