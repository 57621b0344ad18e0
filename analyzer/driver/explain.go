package driver

import (
	"flag"
	"fmt"
	"io"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
)

// explain prints the page of each rule or excuse that is named, the same text as in
// docs, or the lists of both. A name that is neither ends with the lists, too.
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

// explainOne prints the page of a rule or an excuse.
func explainOne(w io.Writer, name string) error {
	if r := finding.RuleOf(name); r != nil {
		return report.RulePage(w, *r)
	}
	if e := finding.ExcuseOf(name); e != nil {
		return report.ExcusePage(w, *e)
	}
	return fmt.Errorf("no rule or excuse %q; there are\n%s", name, strings.TrimRight(topics(), "\n"))
}

// topics lists what can be explained.
func topics() string { return "rules:\n" + rules() + "excuses:\n" + excuses() }
