package finding

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestTables: names are told once, and every entry says all that help and docs need.
func TestTables(t *testing.T) {
	names := map[string]bool{}
	once := func(name string) {
		assert.False(t, names[name], "%s stands twice", name)
		names[name] = true
		assert.Equal(t, strings.ToLower(name), name)
	}
	for _, r := range Rules() {
		once(r.Name)
		assert.Equal(t, r, *RuleOf(r.Name))
		for _, text := range []string{r.Title, r.Text, r.Before, r.After, r.Since} {
			assert.NotEmpty(t, text, r.Name)
		}
		assert.NotEmpty(t, r.CWE, r.Name)
		assert.False(t, strings.HasSuffix(r.Title, "."), r.Name)
	}
	for _, e := range Excuses() {
		once(e.Name)
		for _, text := range []string{e.Title, e.Text, e.Holds, e.Not} {
			assert.NotEmpty(t, text, e.Name)
		}
		assert.Contains(t, []Grantor{BySQL, ByCode, BySettings}, e.By, e.Name)
		for _, reason := range []string{e.Name, e.Page(), e.Name + ": what a person wrote"} {
			assert.Equal(t, e, *ExcuseOf(reason), reason)
		}
		assert.NotContains(t, e.Page(), " ")
	}
	assert.Nil(t, RuleOf("job"))
	assert.Nil(t, ExcuseOf("missing-filter"))
	assert.Nil(t, ExcuseOf(""))
}

func TestVerdictOrder(t *testing.T) {
	order := []Verdict{Proved, Excused, Unproven, Found}
	for i, a := range order {
		for j, b := range order {
			assert.Equal(t, i > j, a.Worse(b), "%s, %s", a, b)
		}
	}
}

func TestPlaceOrder(t *testing.T) {
	order := []Place{{"a.go", 1, 9, 0, 0}, {"a.go", 2, 1, 0, 0}, {"a.go", 2, 3, 0, 0}, {"b.go", 1, 1, 0, 0}}
	for i, p := range order {
		for j, q := range order {
			assert.Equal(t, i < j, p.Before(q), "%v, %v", p, q)
		}
	}
}

// TestIdentity: everything that tells a finding from others is in its fingerprint, and
// parts that run into each other are not the same.
func TestIdentity(t *testing.T) {
	base := Identity{Rule: "r", Table: "t", Column: "c", Statement: "s", Function: "f"}
	seen := map[string]Identity{}
	for _, i := range []Identity{
		base,
		{"x", "t", "c", "s", "f", "", 0}, {"r", "x", "c", "s", "f", "", 0}, {"r", "t", "x", "s", "f", "", 0},
		{"r", "t", "c", "x", "f", "", 0}, {"r", "t", "c", "s", "x", "", 0}, {"r", "t", "c", "s", "f", "", 1},
		{"rt", "", "c", "s", "f", "", 0}, {"r", "tc", "", "s", "f", "", 0}, {"r", "t", "c", "s", "f", "x", 0},
	} {
		print := i.Fingerprint()
		assert.Len(t, print, 16)
		assert.NotContains(t, seen, print, "%v", i)
		seen[print] = i
		assert.Equal(t, print, i.Fingerprint())
	}
}

func TestHollow(t *testing.T) {
	assert.False(t, (&Run{}).Hollow())
	assert.False(t, (&Run{Setup: []Setup{{Message: "a"}}}).Hollow())
	assert.True(t, (&Run{Setup: []Setup{{Message: "a"}, {Hollow: true}}}).Hollow())
}

func TestSoft(t *testing.T) {
	for _, v := range []Verdict{Proved, Excused, Unproven, Found} {
		fine := v == Proved || v == Excused
		assert.Equal(t, fine, (&Call{Verdict: v, Reached: true, Unconfirmed: []string{"a"}}).Soft(), v)
		assert.False(t, (&Call{Verdict: v, Reached: true, Assumes: []string{"a"}}).Soft(), v)
		assert.False(t, (&Call{Verdict: v, Unconfirmed: []string{"a"}}).Soft(), v)
	}
}

