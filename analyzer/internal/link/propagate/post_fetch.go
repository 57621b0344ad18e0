package propagate

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// rowUse tells what a function does with a row.
type rowUse uint8

const (
	rowUsed     rowUse = iota // at least one use is not under a comparison
	rowReturned               // it only gives the row back: its callers must compare
	rowChecked                // every use stands under a comparison
	rowCompared               // every use does, and what it is compared with is not known to be the caller's
	rowUnused                 // nothing but whether there is a row matters
	rowUnseen                 // not even that
)

// useOf judges all uses of the row that operation n of f gives: every use but
// tests of nil and errors must stand under the comparison. The value is what
// the comparison needs: that its other side is the caller's tenant.
func (p *Callers) useOf(f *callgraph.Function, n int, g *rowflow.Goal) (rowUse, obligation.Value) {
	v, checked, used := obligation.Yes(obligation.Notes{}), false, false
	for _, u := range p.rows.UsesOf(f) {
		if !p.rows.Mentions(f, u.Value, n, g, rowflow.MaxRowDepth) {
			continue
		}
		used = true
		got := p.isCompared(p.conds.At(f, aboutUse(withoutItself(p.rows.WithoutMappers(f, rowflow.IfFound(f, u.Facts, n)), n), n, u.Value)), n, g, rowflow.MaxRowDepth)
		if isBare(got) && u.Key != "" {
			got = p.putChecked(f, n, g)
		}
		if isBare(got) {
			return rowUsed, obligation.Value{}
		}
		v, checked = obligation.And(v, got), true
	}
	returned, tested, kept := false, false, false
	for i := range f.Gives {
		give := &f.Gives[i]
		if f.Kept {
			kept = kept || p.rows.LeavesRow(f, give, n, g)
			give = declared(f, give)
		}
		if rowflow.Excludes(give.If, rowflow.FactsOf(f.Ops[n])) {
			continue // the row was not fetched on this way
		}
		got := p.isCompared(p.conds.At(f, aboutUse(withoutItself(p.rows.WithoutMappers(f, rowflow.IfFound(f, give.If, n)), n), n, give.Results...)), n, g, rowflow.MaxRowDepth)
		switch {
		case len(got.Alts) > 0, !isBare(got) && p.rows.GivesRow(f, give, n, g):
			checked, v = true, obligation.And(v, got)
		case p.rows.GivesRow(f, give, n, g):
			returned = true
		}
		used = used || !onlyCounts(g) && p.testsRow(f, give.If, n, g)
		tested = tested || slices.ContainsFunc(give.If, func(x term.Fact) bool { return rowflow.FromRun(x.A, n) })
	}
	if kept && used && (checked || returned) {
		v, checked = obligation.And(v, obligation.Why(obligation.Atom{Kind: proof.Tenant, T: term.ZeroTerm()}, inVariable)), true
	}
	v = v.Placed(func(a obligation.Atom) (*callgraph.Function, int) { return f, comparedAt(f, n, a.T) })
	if why := p.leftBehind(f, n, g); why != "" {
		return rowCompared, obligation.And(v, obligation.Why(obligation.Atom{Kind: proof.Tenant, T: term.ZeroTerm()}, why))
	}
	switch {
	case returned && len(v.Alts) > 0:
		return rowReturned, v
	case returned:
		return rowUsed, v
	case checked && len(v.Alts) == 0:
		return rowCompared, v
	case checked:
		return rowChecked, v
	case !used && tested:
		return rowUnused, obligation.Value{}
	case !used:
		return rowUnseen, obligation.Value{}
	}
	return rowUsed, obligation.Value{}
}

// inVariable is why it is not known where a row goes.
const inVariable = "a row in a variable that a function value writes, of which it is not known when it runs"

// leftBehind is why it is not known who finds a row besides who asked for it, "" if nobody
// does: it is sent on before it is compared, or kept once it is, where the next request need
// not compare it. Kept by a key with the caller's tenant in it only that finds it.
func (p *Callers) leftBehind(f *callgraph.Function, n int, g *rowflow.Goal) string {
	for _, k := range p.rows.KeptIn(f) {
		if !p.rows.Mentions(f, k.Value, n, g, rowflow.MaxRowDepth) {
			continue
		}
		at := p.conds.At(f, aboutUse(withoutItself(p.rows.WithoutMappers(f, rowflow.IfFound(f, k.Facts, n)), n), n, k.Value))
		switch bare := isBare(p.isCompared(at, n, g, rowflow.MaxRowDepth)); {
		case k.Sent && bare:
			return "a row that is sent where it is not followed"
		case !k.Sent && !bare && !p.ofCaller(at, k.Key):
			return "a row that is kept where other requests find it"
		}
	}
	return ""
}

// ofCaller reports whether a part of a key is the caller's tenant.
func (p *Callers) ofCaller(e *pathcond.Env, key term.Term) bool {
	return key != nil && term.Any(key, func(x term.Term) bool {
		_, ok := p.solver.Prove(e, obligation.Atom{Kind: proof.Tenant, T: x}).Settled()
		return ok
	})
}

// notTold is why it is not known whether a row was refused.
const notTold = "a function value of which it is not known how it ended"

