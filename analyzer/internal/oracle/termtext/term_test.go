package termtext

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

func TestTextFormIsStable(t *testing.T) {
	for _, text := range []string{
		`p0`, `p2.Org.ID`, `fv.req.ID`, `global(example.com/a.V).F`, `ctx("\"org\"").ID`, `this(example.com/a.T).org`,
		`#1.r0.OrgID`, `#2.col(0)`, `#2.col(org_id)`, `#2.!scan`, `#1.r0[].ID`, `p1[2].ID`,
		`tenant`, `principal`, `zero`, `fresh`, `config`, `request(path, id)`, `request(body, "").OrgID`, `unknown("call pkg.F")`,
		`"a \"text\""`, `42`, `-1`, `1.5`, `true`,
		`{.A: p1, .B: "x"}`, `example.com/a-b.T{base p0, .A: zero}`, `{}`,
		`[]`, `[p0, p1]`, `[p0...]`, `fn(example.com/a.(*T).M$1){p0: p1, x: fv.y}`,
		`build(bare on p1; where("a = ?", p2 as list, zero as nil) if nonzero(p2) and iszero(p3); limit(p4) maybe)`,
		`build(bare; select("a"); where(build(bare; eq(); entry("b.a", p1 as nullable))))`, `build(on p2; and(p3 as rest, p4 as part, p5 as any))`,
		`cat("SELECT ", p1)`, `test(eq(p0.Org, p1))`, `(p0 | zero)`,
	} {
		parsed, err := Parse(text)
		require.NoError(t, err, text)
		assert.Equal(t, text, parsed.String())
	}
	for _, text := range []string{`eq(#1.r0.Org, tenant)`, `nil(#2.r1)`, `in(p1, [p2])`, `positive(#3.!count)`} {
		f, err := ParseFact(text)
		require.NoError(t, err, text)
		assert.Equal(t, text, f.String())
	}
}

func TestParseTellsTheColumn(t *testing.T) {
	_, err := Parse(`{.A: }`)
	require.EqualError(t, err, `column 6: want a term, have "}"`)
}

func TestSelect(t *testing.T) {
	field := func(name string) term.Step { return term.Step{Kind: term.FieldStep, Name: name} }
	for _, c := range []struct{ in, field, want string }{
		{`{.A: p1}`, "A", `p1`},
		{`{.A: p1}`, "B", `zero`},
		{`{base p0, .A: p1}`, "B", `p0.B`},
		{`(p0 | {.A: tenant})`, "A", `(p0.A | tenant)`},
		{`request(body, "")`, "Org", `request(body, "").Org`},
		{`unknown(why)`, "Org", `unknown(why)`},
		{`p0.a.b.c.d.e.f`, "g", `unknown(depth)`},
	} {
		in, err := Parse(c.in)
		require.NoError(t, err)
		assert.Equal(t, c.want, term.Select(in, field(c.field)).String(), c.in)
	}
}

func TestConcatMergesConstants(t *testing.T) {
	a, b := &term.Const{Kind: term.Text, Text: "SELECT "}, &term.Const{Kind: term.Text, Text: "1"}
	assert.Equal(t, `"SELECT 1"`, term.CatOf(a, term.CatOf(b)).String())
	assert.Equal(t, `cat("SELECT ", p0, "1")`, term.CatOf(a, term.P(0), term.ZeroTerm(), b).String())
}
