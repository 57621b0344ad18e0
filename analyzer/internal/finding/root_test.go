package finding_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// Findings of one cause are one, with their places; another tier, rule or cause is another,
// and what the baseline knows is no place of what is new.
func TestRoots(t *testing.T) {
	of := func(print, rule, cause string, tier finding.Tier) finding.Finding {
		return finding.Finding{Fingerprint: print, Rule: rule, Cause: cause, Tier: tier}
	}
	run := &finding.Run{Findings: []finding.Finding{
		of("a", "missing-filter", "statement f 1", finding.Error),
		of("b", "missing-filter", "statement g 1", finding.Error),
		of("c", "missing-filter", "statement f 1", finding.Error),
		of("d", "missing-filter", "statement f 1", finding.Warning),
		of("e", "tenant-write", "statement f 1", finding.Error),
		of("f", "missing-filter", "", finding.Error),
		of("g", "missing-filter", "", finding.Error),
		of("h", "missing-filter", "statement f 1", finding.Error),
	}}
	finding.SetRoots(run.Findings)
	assert.Equal(t, [][]string{{"a", "c", "h"}, {"b"}, {"d"}, {"e"}, {"f"}, {"g"}}, prints(run))
	assert.Equal(t, []string{"a", "", "a"}, []string{run.Findings[0].Root, run.Findings[1].Root, run.Findings[2].Root})

	run.Findings[0].Known = true
	assert.Equal(t, [][]string{{"a"}, {"b"}, {"c", "h"}, {"d"}, {"e"}, {"f"}, {"g"}}, prints(run), "what is new stands by itself")
}

func prints(run *finding.Run) [][]string {
	var out [][]string
	for _, root := range run.Roots() {
		list := []string{root.Fingerprint}
		for _, f := range root.Others {
			list = append(list, f.Fingerprint)
		}
		out = append(out, list)
	}
	return out
}
