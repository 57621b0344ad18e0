package report

import (
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// Why writes all that is known of some calls: the verdict and what it means, each
// statement that may run with its proof, what it rests on, and the findings with their
// paths. The error is that of the writer.
func Why(w io.Writer, run *finding.Run, calls []*finding.Call) error {
	t := &page{run: run, all: true}
	for i, c := range calls {
		if i > 0 {
			t.gap()
		}
		t.why(c)
	}
	return written(w, t.b.String())
}

// why writes one call.
func (t *page) why(c *finding.Call) {
	t.line("%s:%d:%d: %s", c.File, c.Line, c.Column, describe(c))
	t.line("in:            %s", c.Function)
	if term := meaning(c); term != nil {
		t.line("which means:   %s", term.Title)
		if term.Do != "" {
			t.line("to do:         %s", term.Do)
		}
	}
	for _, s := range c.Statements {
		t.line("statement:")
		t.block(s.Text)
		if s.Proof != "" {
			t.line("proof:")
			t.block(s.Proof)
		}
	}
	for _, a := range c.Assumes {
		t.line("rests on:      %s", a)
	}
	for _, a := range c.Unconfirmed {
		t.line("unconfirmed:   %s", a)
	}
	for i := range t.run.Findings {
		f := &t.run.Findings[i]
		for _, print := range c.Findings {
			if print == f.Fingerprint {
				t.whyFinding(f)
			}
		}
	}
}

// whyFinding writes a finding with its path, and why it is not reported if it is not.
func (t *page) whyFinding(f *finding.Finding) {
	t.line("%s:%d:%d: %s: %s (%s)", f.File, f.Line, f.Column, f.Tier, f.Message, f.Rule)
	for _, s := range f.Steps {
		t.line("    %s:%d: %s", s.File, s.Line, s.Message)
	}
	if f.Known {
		t.line("    not reported: known from %s", t.run.Baseline)
	}
	if f.Excluded != "" {
		t.line("    not reported: excluded: %s", f.Excluded)
	}
	t.line("    fingerprint %s; read `tenantvet explain %s`", f.Fingerprint, f.Rule)
}

// block writes a text of several lines, indented.
func (t *page) block(text string) {
	for line := range strings.Lines(strings.Trim(text, "\n")) {
		t.line("    %s", strings.ReplaceAll(strings.TrimRight(line, "\n"), "\t", "    "))
	}
}

// meaning is what the verdict of a call says to who does not know the word.
func meaning(c *finding.Call) *finding.Term {
	switch c.Verdict {
	case finding.Unproven:
		return finding.ReasonTerm(c.Reason)
	case finding.Excused:
		if e := finding.ExcuseOf(c.Reason); e != nil {
			return &finding.Term{Name: e.Name, Title: e.Title}
		}
	}
	return finding.TermOf(string(c.Verdict))
}
