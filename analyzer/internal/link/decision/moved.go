package decision

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Where a row is compared with a value, the accusation is about that value, wherever it was
// passed on; whoever has decided about it has decided:
//
//	if !mayOperate(user, farm) { return }
//	if err := belongsTo(zone, farm); err != nil { return }   // loads the zone, and compares

// About names who has decided about all that the client chose and an accusation is about,
// before it was passed on; "" if nobody has about one of them, or it is about something else.
func About(p *Decisions, q Question, fails []obligation.Cause) string {
	name := ""
	for _, c := range fails {
		if c.Kind != obligation.Request || c.Origin == nil || c.Row != nil {
			return ""
		}
		by := aboutValue(p, q, c)
		if by == "" {
			return ""
		}
		name = by
	}
	return name
}

// aboutValue names who has decided about one value where it was passed on, or before.
func aboutValue(p *Decisions, q Question, c obligation.Cause) string {
	facts, args := q.Run.If, []term.Term(nil)
	if c.Fn != q.Fn {
		i := slices.IndexFunc(q.Hops, func(h *callgraph.Edge) bool { return h.From == c.Fn })
		if i < 0 {
			return ""
		}
		facts, args = q.Hops[i].Facts, argumentsAt(q.Hops[i], c.Site)
		q.Hops = q.Hops[:i]
	}
	q.Fn, q.about = c.Fn, passedOn(p, c, args)
	way := p.frames(q)
	if name := p.decided(way[0], facts, maxDepth); name != "" {
		return name
	}
	for i, h := range slices.Backward(q.Hops) {
		if name := p.decided(way[len(q.Hops)-i], h.Facts, maxDepth); name != "" {
			return name
		}
	}
	return p.ahead(q.At, way[len(way)-1].rows)
}

// argumentsAt are the arguments of a call that stand at a site, all of them if none does: the
// value was read there, and handed on later.
func argumentsAt(h *callgraph.Edge, site int) []term.Term {
	var out []term.Term
	for i, at := range h.Sites {
		if at == site && i < len(h.Args) {
			out = append(out, h.Args[i])
		}
	}
	if out == nil {
		return h.Args
	}
	return out
}

// passedOn are the values by which a function knows what the client chose: that part of the
// request, and what it was passed on as. A part that a helper has read whose name only its
// callers know may be any part: where several values may be it, none is.
func passedOn(p *Decisions, c obligation.Cause, args []term.Term) []term.Term {
	var out []term.Term
	if term.IsNamed(c.Origin) {
		out = append(out, c.Origin)
	}
	fr := &frame{fn: c.Fn, rows: []term.Term{c.Origin}}
	var held []term.Term
	for _, a := range args {
		for _, leaf := range term.Leaves(a) {
			known := slices.ContainsFunc(held, func(t term.Term) bool { return term.Same(t, leaf) })
			if !known && tells(c.Fn, leaf) && (p.sidesOf(fr, leaf, maxDepth) == ofRow || isReadOf(c, leaf)) {
				held = append(held, leaf)
			}
		}
	}
	if len(held) == 1 {
		out = append(out, held[0])
	}
	return out
}

// isReadOf reports whether a value is what a call gave that was handed what a cause's value is
// a part of.
func isReadOf(c obligation.Cause, t term.Term) bool {
	r, ok := t.(*term.Result)
	return ok && slices.ContainsFunc(handed(c.Fn, r.Call), func(a term.Term) bool {
		_, part := term.StepsTo(a, c.Origin)
		return part
	})
}
