package link

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// TestLibraryExcusesNothingThatAProgramReaches merges the votes of a program and of the
// packages that no program contains: an excuse of theirs does not lower a proof, and what
// they find counts.
func TestLibraryExcusesNothingThatAProgramReaches(t *testing.T) {
	vote := func(program string, v finding.Verdict, reached bool) *Report {
		return &Report{Program: program, Calls: []Call{{Call: finding.Call{Verdict: v, Reached: reached}}}}
	}
	for _, c := range []struct {
		name             string
		program, library finding.Verdict
		reached          bool
		want             finding.Verdict
	}{
		{"a job of the library", finding.Proved, finding.Excused, true, finding.Proved},
		{"no program reaches it", finding.Proved, finding.Excused, false, finding.Excused},
		{"the library does not understand it", finding.Proved, finding.Unproven, true, finding.Unproven},
	} {
		run := Merge([]*Report{vote(Library, c.library, true), vote("example.com/a", c.program, c.reached)})
		require.Len(t, run.Calls, 1, c.name)
		assert.Equal(t, c.want, run.Calls[0].Verdict, c.name)
	}
}
