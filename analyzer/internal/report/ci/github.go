package ci

import (
	"fmt"
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
)

// GitHub writes workflow commands: an annotation for each cause, with its path and its other
// places, and for each message about the set-up. GitHub shows few annotations of a step. The
// error is that of the writer.
func GitHub(w io.Writer, run *finding.Run) error {
	var b strings.Builder
	for _, f := range shown(run) {
		text := plain.Line(f.Message) + "\n\n" + path(run, f.Finding) + others(run, f, "")
		fmt.Fprintf(&b, "::%s file=%s,line=%d%s,title=%s::%s\n", f.Tier, property(run.Path(f.File)), max(f.Line, 1), ends(f.Finding), property("tenantvet "+f.Rule), data(strings.TrimRight(text, "\n")))
	}
	for _, s := range run.Setup {
		level := "notice"
		if s.Hollow {
			level = "warning"
		}
		place := ""
		if s.File != "" {
			place = fmt.Sprintf("file=%s,line=%d,", property(run.Path(s.File)), max(s.Line, 1))
		}
		fmt.Fprintf(&b, "::%s %stitle=tenantvet setup::%s\n", level, place, data(plain.Line(s.Message)))
	}
	if open := opened(run); open > 0 {
		fmt.Fprintf(&b, "::notice title=tenantvet::%s\n", data(amount(open, "call")+" unproven; the job summary lists the reasons"))
	}
	return written(w, b.String())
}

// ends is where the range of a finding ends, as far as an annotation can say it: columns
// count only within one line.
func ends(f *finding.Finding) string {
	switch {
	case f.EndLine == 0:
		return fmt.Sprintf(",col=%d", f.Column)
	case f.EndLine == f.Line:
		return fmt.Sprintf(",endLine=%d,col=%d,endColumn=%d", f.EndLine, f.Column, f.EndColumn)
	}
	return fmt.Sprintf(",endLine=%d", f.EndLine)
}

// data escapes the text of a command: a line that came from a file must not begin one.
func data(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(s)
}

// property escapes the value of a property.
func property(s string) string {
	return strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C").Replace(s)
}

// opened counts the unproven calls that are not known from before.
func opened(run *finding.Run) int {
	return run.Summary.Unproven - run.Summary.KnownUnproven
}

func amount(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// GitHubSummary writes the summary of a job in Markdown. The error is that of the writer.
func GitHubSummary(w io.Writer, run *finding.Run) error {
	var b strings.Builder
	s := &run.Summary
	fmt.Fprintf(&b, "## tenantvet: %s%s, %s, %s unproven\n\n", amount(s.Errors, "error"), causes(run), amount(s.Warnings, "warning"), amount(opened(run), "call"))
	if list := shown(run); len(list) > 0 {
		b.WriteString("| | place | finding | rule |\n|---|---|---|---|\n")
		for _, f := range list {
			places := []string{cell(place(run, f.Finding))}
			for _, x := range f.Others {
				places = append(places, cell(place(run, x)))
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", f.Tier, strings.Join(places, "<br>"), cell(f.Message), f.Rule)
		}
		b.WriteString("\n")
	}
	for _, x := range run.Setup {
		fmt.Fprintf(&b, "* setup: %s\n", cell(x.Message))
	}
	if len(run.Setup) > 0 {
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "| calls | proved | excused | with findings | unproven |\n|---|---|---|---|---|\n| %d | %d | %d | %d | %d |\n", s.Calls, s.Proved, s.Excused, s.Found, s.Unproven)
	if s.Percent != nil {
		fmt.Fprintf(&b, "\n%d %% of the calls on tables of a tenant are proved.\n", *s.Percent)
	}
	if s.Known+s.KnownUnproven+s.Excluded > 0 {
		fmt.Fprintf(&b, "\nThe baseline holds %s and %s unproven; the settings exclude %s.\n", amount(s.Known, "finding"), amount(s.KnownUnproven, "call"), amount(s.Excluded, "finding"))
	}
	for i, r := range s.Reasons {
		if i == 0 {
			b.WriteString("\n| calls | verdict | reason |\n|---|---|---|\n")
		}
		fmt.Fprintf(&b, "| %d | %s | %s |\n", r.Calls, r.Verdict, cell(r.Reason))
	}
	return written(w, b.String())
}

// causes says how few causes the errors have, where they are fewer.
func causes(run *finding.Run) string {
	if n := run.Causes(); n != run.Summary.Errors {
		return " of " + amount(n, "cause")
	}
	return ""
}

// cell escapes a text for a cell of a table in Markdown.
func cell(s string) string {
	return strings.NewReplacer("\\", "\\\\", "|", "\\|", "<", "&lt;", "`", "'", "*", "\\*", "[", "\\[").Replace(plain.Line(s))
}
