package decision

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// loaded is a row on its way up from the query that loads it: who decides after the
// load and before every use decides as well as who did before.
type loaded struct {
	goal *rowflow.Goal
	at   int  // the operation that gives it in the function that is looked at
	over bool // it is used without a decision, or goes no further
}

// follow is the row that a question's statement loads, nil if it writes.
func (q Question) follow(p *Decisions) *loaded {
	if q.Stmt.Proof == nil || q.Stmt.Proof.Write {
		return nil
	}
	return &loaded{goal: &rowflow.Goal{Fn: q.Fn, Run: q.Run, Stmt: q.Stmt}, at: q.Run.N}
}

// up follows the row into the caller.
func (l *loaded) up(p *Decisions, h *callgraph.Edge) *loaded {
	if l == nil || l.over {
		return nil
	}
	if h.Call == nil || h.Call.Kind == unit.Library || h.Soft == trust.Callback {
		l.over = true
		return nil
	}
	l.at = h.Call.N
	return l
}

// in names what decides before every use that a function makes of the row where it is called
// by an edge.
func (l *loaded) in(p *Decisions, fr *frame, into *callgraph.Edge) string {
	if l.over {
		return ""
	}
	ops := p.carriers(fr.fn, l.at)
	with := &frame{fn: fr.fn, rows: slices.Clone(fr.rows), caller: fr.caller}
	for _, n := range ops {
		with.rows = append(with.rows, &term.Result{Call: n})
	}
	name, returned := "", false
	for _, u := range p.rows.UsesOf(fr.fn) {
		if !l.mentioned(p, fr.fn, u.Value, ops) || slices.Contains(ops, u.By) || p.isQuestion(with, u.By) || isRefuted(into, u.Facts) {
			continue
		}
		by := p.decided(with, u.Facts, maxDepth)
		if by == "" && u.Key != "" {
			by = p.decidedAfter(with, u.Facts)
		}
		if by == "" {
			l.over = true
			return ""
		}
		name = by
	}
	for i := range fr.fn.Gives {
		g := &fr.fn.Gives[i]
		if rowflow.Excludes(g.If, rowflow.FactsOf(fr.fn.Ops[l.at])) || !slices.ContainsFunc(g.Results, func(t term.Term) bool { return l.mentioned(p, fr.fn, t, ops) }) {
			continue
		}
		if by := p.decided(with, g.If, maxDepth); by != "" {
			name = by
			continue
		}
		returned = true
	}
	if returned {
		return ""
	}
	l.over = true
	if name == "" {
		name = p.askedOnly(with, l)
	}
	return name
}

// isRefuted reports whether facts of a function cannot hold with what it is handed by an edge.
func isRefuted(by *callgraph.Edge, facts []term.Fact) bool {
	if by == nil {
		return false
	}
	var set term.FactSet
	for _, f := range facts {
		if !term.HoldsResult(f.A) && (f.B == nil || !term.HoldsResult(f.B)) {
			set.Add(term.MapFact(f, by.Apply))
		}
	}
	return set.Contradictory
}

// decidedAfter names who decides between a place where something goes into a context and
// those where the function lets the request go on with it.
func (p *Decisions) decidedAfter(fr *frame, facts []term.Fact) string {
	var ways []way
	for _, on := range middleware.GoesOn(fr.fn) {
		if !rowflow.Excludes(facts, on) {
			ways = append(ways, way{fr, p.conds.At(fr.fn, slices.Concat(facts, on)).Facts})
		}
	}
	return p.decidedBy(ways, maxDepth)
}

// mentioned reports whether a term holds the row: as the operation gave it, or as what
// was made of it.
func (l *loaded) mentioned(p *Decisions, f *callgraph.Function, t term.Term, ops []int) bool {
	return p.rows.Mentions(f, t, l.at, l.goal, rowflow.MaxRowDepth) || mentions(f, t, ops[1:])
}

// askedOnly names what decides where a row is used for nothing but the decision.
func (p *Decisions) askedOnly(fr *frame, l *loaded) string {
	for i := range fr.fn.Gives {
		g := &fr.fn.Gives[i]
		if rowflow.Excludes(g.If, rowflow.FactsOf(fr.fn.Ops[l.at])) {
			continue
		}
		if by := p.decided(fr, g.If, maxDepth); by != "" {
			return by
		}
	}
	return ""
}

