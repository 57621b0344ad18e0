package term_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/termtext"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

func fact(t *testing.T, text string) term.Fact {
	t.Helper()
	f, err := termtext.ParseFact(text)
	require.NoError(t, err, text)
	return f
}

// factSet adds facts one after the other.
func factSet(t *testing.T, texts ...string) *term.FactSet {
	t.Helper()
	s := &term.FactSet{}
	for _, text := range texts {
		s.Add(fact(t, text))
	}
	return s
}

// TestContradictions: facts that cannot both hold, and neighbours that can.
func TestContradictions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"eq(p0, p1)", "ne(p0, p1)", true},
		{"eq(p0, p1)", "ne(p0, p2)", false},
		{"eq(p0, p1)", "ne(p2, p1)", false},
		{"eq(p0, p1)", "eq(p0, p2)", false},
		{"nil(#1.r0)", "notnil(#1.r0)", true},
		{"nil(#1.r0)", "notnil(#1.r1)", false},
		{"nil(#1.r0)", "nonzero(#1.r0)", true},
		{"nil(#1.r0)", "iszero(#1.r0)", false},
		{"iszero(p0)", "positive(p0)", true},
		{"nonzero(p0)", "positive(p0)", false},
		{"true(#1.r0)", "false(#1.r0)", true},
		{"true(#1.r0)", "nonzero(#1.r0)", false},
		{"false(#1.r0)", "notnil(#1.r0)", true},
		{"positive(p0)", "positive(p1)", false},
		{"in(p0, p1)", "ne(p0, p1)", false},
		{"in(p0, p1)", "in(p0, p1)", false},
	} {
		assert.Equal(t, c.want, factSet(t, c.a, c.b).Contradictory, "%s, %s", c.a, c.b)
		assert.Equal(t, c.want, factSet(t, c.b, c.a).Contradictory, "%s, %s", c.b, c.a)
	}
}

// TestSimplest: a test that is true is its fact; one that is false is the opposite,
// where there is one. What holds anyway is left out.
func TestSimplest(t *testing.T) {
	for in, want := range map[string]string{
		"true(test(nil(#1.r1)))":                         "nil(#1.r1)",
		"nonzero(test(eq(p0, p1)))":                      "eq(p0, p1)",
		"false(test(eq(p0, p1)))":                        "ne(p0, p1)",
		"iszero(test(ne(p0, p1)))":                       "eq(p0, p1)",
		"false(test(nil(#1.r1)))":                        "notnil(#1.r1)",
		"false(test(notnil(#1.r1)))":                     "nil(#1.r1)",
		"false(test(nonzero(p0)))":                       "iszero(p0)",
		"false(test(iszero(p0)))":                        "nonzero(p0)",
		"false(test(true(p0)))":                          "false(p0)",
		"false(test(false(p0)))":                         "true(p0)",
		"false(test(in(p0, p1)))":                        "false(test(in(p0, p1)))",
		"false(test(positive(p0)))":                      "false(test(positive(p0)))",
		"notnil(test(nil(p0)))":                          "notnil(test(nil(p0)))",
		"true(test(false(test(eq(p0, p1)))))":            "ne(p0, p1)",
		"false(test(false(test(eq(p0, p1)))))":           "eq(p0, p1)",
		"nonzero(\"text\")":                              "",
		"iszero(zero)":                                   "",
		"nil(zero)":                                      "",
		"eq(zero, \"\")":                                 "",
		"notnil(fn(ex/a.F))":                             "",
		"notnil(global(ex/a.ErrNotFound))":               "",
		"notnil(global(ex/a.Config))":                    "notnil(global(ex/a.Config))",
		"notnil(global(ex/a.ErrNotFound).Inner)":         "notnil(global(ex/a.ErrNotFound).Inner)",
		"eq(p0, zero)":                                   "eq(p0, zero)",
		"eq(\"a\", \"a\")":                               "",
		"ne(\"a\", \"b\")":                               "",
		"ne(zero, \"b\")":                                "",
		"eq(1.0, 1)":                                     "eq(1.0, 1)",
		"implies(test(ne(\"a\", \"b\")), test(nil(p0)))": "implies(test(ne(\"a\", \"b\")), test(nil(p0)))",
		"implies(test(eq(\"a\", \"b\")), test(nil(p0)))": "",
		"implies(test(nil(p0)), test(ne(\"a\", \"b\")))": "",
	} {
		s := factSet(t, in)
		assert.False(t, s.Contradictory, in)
		assert.Equal(t, want, s.Key(), in)
	}
}

// TestNever: facts about constants that cannot hold.
func TestNever(t *testing.T) {
	for _, text := range []string{
		"nonzero(zero)", "notnil(zero)", "true(false)", "positive(0)", "iszero(\"text\")", "nil(fn(ex/a.F))",
		"nil(global(ex/a.ErrNotFound))", "eq(zero, \"text\")", "ne(\"a\", \"a\")", "eq(\"a\", \"b\")", "eq(1, 2)", "ne(zero, zero)",
		"implies(test(ne(\"a\", \"b\")), test(eq(\"a\", \"c\")))", "iszero({.A: p0})", "iszero([p0])", "iszero(cat(\"a\", p0))", "nil(fresh)",
	} {
		assert.True(t, factSet(t, text).Contradictory, text)
	}
}

func TestZeroness(t *testing.T) {
	for text, want := range map[string]string{
		"zero": "zero", `""`: "zero", "0": "zero", "false": "zero", "true": "other", "1": "other", `"0"`: "other", `"false"`: "other",
		"fresh": "other", "{}": "other", "[p0]": "other", "[]": "?", "[p0...]": "?", "cat(p0, p1)": "?", `cat(p0, "a")`: "other",
		"p0": "?", "tenant": "?", "request(path, id)": "?", "(p0 | zero)": "?", "global(ex/a.V)": "?",
	} {
		x, err := termtext.Parse(text)
		require.NoError(t, err)
		zero, known := term.Zeroness(x)
		have := "?"
		if known {
			have = map[bool]string{true: "zero", false: "other"}[zero]
		}
		assert.Equal(t, want, have, text)
	}
}

// TestOnce: a fact stands once, and over the cap facts are dropped, which is weaker,
// but a contradiction is still seen.
func TestOnce(t *testing.T) {
	s := factSet(t, "nonzero(p0)", "nonzero(p0)", "true(test(nonzero(p0)))")
	assert.Len(t, s.Facts, 1)
	for i := range 100 {
		s.Add(fact(t, fmt.Sprintf("nonzero(p%d)", i)))
	}
	assert.Len(t, s.Facts, 64)
	assert.False(t, s.Contradictory)
	s.Add(fact(t, "iszero(p0)"))
	assert.True(t, s.Contradictory)
}
