package link

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
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
func (p *verdict) allowed(f *callgraph.Function, r *unit.Run, at callgraph.Spot, hops []*callgraph.Edge) *unit.Directive {
	candidates := []*unit.Directive{r.Allow, p.allowOf(f)}
	if at.Fn != nil {
		candidates = append(candidates, p.allowOf(at.Fn), directiveAt(at))
	}
	candidates = append(candidates, directiveAt(callgraph.Spot{Fn: f, Site: r.Site}))
	top := f
	for i, h := range hops {
		if i == 0 {
			top = h.From
		}
		candidates = append(candidates, p.allowOn(h))
	}
	for _, d := range candidates {
		if excuses(d) {
			p.directives().heeded[d] = true
			return d
		}
	}
	return p.allowedAbove(top)
}

// excuses reports whether a directive excuses: one without a reason does not.
func excuses(d *unit.Directive) bool { return d != nil && d.Verb == allowVerb && d.Reason != "" }

// allowOf is the directive in the doc comment of a function, or of the function
// in whose text a closure stands.
func (p *verdict) allowOf(f *callgraph.Function) *unit.Directive {
	if f.Allow != nil {
		return f.Allow
	}
	outer, _, closure := strings.Cut(f.Symbol, "$")
	if g := p.graph.Function(outer); closure && g != nil {
		return g.Allow
	}
	return nil
}

// allowOn is the directive that speaks of a call: at its line, or of all calls of
// its function. A function value that is called there is no part of the
// function's text: a middleware does not speak of what comes after it.
func (p *verdict) allowOn(e *callgraph.Edge) *unit.Directive {
	if e.Call == nil {
		return nil
	}
	if excuses(e.Call.Allow) {
		return e.Call.Allow
	}
	if d := directiveAt(callgraph.Spot{Fn: e.From, Site: e.Site}); excuses(d) {
		return d
	}
	if e.Call.Kind != unit.Static && e.Call.Kind != unit.Interface {
		return nil
	}
	return p.allowOf(e.From)
}

// allows is what is known of a program's directives. Most programs have none, and
// then no way is walked.
type allows struct {
	some  bool
	above map[*callgraph.Function]*unit.Directive // by function: the answer of allowedAbove
	// heeded are the directives without which something would have been said.
	heeded map[*unit.Directive]bool
}

func (p *verdict) directives() *allows {
	if p.allows == nil {
		p.allows = &allows{some: slices.ContainsFunc(p.graph.Units, directed), above: map[*callgraph.Function]*unit.Directive{}, heeded: map[*unit.Directive]bool{}}
	}
	return p.allows
}

// directed reports whether a unit has a directive that excuses.
func directed(u *unit.Unit) bool {
	return slices.ContainsFunc(u.Directives, func(d unit.Directive) bool { return excuses(&d) }) ||
		slices.ContainsFunc(u.Functions, func(f *unit.Function) bool {
			return excuses(f.Allow) || slices.ContainsFunc(f.Calls, func(c unit.Call) bool { return excuses(c.Allow) })
		})
}

// allowedAbove is a directive if every way from a request down to f passes one,
// the first that is met; nil if one way does not.
func (p *verdict) allowedAbove(f *callgraph.Function) *unit.Directive {
	known := p.directives()
	if !known.some {
		return nil
	}
	if d, ok := known.above[f]; ok {
		return d
	}
	_, open, met := p.wayAround(f)
	if open || len(met) == 0 {
		known.above[f] = nil
		return nil
	}
	for _, d := range met {
		known.heeded[d] = true
	}
	known.above[f] = met[0]
	return met[0]
}

// wayAround looks for a way from a request, or from where nobody knows, down to f
// that no directive speaks of, and gives the directives that it met, in their order.
func (p *verdict) wayAround(f *callgraph.Function) (way []*callgraph.Edge, found bool, met []*unit.Directive) {
	down := map[*callgraph.Function]*callgraph.Edge{f: nil} // the next edge on the way down
	for queue := []*callgraph.Function{f}; len(queue) > 0; queue = queue[1:] {
		g, called := queue[0], false
		if g.Entry != nil || p.graph.IsEntry(g) {
			return wayDown(g, down), true, met
		}
		for _, e := range p.graph.Edges[g] {
			if p.graph.Live[e.From] == nil || e.Creates || e.Explained {
				continue
			}
			called = true
			if d := p.allowOn(e); excuses(d) {
				met = append(met, d)
			} else if _, seen := down[e.From]; !seen {
				down[e.From] = e
				queue = append(queue, e.From)
			}
		}
		if !called && p.graph.RootOf(g) != callgraph.JobRoot {
			return wayDown(g, down), true, met
		}
	}
	return nil, false, met
}

func wayDown(g *callgraph.Function, down map[*callgraph.Function]*callgraph.Edge) []*callgraph.Edge {
	var way []*callgraph.Edge
	for e := down[g]; e != nil; e = down[e.To] {
		way = append(way, e)
	}
	return way
}

func directiveAt(at callgraph.Spot) *unit.Directive {
	u := at.Fn.Unit
	if at.Site < 0 || at.Site >= len(u.Sites) {
		return nil
	}
	s := u.Sites[at.Site]
	for i := range u.Directives {
		d := &u.Directives[i]
		if d.Site >= 0 && d.Site < len(u.Sites) && u.Sites[d.Site].File == s.File && d.Line == s.Line {
			return d
		}
	}
	return nil
}

// withoutReason lists the directives that say no reason: they have no effect.
func (p *verdict) withoutReason() []finding.Setup {
	var out []finding.Setup
	add := func(u *unit.Unit, d *unit.Directive) {
		if d == nil || d.Verb != allowVerb || d.Reason != "" {
			return
		}
		at := callgraph.Place(&callgraph.Function{Unit: u}, d.Site)
		s := finding.Setup{File: at.File, Line: at.Line, Idle: true, Message: "tenantvet:allow needs a reason; it has no effect without one"}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, u := range p.graph.Units {
		for i := range u.Directives {
			add(u, &u.Directives[i])
		}
		for _, f := range u.Functions {
			add(u, f.Allow)
		}
	}
	return out
}

// heed lists the directives with a reason, and whether something would have been said
// without them. One directive has several copies in a unit, one at each thing that it
// speaks of.
func (p *verdict) heed(r *Report) {
	heeded := p.directives().heeded
	for _, u := range p.graph.Units {
		by := map[int]bool{} // site
		note := func(d *unit.Directive) {
			if excuses(d) && d.Site != unit.NoSite {
				by[d.Site] = by[d.Site] || heeded[d]
			}
		}
		for i := range u.Directives {
			note(&u.Directives[i])
		}
		for _, f := range u.Functions {
			note(f.Allow)
			for i := range f.Calls {
				note(f.Calls[i].Allow)
			}
			for i := range f.Runs {
				note(f.Runs[i].Allow)
			}
		}
		for site, heeded := range by {
			at := callgraph.Place(&callgraph.Function{Unit: u}, site)
			r.Directives = append(r.Directives, Directive{File: at.File, Line: at.Line, Heeded: heeded})
		}
	}
}
