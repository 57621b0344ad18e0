package driver

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// explain prints the page of each word that is named, the same text as in docs, or the
// list of all words. A word that there is not ends with the list, too.
func (c *command) explain(args []string) int {
	names, code, done := c.parse(flag.NewFlagSet("explain", flag.ContinueOnError), args)
	if done {
		return code
	}
	if len(names) == 0 {
		io.WriteString(c.stdout, topics())
		return exitClean
	}
	for i, name := range names {
		if i > 0 {
			io.WriteString(c.stdout, "\n")
		}
		if err := explainOne(c.stdout, name); err != nil {
			return c.fail(err)
		}
	}
	return exitClean
}

// explainOne prints the page of a rule, an excuse, a word of the glossary, a category, an
// assumption, or a reason as the report prints it. Some names are both an excuse and a
// category: then both are printed.
func explainOne(w io.Writer, name string) error {
	if r := finding.RuleOf(name); r != nil {
		return report.RulePage(w, *r)
	}
	excuse, category := finding.ExcuseOf(name), finding.CategoryOf(name)
	if excuse != nil {
		if err := report.ExcusePage(w, *excuse); err != nil {
			return err
		}
	}
	if category != nil {
		return report.CategoryPage(w, *category)
	}
	if excuse != nil {
		return nil
	}
	if t := finding.TermOf(name); t != nil {
		return report.TermPage(w, *t)
	}
	if a := trust.AssumptionOf(name); a != nil {
		return report.AssumptionPage(w, name, a.Says, a.Soft)
	}
	if t := finding.ReasonTerm(name); t != nil && t.Name != "value not followed" {
		return report.TermPage(w, *t)
	}
	return fmt.Errorf("nothing is called %q; there are\n%s", name, strings.TrimRight(topics(), "\n"))
}

// topics lists what can be explained.
func topics() string {
	var b strings.Builder
	entry := func(name, title string) { fmt.Fprintf(&b, "  %-24s  %s\n", name, title) }
	b.WriteString("rules:\n")
	for _, r := range finding.Rules() {
		entry(r.Name, r.Title)
	}
	b.WriteString("verdicts and tiers:\n")
	for _, t := range finding.Verdicts() {
		entry(t.Name, t.Title)
	}
	b.WriteString("tables, and what people have said:\n")
	for _, t := range finding.Words() {
		entry(t.Name, t.Title)
	}
	b.WriteString("excuses:\n")
	for _, e := range finding.Excuses() {
		entry(e.Page(), e.Title)
	}
	b.WriteString("reasons for which a call is unproven:\n")
	for _, t := range finding.Reasons() {
		entry(t.Name, t.Title)
	}
	b.WriteString("categories:\n")
	for _, c := range finding.Categories() {
		entry(c.Name, c.Title)
	}
	b.WriteString("and any assumption or reason, as the report prints it\n")
	return b.String()
}
