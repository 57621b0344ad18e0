package driver

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
)

// explain prints the page of each rule that is named, the same text as in docs, or
// the list of rules. A name that is no rule ends with the list, too.
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
		if err := report.RulePage(c.stdout, *r); err != nil {
			return c.fail(err)
		}
	}
	return exitClean
}