// isQuestion reports whether an operation looks at the row for the decision: a call whose
// answer is heeded, and that is handed both sides, or decides as it was answered.
func (p *Decisions) isQuestion(fr *frame, k int) bool {
	if k == 0 {
		return false
	}
	handed := p.handedBoth(fr, k, maxDepth)
	heeded := func(facts []term.Fact) bool {
		return slices.ContainsFunc(p.unwrapped(fr, facts), func(f term.Fact) bool {
			return slices.Contains(calls(f), k) && (handed || p.asked(fr, p.conds.At(fr.fn, facts), f, k, maxDepth) != "")
		})
	}
	for _, u := range p.rows.UsesOf(fr.fn) {
		if heeded(u.Facts) {
			return true
		}
	}
	return slices.ContainsFunc(fr.fn.Gives, func(g unit.Give) bool { return heeded(g.If) })
}

// Between the load of a row and the check of it stand functions that make an object of
// it, or that look up what belongs to it. What they give is the row still, and that
// they were handed it is no use.

// carriers are the operations of a function whose results are the row that operation n
// gives, or hold it.
func (p *Decisions) carriers(f *callgraph.Function, n int) []int {
	out := []int{n}
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.N != n && slices.ContainsFunc(c.Args, func(a term.Term) bool { return mentions(f, a, out) }) && p.carries(f, c, maxDepth) {
			out = append(out, c.N)
		}
	}
	return out
}

// mentions reports whether a term holds what one of some operations gave, and not just
// how it ended.
func mentions(f *callgraph.Function, t term.Term, ops []int) bool {
	return term.Any(t, func(x term.Term) bool {
		r, ok := x.(*term.Result)
		return ok && slices.Contains(ops, r.Call) && !isEnd(f, r)
	})
}

// isEnd reports whether a result tells how an operation ended: the last one of a call
// that gives several is its error.
func isEnd(f *callgraph.Function, r *term.Result) bool {
	if len(r.Steps) == 0 {
		return false
	}
	first := r.Steps[0]
	switch first.Kind {
	case term.PseudoStep:
		return first.Name == "err" || first.Name == "scan" || first.Name == "count" || first.Name == "some"
	case term.ResultStep:
		return first.Index > 0 && first.Index == lastResult(f, r.Call)
	}
	return false
}

// lastResult is the highest result of a call that any fact or value of its function
// speaks of.
func lastResult(f *callgraph.Function, n int) int {
	last := 0
	look := func(t term.Term) {
		if r, ok := t.(*term.Result); ok && r.Call == n && len(r.Steps) > 0 && r.Steps[0].Kind == term.ResultStep {
			last = max(last, r.Steps[0].Index)
		}
	}
	for i := range f.Gives {
		term.VisitAll(f.Gives[i].Results, look)
		for _, x := range f.Gives[i].If {
			term.Visit(x.A, look)
		}
	}
	return last
}

// carries reports whether a call, and what it calls, writes nothing and keeps nothing.
func (p *Decisions) carries(f *callgraph.Function, c *unit.Call, depth int) bool {
	if c.Kind == unit.Library || c.Kind == unit.Dynamic || c.Mode != unit.Now || depth == 0 {
		return false
	}
	targets, known := p.graph.Callees(f, c)
	return known && len(targets) > 0 && !slices.ContainsFunc(targets, func(t callgraph.Callee) bool { return !p.keepsNothing(t.Fn, depth-1) })
}

func (p *Decisions) keepsNothing(f *callgraph.Function, depth int) bool {
	if len(f.Puts) > 0 || f.Results == 0 || slices.ContainsFunc(f.Stores, func(s unit.Store) bool { return s.Of != unit.Made }) {
		return false
	}
	for i := range f.Runs {
		if p.writes(f, &f.Runs[i]) {
			return false
		}
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.Kind != unit.Library && !p.carries(f, c, depth) {
			return false
		}
	}
	return true
}
