package decision

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A middleware may know by a table of routes which part of the path names what, and whether
// anybody has to be asked about it:
//
//	rule := ruleOf(r.Pattern)
//	if !rule.open && !may(user, rule.kind, r.PathValue(rule.param)) { return }
//
// It decides about whatever the path names; which routes it lets pass, a person says.

// anyPart is a part of the path whose name is computed.
var anyPart = &term.Origin{Kind: term.Request, Group: "path", Name: "?"}

// anyParts are the parts of the path that a middleware reads by a name that is not known: it is
// computed, or what the function was made for is.
func anyParts(w middleware.Way) []term.Term {
	out := []term.Term{anyPart}
	for _, f := range w.Made {
		if term.NameBy(anyPart.Group, f.Term) == anyPart.Name {
			out = append(out, &term.Origin{Kind: term.Request, Group: anyPart.Group, Name: term.NameBy(anyPart.Group, &term.Path{Root: term.Free, Name: f.Name})})
		}
	}
	return out
}

// decidesRoutes reports who decides in a middleware about that part of the path which the route
// says, "" if nobody does, or if the request goes on for another reason than its route.
func decidesRoutes(p *Decisions, s middleware.Step) string {
	var key strings.Builder
	for _, w := range s.Ways {
		fmt.Fprintf(&key, "%s %v %v;", w.Fn.Symbol, w.Facts, anyParts(w))
	}
	name, known := p.routing[key.String()]
	if !known {
		name = asksByRoute(p, s)
		p.routing[key.String()] = name
	}
	return name
}

func asksByRoute(p *Decisions, s middleware.Step) string {
	name := ""
	var past []way
	asked := map[string]bool{} // what is known where somebody has decided
	for _, w := range s.Ways {
		at := way{&frame{fn: w.Fn, rows: anyParts(w), caller: kept(p, w.Fn), setUp: true}, p.conds.At(w.Fn, w.Facts).Facts}
		by := cmp.Or(p.decided(at.fr, at.facts, maxDepth), agreed(p, at))
		if by == "" {
			past = append(past, at)
			continue
		}
		name = by
		for _, f := range at.facts {
			asked[f.String()] = true
		}
	}
	for _, w := range past {
		if !slices.ContainsFunc(w.facts, func(f term.Fact) bool { return !asked[f.String()] && ofRoute(p, w.fr, f, maxDepth) }) {
			return ""
		}
	}
	return name
}

// kept are the values of a middleware that come out of the context by a key that is not known:
// who calls, as far as anybody can see.
func kept(p *Decisions, f *callgraph.Function) []term.Term {
	var out []term.Term
	for i := range f.Calls {
		r := &term.Result{Call: f.Calls[i].N, Steps: []term.Step{{Kind: term.ResultStep}}}
		targets, _ := p.graph.Callees(f, &f.Calls[i])
		var given []term.Term
		for _, t := range callgraph.Behind(targets, r) {
			for _, leaf := range term.Leaves(t) {
				if zero, _ := term.Zeroness(leaf); !zero {
					given = append(given, leaf)
				}
			}
		}
		if len(given) > 0 && !slices.ContainsFunc(given, func(t term.Term) bool { return !isOfKey(t) }) {
			out = append(out, r)
		}
	}
	return out
}

// isOfKey reports whether a value comes out of a context by a key that is not known.
func isOfKey(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Unknown && o.Name == term.OfComputedKey
}

// agreed names who was handed both sides on a way, and agreed.
func agreed(p *Decisions, w way) string {
	for _, f := range w.facts {
		if !passes(f) {
			continue
		}
		for _, k := range calls(f) {
			if p.agrees(w.fr, k) {
				return callgraph.CalleeName(w.fr.fn.Ops[k].Call)
			}
		}
	}
	return ""
}

// namedByPath reports whether all of some values are parts of the path.
func namedByPath(rows []term.Term) bool {
	return !slices.ContainsFunc(rows, func(t term.Term) bool {
		o, ok := t.(*term.Origin)
		return !ok || o.Group != anyPart.Group
	})
}

