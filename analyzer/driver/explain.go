package driver

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
)

// explain prints the page of a rule.
func (c *command) explain(args []string) int {
	names, code, done := c.parse(flag.NewFlagSet("explain", flag.ContinueOnError), args)
	if done {
		return code
	}
	if len(names) == 0 {
		io.WriteString(c.stdout, "rules:\n"+rules())
		return exitClean
	}
	for i, name := range names {
		r := finding.RuleOf(name)
		if r == nil {
			return c.fail(fmt.Errorf("no rule %q; the rules are:\n%s", name, strings.TrimRight(rules(), "\n")))
		}
		if i > 0 {
			io.WriteString(c.stdout, "\n")
		}
		printRule(c.stdout, r)
	}
	return exitClean
}

func printRule(w io.Writer, r *finding.Rule) {
	fmt.Fprintf(w, "%s: %s\n\n%s\n\n", r.Name, r.Title, r.Text)
	fmt.Fprintf(w, "before:\n\n%s\n\nafter:\n\n%s\n\n", indented(r.Before), indented(r.After))
	numbers := make([]string, len(r.CWE))
	for i, n := range r.CWE {
		numbers[i] = fmt.Sprintf("CWE-%d", n)
	}
	fmt.Fprintf(w, "%s; since version %s\n", strings.Join(numbers, ", "), r.Since)
}

func indented(code string) string {
	return "    " + strings.ReplaceAll(code, "\n", "\n    ")
}
