package link

import (
	"slices"
	"sort"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/staff"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
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
	}
	p.checkProgram(r)
	p.unserved(r)
	p.notReached(r)
	return r
}

// notReached lists the statements that the program contains and does not reach.
func (p *verdict) notReached(r *Report) {
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

func (p *verdict) idle(f *callgraph.Function, run *unit.Run, t *statement.Texts) Call {
	c := Call{Symbol: f.Symbol, Ordinal: run.N}
	c.Place, c.Function = callgraph.Place(f, run.Site), f.Symbol
	c.Verdict, c.Reason = finding.Excused, finding.NotReached
	if why := p.lost(); why != "" {
		c.Verdict, c.Reason = finding.Unproven, "entry unknown: "+why
	}
	for _, s := range t.List {
		c.Tables = append(c.Tables, s.Tables()...)
		c.Statement = s.Name()
	}
	slices.Sort(c.Tables)
	c.Tables = slices.Compact(c.Tables)
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
		if e.Call == nil || p.graph.Live[e.From] == nil || depth == 0 {
			continue
		}
		lifts++
		at := statement.Inlined(e, run)
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

// liftsTo tells whether the statement that a call of a wrapper is, is this one.
func (p *verdict) liftsTo(e *callgraph.Edge, run *unit.Run) bool {
	inner, _ := p.stmts.WrappedRun(e.To, statement.MaxWrappers-1)
	return inner == run
}

func (p *verdict) judgeCall(f *callgraph.Function, run *unit.Run, t *statement.Texts) Call {
	p.solver.Budget = solve.MaxWork
	c := Call{Symbol: f.Symbol, Ordinal: run.N}
	c.Place, c.Function, c.Reached = callgraph.Place(f, run.Site), f.Symbol, true
	for _, s := range t.List {
		c.Tables = append(c.Tables, s.Tables()...)
		if c.Statement == "" {
			c.Statement = s.Name()
		}
	}
	slices.Sort(c.Tables)
	c.Tables = slices.Compact(c.Tables)
	var ballots []ballot
	if why := p.unjudged(f, t); why != "" {
		ballots = append(ballots, p.unprovenBallot(f, run, why))
	} else {
		for _, x := range p.callers.ContextsOf(f, run, t) {
			ballots = append(ballots, p.vote(f, run, t, x))
		}
	}
	c.count(ballots)
	c.Unconfirmed = slices.DeleteFunc(c.Unconfirmed, func(a string) bool { return slices.Contains(p.confirmed, a) })
	c.Detail = t.Detail(c.Reason)
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

func (p *verdict) unprovenBallot(f *callgraph.Function, run *unit.Run, why string) ballot {
	if d := p.allowed(f, run, callgraph.Spot{Fn: f, Site: run.Site}, nil); d != nil {
		return ballot{verdict: finding.Excused, reason: "allowed: " + d.Reason}
	}
	return p.byRoot(p.callers.Failing(solve.Demand{Fn: f}, f, nil), ballot{verdict: finding.Unproven, reason: why})
}

// byRoot excuses what only a job does, and leaves open what nobody knows to be
// a job.
func (p *verdict) byRoot(c solve.Context, b ballot) ballot {
	switch c.Root {
	case callgraph.JobRoot:
		if why := p.incomplete(); why != "" {
			return ballot{verdict: finding.Unproven, reason: "entry unknown: " + why}
		}
		return ballot{verdict: finding.Excused, reason: "job"}
	case callgraph.UnknownRoot:
		return ballot{verdict: finding.Unproven, reason: "entry unknown: " + callgraph.LibraryName(c.Library)}
	}
	return b
}

// vote turns a context into a verdict.
func (p *verdict) vote(f *callgraph.Function, run *unit.Run, t *statement.Texts, c solve.Context) ballot {
	if c.Ok && c.Notes.Settled() {
		if c.Notes.Excuse != "" {
			return ballot{verdict: finding.Excused, reason: c.Notes.Excuse, notes: c.Notes}
		}
		return ballot{verdict: finding.Proved, notes: c.Notes}
	}
	best := obligation.MostSignificant(c.Fails)
	at := spotOf(f, run, best, c)
	if d := p.allowed(f, run, at, c.Hops); d != nil {
		return ballot{verdict: finding.Excused, reason: "allowed: " + d.Reason}
	}
	if probe := obligation.Accused(t, best).Proof.Shape.Probe; probe == proof.KeyProbe || probe == proof.RowProbe && c.Idle {
		return ballot{verdict: finding.Excused, reason: statement.UniqueKey}
	}
	if by := p.logins.LogsIn(obligation.Accused(t, best), f, run, c); by != "" {
		return ballot{verdict: finding.Excused, reason: solve.Login, notes: obligation.Assuming(trust.LogsInByName.Premise(by))}
	}
	if best.Kind == obligation.ZeroValue && !best.Accessor && inserts(t) {
		return ballot{verdict: finding.Proved, notes: obligation.Assuming(trust.EmptyInsert.Premise())}
	}
	if !obligation.Definite(c.Fails) {
		return p.byRoot(c, ballot{verdict: finding.Unproven, reason: undecidedReason(c.Fails)})
	}
	if c.Root != callgraph.RequestRoot && best.Kind != obligation.Request {
		return p.byRoot(c, ballot{})
	}
	if n, ok := p.staff.BehindStaff(f, run, c); ok {
		if n.Settled() {
			return ballot{verdict: finding.Excused, reason: staff.StaffExcuse}
		}
		c.Notes = c.Notes.With(n)
	}
	a := p.atRootCause(findingBuilder{f: f, run: run, stmt: obligation.Accused(t, best), texts: t.List, context: c, cause: best, at: at})
	if d := p.allowed(a.f, a.run, a.at, nil); d != nil {
		return ballot{verdict: finding.Excused, reason: "allowed: " + d.Reason}
	}
	if a.stmt.Cat.Confidence == catalogue.Low {
		return ballot{verdict: finding.Unproven, reason: statement.UnclearColumn}
	}
	fd := p.finding(a)
	return ballot{verdict: finding.Found, reason: fd.Rule, finding: &fd}
}

// inserts tells whether all that the statement may be are inserts.
func inserts(t *statement.Texts) bool {
	return !slices.ContainsFunc(t.List, func(s *statement.Statement) bool {
		return s.Proof == nil || s.Proof.Shape.Verb != proof.Inserts
	})
}

// undecidedReason is the reason of the first cause that leaves it open.
func undecidedReason(fails []obligation.Cause) string {
	for _, c := range fails {
		if c.Kind == obligation.Unknown && c.Reason != "" {
			return c.Reason
		}
	}
	return "recursion"
}

// spotOf is where a finding stands: at the argument that the client chose, or,
// if no argument repairs it, at the innermost hand-written call.
func spotOf(f *callgraph.Function, run *unit.Run, c obligation.Cause, x solve.Context) callgraph.Spot {
	if c.Fn != nil && c.Site >= 0 && !callgraph.Generated(c.Fn) {
		return callgraph.Spot{Fn: c.Fn, Site: c.Site}
	}
	return callgraph.Innermost(f, run.Site, x.Hops)
}

// judgePut judges a writer of a context key that is the tenant's or the
// principal's by its name: readers trust it.
func (p *verdict) judgePut(r *Report, f *callgraph.Function, put *unit.Put) {
	kind, ok := p.access.TrustedKey(put.Key)
	if !ok {
		return
	}
	p.solver.Budget = solve.MaxWork
	e := p.conds.At(f, put.If)
	a := obligation.Atom{Kind: kind, T: put.Value}
	v := p.solver.Prove(e, a).Placed(func(obligation.Atom) (*callgraph.Function, int) { return f, put.Site })
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
		at := callgraph.Spot{Fn: best.Fn, Site: best.Site}
		if at.Fn == nil || callgraph.Generated(at.Fn) {
			at = callgraph.Innermost(f, put.Site, c.Hops)
		}
		if callgraph.Generated(at.Fn) {
			continue // nobody can repair it there
		}
		if p.allowed(f, &unit.Run{Site: put.Site, Allow: f.Allow}, at, c.Hops) == nil {
			r.Findings = append(r.Findings, p.badWriter(f, put, c, best, at))
		}
	}
}
