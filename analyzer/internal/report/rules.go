package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// Pages are made from the rule table and checked by a test, so that help, docs
// and messages cannot differ.

// RulesPage writes docs/rules.md: every rule in a line, with its page. In goes
// only the rule table, so a test can tell a stale page; the error is that of the
// writer.
func RulesPage(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Rules\n\nMade from the rule table; `tenantvet explain RULE` prints the same text.\n\n")
	b.WriteString("| rule | finds | CWE | shown on PostgreSQL |\n|---|---|---|---|\n")
	for _, r := range finding.Rules() {
		fmt.Fprintf(&b, "| [%s](rules/%s.md) | %s | %s | %s |\n", r.Name, r.Name, r.Title, weaknesses(r.CWE), shownOn(r))
	}
	return written(w, b.String())
}

// shownOn are the versions of PostgreSQL on which a rule was shown, "" for one that no server
// shows.
func shownOn(r finding.Rule) string {
	if r.Basis == "" || r.Name == finding.UndecidedTable {
		return ""
	}
	return finding.ShownOn
}

// RulePage writes docs/rules/RULE.md, and what `tenantvet explain RULE` prints.
// Every page ends with what to do when the tool is wrong: a reader who was sent
// here by a false alarm looks for just that.
func RulePage(w io.Writer, r finding.Rule) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n\n%s\n\n", r.Name, sentence(r.Title), r.Text)
	fmt.Fprintf(&b, "## Before\n\n%s\n\n## After\n\n%s\n\n", fenced(r.Before), fenced(r.After))
	how := "Say so at the call, with the reason: `//tenantvet:allow REASON`."
	if r.Basis != "" {
		how = "Say so in `.tenantvet.yml`, with the reason, for the file under `exclude:` or for the rule under `severity:`."
	}
	fmt.Fprintf(&b, "## When it is wrong\n\n"+how+" If the table or the tenant column was decided wrongly,\n"+
		"correct it in `.tenantvet.yml`: [usage](../usage.md).\n\n%s. Since %s.\n", weaknesses(r.CWE), r.Since)
	if r.Basis != "" {
		fmt.Fprintf(&b, "\nIt rests on %s.", r.Basis)
		if shownOn(r) != "" {
			fmt.Fprintf(&b, " A test shows it on PostgreSQL %s.", shownOn(r))
		}
		b.WriteString("\n")
	}
	return written(w, b.String())
}

// ExcusesPage writes docs/excuses.md: every excuse in a line, with its page.
func ExcusesPage(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Excuses\n\nA call that ties nothing to the tenant, and is fine all the same. Nothing else excuses a call.\n" +
		"Made from the table of excuses; `tenantvet explain EXCUSE` prints the same text.\n\n")
	b.WriteString("| excuse | why | who grants it |\n|---|---|---|\n")
	for _, e := range finding.Excuses() {
		fmt.Fprintf(&b, "| [%s](excuses/%s.md) | %s | %s |\n", e.Name, e.Page(), e.Title, e.By)
	}
	return written(w, b.String())
}

// ExcusePage writes docs/excuses/EXCUSE.md, and what `tenantvet explain EXCUSE`
// prints.
func ExcusePage(w io.Writer, e finding.Excuse) error {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n\n%s\n\n", e.Name, sentence(e.Title), e.Text)
	fmt.Fprintf(&b, "**It holds if** %s. It is granted by %s.\n\n**It does not excuse** %s.\n", e.Holds, e.By, e.Not)
	return written(w, b.String())
}

// written writes a page as a whole: half a page is worse than none.
func written(w io.Writer, text string) error {
	if _, err := io.WriteString(w, text); err != nil {
		return fmt.Errorf("writing the rules: %w", err)
	}
	return nil
}

// sentence makes a title, which is lower case like every message, begin a
// sentence.
func sentence(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// fenced is a code block. A rule's example is Go unless it is plainly a statement.
func fenced(code string) string {
	language := "go"
	if strings.HasPrefix(code, "SELECT") || strings.HasPrefix(code, "INSERT") || strings.HasPrefix(code, "CREATE") {
		language = "sql"
	}
	return "```" + language + "\n" + code + "\n```"
}

// weaknesses links the numbers of the Common Weakness Enumeration, in the order of
// the rule table: the first is the one that fits best.
func weaknesses(numbers []int) string {
	links := make([]string, len(numbers))
	for i, n := range numbers {
		links[i] = fmt.Sprintf("[CWE-%d](https://cwe.mitre.org/data/definitions/%d.html)", n, n)
	}
	return strings.Join(links, ", ")
}

// CategoriesPage writes docs/categories.md: what a person says who chooses a category,
// and what a reviewer asks.
func CategoriesPage(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Categories\n\nKinds of reasons, for `//tenantvet:allow category=NAME REASON` and for entries of the baseline; the summary counts them.\n" +
		"They decide nothing. Made from the table of categories; `tenantvet explain NAME` prints the same text.\n\n")
	b.WriteString("| category | |\n|---|---|\n")
	for _, c := range finding.Categories() {
		fmt.Fprintf(&b, "| [%s](categories/%s.md) | %s |\n", c.Name, c.Name, c.Title)
	}
	return written(w, b.String())
}

// CategoryPage writes docs/categories/NAME.md.
func CategoryPage(w io.Writer, c finding.Category) error {
	return written(w, fmt.Sprintf("# %s\n\n%s.\n\n**Who chooses it says that** %s.\n\n**A reviewer asks:** %s\n", c.Name, sentence(c.Title), c.Holds, c.Ask))
}

// TermPage writes a word of the glossary.
func TermPage(w io.Writer, t finding.Term) error {
	text := fmt.Sprintf("# %s\n\n%s.\n\n%s\n", t.Name, sentence(t.Title), t.Text)
	if t.Do != "" {
		text += "\n**What to do.** " + t.Do + "\n"
	}
	return written(w, text)
}

// AssumptionPage writes an assumption: what must hold, and how a person confirms it.
func AssumptionPage(w io.Writer, name, says string, soft bool) error {
	text := fmt.Sprintf("# %s\n\nAn assumption of a proof: %s.\n", name, says)
	if soft {
		text += "\nIt rests on a name, or on a guess at what runs. If it holds, confirm it in .tenantvet.yml:\n\n    assumes: ['" + strings.ReplaceAll(name, "'", "''") + "']\n"
	}
	return written(w, text)
}

// GlossaryPage writes docs/glossary.md: verdicts, and why a call is unproven.
func GlossaryPage(w io.Writer) error {
	var b strings.Builder
	b.WriteString("# Glossary\n\nThe words of a report; `tenantvet explain WORD` prints the same text, of rules, excuses, categories and assumptions, too.\n")
	for _, part := range []struct {
		title string
		terms []finding.Term
	}{{"Verdicts and tiers", finding.Verdicts()}, {"Tables, and what people have said", finding.Words()}, {"Why a call is unproven", finding.Reasons()}} {
		fmt.Fprintf(&b, "\n## %s\n", part.title)
		for _, t := range part.terms {
			fmt.Fprintf(&b, "\n**%s**: %s. %s", t.Name, t.Title, t.Text)
			if t.Do != "" {
				b.WriteString(" *" + t.Do + "*")
			}
			b.WriteString("\n")
		}
	}
	return written(w, b.String())
}
