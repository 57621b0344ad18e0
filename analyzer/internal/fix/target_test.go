package fix

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// TestHolds: a fix holds if its finding is gone and nothing else is worse.
func TestHolds(t *testing.T) {
	at := func(line int) finding.Place { return finding.Place{File: "a.go", Line: line} }
	mended := Target{Finding: &finding.Finding{Rule: "missing-filter", Table: "notes", Place: finding.Place{File: "/w/a.go", Line: 1}}}
	run := func() *finding.Run {
		return &finding.Run{
			Calls:    []finding.Call{{Place: at(1), Verdict: finding.Found}, {Place: at(2), Verdict: finding.Proved}},
			Findings: []finding.Finding{{Rule: "missing-filter", Table: "notes", Place: at(1)}},
		}
	}
	for _, c := range []struct {
		name  string
		after func(*finding.Run)
		holds bool
	}{
		{"it is proved", func(r *finding.Run) {}, true},
		{"the finding is there", func(r *finding.Run) { r.Findings = run().Findings }, false},
		{"the call is gone", func(r *finding.Run) { r.Calls = r.Calls[1:] }, false},
		{"another call is gone", func(r *finding.Run) { r.Calls = r.Calls[:1] }, false},
		{"a call is new", func(r *finding.Run) { r.Calls = append(r.Calls, finding.Call{Place: at(3), Verdict: finding.Proved}) }, false},
		{"another call is worse", func(r *finding.Run) { r.Calls[1].Verdict = finding.Unproven }, false},
		{"another finding", func(r *finding.Run) {
			r.Findings = []finding.Finding{{Rule: "partial-filter", Table: "notes", Place: at(1)}}
		}, false},
		{"something is hidden", func(r *finding.Run) { r.Setup = []finding.Setup{{Message: "x", Hollow: true}} }, false},
		{"something is said", func(r *finding.Run) { r.Setup = []finding.Setup{{Message: "x"}} }, true},
	} {
		after := run()
		after.Calls[0].Verdict, after.Findings = finding.Proved, nil
		c.after(after)
		assert.Equal(t, c.holds, Holds(run(), after, func(string) string { return "a.go" }, mended), c.name)
	}
}
