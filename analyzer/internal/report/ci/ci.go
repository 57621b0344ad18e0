// Package ci renders a run for the services that run checks on a change: annotations and
// a job summary of GitHub, a Code Quality report of GitLab, JUnit's XML.
//
// In goes the document; out comes what the service reads. Findings of one cause are one, with
// their places, but where the service compares two reports by fingerprints: a place that is
// new would be hidden behind one that is known. Files are relative to the top
// of the repository. What a person is not to act on, because the baseline holds it or
// the settings exclude it, is left out, but for counts.
//
// It cannot see which lines a change touches; the services show what is on them.
package ci

import (
	"fmt"
	"io"
	"slices"
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

// shown are the findings that a person is to act on, those of one cause together.
func shown(run *finding.Run) []finding.Root {
	return slices.DeleteFunc(run.Roots(), func(r finding.Root) bool { return !r.Shown() })
}

// path is the path of a finding, a step a line.
func path(run *finding.Run, f *finding.Finding) string {
	var b strings.Builder
	for _, s := range f.Steps {
		b.WriteString(plain.Line(fmt.Sprintf("%s:%d: %s", run.Path(s.File), s.Line, s.Message)) + "\n")
	}
	return b.String()
}

// others are the other places of a cause, each on a line that begins with indent; "" if there
// are none.
func others(run *finding.Run, r finding.Root, indent string) string {
	if len(r.Others) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("the same cause at " + amount(len(r.Others), "place") + " more:\n")
	for _, f := range r.Others {
		b.WriteString(indent + plain.Line(place(run, f)) + "\n")
	}
	return b.String()
}

// place is where a finding is.
func place(run *finding.Run, f *finding.Finding) string {
	return fmt.Sprintf("%s:%d", run.Path(f.File), max(f.Line, 1))
}
