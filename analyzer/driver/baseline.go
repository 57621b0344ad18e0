package driver

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tenantvet/tenantvet/analyzer/internal/baseline"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
)

// baseline writes the file of what is known. A file that is there only gets shorter,
// unless new entries are accepted: a ratchet that gives way by itself is none.
func (c *command) baseline(args []string) int {
	fs := flag.NewFlagSet("baseline", flag.ContinueOnError)
	o := &options{}
	fs.StringVar(&o.dir, "C", ".", "")
	fs.StringVar(&o.tags, "tags", "", "")
	fs.StringVar(&o.baseline, "baseline", "", "")
	accept := fs.Bool("accept-new", false, "")
	rest, code, done := c.parse(fs, args)
	if done {
		return code
	}
	if len(rest) != 1 || rest[0] != "write" {
		return c.fail(errors.New("tenantvet baseline knows one word: tenantvet baseline write [--accept-new]"))
	}
	if err := c.writeBaseline(o, *accept); err != nil {
		return c.fail(err)
	}
	return exitClean
}

// writeBaseline analyses the project and writes the file anew.
func (c *command) writeBaseline(o *options, accept bool) error {
	file, err := o.baselineFile()
	if err != nil {
		return err
	}
	old, err := project.ReadBaseline(file, file)
	if err != nil {
		return err
	}
	first := old == nil
	if first {
		old = &baseline.Baseline{File: file}
	}
	run, err := whole(&options{dir: o.dir, tags: o.tags, noBaseline: true, askTables: first || accept || old.Tables})
	if err != nil {
		return err
	}
	if run.Blind() {
		return errors.New("nothing could be judged, and a baseline of that would hide what the set-up hides; run tenantvet, and put the set-up right")
	}
	next, dropped, fresh := old.Update(run, accept || first)
	if err := os.WriteFile(file, []byte(next.Text()), 0o644); err != nil {
		return fmt.Errorf("writing the baseline: %w", err)
	}
	fmt.Fprintf(c.stdout, "%s: %d known", filepath.Base(file), len(next.Entries))
	if len(dropped) > 0 {
		fmt.Fprintf(c.stdout, ", %d dropped", len(dropped))
	}
	switch {
	case first || len(fresh) == 0:
		fmt.Fprintln(c.stdout)
	case accept:
		fmt.Fprintf(c.stdout, ", %d of them new\n", len(fresh))
	default:
		fmt.Fprintf(c.stdout, "; %d new are not among them: repair them, or accept them with --accept-new\n", len(fresh))
	}
	if run.Hollow() {
		fmt.Fprintln(c.stdout, "the set-up hides calls, which no baseline holds; run tenantvet to see what")
	}
	return nil
}