// declared is a return without what it leaves in variables that the function has captured.
func declared(f *callgraph.Function, g *unit.Give) *unit.Give {
	out := *g
	out.Results = g.Results[:max(0, len(g.Results)-f.Left)]
	return &out
}

// comparedAt is where a function reads what it compares a row with, or gets the row.
func comparedAt(f *callgraph.Function, n int, t term.Term) int {
	for i := range f.Reads {
		if term.Same(f.Reads[i].Origin, t) {
			return f.Reads[i].Site
		}
	}
	if c := f.Ops[n].Call; c != nil {
		return c.Site
	}
	return unit.NoSite
}

// isBare tells what no comparison was found for.
func isBare(v obligation.Value) bool { return len(v.Alts)+len(v.Fails) == 0 }

// onlyCounts reports whether a statement gives nothing of any row, but whether there is one, or
// how many: who branches on that has seen no more of it.
func onlyCounts(g *rowflow.Goal) bool {
	return g.Stmt.Proof.Holds >= 0 && len(g.Stmt.Proof.Outputs) == 1
}

// testsRow reports whether facts speak of a column of the row, not just of
// whether there is one.
func (p *Callers) testsRow(f *callgraph.Function, facts []term.Fact, n int, g *rowflow.Goal) bool {
	return slices.ContainsFunc(facts, func(x term.Fact) bool {
		return x.Op != term.Nil && x.Op != term.NotNil && (p.rows.Mentions(f, x.A, n, g, rowflow.MaxRowDepth) || x.B != nil && p.rows.Mentions(f, x.B, n, g, rowflow.MaxRowDepth))
	})
}

// isCompared tells whether, under the facts of e, the row that operation n of it gave
// is compared with the caller's tenant, whichever way the callee returned.
func (p *Callers) isCompared(e *pathcond.Env, n int, g *rowflow.Goal, depth int) obligation.Value {
	if depth == 0 {
		return obligation.Value{}
	}
	f, o := e.Fn, e.Fn.Ops[n]
	if run := p.stmts.RunAt(f, n); run != nil && (o.Run != nil || run == g.Run) {
		if run != g.Run {
			return obligation.Yes(obligation.Notes{}) // another statement's row is judged by itself
		}
		return p.solver.Compared(e, g.Run, g.Stmt, g.Relation, proof.Tenant)
	}
	if o.Call == nil {
		return obligation.Value{}
	}
	v, seen := obligation.Yes(obligation.Notes{}), false
	for j := range o.Call.Args {
		if got, left := p.isLeft(e, n, j, g, depth); left {
			v, seen = obligation.And(v, got), true
		}
	}
	if o.Call.Kind == unit.Library {
		if !seen {
			return obligation.Value{}
		}
		return v
	}
	targets, known := p.graph.Callees(f, o.Call)
	for _, c := range targets {
		for i := range c.Fn.Gives {
			give := &c.Fn.Gives[i]
			inner, ok := p.conds.Outcome(e, n, c.Fn, give)
			if !ok {
				continue
			}
			for _, k := range p.rows.RowsIn(c.Fn, give, g, depth) {
				got := p.solver.Lift(e, p.isCompared(inner, k, g, depth-1), c, o.Call)
				v, seen = obligation.And(v, obligation.Or(got, solve.OwnerOf(p.solver, e, n, c, give, k, g))), true
			}
		}
	}
	if !known || !seen {
		return obligation.Value{}
	}
	return v
}

// isLeft is isCompared of a row that argument j of a call leaves in a variable that it has
// captured; left is false if it leaves none.
func (p *Callers) isLeft(e *pathcond.Env, n, j int, g *rowflow.Goal, depth int) (v obligation.Value, left bool) {
	call := e.Fn.Ops[n].Call
	handed, _ := pathcond.Handed(p.graph, call, j)
	for _, c := range handed {
		left = left || c.Fn.Left > 0 && slices.ContainsFunc(c.Fn.Gives, func(x unit.Give) bool { return len(p.rows.RowsIn(c.Fn, &x, g, depth)) > 0 })
	}
	if !left {
		return v, false
	}
	v = obligation.Yes(obligation.Notes{})
	ends, known := p.conds.Ends(e, n, j)
	for _, x := range ends {
		for _, k := range p.rows.RowsIn(x.Fn, x.Give, g, depth) {
			got := p.isCompared(x.At, k, g, depth-1)
			if x.Unsure && isBare(got) {
				got = obligation.Why(obligation.Atom{Kind: proof.Tenant, T: term.ZeroTerm()}, notTold)
			}
			v = obligation.And(v, p.solver.Lift(e, got, x.Callee, call))
		}
	}
	if !known {
		return obligation.Value{}, true
	}
	return v, true
}

// withoutItself drops what compares the row with itself: that says nothing of it.
func withoutItself(facts []term.Fact, n int) []term.Fact {
	own := func(x term.Fact) bool {
		return x.Op == term.Eq && rowflow.FromRun(x.A, n) && rowflow.FromRun(x.B, n)
	}
	if !slices.ContainsFunc(facts, own) {
		return facts
	}
	return slices.DeleteFunc(slices.Clone(facts), own)
}
