package term_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/termtext"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// TestSame: two terms are the same exactly if their texts are.
func TestSame(t *testing.T) {
	texts := []string{
		"p0", "p1", "p0.Org", "p0.Org.ID", "p0[]", "p0[1]", "fv.p0", "global(a.V)", "global(a.W)", "ctx(a.V)", "this(a.T)",
		"#1.r0", "#1.r1", "#2.r0", "#2.col(0)", "#2.col(org)", "#2.!some",
		"tenant", "principal", "request(path, id)", "request(query, id)", "request(path, org)", "unknown(a)", "unknown(b)", "zero", "tenant.ID",
		`"1"`, "1", "2", "true", `""`,
		"{.A: p0}", "{.A: p1}", "{.B: p0}", "a.T{.A: p0}", "a.T{base p1, .A: p0}", "a.T{base p0, .A: p0}", "a.T{.A: p0, .B: p1}",
		"[p0]", "[p0...]", "[p0, p1]", "[p1, p0]", "fn(a.F)", "fn(a.F){x: p0}", "fn(a.F){y: p0}", "fn(a.F){x: p1}", "fn(a.G)",
		"cat(p0, p1)", "cat(p1, p0)", "test(eq(p0, p1))", "test(ne(p0, p1))", "test(nil(p0))", "test(nil(p1))", "(p0 | p1)", "(p0 | p2)", "(p0 | p1 | p2)",
		"build(bare on p0)", "build(bare on p1)", "build(bare on p0; limit(p1) maybe)",
	}
	var all []term.Term
	for range 2 {
		for _, s := range texts {
			x, err := termtext.Parse(s)
			require.NoError(t, err, s)
			require.Equal(t, s, x.String())
			all = append(all, x)
		}
	}
	for _, a := range all {
		for _, b := range all {
			assert.Equal(t, a.String() == b.String(), term.Same(a, b), "%s and %s", a, b)
			fa, fb := term.Fact{Op: term.Eq, A: a, B: all[0]}, term.Fact{Op: term.Eq, A: b, B: all[0]}
			assert.Equal(t, a.String() == b.String(), term.SameFact(fa, fb), "%s and %s", fa, fb)
			assert.False(t, term.SameFact(fa, term.Fact{Op: term.Nil, A: a}))
		}
	}
	assert.False(t, term.Same(nil, nil))
	assert.False(t, term.Same(all[0], nil))
}
