package report

import (
	"fmt"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// The summary says how much the findings above it are worth.

// assumed says what everything rests on: the tenant column, the tables, and where
// they were read. It stands before the counts, because a share of calls that are
// proved means nothing to a reader who would disagree about the column.
func (t *page) assumed() {
	c := &t.run.Catalogue
	t.gap()
	if c.Column == "" {
		t.line("tenant column: none found%s", reason(c.Why))
	} else {
		t.line("tenant column: %s (%s confidence)%s", c.Column, c.Confidence, reason(c.Why))
	}
	if len(c.Tables) > 0 {
		t.line("tables:        %s", tenancies(c.Tables))
	}
	if len(c.Sources) > 0 {
		t.line("schema:        %s", strings.Join(c.Sources, ", "))
	}
	if len(t.run.Libraries) > 0 {
		t.line("libraries:     %s", strings.Join(t.run.Libraries, ", "))
	}
	for i := range t.run.Enforcers {
		t.line("enforced by:   %s", enforcer(&t.run.Enforcers[i]))
	}
}

// enforcer is a function that a library runs with statements, with the kinds of these: others
// escape it.
func enforcer(e *finding.Enforcer) string {
	out := e.Name + " (" + e.Place + ")"
	if len(e.Statements) > 0 {
		out += ", with each " + strings.Join(e.Statements, ", ")
	}
	if e.Why != "" {
		out += "; not understood: " + e.Why
	}
	return out
}

// reason appends why to a line, if there is something to say.
func reason(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

// tenancyOrder is the order in which tables are counted, as in the catalogue's own
// listing.
var tenancyOrder = [...]string{"root", "owned", "child", "membership", "shared"}

// tenancies counts tables by tenancy. A tenancy that no table has is left out: a
// schema without children is no worse for it.
func tenancies(tables []finding.Table) string {
	count := map[string]int{}
	for _, t := range tables {
		count[t.Tenancy]++
	}
	var parts []string
	for _, name := range tenancyOrder {
		if n := count[name]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, name))
		}
	}
	return strings.Join(parts, ", ")
}

// counts says how many calls were proved, and why the others were not.
func (t *page) counts() {
	s := &t.run.Summary
	if s.Calls == 0 {
		t.line("calls:         %s", noCalls(s))
		return
	}
	t.line("calls:         %d reached by a program: %s", s.Calls, verdicts(s))
	for _, r := range t.shown(s.Reasons) {
		t.line("    %5d %s: %s", r.Calls, r.Verdict, r.Reason)
	}
	t.rest(s.Reasons, "for other reasons")
	if s.NotReached > 0 {
		t.line("    %5d more that no program reaches", s.NotReached)
	}
	for _, a := range t.shown(s.Assumes) {
		t.line("    %5d rest on: %s", a.Calls, a.Reason)
	}
	t.rest(s.Assumes, "uses of other assumptions")
	t.unconfirmed()
}

// apart says what is not reported, and by whose word.
func (t *page) apart() {
	s := &t.run.Summary
	if t.run.Baseline != "" {
		t.line("baseline:      %s and %s unproven are known from %s", amount(s.Known, "finding"), amount(s.KnownUnproven, "call"), t.run.Baseline)
	}
	if s.Excluded > 0 {
		t.line("excluded:      %s by the settings", amount(s.Excluded, "finding"))
		count := map[string]int{}
		var order []string
		for i := range t.run.Findings {
			if why := t.run.Findings[i].Excluded; why != "" {
				if count[why]++; count[why] == 1 {
					order = append(order, why)
				}
			}
		}
		for _, why := range order {
			t.line("    %5d %s", count[why], why)
		}
	}
	for i, c := range s.Categories {
		if i == 0 {
			t.line("categories:    of what people allow, or the baseline holds")
		}
		t.line("    %5d %s", c.Calls, c.Reason)
	}
}

// amount is a number of things, 0 for none.
func amount(n int, word string) string {
	if n == 0 {
		return "0 " + word + "s"
	}
	return plural(n, word)
}

// unconfirmed says how many calls rest on what nobody has confirmed, and by which
// line of the settings each is.
func (t *page) unconfirmed() {
	s := &t.run.Summary
	if s.Soft == 0 {
		return
	}
	t.line("unconfirmed:   %d of the %d proved or excused calls rest on %s that a person should confirm:", s.Soft, s.Proved+s.Excused, plural(len(s.Unconfirmed), "assumption"))
	list := s.Unconfirmed
	if !t.all {
		list = list[:min(most, len(list))]
	}
	for _, p := range list {
		t.line("    %5d rest on: %s", p.Calls, p.Text)
		t.line("          yes: add to .tenantvet.yml: %s", p.Setting)
	}
	if n := len(s.Unconfirmed) - len(list); n > 0 {
		t.line("    %5d more, listed by --all", n)
	}
}

// most is how many reasons the summary lists; --all and JSON have them all.
const most = 10