// ofRoute reports whether a fact speaks of nothing that the client sends but of the route that
// he has chosen, and of what that names.
func ofRoute(p *Decisions, fr *frame, f term.Fact, depth int) bool {
	return !sent(p, fr, f.A, depth) && (f.B == nil || !sent(p, fr, f.B, depth))
}

// sent reports whether a part of a term is what the client sends beside the path, or is not
// looked into.
func sent(p *Decisions, fr *frame, t term.Term, depth int) bool {
	return term.Any(t, func(x term.Term) bool {
		switch x := x.(type) {
		case *term.Origin:
			return x.Kind == term.Request && x.Group != anyPart.Group
		case *term.Test:
			return !ofRoute(p, fr, x.Fact, depth)
		case *term.Result:
			if depth == 0 {
				return slices.ContainsFunc(handed(fr.fn, x.Call), func(a term.Term) bool { return mayBeRequest(fr, a) })
			}
			return sentResult(p, fr, x, depth)
		}
		return false
	})
}

// mayBeRequest reports whether an argument may be the request, or what the client sends.
func mayBeRequest(fr *frame, t term.Term) bool {
	return t != nil && term.Any(t, func(x term.Term) bool {
		path, isPath := x.(*term.Path)
		o, isOrigin := x.(*term.Origin)
		return isPath && path.Root == term.Param && !isPart(fr.plain, path) || isOrigin && o.Kind == term.Request
	})
}

// sentResult is sent of what an operation gives, and of what that hangs on.
func sentResult(p *Decisions, fr *frame, r *term.Result, depth int) bool {
	if slices.Contains(fr.judging, r.Call) {
		return false
	}
	fr.judging = append(fr.judging, r.Call)
	defer func() { fr.judging = fr.judging[:len(fr.judging)-1] }()
	if slices.ContainsFunc(handed(fr.fn, r.Call), func(a term.Term) bool { return a != nil && sent(p, fr, a, depth-1) }) {
		return true
	}
	call := fr.fn.Ops[r.Call].Call
	if call == nil {
		return false
	}
	targets, _ := p.graph.Callees(fr.fn, call)
	return slices.ContainsFunc(targets, func(c callgraph.Callee) bool {
		inner := &frame{fn: c.Fn}
		for i, a := range c.Frame().Args {
			if !mayBeRequest(fr, a) {
				inner.plain = append(inner.plain, term.P(i))
			}
		}
		for i := range c.Fn.Gives {
			g := &c.Fn.Gives[i]
			if t, ok := callgraph.Given(r, r.Call, g); ok && sent(p, inner, t, depth-1) {
				return true
			}
			if slices.ContainsFunc(g.If, func(f term.Fact) bool { return !ofRoute(p, inner, f, depth-1) }) {
				return true
			}
		}
		return false
	})
}

// withParts are values of a function with the parts of the request that helpers have read for
// it, by the names that they were handed.
func withParts(p *Decisions, f *callgraph.Function, rows []term.Term) []term.Term {
	out := slices.Clone(rows)
	for _, t := range rows {
		out = append(out, partsRead(p, f, t, maxDepth)...)
	}
	return out
}

// partsRead are the parts of the request that a result is.
func partsRead(p *Decisions, f *callgraph.Function, t term.Term, depth int) []term.Term {
	r, ok := t.(*term.Result)
	if !ok || depth == 0 || f.Ops[r.Call].Call == nil {
		return nil
	}
	call := f.Ops[r.Call].Call
	targets, known := p.graph.Callees(f, call)
	if !known || len(targets) != 1 {
		return nil
	}
	var out []term.Term
	for c, given := range callgraph.Behind(targets, r) {
		for _, leaf := range term.Leaves(given) {
			for _, read := range append(partsRead(p, c.Fn, leaf, depth-1), leaf) {
				if o, ok := p.conds.ToCaller(c, call.N, read).(*term.Origin); ok && o.Kind == term.Request {
					out = append(out, o)
				}
			}
		}
	}
	return out
}
