package report

import (
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// shared is a run of two findings with one cause.
func shared() *finding.Run {
	run := found()
	other := run.Findings[0]
	other.Line, other.EndLine, other.Fingerprint = 61, 61, "fedcba9876543210"
	other.Function = "app/http.(*H).Put"
	run.Findings = append(run.Findings, other)
	run.Findings[0].Root, run.Findings[1].Root = run.Findings[0].Fingerprint, run.Findings[0].Fingerprint
	run.Summary = finding.Summarise(run.Calls, run.Findings)
	return run
}

func TestOneCauseIsOneInText(t *testing.T) {
	var out strings.Builder
	require.NoError(t, Text(&out, shared()))
	assert.Equal(t, 1, strings.Count(out.String(), ": error: "), "one is told")
	assert.Contains(t, out.String(), "    the same cause at 1 place more:\n        internal/http/invoices.go:61: invoices in http.(*H).Put\n")
	assert.Contains(t, out.String(), "2 errors of 1 cause, no warnings")

	out.Reset()
	require.NoError(t, TextAll(&out, shared()))
	assert.Equal(t, 2, strings.Count(out.String(), ": error: "), "all are listed on demand")

	known := shared()
	known.Findings[0].Known, known.Baseline = true, "baseline"
	out.Reset()
	require.NoError(t, Text(&out, known))
	assert.Contains(t, out.String(), "internal/http/invoices.go:61:17: error: ", "what is new is told, whatever is known of the same cause")
}

func TestOneCauseIsRelatedInSARIF(t *testing.T) {
	var out strings.Builder
	require.NoError(t, FormatOf("sarif").Write(&out, shared()))
	log, err := sarif.FromString(out.String())
	require.NoError(t, err)
	results := log.Runs[0].Results
	require.Len(t, results, 2, "each has its fingerprint")
	for i, line := range []int{61, 42} {
		require.Len(t, results[i].RelatedLocations, 1)
		assert.Equal(t, line, *results[i].RelatedLocations[0].PhysicalLocation.Region.StartLine)
	}
}
