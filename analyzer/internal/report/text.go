// Package report renders what a run found: text for people, JSON for programs.
//
// In go plain records ([finding.Run], a catalogue); out come bytes. Each format
// is a pure function of the records, so each is tested without any analysis.
//
// It cannot see source files: it prints no code lines.
package report

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
)

// TextOptions say how much is written, and how.
type TextOptions struct {
	All   bool // every call with its verdict, and no list cut short
	Quiet bool // findings and the result alone
	Color bool // for a terminal
}

// Text writes findings with their steps, unproven calls by reason, questions, what is
// wrong with the set-up, and the summary. The error is that of the writer; nothing is
// written in parts.
func Text(w io.Writer, run *finding.Run) error { return TextOptions{}.Write(w, run) }

// TextAll writes what Text does, and before it every call with its verdict: the
// whole account, for who wants to see that no call is missing.
func TextAll(w io.Writer, run *finding.Run) error { return TextOptions{All: true}.Write(w, run) }

// Write puts the page together. Findings come first because a person who scrolls up
// from the end of a terminal sees the summary, and one who pipes it sees them.
func (o TextOptions) Write(w io.Writer, run *finding.Run) error {
	t := &page{run: run, all: o.All, color: o.Color}
	if o.Quiet {
		t.findings()
		t.line("result:        %s", result(run))
	} else {
		t.whole()
	}
	if _, err := io.WriteString(w, t.b.String()); err != nil {
		return fmt.Errorf("writing text: %w", err)
	}
	return nil
}

// whole writes all parts.
func (t *page) whole() {
	if t.all {
		t.calls()
	}
	if n, of := t.flood(); n > 0 {
		t.line("%d of %d calls on tables of a tenant are errors: see first that the tables are understood, and answer the questions", n, of)
		t.assumed()
		t.questions()
		t.gap()
		t.findings()
		t.unproven()
		t.setup()
	} else {
		t.findings()
		t.unproven()
		t.questions()
		t.setup()
		t.assumed()
	}
	t.counts()
	t.next()
}

// floodShare is the share of errors, in percent of the calls on tables of a
// tenant, above which the cause is rather the set-up than so many mistakes;
// floodCalls is the least number of them that make a flood.
const (
	floodShare = 40
	floodCalls = 10
)

// flood counts the calls with an error if they are so many, out of how many; else
// it is 0.
func (t *page) flood() (errors, of int) {
	sure := map[string]bool{}
	for i := range t.run.Findings {
		if f := &t.run.Findings[i]; f.Tier == finding.Error && f.Shown() {
			sure[f.Fingerprint] = true
		}
	}
	for i := range t.run.Calls {
		if slices.ContainsFunc(t.run.Calls[i].Findings, func(f string) bool { return sure[f] }) {
			errors++
		}
	}
	of = t.run.Summary.Calls - t.run.Summary.NoTable
	if errors < floodCalls || errors*100 <= of*floodShare {
		return 0, of
	}
	return errors, of
}

// page is a text report in the making. Everything is gathered before it is
// written, so that paragraphs can be told apart by whether there is text before.
type page struct {
	run *finding.Run
	all bool
	b   strings.Builder

	color bool
}

// line writes one line; what came from elsewhere cannot break it.
func (t *page) line(format string, args ...any) {
	line := plain.Line(fmt.Sprintf(format, args...))
	if t.color {
		line = painted(line)
	}
	t.b.WriteString(line + "\n")
}

// inks are the colours of the words that a line begins with, behind its place.
var inks = map[string]string{"error": "31;1", "warning": "33;1", "unproven": "33", "setup": "35", "question": "36", "result": "1"}

var inked = regexp.MustCompile(`^((?:\S+:\d+(?::\d+)?: )?)(error|warning|unproven|setup|question|result)(:.*)$`)

// painted is a line with the word that says what it is in colour.
func painted(line string) string {
	m := inked.FindStringSubmatch(line)
	if m == nil {
		return line
	}
	return m[1] + "\x1b[" + inks[m[2]] + "m" + m[2] + "\x1b[0m" + m[3]
}

// gap separates paragraphs.
func (t *page) gap() {
	if t.b.Len() > 0 {
		t.b.WriteString("\n")
	}
}

// calls lists every call with its verdict, also those that no program reaches.
func (t *page) calls() {
	for i := range t.run.Calls {
		c := &t.run.Calls[i]
		t.line("%s:%d:%d: %s", c.File, c.Line, c.Column, describe(c))
	}
	if len(t.run.Calls) > 0 {
		t.gap()
	}
}

