package driver

import (
	"flag"
	"fmt"
	"os"

	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
)

// schema prints the catalogue: what every verdict rests on, and what a person
// corrects first. It needs no Go code that compiles.
func (c *command) schema(args []string) int {
	fs := flag.NewFlagSet("schema", flag.ContinueOnError)
	dir := fs.String("C", ".", "")
	format := fs.String("format", "text", "")
	var o report.SchemaOptions
	fs.BoolVar(&o.Verbose, "v", false, "")
	fs.StringVar(&o.Why, "why", "", "")
	rest, code, done := c.parse(fs, args)
	if done {
		return code
	}
	if len(rest) > 0 {
		return c.fail(fmt.Errorf("unexpected argument %q; tenantvet schema takes none", rest[0]))
	}
	if *format != "text" && *format != "json" {
		return c.fail(fmt.Errorf("--format is text or json, not %q", *format))
	}
	if err := isFolder(*dir); err != nil {
		return c.fail(err)
	}
	o.JSON = *format == "json"
	d, err := decided(*dir)
	if err != nil {
		return c.fail(err)
	}
	if err := report.Schema(c.stdout, d.Catalogues, o); err != nil {
		return c.fail(err)
	}
	return exitClean
}

// decided is the decision of the project of dir. It is always made anew: who asks
// for it may just have edited it.
func decided(dir string) (*project.Decision, error) {
	p, err := project.Find(dir, os.Getenv)
	if err != nil {
		return nil, err
	}
	return p.Decide()
}
