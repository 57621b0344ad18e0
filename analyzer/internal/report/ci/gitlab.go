package ci

import (
	"fmt"
	"io"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
)

// quality is a problem in a Code Quality report.
type quality struct {
	Description string   `json:"description"`
	CheckName   string   `json:"check_name"`
	Fingerprint string   `json:"fingerprint"`
	Severity    string   `json:"severity"`
	Location    location `json:"location"`
}

type location struct {
	Path  string `json:"path"`
	Lines lines  `json:"lines"`
}

type lines struct {
	Begin int `json:"begin"`
}

// severities are our tiers in GitLab's words.
var severities = map[finding.Tier]string{finding.Error: "critical", finding.Warning: "minor"}

// GitLab writes a Code Quality report. GitLab compares it with that of the target
// branch, so unproven calls are in it, too, and each place of a cause: one that is new must
// not be hidden by those that are known. The error is that of the writer.
func GitLab(w io.Writer, run *finding.Run) error {
	out := []quality{}
	add := func(f *finding.Finding, text string) {
		out = append(out, quality{plain.Line(text), f.Rule, f.Fingerprint, severities[f.Tier], location{run.Path(f.File), lines{max(f.Line, 1)}}})
	}
	for _, r := range shown(run) {
		add(r.Finding, r.Message)
		for _, f := range r.Others {
			add(f, f.Message+" (the same cause as at "+place(run, r.Finding)+")")
		}
	}
	for i := range run.Calls {
		if c := &run.Calls[i]; c.Open() {
			out = append(out, quality{plain.Line("unproven: " + c.Reason), "unproven", c.Fingerprint, "info", location{run.Path(c.File), lines{max(c.Line, 1)}}})
		}
	}
	if err := plain.WriteJSON(w, out); err != nil {
		return fmt.Errorf("writing the Code Quality report: %w", err)
	}
	return nil
}
