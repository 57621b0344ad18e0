package driver

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/mend"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
	"github.com/tenantvet/tenantvet/analyzer/internal/standalone"
)

// analyse is the stand-alone run. What is wrong with arguments, settings or
// loading ends it with a message and code 2; what is wrong with single files is
// part of the report.
func (c *command) analyse(args []string) int {
	o := &options{}
	patterns, code, done := c.parse(o.flags(), args)
	if done {
		return code
	}
	if o.version {
		return c.version(nil)
	}
	if err := o.check(); err != nil {
		return c.fail(err)
	}
	o.progress = c.progress(o)
	run, err := c.reported(o, patterns)
	if o.progress != nil {
		o.progress("")
	}
	if err != nil {
		return c.fail(err)
	}
	if err := c.render(o, run); err != nil {
		return c.fail(err)
	}
	return verdict(run, o)
}

// verdict is the exit code of a run. One that judged nothing does not pass, though
// there is something to judge; a strict one does not pass where anything was not seen,
// where calls rest on what nobody has confirmed, or an exemption is not needed. What the
// baseline knows and the settings exclude does not count.
func verdict(run *finding.Run, o *options) int {
	s := run.Summary
	open := s.Unproven - s.KnownUnproven
	strictly := s.Warnings+open+s.Soft > 0 || run.Hollow() || run.Idle()
	if s.Errors > 0 || run.Blind() || o.strict && strictly || o.maxUnproven >= 0 && open > o.maxUnproven {
		return exitFound
	}
	return exitClean
}

// reported analyses the whole project, mends what is to be mended, marks what is old, and
// leaves the packages of the patterns.
func (c *command) reported(o *options, patterns []string) (*finding.Run, error) {
	a, err := analysed(o)
	if err != nil {
		return nil, err
	}
	dirs, err := a.Matched(o.dir, patterns)
	if err != nil {
		return nil, err
	}
	if err := markOld(o, a.Run); err != nil {
		return nil, err
	}
	if o.fix {
		if a, err = c.mend(o, a, dirs); err != nil {
			return nil, err
		}
		if err := markOld(o, a.Run); err != nil {
			return nil, err
		}
	}
	a.Only(dirs)
	return a.Run, nil
}

// mend applies fixes, and tells them on the standard error.
func (c *command) mend(o *options, a *standalone.Analysis, dirs map[string]bool) (*standalone.Analysis, error) {
	a, lines, err := mend.Apply(a, dirs, func(overlay map[string][]byte) (*standalone.Analysis, error) {
		with := *o
		with.overlay = overlay
		return analysed(&with)
	})
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		fmt.Fprintln(c.stderr, plain.Line(line))
	}
	fmt.Fprintln(c.stderr, "tenantvet: findings that were fixed:", len(lines))
	return a, nil
}

// analysed is the project of the options.
func analysed(o *options) (*standalone.Analysis, error) {
	a, err := standalone.Analyse(standalone.Options{Dir: o.dir, Tags: o.tags, Adjust: o.choose, Overlay: o.overlay, Progress: o.progress})
	if err != nil {
		return nil, err
	}
	a.Run.Schema, a.Run.Version = finding.Schema, versionText()
	return a, nil
}

// whole is the run of a project, all of it.
func whole(o *options) (*finding.Run, error) {
	a, err := analysed(o)
	if err != nil {
		return nil, err
	}
	return a.Run, nil
}
