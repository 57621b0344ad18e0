package driver

import (
	"flag"
	"fmt"
	"os"

	"github.com/tenantvet/tenantvet/analyzer/internal/config"
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
	write := fs.Bool("write", false, "")
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
	if *write {
		return c.writeCatalogue(*dir)
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

// writeCatalogue writes the file that stands for the schema files in hermetic builds.
func (c *command) writeCatalogue(dir string) int {
	p, err := project.Find(dir, os.Getenv)
	if err != nil {
		return c.fail(err)
	}
	file, data, err := p.Catalogue()
	if err != nil {
		return c.fail(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		return c.fail(fmt.Errorf("writing the catalogue: %w", err))
	}
	fmt.Fprintf(c.stdout, "%s is written; name it under catalogue: in %s\n", p.Rel(file), config.Name)
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

// rls prints the second wall, table by table.
func (c *command) rls(args []string) int {
	fs := flag.NewFlagSet("rls", flag.ContinueOnError)
	dir := fs.String("C", ".", "")
	format := fs.String("format", "text", "")
	rest, code, done := c.parse(fs, args)
	if done {
		return code
	}
	if len(rest) > 0 {
		return c.fail(fmt.Errorf("unexpected argument %q; tenantvet rls takes none", rest[0]))
	}
	if *format != "text" && *format != "json" {
		return c.fail(fmt.Errorf("--format is text or json, not %q", *format))
	}
	if err := isFolder(*dir); err != nil {
		return c.fail(err)
	}
	d, err := decided(*dir)
	if err != nil {
		return c.fail(err)
	}
	if err := report.Security(c.stdout, d.Catalogues, *format == "json"); err != nil {
		return c.fail(err)
	}
	return exitClean
}
