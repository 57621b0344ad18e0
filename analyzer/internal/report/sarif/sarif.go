// Package sarif renders a run as SARIF 2.1.0, which code scanning of GitHub, editors
// and collectors of results read.
//
// In goes the document; out comes a log with one run: the rules with their help, each
// finding with the path from the request to the statement as a code flow, what was wrong
// with the set-up as notifications. Files are relative to the top of the repository.
//
// Invariant: every log is valid by the schema of OASIS; equal documents have equal bytes.
//
// It cannot see sources: columns are bytes, where SARIF counts UTF-16 units, which
// differs on lines with other than ASCII before the place.
package sarif

import (
	"fmt"
	"io"
	"net/url"
	"strconv"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
)

// home is where the rules have their pages.
const home = "https://github.com/tenantvet/tenantvet"

// fingerprintKey names the kind of our fingerprints; it changes when they do.
const fingerprintKey = "tenantvet/v1"

// Write writes the run as a log. The error is that of the writer.
func Write(w io.Writer, run *finding.Run) error {
	if err := plain.WriteJSON(w, log(run)); err != nil {
		return fmt.Errorf("writing SARIF: %w", err)
	}
	return nil
}

// log is the run in SARIF's terms.
func log(run *finding.Run) *sarif.Report {
	c := &converter{run: run, index: map[string]int{}}
	r := sarif.NewRun()
	r.Tool = sarif.NewTool().WithDriver(c.driver())
	for _, root := range run.Roots() {
		r.Results = append(r.Results, c.result(root.Finding, root.Others))
		for _, f := range root.Others {
			r.Results = append(r.Results, c.result(f, []*finding.Finding{root.Finding}))
		}
	}
	r.Invocations = append(r.Invocations, c.invocation())
	report := sarif.NewReport()
	report.Runs = append(report.Runs, r)
	return report
}

// converter makes the parts of one log.
type converter struct {
	run   *finding.Run
	index map[string]int // of rules
}

// driver is this program with its rules.
func (c *converter) driver() *sarif.ToolComponent {
	d := sarif.NewToolComponent().WithName("tenantvet").WithInformationURI(home).WithVersion(c.run.Version)
	d.ShortDescription = plainText("keeps database calls inside the caller's tenant")
	for i, r := range finding.Rules() {
		c.index[r.Name] = i
		d.Rules = append(d.Rules, descriptor(&r))
	}
	return d
}

// descriptor is a rule: help for a person, and tags and a severity for code scanning.
func descriptor(r *finding.Rule) *sarif.ReportingDescriptor {
	d := sarif.NewRule(r.Name).WithName(r.Name).WithHelpURI(home + "/blob/main/docs/rules/" + r.Name + ".md")
	d.ShortDescription, d.FullDescription = plainText(r.Title), plainText(r.Text)
	d.Help = plainText(r.Text)
	d.Help.WithMarkdown(fmt.Sprintf("%s\n\nBefore:\n\n```\n%s\n```\n\nAfter:\n\n```\n%s\n```\n", r.Text, r.Before, r.After))
	d.DefaultConfiguration = sarif.NewReportingConfiguration().WithLevel(string(finding.Error))
	p := sarif.NewPropertyBag().Add("security-severity", r.Severity).Add("precision", "high").Add("problem.severity", "error")
	p.WithTags([]string{"security"})
	for _, cwe := range r.CWE {
		p.AddTag("external/cwe/cwe-" + strconv.Itoa(cwe))
	}
	return d.WithProperties(p)
}

func plainText(text string) *sarif.MultiformatMessageString {
	return sarif.NewMultiformatMessageString().WithText(text)
}

