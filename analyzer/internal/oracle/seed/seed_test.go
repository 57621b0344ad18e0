package main

import (
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const program = `package a

func Entry(org, id string) {
	list(b.Where(sq.Eq{"id": id, "i.org_id": org}))
	list(b.Where(sq.Eq{"org_id": org}).Where("x = 1"))
}

func Call(org string) {
	b = b.Where("org_id = ?", org).
		Where("x = ?", 1)
}

func Object(q *Q, org string) {
	q.Where("org_id = ?", org)
}

func Condition(org string) {
	own := key(org)
	list(b.Where(goqu.C("x").Eq(1), goqu.C("org_id").Eq(own)))
}

func Others(org string) {
	list(b.Where("org_id = ? OR x = 1", org), b.Set("org_id", org), b.Where(b.Eq("x", org)))
}
`

// TestTakesConditionsAway holds what is left of a program: its conditions on the column are
// gone, its lines stay, and it still compiles.
func TestTakesConditionsAway(t *testing.T) {
	sites := sitesOf("a.go", []byte(program), "org_id")
	var kinds []string
	for _, s := range sites {
		kinds = append(kinds, s.kind)
	}
	assert.Equal(t, []string{"entry", "entry", "call", "call", "condition"}, kinds)
	got := string(seeded([]byte(program), sites))
	_, err := parser.ParseFile(token.NewFileSet(), "a.go", got, 0)
	require.NoError(t, err, got)
	assert.Equal(t, strings.Count(program, "\n"), strings.Count(got, "\n"))
	for _, want := range []string{
		`_ = org; list(b.Where(sq.Eq{"id": id}))`,
		`_ = org; list(b.Where(sq.Eq{}).Where("x = 1"))`,
		"_ = org; b = b.\n\t\tWhere(\"x = ?\", 1)",
		"_, _ = q, org; \n",
		`_ = own; list(b.Where(goqu.C("x").Eq(1)))`,
		`list(b.Where("org_id = ? OR x = 1", org)`,
	} {
		assert.Contains(t, got, want)
	}
}

func TestTellsWhatWasFound(t *testing.T) {
	s := []site{{file: "a.go", line: 3, kind: "entry", first: 1, end: 5}, {file: "a.go", line: 9, kind: "call", first: 8, end: 9}}
	before, after := &result{}, &result{}
	before.Calls = append(before.Calls, struct {
		place
		Verdict string `json:"verdict"`
	}{place{"a.go", 4}, "proved"})
	after.Findings = append(after.Findings, struct {
		place
		Rule  string  `json:"rule"`
		Steps []place `json:"steps"`
	}{place{"b.go", 1}, "missing-filter", []place{{"a.go", 4}}})
	var out strings.Builder
	require.NoError(t, tell(&out, s, before, after))
	assert.Equal(t, "a.go:3 entry: found\na.go:9 call: out of reach\n1 of 1 found; 1 of 2 sites were changed in reach\n", out.String())
}
