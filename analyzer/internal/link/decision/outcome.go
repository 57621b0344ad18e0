package decision

import (
	"cmp"
	"slices"
	"strings"

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
	if depth == maxDepth {
		if name := p.decided(fr, facts, lessDepth); name != "" {
			return name
		}
	}
	e := p.conds.At(fr.fn, p.unwrapped(fr, facts))
	for _, f := range p.unwrapped(fr, e.Facts) {
		if f.Op == term.Checked {
			continue
		}
		if name := p.compares(fr, e, f, depth); name != "" {
			return name
		}
		if name := p.either(fr, f, depth); name != "" {
			return name
		}
		for _, k := range calls(f) {
			if name := p.asked(fr, e, f, k, depth); name != "" {
				return name
			}
		}
	}
	return ""
}

// either names what has decided in one of the two cases of an implication, if in the other
// one something has, too, or somebody passes for who he is or a row for what it says of
// itself.
func (p *Decisions) either(fr *frame, f term.Fact, depth int) string {
	by := ""
	for _, facts := range term.Cases(f) {
		name := p.decided(fr, facts, depth)
		if name == "" && !p.exempts(fr, facts, depth) && !p.speaksForItself(fr, facts) {
			return ""
		}
		by = cmp.Or(by, name)
	}
	return by
}

// speaksForItself reports whether facts are that a row says something of itself: that it
// is public.
func (p *Decisions) speaksForItself(fr *frame, facts []term.Fact) bool {
	return slices.ContainsFunc(facts, func(f term.Fact) bool { return f.Op == term.True && p.sidesOf(fr, f.A, maxDepth) == ofRow })
}

// unwrapped are facts with those that hold of each element of a list, and those that
// hold where a value of the row is there: a row without an owner is asked about nobody.
func (p *Decisions) unwrapped(fr *frame, facts []term.Fact) []term.Fact {
	out := slices.Clone(facts)
	for _, f := range facts {
		then, ok := f.B.(*term.Test)
		if ok && (f.Op == term.Every || f.Op == term.Implies && isThere(p, fr, f.A)) {
			out = append(out, then.Fact)
		}
	}
	return out
}

// isThere reports whether a condition is that a value of the row is there.
func isThere(p *Decisions, fr *frame, condition term.Term) bool {
	t, ok := condition.(*term.Test)
	return ok && term.Solid(t.Fact.Op) && p.sidesOf(fr, t.Fact.A, maxDepth) == ofRow
}

// compares names who decides where a fact compares a value of the row with another: the
// function itself, where that one is the caller's; who was asked about it, where it is
// what the client named and somebody looked up.
func (p *Decisions) compares(fr *frame, e *pathcond.Env, f term.Fact, depth int) string {
	if f.Op != term.Eq && f.Op != term.In || isConstant(f.A) || isConstant(f.B) {
		return ""
	}
	for _, side := range [][2]term.Term{{f.A, f.B}, {f.B, f.A}} {
		if p.sidesOf(fr, side[0], depth) != ofRow {
			continue
		}
		switch p.sidesOf(fr, side[1], depth) {
		case ofCaller, both: // what he may see in the row's tenant
			if !p.second || !isTenant(p, e, side[1]) {
				return fr.fn.Symbol
			}
		case 0:
			if name := p.lookedUp(fr, e, side[1]); name != "" {
				return name
			}
			if name := p.decidedAbout(fr, e, f, side[1], depth); name != "" {
				return name
			}
		}
	}
	return ""
}

// decidedAbout names who has decided about what a value of the row is compared with: the
// organization of the request, that was asked about before the row was seen to be of it, or
// that of another row, which was.
func (p *Decisions) decidedAbout(fr *frame, e *pathcond.Env, compared term.Fact, t term.Term, depth int) string {
	if fr.compared == maxCompared {
		return ""
	}
	about := &frame{fn: fr.fn, rows: term.Leaves(t), caller: fr.caller, plain: fr.plain, setUp: fr.setUp, compared: fr.compared + 1}
	about.backwards(p)
	others := slices.DeleteFunc(slices.Clone(e.Facts), func(f term.Fact) bool { return f.String() == compared.String() })
	return p.decided(about, others, depth)
}

// isTenant reports whether a value is known to be the caller's tenant of the first level.
func isTenant(p *Decisions, e *pathcond.Env, t term.Term) bool {
	_, ok := p.solver.Prove(e, obligation.Atom{Kind: proof.Tenant, T: t}).Holds()
	return ok
}

// lookedUp names a call that was handed a value with another one, which the client did
// not just send, and that ended well: the parent that was found in a project.
func (p *Decisions) lookedUp(fr *frame, e *pathcond.Env, t term.Term) string {
	for _, k := range pathcond.Tested(e) {
		c := fr.fn.Ops[k].Call
		if c == nil || c.Kind == unit.Library || c.Mode != unit.Now || !slices.ContainsFunc(e.Facts, func(f term.Fact) bool { return passes(f) && slices.Contains(calls(f), k) }) {
			continue
		}
		itself, beside := false, false
		for _, a := range handed(fr.fn, k) {
			_, found := a.(*term.Result)
			itself = itself || term.Same(a, t)
			beside = beside || found && !term.Same(a, t) || p.sidesOf(fr, a, maxDepth) == ofCaller
		}
		if itself && beside {
			return callgraph.CalleeName(c)
		}
	}
	return ""
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
		if ok && p.saysRow(fr.fn, f, r, o.Run) && p.ofResult(fr, r, depth) == both {
			return fr.fn.Symbol
		}
		return ""
	case o.Call == nil || o.Call.Mode != unit.Now:
		return ""
	}
	name := cmp.Or(callgraph.CalleeName(o.Call), fr.fn.Symbol) // a function value has no name
	targets, known := p.graph.Callees(fr.fn, o.Call)
	if o.Call.Kind == unit.Dynamic && !known && passes(f) && p.asksValue(fr, k, depth) {
		return fr.fn.Symbol
	}
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