// result is a finding. What the baseline knows is unchanged, what the settings exclude is
// suppressed with their reason; without a baseline all is left open.
func (c *converter) result(f *finding.Finding, others []*finding.Finding) *sarif.Result {
	r := sarif.NewRuleResult(f.Rule).WithLevel(string(f.Tier)).WithMessage(message(f.Message))
	if i, ok := c.index[f.Rule]; ok {
		r.RuleIndex = i
	}
	at := c.location(f.File, region(&f.Place))
	r.Locations = append(r.Locations, at)
	r.PartialFingerprints = map[string]string{fingerprintKey: f.Fingerprint}
	if len(f.Steps) > 0 {
		r.CodeFlows = append(r.CodeFlows, c.codeFlow(f))
	}
	for _, x := range others {
		at := c.location(x.File, region(&x.Place))
		at.Message = message("has the same cause")
		r.RelatedLocations = append(r.RelatedLocations, at)
	}
	if c.run.Baseline != "" {
		state := "new"
		if f.Known {
			state = "unchanged"
		}
		r.BaselineState = &state
	}
	if f.Excluded != "" {
		r.Suppressions = append(r.Suppressions, sarif.NewSuppression().WithKind("external").WithJustification(f.Excluded))
	}
	return r
}

// codeFlow is the path from the request to the statement.
func (c *converter) codeFlow(f *finding.Finding) *sarif.CodeFlow {
	flow := sarif.NewThreadFlow()
	for i, s := range f.Steps {
		at := c.location(s.File, sarif.NewRegion().WithStartLine(s.Line))
		at.Message = message(s.Message)
		step := sarif.NewThreadFlowLocation().WithLocation(at).WithExecutionOrder(i + 1)
		step.Importance = "important"
		if i == 0 || i == len(f.Steps)-1 {
			step.Importance = "essential"
		}
		flow.Locations = append(flow.Locations, step)
	}
	out := sarif.NewCodeFlow()
	out.ThreadFlows = append(out.ThreadFlows, flow)
	return out
}

// location is a place below the top of the repository.
func (c *converter) location(file string, region *sarif.Region) *sarif.Location {
	uri := sarif.NewSimpleArtifactLocation(escaped(c.run.Path(file))).WithURIBaseID("%SRCROOT%")
	return sarif.NewLocationWithPhysicalLocation(sarif.NewPhysicalLocation().WithArtifactLocation(uri).WithRegion(region))
}

// region is the range of a place.
func region(p *finding.Place) *sarif.Region {
	r := sarif.NewRegion().WithStartLine(max(p.Line, 1))
	if p.Column > 0 {
		r.WithStartColumn(p.Column)
	}
	if p.EndLine > 0 {
		r.WithEndLine(p.EndLine).WithEndColumn(p.EndColumn)
	}
	return r
}

// invocation says what was wrong with the set-up, and how many calls could not be
// judged: no finding says it, and a reader of results alone must not miss it.
func (c *converter) invocation() *sarif.Invocation {
	v := sarif.NewInvocation().WithExecutionSuccessful(!c.run.Blind())
	for _, s := range c.run.Setup {
		level := "note"
		if s.Hollow {
			level = "warning"
		}
		n := sarif.NewNotification().WithLevel(level).WithMessage(message(s.Message))
		if s.File != "" {
			n.Locations = append(n.Locations, c.location(s.File, sarif.NewRegion().WithStartLine(max(s.Line, 1))))
		}
		v.ToolConfigurationNotifications = append(v.ToolConfigurationNotifications, n)
	}
	for i := range c.run.Calls {
		x := &c.run.Calls[i]
		if !x.Open() {
			continue
		}
		n := sarif.NewNotification().WithLevel("note").WithMessage(message("unproven: " + x.Reason))
		n.Locations = append(n.Locations, c.location(x.File, region(&x.Place)))
		v.ToolExecutionNotifications = append(v.ToolExecutionNotifications, n)
	}
	return v
}

// message is a text that a viewer can print.
func message(text string) *sarif.Message { return sarif.NewTextMessage(plain.Line(text)) }

// escaped is a path as a URI: what is no plain character of one is escaped.
func escaped(file string) string { return (&url.URL{Path: file}).EscapedPath() }
