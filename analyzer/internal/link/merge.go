package link

import (
	"maps"
	"slices"
	"sort"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// Merge counts the votes of programs: the worst verdict of those that reach a
// call wins; a call that none reaches is excused.
func Merge(reports []*Report) *finding.Run {
	m := &merger{calls: map[string]*Call{}, groups: map[string]*group{}}
	for _, r := range reports {
		if r.Program != Library {
			m.vote(r, nil)
		}
	}
	for _, r := range reports {
		if r.Program == Library {
			m.vote(r, m.idle)
		}
		for i := range r.Findings {
			m.add(r.Findings[i])
		}
		m.setup = append(m.setup, r.Setup...)
		m.questions = append(m.questions, r.Questions...)
		m.enforcers = append(m.enforcers, r.Enforcers...)
	}
	return m.run()
}

// vote counts the votes of one program, but for those that are left out.
func (m *merger) vote(r *Report, leaveOut func(*Call) bool) {
	for i := range r.Calls {
		if c := &r.Calls[i]; leaveOut == nil || !leaveOut(c) {
			m.call(c)
		}
	}
}

// idle tells an excuse of the library on a call that a program reaches: that no request
// comes to it through packages which no program contains says nothing.
func (m *merger) idle(c *Call) bool {
	have := m.calls[callKey(c)]
	return isExcused(c) && len(c.Problems) == 0 && have != nil && have.Reached
}

type merger struct {
	calls     map[string]*Call
	groups    map[string]*group
	setup     []finding.Setup
	questions []finding.Question
	enforcers []finding.Enforcer
}

// group is one finding, seen by several calls or programs.
type group struct {
	finding.Finding
	fingerprint string
}

func callKey(c *Call) string {
	return c.File + ":" + strconv.Itoa(c.Line) + ":" + strconv.Itoa(c.Column) + ":" + c.Symbol + ":" + strconv.Itoa(c.Ordinal)
}

func (m *merger) call(c *Call) {
	for i := range c.Problems {
		m.add(c.Problems[i])
	}
	have := m.calls[callKey(c)]
	if have == nil {
		copied := *c
		copied.Problems = slices.Clone(c.Problems)
		m.calls[callKey(c)] = &copied
		return
	}
	problems := append(have.Problems, c.Problems...)
	if c.Reached && !have.Reached || c.Reached == have.Reached && c.Verdict.Worse(have.Verdict) {
		assumes, unconfirmed := have.Assumes, have.Unconfirmed
		if !have.Reached {
			assumes, unconfirmed = nil, nil
		}
		*have = *c
		have.Assumes, have.Unconfirmed = unite(assumes, c.Assumes), unite(unconfirmed, c.Unconfirmed)
	} else if c.Reached {
		have.Assumes, have.Unconfirmed = unite(have.Assumes, c.Assumes), unite(have.Unconfirmed, c.Unconfirmed)
	}
	have.Problems = problems
}

func unite(a, b []string) []string {
	out := append(slices.Clone(a), b...)
	slices.Sort(out)
	return slices.Compact(out)
}

// groupKey: a tenant that the client chose is one finding per source; anything
// else one per place and table.
func groupKey(f *finding.Finding) string {
	if f.Source != "" {
		return f.Rule + "\x00" + f.Function + "\x00" + f.Source
	}
	return f.Rule + "\x00" + f.File + ":" + strconv.Itoa(f.Line) + ":" + strconv.Itoa(f.Column) + "\x00" + f.Table
}

func (m *merger) add(f finding.Finding) {
	key := groupKey(&f)
	g := m.groups[key]
	if g == nil {
		m.groups[key] = &group{Finding: f}
		return
	}
	if preferred(&f, &g.Finding) {
		g.Finding = f
	}
}

// preferred picks the finding that speaks for its group: the surest, then the
// first by place, statement and text.
func preferred(a, b *finding.Finding) bool {
	if a.Tier != b.Tier {
		return a.Tier == finding.Error
	}
	if a.Place != b.Place {
		return a.Before(b.Place)
	}
	if a.Statement != b.Statement {
		return a.Statement < b.Statement
	}
	if a.Message != b.Message {
		return a.Message < b.Message
	}
	return len(a.Steps) < len(b.Steps)
}

func (m *merger) run() *finding.Run {
	run := &finding.Run{Calls: []finding.Call{}, Findings: m.findings(), Setup: []finding.Setup{}}
	var hashes []string // of the texts of calls
	for _, key := range slices.Sorted(maps.Keys(m.calls)) {
		c := m.calls[key]
		for i := range c.Problems {
			c.Findings = append(c.Findings, m.groups[groupKey(&c.Problems[i])].fingerprint)
		}
		c.Findings = inOrder(run.Findings, c.Findings)
		run.Calls = append(run.Calls, c.Call)
		hashes = append(hashes, c.textHash)
	}
	number(run.Calls, hashes)
	sort.SliceStable(run.Calls, func(i, j int) bool { return run.Calls[i].Before(run.Calls[j].Place) })
	run.Questions = append(m.asked(), checkerQuestions(run.Calls, run.Findings)...)
	run.Setup = append(run.Setup, m.said()...)
	run.Enforcers = finding.EachEnforcer(m.enforcers)
	run.Count()
	return run
}

// inOrder are the fingerprints of a call, each once, in the order of the findings.
func inOrder(findings []finding.Finding, prints []string) []string {
	var out []string
	for i := range findings {
		if slices.Contains(prints, findings[i].Fingerprint) {
			out = append(out, findings[i].Fingerprint)
		}
	}
	return out
}

// number gives the calls their fingerprints; those that are otherwise the same are
// numbered in the order of places.
func number(calls []finding.Call, hashes []string) {
	order := make([]int, len(calls))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return calls[order[i]].Before(calls[order[j]].Place) })
	ordinals := map[finding.Identity]int{}
	for _, i := range order {
		id := finding.Identity{Rule: "call", Function: calls[i].Function, Text: hashes[i]}.Plain()
		id.Ordinal, ordinals[id] = ordinals[id], ordinals[id]+1
		calls[i].Fingerprint = id.Fingerprint()
	}
}

