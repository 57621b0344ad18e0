package driver

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
)

// initialise writes a settings file of what is decided today, for a person to review, and
// prints what it is. A file that is there is never touched.
func (c *command) initialise(args []string) int {
	fs := flag.NewFlagSet("init", flag.ContinueOnError)
	o := &options{noBaseline: true}
	fs.StringVar(&o.dir, "C", ".", "")
	fs.StringVar(&o.tags, "tags", "", "")
	rest, code, done := c.parse(fs, args)
	if done {
		return code
	}
	if len(rest) > 0 {
		return c.fail(fmt.Errorf("unexpected argument %q; tenantvet init takes none", rest[0]))
	}
	if err := c.writeSettings(o); err != nil {
		return c.fail(err)
	}
	return exitClean
}

// writeSettings analyses the project and writes the file at its root.
func (c *command) writeSettings(o *options) error {
	a, err := analysed(o)
	if err != nil {
		return err
	}
	file := filepath.Join(a.Project.Root, config.Name)
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("%s is there already; remove it first, or edit it", file)
	} else if !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("writing the settings: %w", err)
	}
	var b bytes.Buffer
	if err := report.Settings(&b, a.Run); err != nil {
		return err
	}
	// What is written must be read by the next run.
	if _, err := config.Read(file, b.Bytes()); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	if err := os.WriteFile(file, b.Bytes(), 0o644); err != nil {
		return fmt.Errorf("writing the settings: %w", err)
	}
	fmt.Fprintf(c.stdout, "%s is written; review it, and commit it:\n\n", config.Name)
	_, err = c.stdout.Write(b.Bytes())
	return err
}