// shown are the reasons that are listed, the commonest: a summary fits on a
// screen. What is cut off is counted in a line of its own, never dropped.
func (t *page) shown(reasons []finding.Reason) []finding.Reason {
	if t.all {
		return reasons
	}
	return reasons[:min(most, len(reasons))]
}

// rest counts those that are not.
func (t *page) rest(reasons []finding.Reason, what string) {
	n := 0
	for _, r := range reasons[len(t.shown(reasons)):] {
		n += r.Calls
	}
	if n > 0 {
		t.line("    %5d %s, listed by --all", n, what)
	}
}

// noCalls tells two kinds of nothing apart: no calls at all, and none that a
// program comes to. The second is mostly a package under construction, or a
// program that is not understood.
func noCalls(s *finding.Summary) string {
	if s.NotReached > 0 {
		return fmt.Sprintf("none that a program reaches; %d that none does", s.NotReached)
	}
	return "none: nothing here talks to a database that tenantvet knows"
}

// verdicts counts calls by verdict. The share is that of proved calls only, out of
// those on tables of a tenant, as in JSON: what is excused, unproven or nobody's
// must not look like progress.
func verdicts(s *finding.Summary) string {
	out := fmt.Sprintf("%d proved", s.Proved)
	switch of := s.Calls - s.NoTable; {
	case of == 0:
		out += " (none touches a table of a tenant)"
	case s.Percent == nil:
		out += " (of those that are seen)"
	case s.NoTable > 0:
		out += fmt.Sprintf(" (%d touch no table of a tenant; of the other %d calls %d %%)", s.NoTable, of, *s.Percent)
	default:
		out += fmt.Sprintf(" (%d %%)", *s.Percent)
	}
	for _, v := range []struct {
		n    int
		name string
	}{{s.Excused, "excused"}, {s.Found, "with findings"}, {s.Unproven, "unproven"}} {
		if v.n > 0 {
			out += fmt.Sprintf(", %d %s", v.n, v.name)
		}
	}
	return out
}

// next says what came of it and what to do now, or that all is well. The steps
// stand in the order in which they help: a finding first, then what makes other
// findings appear.
func (t *page) next() {
	s := &t.run.Summary
	t.apart()
	t.line("result:        %s", result(t.run))
	var steps []string
	if rule := firstRule(t.run); rule != "" {
		steps = append(steps, fmt.Sprintf("read `tenantvet explain %s`", rule))
	}
	if len(t.run.Questions) > 0 {
		steps = append(steps, "answer the questions in .tenantvet.yml")
	}
	if len(t.run.Setup) > 0 {
		steps = append(steps, "put the set-up right")
	}
	if s.Soft > 0 {
		steps = append(steps, "confirm the assumptions in .tenantvet.yml")
	}
	if s.Unproven > s.KnownUnproven {
		steps = append(steps, "look at the unproven calls")
	}
	if len(steps) > 0 {
		t.line("next:          %s", strings.Join(steps, "; "))
	}
}

// causes says how few causes the errors have, where they are fewer.
func causes(run *finding.Run) string {
	n := run.Causes()
	if n == run.Summary.Errors {
		return ""
	}
	return " of " + plural(n, "cause")
}

// result is the outcome in one line. "All is well" is said only if nothing is
// open: no finding, no unproven call, and nothing in the set-up that could hide
// one.
func result(run *finding.Run) string {
	s := &run.Summary
	switch {
	case s.Errors > 0 || s.Warnings > 0:
		return plural(s.Errors, "error") + causes(run) + ", " + plural(s.Warnings, "warning")
	case s.Calls > 0 && run.Blind():
		return "nothing could be judged"
	case s.Unproven > s.KnownUnproven:
		return "no errors; " + plural(s.Unproven-s.KnownUnproven, "call") + " unproven"
	case run.Baseline != "" && s.Known+s.KnownUnproven > 0:
		return "nothing new"
	case s.Excluded > 0:
		return "no errors but those that the settings exclude"
	// "Nothing to check" would be a lie of a program that queries through a
	// library that is not modelled.
	case s.Calls == 0 && run.Hollow():
		return "nothing was checked: the set-up hides what there is"
	case s.Calls == 0:
		return "nothing to check"
	case s.Calls == s.NoTable && len(run.Setup) == 0:
		return "nothing to check: no call touches a table of a tenant"
	case len(run.Questions) > 0:
		return "no errors; there are open questions"
	case len(run.Setup) > 0:
		return "no errors, as far as the set-up lets tenantvet see"
	case s.Soft > 0:
		return "no errors, if the assumptions hold that nobody has confirmed"
	}
	return "all is well: every call stays inside the caller's tenant, or has a named excuse"
}

// plural is a number of things in words, "no errors" for none.
func plural(n int, word string) string {
	switch n {
	case 0:
		return "no " + word + "s"
	case 1:
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// firstRule is the rule with most findings: its page explains most of the report.
func firstRule(run *finding.Run) string {
	// Rules are ranked, so the first has most findings.
	if len(run.Summary.Rules) == 0 {
		return ""
	}
	return run.Summary.Rules[0].Reason
}
