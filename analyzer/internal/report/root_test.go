package report

import (
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/ci"
)

// shared is a run of two findings with one cause.
func shared() *finding.Run {
	run := found()
	other := run.Findings[0]
	other.Line, other.EndLine, other.Fingerprint = 61, 61, "fedcba9876543210"
	other.Function = "app/http.(*H).Put"
	run.Findings = append(run.Findings, other)
	call := run.Calls[0]
	call.Line, call.EndLine, call.Fingerprint, call.Findings = 61, 61, "c1b", []string{other.Fingerprint}
	run.Calls = append(run.Calls, call)
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

func TestOneCauseIsOneElsewhere(t *testing.T) {
	render := func(format string, run *finding.Run) string {
		var out strings.Builder
		require.NoError(t, FormatOf(format).Write(&out, run))
		return out.String()
	}
	apart := shared() // the twin: each has its own cause
	apart.Findings[0].Root, apart.Findings[1].Root = "", ""

	assert.Equal(t, 1, strings.Count(render("github", shared()), "::error "))
	assert.Contains(t, render("github", shared()), "the same cause at 1 place more:%0Ainternal/http/invoices.go:61\n")
	assert.Equal(t, 2, strings.Count(render("github", apart), "::error "))

	var summary strings.Builder
	require.NoError(t, ci.GitHubSummary(&summary, shared()))
	assert.Contains(t, summary.String(), "## tenantvet: 2 errors of 1 cause, ")
	assert.Contains(t, summary.String(), "| error | internal/http/invoices.go:42<br>internal/http/invoices.go:61 | ")

	assert.Contains(t, render("junit", shared()), `failures="1"`)
	assert.Contains(t, render("junit", shared()), `<skipped message="error with the same cause as at internal/http/invoices.go:42: invoices.organization_id is not bound`)
	assert.Contains(t, render("junit", apart), `failures="2"`)

	assert.Equal(t, 2, strings.Count(render("gitlab", shared()), `"critical"`), "GitLab compares fingerprints, so each place has its own")
	assert.Contains(t, render("gitlab", shared()), "(the same cause as at internal/http/invoices.go:42)")

	assert.Contains(t, render("html", shared()), "2 errors of 1 cause, ")
	assert.Contains(t, render("html", shared()), "The same cause at 1 place more: <code>internal/http/invoices.go:61</code>.")
	assert.Contains(t, render("html", shared()), "The same cause as at <code>internal/http/invoices.go:42</code>, where it is told.")
	assert.NotContains(t, render("html", apart), "same cause")

	known := shared()
	known.Findings[0].Known, known.Baseline = true, "baseline"
	for _, format := range []string{"github", "gitlab", "junit"} {
		assert.Contains(t, render(format, known), "invoices.organization_id is not bound", "%s: what is new is told, whatever is known of the same cause", format)
		assert.NotContains(t, render(format, known), "same cause", format)
	}
}