// TestSummarise: what is counted where, and in which order it is listed.
func TestSummarise(t *testing.T) {
	calls := []Call{
		{Verdict: Proved, Reached: true},
		{Verdict: Proved, Reached: true, Assumes: []string{"a", "it's"}, Unconfirmed: []string{"it's"}},
		{Verdict: Proved, Reached: true, Reason: NoTable},
		{Verdict: Excused, Reached: true, Reason: "job"},
		{Verdict: Excused, Reached: true, Reason: "login", Assumes: []string{"b"}, Unconfirmed: []string{"b"}},
		{Verdict: Excused, Reached: true, Reason: "job", Assumes: []string{"b"}, Unconfirmed: []string{"b"}},
		{Verdict: Unproven, Reached: true, Reason: "login"},
		{Verdict: Found, Reached: true, Reason: "never counted", Assumes: []string{"c"}, Unconfirmed: []string{"c"}},
		{Verdict: Found, Reason: "not reached"},
		{Verdict: Excused, Reason: NotReached},
	}
	findings := []Finding{{Rule: "x", Tier: Warning}, {Rule: "y", Tier: Error}, {Rule: "y", Tier: Warning}}
	percent := 28
	assert.Equal(t, Summary{
		Percent:    &percent,
		Categories: []Reason{},
		Calls:      8, Proved: 3, Excused: 3, Found: 1, Unproven: 1, NotReached: 2, NoTable: 1, Share: 2.0 / 7,
		Errors: 1, Warnings: 2,
		Reasons: []Reason{{Excused, "job", 2}, {Unproven, "login", 1}, {Excused, "login", 1}},
		Rules:   []Reason{{"", "y", 2}, {"", "x", 1}},
		Assumes: []Reason{{"", "b", 2}, {"", "a", 1}, {"", "c", 1}, {"", "it's", 1}},
		Soft:    3,
		Unconfirmed: []Premise{
			{"b", "assumes: ['b']", 2}, {"it's", "assumes: ['it''s']", 1},
		},
	}, Summarise(calls, findings))
}

// TestNoShare: a program that touches no table of a tenant has no share.
func TestNoShare(t *testing.T) {
	s := Summarise([]Call{{Verdict: Proved, Reached: true, Reason: NoTable}}, nil)
	assert.Zero(t, s.Share)
	assert.Equal(t, []Premise{}, s.Unconfirmed)
}

// TestUnreached: a call that may be reached for all that is known is counted.
func TestUnreached(t *testing.T) {
	s := Summarise([]Call{{Verdict: Unproven, Reason: "entry unknown: x"}, {Verdict: Excused, Reason: NotReached}}, nil)
	assert.Equal(t, 1, s.Calls)
	assert.Equal(t, 1, s.Unproven)
	assert.Equal(t, 1, s.NotReached)
}

// TestCount: "all" is not said where the set-up hides calls.
func TestCount(t *testing.T) {
	proved := Call{Verdict: Proved, Reached: true}
	hollow := []Setup{{Hollow: true}}
	for _, c := range []struct {
		calls []Call
		setup []Setup
		want  any
	}{
		{[]Call{proved}, nil, 100}, {[]Call{proved}, []Setup{{}}, 100}, {[]Call{proved}, hollow, nil},
		{[]Call{proved, {Verdict: Unproven, Reached: true}}, hollow, 50}, {nil, nil, nil},
	} {
		run := Run{Calls: c.calls, Setup: c.setup}
		run.Count()
		if c.want == nil {
			assert.Nil(t, run.Summary.Percent)
			assert.Zero(t, run.Summary.Share)
		} else if assert.NotNil(t, run.Summary.Percent) {
			assert.Equal(t, c.want, *run.Summary.Percent)
		}
	}
}

// TestBlind: a run that judged nothing, though there is something to judge.
func TestBlind(t *testing.T) {
	unproven := Call{Verdict: Unproven, Reached: true}
	aside := Call{Verdict: Proved, Reached: true, Reason: NoTable}
	for _, c := range []struct {
		calls []Call
		setup []Setup
		want  bool
	}{
		{nil, nil, false}, {nil, []Setup{{}}, false}, {nil, []Setup{{Hollow: true}}, true},
		{[]Call{aside}, nil, false}, {[]Call{aside}, []Setup{{Hollow: true}}, true},
		{[]Call{unproven, aside}, nil, true}, {[]Call{{Verdict: Unproven}}, nil, true},
		{[]Call{unproven, {Verdict: Excused, Reached: true}}, nil, false},
		{[]Call{unproven, {Verdict: Excused}}, nil, true},
		{[]Call{{Verdict: Proved, Reached: true}, {Verdict: Unproven, Reached: true, Reason: Contradicted}}, nil, true},
	} {
		run := Run{Calls: c.calls, Setup: c.setup}
		run.Count()
		assert.Equal(t, c.want, run.Blind(), "%v %v", c.calls, c.setup)
	}
}

