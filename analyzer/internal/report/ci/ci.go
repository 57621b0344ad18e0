// Package ci renders a run for the services that run checks on a change: annotations and
// a job summary of GitHub, a Code Quality report of GitLab, JUnit's XML.
//
// In goes the document; out comes what the service reads. Files are relative to the top
// of the repository. What a person is not to act on, because the baseline holds it or
// the settings exclude it, is left out, but for counts.
//
// It cannot see which lines a change touches; the services show what is on them.
package ci

import (
	"fmt"
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
)

// written hands a whole page to the writer.
func written(w io.Writer, page string) error {
	if _, err := io.WriteString(w, page); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// shown are the findings that a person is to act on.
func shown(run *finding.Run) []*finding.Finding {
	var out []*finding.Finding
	for i := range run.Findings {
		if run.Findings[i].Shown() {
			out = append(out, &run.Findings[i])
		}
	}
	return out
}

// path is the path of a finding, a step a line.
func path(run *finding.Run, f *finding.Finding) string {
	var b strings.Builder
	for _, s := range f.Steps {
		b.WriteString(plain.Line(fmt.Sprintf("%s:%d: %s", run.Path(s.File), s.Line, s.Message)) + "\n")
	}
	return b.String()
}
