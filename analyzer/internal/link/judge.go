package link

import (
	"slices"
	"sort"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxLift caps the wrappers that a text may be handed through.
const maxLift = 5

// judge gives every live call its verdict. This file is the only place that
// chooses a verdict, a rule or a tier.
func (p *program) judge() *Report {
	r := &Report{Program: p.main, Setup: p.withoutReason()}
	p.countRoots(r)
	functions := slices.Clone(p.order)
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
	p.settle(r)
	p.unserved(r)
	p.notReached(r)
	return r
}

// notReached lists the statements that the program contains and does not reach.
func (p *program) notReached(r *Report) {
	for _, u := range p.units {
		for _, g := range u.Functions {
			f := p.index.funcs[g.Symbol]
			if p.live[f] != nil {
				continue
			}
			for i := range f.Runs {
				if t := p.statements(f, &f.Runs[i]); !t.open {
					r.Calls = append(r.Calls, p.idle(f, &f.Runs[i], t))
				}
			}
		}
	}
}

func (p *program) idle(f *fn, run *unit.Run, t *texts) Call {
	c := Call{Symbol: f.Symbol, Ordinal: run.N}
	c.Place, c.Function = place(f, run.Site), f.Symbol
	c.Verdict, c.Reason = finding.Excused, finding.NotReached
	if why := p.lost(); why != "" {
		c.Verdict, c.Reason = finding.Unproven, "entry unknown: "+why
	}
	for _, s := range t.list {
		c.Tables = append(c.Tables, s.tables()...)
		c.Statement = s.name()
	}
	slices.Sort(c.Tables)
	c.Tables = slices.Compact(c.Tables)
	return c
}

func (p *program) countRoots(r *Report) {
	for _, f := range p.order {
		if p.isEntry(f) {
			r.Entries++
		}
		if p.rootOf(f) == jobRoot {
			r.Jobs++
		}
	}
}

// judgeRun judges a statement where its text is given: in its function, or,
// where that is a wrapper, at each of its callers.
func (p *program) judgeRun(r *Report, f *fn, run *unit.Run, depth int) {
	t := p.statements(f, run)
	if !t.open {
		r.Calls = append(r.Calls, p.judgeCall(f, run, t))
		return
	}
	lifts := 0
	for _, e := range p.edges[f] {
		if e.call == nil || p.live[e.from] == nil || depth == 0 {
			continue
		}
		lifts++
		at := lifted(e, run)
		if same := p.runAt(e.from, e.call.N); same != nil && p.liftsTo(e, run) {
			at = same
		}
		p.judgeRun(r, e.from, at, depth-1)
	}
	if lifts == 0 {
		t.reason = "text not resolved: nobody is seen to call " + short(f.Symbol)
		r.Calls = append(r.Calls, p.judgeCall(f, run, t))
	}
}

// liftsTo tells whether the statement that a call of a wrapper is, is this one.
func (p *program) liftsTo(e *edge, run *unit.Run) bool {
	inner, _ := p.openRun(e.to, maxWrappers-1)
	return inner == run
}

// ballot is what one context says of a call.
type ballot struct {
	verdict finding.Verdict
	reason  string
	notes   notes
	finding *finding.Finding
}

func (p *program) judgeCall(f *fn, run *unit.Run, t *texts) Call {
	p.budget = maxWork
	c := Call{Symbol: f.Symbol, Ordinal: run.N}
	c.Place, c.Function, c.Reached = place(f, run.Site), f.Symbol, true
	for _, s := range t.list {
		c.Tables = append(c.Tables, s.tables()...)
		if c.Statement == "" {
			c.Statement = s.name()
		}
	}
	slices.Sort(c.Tables)
	c.Tables = slices.Compact(c.Tables)
	var ballots []ballot
	if why := p.unjudged(f, t); why != "" {
		ballots = append(ballots, p.unprovenBallot(f, run, why))
	} else {
		for _, x := range p.contextsOf(f, run, t) {
			ballots = append(ballots, p.vote(f, run, t, x))
		}
	}
	c.count(ballots)
	c.Unconfirmed = slices.DeleteFunc(c.Unconfirmed, func(a string) bool { return slices.Contains(p.confirmed, a) })
	c.Detail = t.detail(c.Reason)
	return c
}

// detail is what is particular to the statement for which a call has its reason.
func (t *texts) detail(reason string) string {
	for _, s := range t.list {
		if s.broken != "" && s.broken == reason {
			return s.detail
		}
	}
	return ""
}

// unjudged is why a call cannot be judged at all, "" if it can.
func (p *program) unjudged(f *fn, t *texts) string {
	if t.reason != "" {
		return t.reason
	}
	for _, s := range t.list {
		if s.broken != "" {
			return s.broken
		}
	}
	if len(t.list) == 0 {
		return "text not resolved"
	}
	if f.Over != "" {
		return "over budget: " + f.Over
	}
	return ""
}

func (p *program) unprovenBallot(f *fn, run *unit.Run, why string) ballot {
	if d := p.allowed(f, run, spot{f, run.Site}, nil); d != nil {
		return ballot{verdict: finding.Excused, reason: "allowed: " + d.Reason}
	}
	return p.byRoot(p.failing(demand{fn: f}, f, nil), ballot{verdict: finding.Unproven, reason: why})
}

// byRoot excuses what only a job does, and leaves open what nobody knows to be
// a job.
func (p *program) byRoot(c context, b ballot) ballot {
	switch c.root {
	case jobRoot:
		if why := p.incomplete(); why != "" {
			return ballot{verdict: finding.Unproven, reason: "entry unknown: " + why}
		}
		return ballot{verdict: finding.Excused, reason: "job"}
	case unknownRoot:
		return ballot{verdict: finding.Unproven, reason: "entry unknown: " + libraryName(c.library)}
	}
	return b
}

// vote turns a context into a verdict.
func (p *program) vote(f *fn, run *unit.Run, t *texts, c context) ballot {
	if c.ok && c.notes.settled() {
		if c.notes.excuse != "" {
			return ballot{verdict: finding.Excused, reason: c.notes.excuse, notes: c.notes}
		}
		return ballot{verdict: finding.Proved, notes: c.notes}
	}
	best := telling(c.fails)
	at := spotOf(f, run, best, c)
	if d := p.allowed(f, run, at, c.hops); d != nil {
		return ballot{verdict: finding.Excused, reason: "allowed: " + d.Reason}
	}
	if probe := accused(t, best).proof.Shape.Probe; probe == proof.KeyProbe || probe == proof.RowProbe && c.idle {
		return ballot{verdict: finding.Excused, reason: uniqueKey}
	}
	if by := p.logsIn(accused(t, best), f, run, c); by != "" {
		return ballot{verdict: finding.Excused, reason: login, notes: assume(trust.LogsInByName.Premise(by))}
	}
	if best.kind == zeroValue && !best.accessor && inserts(t) {
		return ballot{verdict: finding.Proved, notes: assume(trust.EmptyInsert.Premise())}
	}
	if !definite(c.fails) {
		return p.byRoot(c, ballot{verdict: finding.Unproven, reason: undecidedReason(c.fails)})
	}
	if c.root != requestRoot && best.kind != request {
		return p.byRoot(c, ballot{})
	}
	if n, ok := p.behindStaff(f, run, c); ok {
		if n.settled() {
			return ballot{verdict: finding.Excused, reason: staffExcuse}
		}
		c.notes = c.notes.with(n)
	}
	a := p.blamed(accusation{f: f, run: run, stmt: accused(t, best), texts: t.list, context: c, cause: best, at: at})
	if d := p.allowed(a.f, a.run, a.at, nil); d != nil {
		return ballot{verdict: finding.Excused, reason: "allowed: " + d.Reason}
	}
	if a.stmt.cat.Confidence == catalogue.Low {
		return ballot{verdict: finding.Unproven, reason: unclearColumn}
	}
	fd := p.finding(a)
	return ballot{verdict: finding.Found, reason: fd.Rule, finding: &fd}
}

// inserts tells whether all that the statement may be are inserts.
func inserts(t *texts) bool {
	return !slices.ContainsFunc(t.list, func(s *stmt) bool {
		return s.proof == nil || s.proof.Shape.Verb != proof.Inserts
	})
}

// accused is the text that has the gap, or the first.
func accused(t *texts, c cause) *stmt {
	for _, s := range t.list {
		for i := range s.proof.Relations {
			if g := s.proof.Relations[i].Gap; g != nil && g == c.gap {
				return s
			}
		}
	}
	return t.list[0]
}

// unclearColumn is why findings are withheld where the catalogue is a guess.
const unclearColumn = finding.UnclearColumn

// undecidedReason is the reason of the first cause that leaves it open.
func undecidedReason(fails []cause) string {
	for _, c := range fails {
		if c.kind == unknown && c.reason != "" {
			return c.reason
		}
	}
	return "recursion"
}

// telling picks the cause to report: the client's tenant before a missing one,
// a gap before an id.
func telling(fails []cause) cause {
	best := cause{}
	for i, c := range fails {
		if i == 0 || weight(c) > weight(best) {
			best = c
		}
	}
	return best
}

func weight(c cause) int {
	switch {
	case c.kind == request && c.atom.kind == proof.Tenant:
		return 5
	case c.kind == zeroValue && c.accessor:
		return 4
	case c.kind == gap:
		return 3
	case c.kind == request:
		return 2
	case c.kind == zeroValue:
		return 1
	}
	return 0
}

// spotOf is where a finding stands: at the argument that the client chose, or,
// if no argument repairs it, at the innermost hand-written call.
func spotOf(f *fn, run *unit.Run, c cause, x context) spot {
	if c.fn != nil && c.site >= 0 && !generated(c.fn) {
		return spot{c.fn, c.site}
	}
	return innermost(f, run.Site, x.hops)
}

// count lets the worst ballot win.
func (c *Call) count(ballots []ballot) {
	c.Verdict = finding.Proved
	for _, b := range ballots {
		if b.verdict.Worse(c.Verdict) {
			c.Verdict, c.Reason = b.verdict, b.reason
		}
		if b.finding != nil {
			c.Problems = append(c.Problems, *b.finding)
		}
		for _, a := range b.notes.assumes {
			if !slices.Contains(c.Assumes, a) {
				c.Assumes = append(c.Assumes, a)
			}
		}
		c.Unconfirmed = union(c.Unconfirmed, b.notes.soft)
	}
	slices.Sort(c.Assumes)
	if len(c.Tables) == 0 && c.Verdict == finding.Proved {
		c.Reason = finding.NoTable
	}
}

// judgePut judges a writer of a context key that is the tenant's or the
// principal's by its name: readers trust it.
func (p *program) judgePut(r *Report, f *fn, put *unit.Put) {
	kind, ok := p.trustedKey(put.Key)
	if !ok {
		return
	}
	p.budget = maxWork
	e := p.at(f, put.If)
	a := atom{kind: kind, t: put.Value}
	v := p.prove(e, a).placed(func(atom) (*fn, int) { return f, put.Site })
	if isSettled(v) {
		return
	}
	contexts := []context{p.failing(demand{fn: f}, f, v.fails)}
	switch {
	case !v.fixed():
		contexts = p.contexts(demand{fn: f, value: v})
	case len(v.alts) > 0:
		contexts[0].notes, _ = v.holds()
	}
	for _, c := range contexts {
		best := telling(c.fails)
		if c.ok && c.notes.settled() || !definite(c.fails) || best.kind != request || best.atom.kind != kind || best.row != nil {
			continue // what is not understood is trusted; a bad row is its statement's
		}
		at := spot{best.fn, best.site}
		if at.fn == nil || generated(at.fn) {
			at = innermost(f, put.Site, c.hops)
		}
		if generated(at.fn) {
			continue // nobody can repair it there
		}
		if p.allowed(f, &unit.Run{Site: put.Site, Allow: f.Allow}, at, c.hops) == nil {
			r.Findings = append(r.Findings, p.badWriter(f, put, c, best, at))
		}
	}
}

func (p *program) trustedKey(key string) (proof.NeedKind, bool) {
	for _, kind := range []proof.NeedKind{proof.Tenant, proof.Principal} {
		if p.names.contextKey(kind, key, nil) {
			return kind, true
		}
	}
	return 0, false
}

// rule chooses the rule of a finding.
func (a accusation) rule() string {
	c := a.cause
	switch c.kind {
	case gap:
		if c.gap != nil && c.gap.Partial || slices.ContainsFunc(a.texts, (*stmt).namesTenant) {
			return finding.PartialFilter
		}
		return finding.MissingFilter
	case zeroValue:
		if c.accessor {
			return finding.UncheckedTenant
		}
		return finding.PartialFilter
	}
	switch {
	case c.atom.kind == proof.Tenant:
		return finding.RequestTenant
	case a.alsoBindsTenant():
		return finding.PartialFilter
	}
	return finding.MissingFilter
}

// alsoBindsTenant tells whether the key that fails is only a part of an
// alternative that binds the tenant, too.
func (a accusation) alsoBindsTenant() bool {
	for _, w := range a.stmt.all() {
		key, tenant := false, false
		for _, n := range w.needs {
			key = key || n.Kind == proof.Key && n.Table == a.cause.atom.table && n.Column == a.cause.atom.column
			tenant = tenant || n.Kind == proof.Tenant
		}
		if key && tenant {
			return true
		}
	}
	return false
}

// tier chooses the tier: an error needs a sure table and a sure way from a
// request, without a checker that is not understood.
func (p *program) tier(a accusation, checker string) finding.Tier {
	t := a.table()
	switch {
	case a.cause.kind == zeroValue && a.verb() == "inserted":
		return finding.Warning // the row would be nobody's: untidy, and no leak
	case a.context.idle:
		return finding.Warning // it tells that there is a row, and nothing of it
	case checker != "", a.context.root != requestRoot, len(a.context.notes.soft) > 0, t == nil:
		return finding.Warning
	case t.Confidence == catalogue.Low, t.Owner != nil && t.Owner.Inferred:
		return finding.Warning
	}
	for _, e := range append(p.witness(a.context.at), a.context.hops...) {
		if e.soft != "" {
			return finding.Warning
		}
	}
	return finding.Error
}
