package link

import (
	"slices"
	"sort"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/propagate"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxLift caps the wrappers that a text may be handed through.
const maxLift = 5

// judge gives every live call its verdict. This file is the only place that
// chooses a verdict, a rule or a tier.
func (p *verdict) judge() *Report {
	r := &Report{Program: p.graph.Main, Setup: p.withoutReason()}
	p.countRoots(r)
	functions := slices.Clone(p.graph.Order)
	sort.SliceStable(functions, func(i, j int) bool { return functions[i].Symbol < functions[j].Symbol })
	for _, f := range functions {
		for i := range f.Runs {
			p.judgeRun(r, f, &f.Runs[i], maxLift)
		}
	}
	for _, f := range functions {
		for i := range f.Puts {
			p.judgePut(r, f, &f.Puts[i])
		}
		for _, put := range p.changed[f] {
			p.judgePut(r, f, &put)
		}
	}
	p.checkProgram(r)
	p.unserved(r)
	p.listUnreached(r)
	p.listUnread(r)
	p.heed(r)
	return r
}

// listUnreached lists the statements that the program contains and does not reach.
func (p *verdict) listUnreached(r *Report) {
	for _, u := range p.graph.Units {
		for _, g := range u.Functions {
			f := p.graph.Index.Funcs[g.Symbol]
			if p.graph.Live[f] != nil {
				continue
			}
			for i := range f.Runs {
				if t := p.stmts.Of(f, &f.Runs[i]); !t.Open {
					r.Calls = append(r.Calls, p.idle(f, &f.Runs[i], t))
				}
			}
		}
	}
}

// listUnread lists the calls in code that was not compiled. Whether a request comes to
// them nobody knows, so they count.
func (p *verdict) listUnread(r *Report) {
	for _, u := range p.graph.Units {
		for i, x := range u.Unread {
			c := Call{Symbol: x.Function, Ordinal: -1 - i}
			c.Place, c.Function, c.Reached = callgraph.Place(&callgraph.Function{Unit: u}, x.Site), x.Function, true
			c.Verdict, c.Reason = finding.Unproven, "not compiled: "+x.Why
			r.Calls = append(r.Calls, c)
		}
	}
}

// idle is a call that no program is seen to reach. Where a part of the program is lost
// it is open whether one does.
func (p *verdict) idle(f *callgraph.Function, run *unit.Run, t *statement.Texts) Call {
	c := Call{Symbol: f.Symbol, Ordinal: run.N}
	c.Place, c.Function = callgraph.Place(f, run.Site), f.Symbol
	if why := p.lost(); why != "" {
		c.Verdict, c.Reason = finding.Unproven, "entry unknown: "+why
	} else {
		c.Verdict, c.Reason = notReached()
	}
	c.record(t.List, run)
	return c
}

func (p *verdict) countRoots(r *Report) {
	for _, f := range p.graph.Order {
		if p.graph.IsEntry(f) {
			r.Entries++
		}
		if p.graph.RootOf(f) == callgraph.JobRoot {
			r.Jobs++
		}
	}
}

// judgeRun judges a statement where its text is given: in its function, or,
// where that is a wrapper, at each of its callers.
func (p *verdict) judgeRun(r *Report, f *callgraph.Function, run *unit.Run, depth int) {
	t := p.stmts.Of(f, run)
	if !t.Open {
		r.Calls = append(r.Calls, p.judgeCall(f, run, t))
		return
	}
	lifts := 0
	for _, e := range p.graph.Edges[f] {
		if e.Closure != nil && statement.Captured(run) {
			e = e.Closure
		}
		if e.Call == nil || p.graph.Live[e.From] == nil || depth == 0 {
			continue
		}
		lifts++
		at := p.stmts.Inlined(e, run)
		if same := p.stmts.RunAt(e.From, e.Call.N); same != nil && p.liftsTo(e, run) {
			at = same
		}
		p.judgeRun(r, e.From, at, depth-1)
	}
	if lifts == 0 {
		t.Reason = "text not resolved: nobody is seen to call " + unit.Short(f.Symbol)
		r.Calls = append(r.Calls, p.judgeCall(f, run, t))
	}
}

// liftsTo reports whether the statement that a call of a wrapper is, is this one.
func (p *verdict) liftsTo(e *callgraph.Edge, run *unit.Run) bool {
	inner, _ := p.stmts.WrappedRun(e.To, statement.MaxWrappers-1)
	return inner == run
}

func (p *verdict) judgeCall(f *callgraph.Function, run *unit.Run, t *statement.Texts) Call {
	p.solver.Budget = solve.MaxWork
	c := Call{Symbol: f.Symbol, Ordinal: run.N}
	c.Place, c.Function, c.Reached = callgraph.Place(f, run.Site), f.Symbol, true
	c.record(t.List, run)
	var ballots []ballot
	if why := p.unjudged(f, t); why != "" {
		ballots = append(ballots, p.vote(p.unjudgedHearing(f, run, t, why)))
	} else {
		for _, x := range p.callers.ContextsOf(f, run, t) {
			ballots = append(ballots, p.vote(hear(f, run, t, x)))
		}
		ballots = append(ballots, p.judgeReferences(f, run, t)...)
	}
	c.count(ballots)
	c.Unconfirmed = slices.DeleteFunc(c.Unconfirmed, func(a string) bool { return slices.Contains(p.confirmed, a) })
	c.Detail = t.Detail(c.Reason)
	if c.Detail == "" {
		c.Detail = t.Remark()
	}
	return c
}

// unjudged is why a call cannot be judged at all, "" if it can.
func (p *verdict) unjudged(f *callgraph.Function, t *statement.Texts) string {
	if t.Reason != "" {
		return t.Reason
	}
	for _, s := range t.List {
		if s.Broken != "" {
			return s.Broken
		}
	}
	if len(t.List) == 0 {
		return "text not resolved"
	}
	if f.Over != "" {
		return "over budget: " + f.Over
	}
	return ""
}

// vote turns a context into a verdict: a row that the statement ties, or that a job reads, may
// be kept where others find it.
func (p *verdict) vote(h hearing) ballot {
	b := p.voteOnStatement(h)
	if b.verdict != finding.Proved && b.reason != finding.Job || slices.Contains(h.context.Notes.Assumes, trust.ComparedRow.Premise().String()) {
		return b
	}
	why := p.kept.Why(h.run)
	if why == "" {
		return b
	}
	if d := p.allowed(h.f, h.run, h.at, h.context.Hops); d != nil {
		return grant{excuse: finding.Allowed}.excused(granted{detail: d.Reason})
	}
	return ballot{verdict: finding.Unproven, reason: why}
}

// voteOnStatement is proved, excused by a line of the table, open, or a finding.
func (p *verdict) voteOnStatement(h hearing) ballot {
	if h.proved() && h.context.Notes.Excuse == "" {
		return ballot{verdict: finding.Proved, notes: h.context.Notes}
	}
	for _, g := range grants {
		if by, ok := g.holds(p, h); ok {
			return g.excused(by)
		}
	}
	if h.open() {
		return ballot{verdict: finding.Unproven, reason: p.openReason(h)}
	}
	return p.accuse(h)
}

// openReason is why nothing can be said: the entry is not known, or the statement is not understood.
func (p *verdict) openReason(h hearing) string {
	switch {
	case h.context.Root == callgraph.UnknownRoot:
		return "entry unknown: " + callgraph.LibraryName(h.context.Library)
	case h.context.Root == callgraph.JobRoot && h.fed():
		return "a channel feeds it: who sends is not seen"
	case h.context.Root == callgraph.JobRoot:
		return "entry unknown: " + p.incomplete()
	case h.unjudged != "":
		return h.unjudged
	case h.capped() != "":
		return "statement too large to judge: " + string(h.capped()) + "; split it"
	}
	return obligation.OpenReason(h.context.Fails)
}

// accuse makes the finding of a context that fails for reasons that are known.
func (p *verdict) accuse(h hearing) ballot {
	h.context = p.decisions.Noted(h.f, h.run, p.staff.Noted(h.f, h.run.If, h.context))
	if name := p.decidedOn(h); h.cause.Kind == obligation.NotHeld {
		// Who may decide access is no policy.
	} else if p.access.Answered(name) {
		return ballot{verdict: finding.Proved, notes: obligation.Assuming(trust.CheckerSays.Premise(unit.Short(name)))}
	} else if name != "" {
		h.context.Notes = h.context.Notes.With(obligation.Ask(name))
	}
	a := p.atRootCause(h.builder())
	if a.reference != nil {
		a.rest = p.restingOn(a.reference)
	}
	if a.stmt.Cat.Confidence == catalogue.Low {
		return ballot{verdict: finding.Unproven, reason: statement.UnclearColumn}
	}
	fd := p.finding(a)
	return ballot{verdict: finding.Found, reason: fd.Rule, finding: &fd, notes: obligation.Notes{Assumes: h.context.Notes.Soft, Soft: h.context.Notes.Soft}}
}

// judgePut judges a writer of a context key of which readers take for granted that it is
// the tenant's or the principal's. A key that no statement rests on, whatever it is
// called, is a word for the log.
func (p *verdict) judgePut(r *Report, f *callgraph.Function, put *unit.Put) {
	before := len(r.Findings)
	for _, x := range p.solver.Assumed[put.Key] {
		if len(r.Findings) == before { // one finding is enough for a writer
			p.judgeWritten(r, f, put, x)
		}
	}
}

// judgeWritten judges one thing that readers take for granted of what is put.
func (p *verdict) judgeWritten(r *Report, f *callgraph.Function, put *unit.Put, owed obligation.Assumed) {
	kind := owed.Of.Kind
	p.solver.Budget = solve.MaxWork
	a := owed.Of.On(term.Select(put.Value, owed.Steps...))
	v := p.solver.Prove(p.conds.At(f, put.If), a).Placed(func(obligation.Atom) (*callgraph.Function, int) { return f, put.Site })
	if obligation.IsSettled(v) {
		return
	}
	contexts := []solve.Context{p.callers.Failing(solve.Demand{Fn: f}, f, v.Fails)}
	switch {
	case !v.Fixed():
		contexts = p.callers.Contexts(solve.Demand{Fn: f, Value: v})
	case len(v.Alts) > 0:
		contexts[0].Notes, _ = v.Holds()
	}
	for _, c := range contexts {
		best := obligation.MostSignificant(c.Fails)
		if c.Ok && c.Notes.Settled() || !obligation.Definite(c.Fails) || best.Kind != obligation.Request || best.Atom.Kind != kind || best.Row != nil {
			continue // what is not understood is trusted; a bad row is its statement's
		}
		c = p.staff.Noted(f, put.If, c)
		at := callgraph.Spot{Fn: best.Fn, Site: best.Site}
		if at.Fn == nil || callgraph.Generated(at.Fn) {
			at = propagate.Innermost(f, put.Site, c.Hops)
		}
		if callgraph.Generated(at.Fn) || c.Notes.Excuse == finding.Staff {
			continue // nobody can repair it there, or need
		}
		if p.allowed(f, &unit.Run{Site: put.Site, Allow: f.Allow}, at, c.Hops) == nil {
			r.Findings = append(r.Findings, p.badWriter(f, put, c, best, at))
		}
	}
}
