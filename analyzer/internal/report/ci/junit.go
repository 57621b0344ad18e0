package ci

import (
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/jstemmer/go-junit-report/v2/junit"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
)

// JUnit writes a test for each call that is reached: it fails with an error or a warning,
// is skipped if it is unproven, and passes otherwise. Findings that belong to no call
// are tests, too. The error is that of the writer.
func JUnit(w io.Writer, run *finding.Run) error {
	byFingerprint := map[string]*finding.Finding{}
	for _, f := range shown(run) {
		byFingerprint[f.Fingerprint] = f
	}
	var suites junit.Testsuites
	suites.Name = "tenantvet"
	for _, file := range filesOf(run) {
		suite := junit.Testsuite{Name: run.Path(file), ID: len(suites.Suites), Time: "0"}
		for i := range run.Calls {
			if c := &run.Calls[i]; c.File == file && (c.Reached || c.Verdict == finding.Unproven) {
				suite.AddTestcase(callCase(run, c, byFingerprint))
			}
		}
		for _, f := range shown(run) {
			if f.File == file && !ofCall(run, f) {
				suite.AddTestcase(findingCase(run, f))
			}
		}
		if suite.Tests > 0 {
			suites.AddSuite(suite)
		}
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	if err := suites.WriteXML(w); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	return nil
}

// filesOf are the files with calls or findings, sorted.
func filesOf(run *finding.Run) []string {
	var out []string
	for i := range run.Calls {
		out = append(out, run.Calls[i].File)
	}
	for _, f := range shown(run) {
		out = append(out, f.File)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// ofCall reports whether a call has the finding.
func ofCall(run *finding.Run, f *finding.Finding) bool {
	return slices.ContainsFunc(run.Calls, func(c finding.Call) bool { return slices.Contains(c.Findings, f.Fingerprint) })
}

// callCase is the test of a call.
func callCase(run *finding.Run, c *finding.Call, findings map[string]*finding.Finding) junit.Testcase {
	out := junit.Testcase{Classname: run.Path(c.File), Name: fmt.Sprintf("%d:%d %s", c.Line, c.Column, plain.Line(c.Statement))}
	var failed []*finding.Finding
	for _, print := range c.Findings {
		if f := findings[print]; f != nil {
			failed = append(failed, f)
		}
	}
	switch {
	case len(failed) > 0:
		var text strings.Builder
		for _, f := range failed {
			text.WriteString(described(run, f))
		}
		out.Failure = &junit.Result{Type: failed[0].Rule, Message: plain.Line(failed[0].Message), Data: text.String()}
	case c.Open():
		out.Skipped = &junit.Result{Message: plain.Line("unproven: " + c.Reason)}
	}
	return out
}

// findingCase is the test of a finding that belongs to no call.
func findingCase(run *finding.Run, f *finding.Finding) junit.Testcase {
	return junit.Testcase{
		Classname: run.Path(f.File), Name: fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Rule),
		Failure: &junit.Result{Type: f.Rule, Message: plain.Line(f.Message), Data: described(run, f)},
	}
}

// described is a finding with its path.
func described(run *finding.Run, f *finding.Finding) string {
	line := fmt.Sprintf("%s:%d:%d: %s: %s (%s)", run.Path(f.File), f.Line, f.Column, f.Tier, f.Message, f.Rule)
	return plain.Line(line) + "\n" + path(run, f)
}
