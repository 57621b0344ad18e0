package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// TestLabels: the file is whole, each finding has one label, and each says why.
func TestLabels(t *testing.T) {
	labels, err := parseLabels(labelled)
	require.NoError(t, err)
	require.NotEmpty(t, labels)
	for name, list := range labels {
		for i, x := range list {
			assert.NotEmptyf(t, x.why, "%s %s:%d", name, x.file, x.line)
			assert.Equalf(t, list[0].commit, x.commit, "%s: one commit", name)
			for _, y := range list[:i] {
				assert.Falsef(t, x.file == y.file && x.line == y.line && x.rule == y.rule, "%s %s:%d twice", name, x.file, x.line)
			}
		}
	}
}

func TestBrokenLabels(t *testing.T) {
	for _, text := range []string{
		"ace\t.\tc\ta.go:1\tr\terror\ttrue",
		"ace\t.\tc\ta.go\tr\terror\ttrue\twhy",
		"ace\t.\tc\ta.go:x\tr\terror\ttrue\twhy",
		"ace\t.\tc\ta.go:1\tr\terror\tmaybe\twhy",
	} {
		_, err := parseLabels("# comment\n" + text)
		assert.ErrorContains(t, err, "labels.tsv:2", text)
	}
}

// TestCompare: what was read, what nobody has read, what is gone, and what was lost.
func TestCompare(t *testing.T) {
	at := func(file string, line int, tier finding.Tier) finding.Finding {
		f := finding.Finding{Rule: "r", Tier: tier}
		f.File, f.Line = file, line
		return f
	}
	asked := at("a.go", 4, finding.Warning)
	asked.Checker = "ex.May"
	open := finding.Call{Verdict: finding.Unproven, Reason: "cap"}
	open.File, open.Line = "a.go", 5
	doc := &finding.Run{
		Findings: []finding.Finding{at("a.go", 1, finding.Error), at("a.go", 2, finding.Error), at("a.go", 3, finding.Error), asked},
		Calls:    []finding.Call{open},
	}
	labels, err := parseLabels(`p	.	c	a.go:1	r	error	true	leak
p	.	c	a.go:2	r	error	false	guarded
p	.	c	a.go:4	r	error	false	asked
p	.	c	a.go:5	r	error	true	open
p	.	c	a.go:6	r	error	true	lost
`)
	require.NoError(t, err)
	got := compare(doc, labels["p"])
	assert.Equal(t, map[opinion]int{isTrue: 1, isFalse: 1}, got.is)
	assert.Equal(t, []string{"a.go:3 r"}, got.fresh)
	assert.Equal(t, []string{"a.go:4 r (false): asks about ex.May", "a.go:5 r (true): unproven cap", "a.go:6 r (true): nothing"}, got.moved)
	assert.Equal(t, []string{"a.go:6 r"}, got.lost)
	assert.Equal(t, "2 errors read: 1 true, 0 arguable, 1 false (50 % true or arguable); 1 not read; 3 labels are no errors any more, 1 true ones without a word", got.line())
	var sum tally
	sum.add(got)
	sum.add(got)
	assert.Equal(t, 2, sum.is[isFalse])
	assert.Equal(t, []string{"1 cap"}, reasons(doc))
	assert.Contains(t, summary(program{"p", ".", "c"}, measured{doc: doc, seconds: 1.5, memory: 2048}, got), "1.5 s, 2 MiB")
}