// findings numbers those that are otherwise the same, in the order of places.
func (m *merger) findings() []finding.Finding {
	groups := make([]*group, 0, len(m.groups))
	for _, key := range slices.Sorted(maps.Keys(m.groups)) {
		groups = append(groups, m.groups[key])
	}
	sort.SliceStable(groups, func(i, j int) bool {
		a, b := groups[i], groups[j]
		if a.Place != b.Place {
			return a.Before(b.Place)
		}
		if a.Rule != b.Rule {
			return a.Rule < b.Rule
		}
		return a.Table < b.Table
	})
	ordinals := map[finding.Identity]int{}
	out := make([]finding.Finding, len(groups))
	for i, g := range groups {
		id := finding.Identity{Rule: g.Rule, Table: g.Table, Column: g.ColumnName, Statement: g.Statement, Function: g.Function, Text: g.TextHash}
		id = id.Plain()
		id.Ordinal, ordinals[id] = ordinals[id], ordinals[id]+1
		g.fingerprint = id.Fingerprint()
		g.Finding.Fingerprint = g.fingerprint
		out[i] = g.Finding
	}
	finding.SetRoots(out)
	return out
}

func (m *merger) said() []finding.Setup {
	out := slices.Clone(m.setup)
	sort.SliceStable(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.File != b.File {
			return a.File < b.File
		}
		if a.Line != b.Line {
			return a.Line < b.Line
		}
		return a.Message < b.Message
	})
	return slices.Compact(out)
}

// asked joins the questions of programs that read the same.
func (m *merger) asked() []finding.Question {
	byText := map[string]*finding.Question{}
	for _, q := range m.questions {
		if have := byText[q.Text]; have != nil {
			have.Calls += q.Calls
			continue
		}
		copied := q
		byText[q.Text] = &copied
	}
	out := []finding.Question{}
	for _, text := range slices.Sorted(maps.Keys(byText)) {
		out = append(out, *byText[text])
	}
	return out
}
