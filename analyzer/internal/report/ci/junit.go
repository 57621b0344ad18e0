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
// is skipped if it is unproven, or if the test of another call fails with the same cause, and
// passes otherwise. Findings that belong to no call are tests, too. The error is that of the
// writer.
func JUnit(w io.Writer, run *finding.Run) error {
	j := &tests{run: run, roots: map[string]finding.Root{}, others: map[string]finding.Root{}}
	for _, r := range shown(run) {
		j.roots[r.Fingerprint] = r
		for _, f := range r.Others {
			j.others[f.Fingerprint] = r
		}
	}
	var suites junit.Testsuites
	suites.Name = "tenantvet"
	for _, file := range j.files() {
		suite := junit.Testsuite{Name: run.Path(file), ID: len(suites.Suites), Time: "0"}
		for i := range run.Calls {
			if c := &run.Calls[i]; c.File == file && (c.Reached || c.Verdict == finding.Unproven) {
				suite.AddTestcase(j.ofCall(c))
			}
		}
		for i := range run.Findings {
			if f := &run.Findings[i]; f.File == file && f.Shown() && !hasCall(run, f) {
				suite.AddTestcase(j.ofFinding(f))
			}
		}
		if suite.Tests > 0 {
			suites.AddSuite(suite)
		}
	}
	suites.Skipped = 0 // each suite has its count; Jenkins' schema knows none of them all
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	if err := suites.WriteXML(w); err != nil {
		return fmt.Errorf("writing JUnit: %w", err)
	}
	return nil
}

// tests makes the tests of a run.
type tests struct {
	run    *finding.Run
	roots  map[string]finding.Root // by fingerprint of the first finding of a cause
	others map[string]finding.Root // by those of the others
}

// files are the files with calls or findings, sorted.
func (j *tests) files() []string {
	var out []string
	for i := range j.run.Calls {
		out = append(out, j.run.Calls[i].File)
	}
	for i := range j.run.Findings {
		out = append(out, j.run.Findings[i].File)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// hasCall reports whether a call has the finding.
func hasCall(run *finding.Run, f *finding.Finding) bool {
	return slices.ContainsFunc(run.Calls, func(c finding.Call) bool { return slices.Contains(c.Findings, f.Fingerprint) })
}

// ofCall is the test of a call.
func (j *tests) ofCall(c *finding.Call) junit.Testcase {
	out := junit.Testcase{Classname: j.run.Path(c.File), Name: fmt.Sprintf("%d:%d %s", c.Line, c.Column, plain.Line(c.Statement))}
	if j.outcome(&out, c.Findings); out.Failure == nil && out.Skipped == nil && c.Open() {
		out.Skipped = &junit.Result{Message: plain.Line("unproven: " + c.Reason)}
	}
	return out
}

// ofFinding is the test of a finding that belongs to no call.
func (j *tests) ofFinding(f *finding.Finding) junit.Testcase {
	out := junit.Testcase{Classname: j.run.Path(f.File), Name: fmt.Sprintf("%d:%d %s", f.Line, f.Column, f.Rule)}
	j.outcome(&out, []string{f.Fingerprint})
	return out
}

// outcome is what findings make of a test.
func (j *tests) outcome(out *junit.Testcase, fingerprints []string) {
	var text strings.Builder
	for _, print := range fingerprints {
		if r, ok := j.roots[print]; ok {
			if out.Failure == nil {
				out.Failure = &junit.Result{Type: r.Rule, Message: plain.Line(r.Message)}
			}
			text.WriteString(described(j.run, r))
		}
	}
	if out.Failure != nil {
		out.Failure.Data = text.String()
		return
	}
	for _, print := range fingerprints {
		if r, ok := j.others[print]; ok {
			out.Skipped = &junit.Result{Message: plain.Line(fmt.Sprintf("%s with the same cause as at %s: %s (%s)", r.Tier, place(j.run, r.Finding), r.Message, r.Rule))}
			return
		}
	}
}

// described is a cause with its path and its places.
func described(run *finding.Run, r finding.Root) string {
	line := fmt.Sprintf("%s:%d:%d: %s: %s (%s)", run.Path(r.File), r.Line, r.Column, r.Tier, r.Message, r.Rule)
	return plain.Line(line) + "\n" + path(run, r.Finding) + others(run, r, "    ")
}
