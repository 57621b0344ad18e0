package report

import (
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/ci"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/html"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/sarif"
)

// Format is a way to render a run: a pure function of the document.
type Format struct {
	Name  string
	Title string
	Write func(io.Writer, *finding.Run) error
}

// Formats are all formats, in the order in which help lists them.
func Formats() []Format {
	return []Format{
		{"text", "for people", Text},
		{"json", "the whole document; docs/json.md describes it", JSON},
		{"sarif", "SARIF 2.1.0, for code scanning", sarif.Write},
		{"github", "annotations of a workflow, and a job summary", ci.GitHub},
		{"gitlab", "a Code Quality report", ci.GitLab},
		{"junit", "a test for each call, as JUnit's XML", ci.JUnit},
		{"html", "the audit: one page with every call, for people who answer for the program", html.Write},
	}
}

// FormatOf finds a format by name, nil if there is none.
func FormatOf(name string) *Format {
	for _, f := range Formats() {
		if f.Name == name {
			return &f
		}
	}
	return nil
}

// FormatNames are the names of all formats, as a sentence lists them.
func FormatNames() string {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}
