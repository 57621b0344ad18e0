package decision

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// decided names what has decided access where facts are in force in a frame, "" if
// nothing did: a comparison of both sides, or a call whose outcome depends on both.
func (p *Decisions) decided(fr *frame, facts []term.Fact, depth int) string {
	if depth == 0 || len(fr.rows) == 0 {
		return ""
	}
	e := p.conds.At(fr.fn, p.unwrapped(fr, facts))
	for _, f := range p.unwrapped(fr, e.Facts) {
		if f.Op == term.Checked {
			continue
		}
		if p.comparesSides(fr, e, f, depth) {
			return fr.fn.Symbol
		}
		for _, k := range calls(f) {
			if name := p.asked(fr, e, f, k, depth); name != "" {
				return name
			}
		}
	}
	return ""
}

// unwrapped are facts with those that hold of each element of a list, and those that
// hold where a value of the row is there: a row without an owner is asked about nobody.
func (p *Decisions) unwrapped(fr *frame, facts []term.Fact) []term.Fact {
	out := slices.Clone(facts)
	for _, f := range facts {
		then, ok := f.B.(*term.Test)
		if ok && (f.Op == term.Every || f.Op == term.Implies && p.isThere(fr, f.A)) {
			out = append(out, then.Fact)
		}
	}
	return out
}

// isThere reports whether a condition is that a value of the row is there.
func (p *Decisions) isThere(fr *frame, condition term.Term) bool {
	t, ok := condition.(*term.Test)
	return ok && term.Solid(t.Fact.Op) && p.sides(fr, t.Fact.A, maxDepth) == ofRow
}

// comparesSides reports whether a fact compares a value of the row with one of the
// caller. What is known to be the caller's tenant is none: such a comparison is
// understood, and was found wanting.
func (p *Decisions) comparesSides(fr *frame, e *pathcond.Env, f term.Fact, depth int) bool {
	if f.Op != term.Eq && f.Op != term.In || isConstant(f.A) || isConstant(f.B) {
		return false
	}
	a, b := p.sides(fr, f.A, depth), p.sides(fr, f.B, depth)
	return a == ofRow && b == ofCaller && !p.isTenant(e, f.B) || a == ofCaller && b == ofRow && !p.isTenant(e, f.A)
}

func (p *Decisions) isTenant(e *pathcond.Env, t term.Term) bool {
	for _, kind := range []proof.NeedKind{proof.Tenant, proof.SecondTenant} {
		if _, ok := p.solver.Prove(e, obligation.Atom{Kind: kind, T: t}).Holds(); ok {
			return true
		}
	}
	return false
}

func isConstant(t term.Term) bool {
	_, ok := t.(*term.Const)
	return ok
}

// calls lists the operations of which a fact tells how they ended.
func calls(f term.Fact) []int {
	var out []int
	term.Visit(f.A, func(x term.Term) {
		if r, ok := x.(*term.Result); ok && !slices.Contains(out, r.Call) {
			out = append(out, r.Call)
		}
	})
	return out
}

// asked names an operation that ended as a fact says, if that depends on the row and on
// who calls.
func (p *Decisions) asked(fr *frame, e *pathcond.Env, f term.Fact, k, depth int) string {
	o := fr.fn.Ops[k]
	switch {
	case o.Run != nil:
		r, ok := f.A.(*term.Result)
		if ok && passes(f) && (statement.IsRowPart(r) || isCount(r) || p.isCertain(fr.fn, o.Run)) && p.ofResult(fr, r, depth) == both {
			return fr.fn.Symbol
		}
		return ""
	case o.Call == nil || o.Call.Mode != unit.Now:
		return ""
	}
	name := callgraph.CalleeName(o.Call)
	targets, known := p.graph.Callees(fr.fn, o.Call)
	if o.Call.Kind == unit.Library || !known || len(targets) == 0 {
		if passes(f) && trust.MayDecide(name) && p.handedBoth(fr, k, depth) {
			return name
		}
		return ""
	}
	for _, c := range targets {
		if !p.decidesInside(fr, e, c, k, depth) {
			return "" // nobody who is asked
		}
	}
	return name
}

// isCertain reports whether that a query gives a row says something.
func (p *Decisions) isCertain(f *callgraph.Function, run *unit.Run) bool {
	return !slices.ContainsFunc(p.stmts.Of(f, run).List, func(s *statement.Statement) bool { return s.Proof != nil && !s.Proof.Certain })
}

// passes reports whether a fact is that something ended well: no error, yes, a row.
func passes(f term.Fact) bool {
	switch f.Op {
	case term.Nil, term.True, term.Positive, term.NonZero, term.Eq, term.In:
		return true
	}
	return false
}

func (p *Decisions) handedBoth(fr *frame, k, depth int) bool {
	var out sides
	for _, a := range handed(fr.fn, k) {
		out |= p.sides(fr, a, depth)
	}
	return out == both
}

// decidesInside reports whether a callee, where it ended as it was tested to, has
// decided.
func (p *Decisions) decidesInside(fr *frame, e *pathcond.Env, c callgraph.Callee, k, depth int) bool {
	inner := p.inside(fr, c, depth-1)
	if len(inner.rows) == 0 {
		return false
	}
	for i := range c.Fn.Gives {
		facts, ok := p.conds.Outcome(e, k, c.Fn, &c.Fn.Gives[i])
		if ok && p.decided(inner, facts, depth-1) != "" {
			return true
		}
	}
	return false
}
