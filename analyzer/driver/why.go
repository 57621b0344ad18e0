package driver

import (
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
)

// why prints all that is known of the calls on a line, or of those whose findings stand
// there or have a step there.
func (c *command) why(args []string) int {
	fs := flag.NewFlagSet("why", flag.ContinueOnError)
	o := &options{}
	fs.StringVar(&o.dir, "C", ".", "")
	fs.StringVar(&o.tags, "tags", "", "")
	rest, code, done := c.parse(fs, args)
	if done {
		return code
	}
	if len(rest) != 1 {
		return c.fail(errors.New("tenantvet why takes one place, as FILE:LINE"))
	}
	if err := c.whyAt(o, rest[0]); err != nil {
		return c.fail(err)
	}
	return exitClean
}

// whyAt analyses the project and prints the calls of a place.
func (c *command) whyAt(o *options, place string) error {
	file, line, err := placeOf(place)
	if err != nil {
		return err
	}
	a, err := analysed(o)
	if err != nil {
		return err
	}
	name := relativeTo(a.Project, o.dir, file)
	calls := callsAt(a.Run, name, line)
	if len(calls) == 0 {
		return fmt.Errorf("no call of a database at %s:%d, and no finding; tenantvet --all lists all calls", name, line)
	}
	return report.Why(c.stdout, a.Run, calls)
}

// placeOf reads FILE:LINE, or FILE:LINE:COLUMN as reports print it.
func placeOf(text string) (file string, line int, err error) {
	parts := strings.Split(text, ":")
	for _, n := range []int{2, 1} {
		if len(parts) <= n {
			continue
		}
		numbers := parts[len(parts)-n:]
		line, err = strconv.Atoi(numbers[0])
		if _, wrong := strconv.Atoi(numbers[len(numbers)-1]); err == nil && wrong == nil {
			return strings.Join(parts[:len(parts)-n], ":"), line, nil
		}
	}
	return "", 0, fmt.Errorf("%q is no place; it is FILE:LINE, as in internal/store/store.go:24", text)
}

// relativeTo is a file as the run names it: what is given is relative to the folder of
// the command, or to the root.
func relativeTo(p *project.Project, dir, file string) string {
	if filepath.IsAbs(file) {
		return p.Rel(file)
	}
	abs, err := filepath.Abs(filepath.Join(dir, file))
	if err != nil {
		return filepath.ToSlash(file)
	}
	if real, err := filepath.EvalSymlinks(abs); err == nil {
		return p.Rel(real)
	}
	return filepath.ToSlash(filepath.Clean(file))
}

// callsAt are the calls on a line, and those with a finding that stands or passes there.
func callsAt(run *finding.Run, file string, line int) []*finding.Call {
	here := map[string]bool{}
	for i := range run.Findings {
		f := &run.Findings[i]
		here[f.Fingerprint] = f.File == file && f.Line == line
		for _, s := range f.Steps {
			here[f.Fingerprint] = here[f.Fingerprint] || s.File == file && s.Line == line
		}
	}
	var out []*finding.Call
	for i := range run.Calls {
		c := &run.Calls[i]
		at := c.File == file && c.Line <= line && line <= max(c.Line, c.EndLine)
		for _, f := range c.Findings {
			at = at || here[f]
		}
		if at {
			out = append(out, c)
		}
	}
	return out
}
