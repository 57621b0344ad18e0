package ci

import (
	"encoding/json"
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
// branch, so unproven calls are in it, too. The error is that of the writer.
func GitLab(w io.Writer, run *finding.Run) error {
	out := []quality{}
	for _, f := range shown(run) {
		out = append(out, quality{plain.Line(f.Message), f.Rule, f.Fingerprint, severities[f.Tier], location{run.Path(f.File), lines{max(f.Line, 1)}}})
	}
	for i := range run.Calls {
		if c := &run.Calls[i]; c.Open() {
			out = append(out, quality{plain.Line("unproven: " + c.Reason), "unproven", c.Fingerprint, "info", location{run.Path(c.File), lines{max(c.Line, 1)}}})
		}
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return fmt.Errorf("writing the Code Quality report: %w", err)
	}
	return nil
}
