package pathcond_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/golden"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/termtext"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/unittext"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestConditions compares what holds at each call that is made under facts, with what
// the outcomes of other calls imply.
func TestConditions(t *testing.T) {
	golden.Cases(t, "../../../../testdata/pathcond/*.txtar", func(t *testing.T, in *txtar.Archive) string {
		units, err := unittext.Parse("units", string(in.Files[0].Data))
		require.NoError(t, err)
		g := callgraph.New("ex/main", units, callgraph.NewIndex(), nil)
		p := pathcond.New(g, statement.New(g, nil, statement.Proofs{}))
		var b strings.Builder
		for _, f := range g.Order {
			for i := range f.Calls {
				if c := &f.Calls[i]; len(c.If) > 0 {
					fmt.Fprintf(&b, "%s %d:\n", unit.Short(f.Symbol), c.N)
					writeFacts(&b, p.At(f, c.If), c.If)
				}
			}
		}
		return b.String()
	})
}

// writeFacts lists the facts of an environment, those that it was not given with a plus.
func writeFacts(b *strings.Builder, e *pathcond.Env, given []term.Fact) {
	for i, f := range e.Facts {
		sign := " "
		if i >= len(given) {
			sign = "+"
		}
		fmt.Fprintf(b, "  %s %s\n", sign, f)
	}
	fmt.Fprintf(b, "    tested: %v\n", pathcond.Tested(e))
}

func environment(t *testing.T, facts ...string) *pathcond.Env {
	t.Helper()
	e := &pathcond.Env{}
	for _, text := range facts {
		f, err := termtext.ParseFact(text)
		require.NoError(t, err)
		e.Facts = append(e.Facts, f)
	}
	return e
}

// TestSaidYes: the nil of an only result, or a first result that is true or one
// constant; the error beside an answer says nothing.
func TestSaidYes(t *testing.T) {
	for fact, want := range map[string]bool{
		"nil(#1.r0)": true, "true(#1.r0)": true, "true(#1.r0.Allowed)": true, "eq(#1.r0, 2)": true,
		"nil(#1.r0.Err)": false, "nil(#1.r1)": false, "true(#1.r1)": false, "eq(#1.r0, p0)": false, "eq(#1.r1, 2)": false,
		"false(#1.r0)": false, "notnil(#1.r0)": false, "nonzero(#1.r0)": false, "true(#2.r0)": false, "true(p0)": false,
		"true(#1.!some)": false, "nil(#1.!err)": false,
	} {
		assert.Equal(t, want, pathcond.SaidYes(environment(t, fact), 1), fact)
	}
	assert.True(t, pathcond.SaidYes(environment(t, "nil(#1.r1)", "true(#1.r0)"), 1))
}

// TestSure: an argument that may be zero is not, where it, or what it is a part of, was
// found not to be.
func TestSure(t *testing.T) {
	for _, c := range []struct{ fact, arg, want string }{
		{"nonzero((ctx(user) | zero))", "(ctx(user) | zero)", "ctx(user)"},
		{"nonzero((ctx(user) | zero))", "(ctx(user).ID | zero)", "ctx(user).ID"},
		{"nonzero((ctx(user) | zero))", "(ctx(other) | zero)", "(ctx(other) | zero)"},
		{"iszero((ctx(user) | zero))", "(ctx(user) | zero)", "(ctx(user) | zero)"},
		{"nonzero(ctx(user))", "(ctx(user) | zero)", "(ctx(user) | zero)"},
		{"nonzero((ctx(user) | zero))", "(ctx(user) | p0)", "(ctx(user) | p0)"},
		{"nonzero((ctx(user) | zero))", "(ctx(user) | p0 | zero)", "(ctx(user) | p0 | zero)"},
		{"nonzero((ctx(user).ID | zero))", "(ctx(user) | zero)", "(ctx(user) | zero)"},
	} {
		arg, err := termtext.Parse(c.arg)
		require.NoError(t, err)
		given := term.Substitution{Args: []term.Term{arg}}
		sure := environment(t, c.fact).Sure(given)
		assert.Equal(t, c.want, sure.Args[0].String(), "%s of %s", c.arg, c.fact)
		assert.Equal(t, arg, given.Args[0])
	}
}