// TestCategories: names are told once and say all that a page needs.
func TestCategories(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Categories() {
		assert.False(t, seen[c.Name])
		seen[c.Name] = true
		for _, text := range []string{c.Title, c.Holds, c.Ask} {
			assert.NotEmpty(t, text, c.Name)
		}
		assert.Equal(t, c, *CategoryOf(c.Name))
	}
	assert.Nil(t, CategoryOf("other"))
	for in, want := range map[string][2]string{
		"category=staff only support": {"staff", "only support"}, "category=staff": {"staff", ""}, "for staff": {"", "for staff"}, "": {"", ""},
	} {
		category, words := CategoryIn(in)
		assert.Equal(t, want, [2]string{category, words}, in)
	}
}

// TestNotShown: what is known or excluded is counted apart.
func TestNotShown(t *testing.T) {
	s := Summarise([]Call{{Verdict: Unproven, Reached: true, Known: true, Category: "staff"}}, []Finding{
		{Rule: "a", Tier: Error, Known: true, Category: "staff"}, {Rule: "b", Tier: Error, Excluded: "why"}, {Rule: "c", Tier: Error},
	})
	assert.Equal(t, []int{1, 1, 1, 1, 1}, []int{s.Errors, s.Known, s.Excluded, s.Unproven, s.KnownUnproven})
	assert.Equal(t, []Reason{{"", "c", 1}}, s.Rules)
	assert.Equal(t, []Reason{{"", "staff", 2}}, s.Categories)
}

func TestDiagnostic(t *testing.T) {
	f := Finding{Rule: "missing-filter", Message: "m"}
	assert.Equal(t, "m (missing-filter)", f.Diagnostic())
	f.Steps = []Step{{"a.go", 1, "x"}, {"a.go", 1, "y"}}
	assert.Equal(t, "m (missing-filter)", f.Diagnostic(), "a path of one place is the place itself")
	f.Steps = append(f.Steps, Step{"b.go", 2, "z"})
	assert.Equal(t, "m [a.go:1 → b.go:2] (missing-filter)", f.Diagnostic())
	f.Rule = SetupRule
	assert.Equal(t, "m", f.Diagnostic())
}

// TestGlossary: names are told once, and each reason finds the term that is about it.
func TestGlossary(t *testing.T) {
	seen := map[string]bool{}
	for _, list := range [][]Term{Verdicts(), Words(), Reasons()} {
		for _, x := range list {
			assert.False(t, seen[x.Name], x.Name)
			seen[x.Name] = true
			assert.NotEmpty(t, x.Title, x.Name)
			assert.NotEmpty(t, x.Text, x.Name)
			assert.Equal(t, x, *TermOf(x.Name))
		}
	}
	assert.Nil(t, TermOf("nothing"))
	for reason, want := range map[string]string{
		"text not resolved: config": "text not resolved", "undecided table tickets": "undecided table", "unknown table x": "unknown table",
		"entry unknown: framework.Handle": "entry unknown", "not compiled: does not type-check": "not compiled", "over budget: terms": "over budget",
		UnclearColumn: "tenant column unclear", Contradicted: "tenant column unclear", "function body f": "database code",
		"call a function value": "value not followed", "loop": "value not followed", "": "value not followed",
	} {
		assert.Equal(t, want, ReasonTerm(reason).Name, reason)
	}
}

// TestOfSchema: what stands in a migration is of no package; a variable that the program
// sets is.
func TestOfSchema(t *testing.T) {
	for rule, want := range map[string]bool{
		UndecidedTable: true, RLSNotEnabled: true, RLSView: true, RLSSessionSetting: false, MissingFilter: false, ForeignKeyWrite: false, "none": false,
	} {
		assert.Equal(t, want, OfSchema(rule), rule)
	}
}