// saysRow reports whether a fact about a query is that a row was there, or what was in it.
func (p *Decisions) saysRow(f *callgraph.Function, x term.Fact, r *term.Result, run *unit.Run) bool {
	switch {
	case isPseudo(r, "scan"):
		return x.Op == term.Nil && p.isCertain(f, run)
	case isPseudo(r, "some"):
		return x.Op == term.True && p.isCertain(f, run)
	}
	return passes(x) && x.Op != term.Nil
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
		out |= p.sidesOf(fr, a, depth)
	}
	return out == both
}

// asksValue reports whether a function value is asked about both sides, of which one may be
// what it has captured: of the functions that are handed to a validator, each has the id that
// it speaks of.
//
//	for _, f := range rules { if ok, err := f(db, claims); err == nil && ok { return nil } }
func (p *Decisions) asksValue(fr *frame, k, depth int) bool {
	c := fr.fn.Ops[k].Call
	value := p.sidesOf(fr, c.Value, depth)
	for _, a := range c.Args {
		value |= p.sidesOf(fr, a, depth)
	}
	return value == both
}

// decidesInside reports whether a callee, where it ended as it was tested to, has
// decided. An object that wraps another of its interface decides as the wrapped one does: that
// it may wrap itself says nothing.
func (p *Decisions) decidesInside(fr *frame, e *pathcond.Env, c callgraph.Callee, k, depth int) bool {
	inner := p.inside(fr, c, maxDepth) // what values speak of is no decision inside this one
	if given := givenFrame(p, fr, inner, c, k); given != nil && decidesWith(p, given, e, c, k, depth) {
		return true
	}
	return len(inner.rows) > 0 && decidesWith(p, inner, e, c, k, depth)
}

// givenFrame is the frame of a callee whose result is what the row is found by: that speaks of the
// row, and not all that the callee was handed; nil if it gives nothing of the kind.
//
//	a := authenticate(w, r); if a == nil { return }; db.Exec(…, a.OrgID)
func givenFrame(p *Decisions, fr, inner *frame, c callgraph.Callee, k int) *frame {
	out := &frame{fn: c.Fn, caller: inner.caller}
	for _, t := range fr.rows {
		r, ok := t.(*term.Result)
		if !ok || r.Call != k {
			continue
		}
		for _, inside := range callgraph.Behind([]callgraph.Callee{c}, r) {
			for _, leaf := range term.Leaves(inside) {
				if tells(c.Fn, leaf) {
					out.rows = append(out.rows, leaf)
				}
			}
		}
	}
	if len(out.rows) == 0 {
		return nil
	}
	out.backwards(p)
	return out
}

// decidesWith is decidesInside by what a frame of the callee knows.
func decidesWith(p *Decisions, inner *frame, e *pathcond.Env, c callgraph.Callee, k, depth int) bool {
	key := insideKey{e.Key, c.Fn, k, depth, inner.seeds()}
	decides, known := p.decidingInside[key]
	if known {
		return decides
	}
	open := openKey{c.Fn, key.seeds}
	if p.open[open] {
		p.leaning = true
		return true
	}
	p.open[open] = true
	var ways []way
	for i := range c.Fn.Gives {
		if at, ok := p.conds.Outcome(e, k, c.Fn, &c.Fn.Gives[i]); ok {
			ways = append(ways, way{inner, at.Facts})
		}
	}
	decides = p.decidedBy(ways, depth-1) != ""
	delete(p.open, open)
	p.leaning = p.leaning && len(p.open) > 0
	if !p.leaning {
		p.decidingInside[key] = decides
	}
	return decides
}

// openKey is a callee of which it is being asked whether it decides, with what it is handed.
type openKey struct {
	fn    *callgraph.Function
	seeds string
}

// insideKey is a callee that call k of a place runs, with what it is handed.
type insideKey struct {
	at       string
	fn       *callgraph.Function
	k, depth int
	seeds    string
}

// seeds is a text of what a frame knows of its values.
func (fr *frame) seeds() string {
	var b strings.Builder
	for _, list := range [][]term.Term{fr.rows, fr.caller} {
		for _, t := range list {
			b.WriteString(t.String() + ",")
		}
		b.WriteByte(';')
	}
	return b.String()
}

// exempts reports whether facts let somebody pass for who it is.
func (p *Decisions) exempts(fr *frame, facts []term.Fact, depth int) bool {
	return slices.ContainsFunc(facts, func(f term.Fact) bool {
		return passes(f) && f.Op != term.Nil && p.sidesOf(fr, f.A, depth) == ofCaller
	})
}
