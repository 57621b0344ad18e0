package fix

import (
	"slices"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// A Target is a finding, and the place of the call that runs its statement, with absolute
// files.
type Target struct {
	*finding.Finding
	Call finding.Place
}

// Targets are the findings of a run that a person is to see and that belong to a call; abs
// gives the absolute path of a file of the run.
func Targets(run *finding.Run, abs func(string) string) []Target {
	calls := map[string]finding.Place{} // by fingerprint of a finding
	for _, c := range run.Calls {
		for _, f := range c.Findings {
			calls[f] = c.Place
		}
	}
	var out []Target
	for _, f := range run.Findings {
		call, ok := calls[f.Fingerprint]
		if !ok || !f.Shown() {
			continue
		}
		call.File, f.File = abs(call.File), abs(f.File)
		out = append(out, Target{&f, call})
	}
	return out
}

// Edited is the file that a fix changes.
func (t Target) Edited() string {
	if t.Rule == "request-tenant" {
		return t.File
	}
	return t.Call.File
}

// mendable reports whether the finding is about a table with a column of the tenant. What reads
// the tenants themselves, by their id, mostly means to read others.
func (t Target) mendable() bool {
	name := trust.Norm(t.ColumnName)
	return name != "" && name != "id"
}

// Holds reports whether a program that was analysed before and after a fix has none of the
// findings that it was to mend, and is nowhere worse: no call has a worse verdict, no finding
// is new, nothing hides a call that did not before, and none is gone, because a statement that
// runs no more has no finding either. A fix shifts no line; rel gives the path of a file in the
// run.
func Holds(before, after *finding.Run, rel func(string) string, mended ...Target) bool {
	for _, t := range mended {
		if there(after, rel(t.File), t.Finding) {
			return false
		}
	}
	verdicts := map[string]finding.Verdict{}
	for _, c := range before.Calls {
		at := c.File + ":" + strconv.Itoa(c.Line)
		if v, ok := verdicts[at]; !ok || c.Verdict.Worse(v) {
			verdicts[at] = c.Verdict
		}
	}
	left := map[string]bool{}
	for _, c := range after.Calls {
		at := c.File + ":" + strconv.Itoa(c.Line)
		v, ok := verdicts[at]
		if !ok || c.Verdict.Worse(v) {
			return false
		}
		left[at] = true
	}
	if len(left) != len(verdicts) {
		return false
	}
	for i := range after.Findings {
		f := &after.Findings[i]
		if !there(before, f.File, f) {
			return false
		}
	}
	return !slices.ContainsFunc(after.Setup, func(s finding.Setup) bool { return s.Hollow && !slices.Contains(before.Setup, s) })
}

// there reports whether a finding is there, by its place: its fingerprint knows the text of
// the statement, which a fix changes.
func there(run *finding.Run, file string, f *finding.Finding) bool {
	return slices.ContainsFunc(run.Findings, func(x finding.Finding) bool {
		return x.Rule == f.Rule && x.Table == f.Table && x.File == file && x.Line == f.Line
	})
}
