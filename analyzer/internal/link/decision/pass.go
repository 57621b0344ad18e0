package decision

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Who decides may have ways past the decision: for staff, where authentication is switched
// off, on an instance that has no users yet, for a row that is public or nobody's. They hang
// on who calls, on how the program is set up, or on what the row says of itself, and whether
// they are right is a part of the question about the decision. A way that hangs on what the
// client sends besides, or on nothing that other ways do not hang on, is a way without one.

// way is one of those in which a decision may end well.
type way struct {
	fr    *frame
	facts []term.Fact
}

// decidedBy names who decides in all of several ways, past which the other ways only let
// pass; "" if nobody does.
func (p *Decisions) decidedBy(ways []way, depth int) string {
	name := ""
	var past []way
	common := map[string]bool{} // what is known where somebody has decided
	for _, w := range ways {
		by := p.decided(w.fr, w.facts, depth)
		if by == "" {
			past = append(past, w)
			continue
		}
		if name == "" {
			name = by
		}
		for _, f := range w.facts {
			common[f.String()] = true
		}
	}
	for _, w := range past {
		if !p.letsPass(w.fr, w.facts, common, depth) {
			return ""
		}
	}
	return name
}

// letsPass reports whether one of some facts, which does not hold where somebody has decided,
// lets somebody pass for who he is, for how the program is set up, or a row for what it says
// of itself.
func (p *Decisions) letsPass(fr *frame, facts []term.Fact, common map[string]bool, depth int) bool {
	one := func(f term.Fact) bool {
		return p.exempts(fr, []term.Fact{f}, depth) || isEmpty(p, fr, f, depth) || p.speaksForItself(fr, []term.Fact{f}) || p.withoutClient(fr, f, depth)
	}
	return slices.ContainsFunc(facts, func(f term.Fact) bool {
		if common[f.String()] {
			return false
		}
		cases := term.Cases(f) // either of two is enough: each must let pass, by what is said last
		return one(f) || len(cases) > 0 && !slices.ContainsFunc(cases, func(c []term.Fact) bool { return !one(c[len(c)-1]) })
	})
}

// isEmpty reports whether a fact is that what the row is found by, or what would say whose it
// is, is not there.
func isEmpty(p *Decisions, fr *frame, f term.Fact, depth int) bool {
	r, isResult := f.A.(*term.Result)
	return (f.Op == term.IsZero || f.Op == term.Null) && p.sidesOf(fr, f.A, depth) == ofRow && !(isResult && isEnd(fr.fn, r))
}

// withoutClient reports whether a fact speaks of nothing that the client sends but of who he
// is, and of no row: of a context's values, of how the program was set up.
func (p *Decisions) withoutClient(fr *frame, f term.Fact, depth int) bool {
	if f.Op == term.Every || f.Op == term.Left || f.Op == term.Implies || f.Op == term.Met || isConstant(f.A) {
		return false
	}
	return p.plain(fr, f.A, depth) && (f.B == nil || p.plain(fr, f.B, depth))
}

// plain is withoutClient of a term.
func (p *Decisions) plain(fr *frame, t term.Term, depth int) bool {
	if depth == 0 || isPart(fr.rows, t) {
		return false
	}
	if isPart(fr.caller, t) || isPart(fr.plain, t) {
		return true
	}
	switch x := t.(type) {
	case *term.Const:
		return true
	case *term.Origin:
		return x.Kind != term.Request && x.Kind != term.Unknown && x.Kind != term.Fresh || p.ofOrigin(x) == ofCaller
	case *term.Path:
		switch x.Root {
		case term.Context:
			return p.sidesOf(fr, x, depth)&ofRow == 0
		case term.This, term.Global:
			return true
		case term.Param:
			return x.Index == 0 && fr.fn.Receiver != "" && len(x.Steps) > 0
		case term.Free:
			return fr.setUp
		}
		return false
	case *term.Test:
		return p.withoutClient(fr, x.Fact, depth)
	case *term.Join:
		return !slices.ContainsFunc(x.Terms, func(leaf term.Term) bool { return !p.plain(fr, leaf, depth) })
	case *term.Result:
		return p.plainResult(fr, x, depth)
	}
	return false
}

// plainResult is plain of what an operation gives: in each of its ways, what it gives and what
// that hangs on. What a loop makes of what it gave before is as plain as what it began with.
func (p *Decisions) plainResult(fr *frame, r *term.Result, depth int) bool {
	if slices.Contains(fr.judging, r.Call) {
		return true
	}
	fr.judging = append(fr.judging, r.Call)
	defer func() { fr.judging = fr.judging[:len(fr.judging)-1] }()
	o := fr.fn.Ops[r.Call]
	allPlain := func(list []term.Term) bool {
		return !slices.ContainsFunc(list, func(t term.Term) bool { return !p.plain(fr, t, depth) })
	}
	if o.Run != nil {
		return !isPseudo(r, "err") && !p.writes(fr.fn, o.Run) && allPlain(o.Run.Args)
	}
	if o.Call == nil {
		return false
	}
	targets, known := p.graph.Callees(fr.fn, o.Call)
	if o.Call.Kind == unit.Library || !known || len(targets) == 0 {
		return o.Call.Kind == unit.Library && len(o.Call.Args) > 0 && allPlain(o.Call.Args)
	}
	return !slices.ContainsFunc(targets, func(c callgraph.Callee) bool { return !p.plainInside(fr, c, r, depth-1) })
}

func (p *Decisions) plainInside(fr *frame, c callgraph.Callee, r *term.Result, depth int) bool {
	if depth == 0 || c.Fn.Over != "" || len(c.Fn.Gives) == 0 {
		return false
	}
	inner := p.inside(fr, c, depth)
	for i, a := range c.Frame().Args {
		if a != nil && p.plain(fr, a, depth) {
			inner.plain = append(inner.plain, term.P(i))
		}
	}
	for i := range c.Fn.Gives {
		g := &c.Fn.Gives[i]
		t, ok := callgraph.Given(r, r.Call, g)
		if !ok {
			continue
		}
		if zero, fixed := term.Zeroness(t); !(fixed && zero) && !p.plain(inner, t, depth) {
			return false
		}
		if slices.ContainsFunc(g.If, func(f term.Fact) bool { return !p.withoutClient(inner, f, depth) }) {
			return false
		}
	}
	return true
}