// describe is the verdict of a call in words: the reason, what is particular to
// it, the tables, and what the proof assumes.
func describe(c *finding.Call) string {
	s := string(c.Verdict)
	if c.Reason != "" {
		s += ": " + c.Reason
	}
	if c.Detail != "" {
		s += " (" + c.Detail + ")"
	}
	if len(c.Tables) > 0 {
		s += " [" + strings.Join(c.Tables, ", ") + "]"
	}
	// A proof is worth what it assumes, so both stand in one line.
	if len(c.Assumes) > 0 {
		s += " assuming " + strings.Join(c.Assumes, "; ")
	}
	if c.Soft() {
		s += " (unconfirmed: " + strings.Join(c.Unconfirmed, "; ") + ")"
	}
	return s
}

// findings prints each finding in the form file:line:column that editors jump to,
// with the path from the client's value to the statement below it.
func (t *page) findings() {
	for _, root := range t.run.Roots() {
		if !root.Shown() {
			continue
		}
		t.finding(root.Finding)
		if t.all {
			for _, f := range root.Others {
				t.finding(f)
			}
			continue
		}
		t.others(root.Others)
	}
}

// finding writes one, with its steps.
func (t *page) finding(f *finding.Finding) {
	t.line("%s:%d:%d: %s: %s (%s)", f.File, f.Line, f.Column, f.Tier, f.Message, f.Rule)
	for _, s := range f.Steps {
		t.line("    %s:%d: %s", s.File, s.Line, s.Message)
	}
}

// others lists the places of what has the same cause.
func (t *page) others(list []*finding.Finding) {
	if len(list) == 0 {
		return
	}
	t.line("    the same cause at %s more:", plural(len(list), "place"))
	for i, f := range list {
		if i == most {
			t.line("        %d more, listed by --all", len(list)-i)
			return
		}
		in := ""
		if f.Function != "" {
			in = " in " + f.Function[strings.LastIndex(f.Function, "/")+1:]
		}
		t.line("        %s:%d: %s%s", f.File, f.Line, f.Table, in)
	}
}

// unproven lists the calls of which nothing can be said, by reason, commonest first: a
// number without places is nothing that a person can act on.
func (t *page) unproven() {
	byReason := map[string][]*finding.Call{}
	var reasons []string
	for i := range t.run.Calls {
		c := &t.run.Calls[i]
		if !c.Open() {
			continue
		}
		if byReason[c.Reason] == nil {
			reasons = append(reasons, c.Reason)
		}
		byReason[c.Reason] = append(byReason[c.Reason], c)
	}
	slices.SortStableFunc(reasons, func(a, b string) int { return len(byReason[b]) - len(byReason[a]) })
	for i, reason := range reasons {
		if i == 0 {
			t.gap()
		}
		t.unprovenFor(reason, byReason[reason])
	}
}

// unprovenFor lists the calls of one reason.
func (t *page) unprovenFor(reason string, calls []*finding.Call) {
	t.line("unproven: %s (%s)", reason, plural(len(calls), "call"))
	for i, c := range calls {
		if i == most && !t.all {
			t.line("    %d more, listed by --all", len(calls)-i)
			return
		}
		what := c.Statement
		if what == "" {
			what = "in " + c.Function[strings.LastIndex(c.Function, "/")+1:]
		}
		if c.Detail != "" {
			what += " (" + c.Detail + ")"
		}
		t.line("    %s:%d:%d: %s", c.File, c.Line, c.Column, what)
	}
}

// questions prints what one line of settings would answer, and that line: to say
// no is to leave it out.
func (t *page) questions() {
	for _, q := range t.run.Questions {
		t.gap()
		if q.File != "" {
			t.line("%s:%d: question: %s", q.File, q.Line, q.Text)
		} else {
			t.line("question: %s", q.Text)
		}
		if q.Setting != "" {
			t.line("    yes: add to .tenantvet.yml: %s", q.Setting)
		}
	}
}

// setup prints what is wrong with the set-up; where a file is to blame it stands
// in front, like that of a finding.
func (t *page) setup() {
	if len(t.run.Setup) > 0 {
		t.gap()
	}
	for _, s := range t.run.Setup {
		switch {
		case s.File == "":
			t.line("setup: %s", s.Message)
		case s.Line == 0:
			t.line("%s: setup: %s", s.File, s.Message)
		default:
			t.line("%s:%d: setup: %s", s.File, s.Line, s.Message)
		}
	}
}
