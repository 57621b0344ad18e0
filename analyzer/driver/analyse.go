package driver

import (
	"os"
	"path/filepath"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/report"
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
	run, err := standalone(o, patterns)
	if err != nil {
		return c.fail(err)
	}
	if err := c.render(o, run); err != nil {
		return c.fail(err)
	}
	return verdict(run, o.strict)
}

// render prints the run in the format that was asked for. A format is a pure
// function of the run; nothing is decided here.
func (c *command) render(o *options, run *finding.Run) error {
	if o.format == "json" {
		return report.JSON(c.stdout, run)
	}
	if o.all {
		return report.TextAll(c.stdout, run)
	}
	return report.Text(c.stdout, run)
}

// verdict is the exit code of a run. A strict one does not pass where nothing
// was seen, or where calls rest on what nobody has confirmed.
func verdict(run *finding.Run, strict bool) int {
	s := run.Summary
	if s.Errors > 0 || strict && (s.Warnings+s.Unproven+s.Soft > 0 || run.Hollow()) {
		return exitFound
	}
	return exitClean
}

// standalone compiles all packages of the project, links all its programs, and
// reports on the packages of the patterns. It always loads everything: whether a
// call is guarded is decided by packages that nobody named, and the answer must
// not depend on what was asked.
func standalone(o *options, patterns []string) (*finding.Run, error) {
	p, err := project.Find(o.dir, os.Getenv)
	if err != nil {
		return nil, err
	}
	decision, err := p.Decide()
	if err != nil {
		return nil, err
	}
	all, err := list(p.Root, o.tags, modulePatterns(p))
	if err != nil {
		return nil, err
	}
	dirs, err := selected(o.dir, all, patterns)
	if err != nil {
		return nil, err
	}
	units, err := compileAll(p, all)
	if err != nil {
		return nil, err
	}
	isRoot := func(l *listed) bool { return p.IsRoot(decision.Settings, l.ImportPath, l.Dir) }
	run := p.Link(decision, programs(all, units, isRoot))
	run.Version = versionText()
	// It stands first: everything below is to be read in its light.
	run.Setup = slices.Concat(noProgram(all), p.LeftOut(ignored(all)), run.Setup)
	return only(run, p, dirs), nil
}

// ignored are the Go files of the main modules that build constraints leave out.
func ignored(all []*listed) []string {
	var out []string
	for _, l := range all {
		if l.main() {
			for _, f := range l.IgnoredGoFiles {
				out = append(out, filepath.Join(l.Dir, f))
			}
		}
	}
	return out
}

// noProgram says that there is no program, if so. The stand-alone run then takes
// all exported functions for called, which the other drivers cannot: they never
// see a library as a whole.
func noProgram(all []*listed) []finding.Setup {
	if slices.ContainsFunc(all, func(l *listed) bool { return l.main() && l.Name == "main" }) {
		return nil
	}
	return []finding.Setup{{Message: "no program: no package main in this module; every exported function counts as " +
		"called, and go vet and golangci-lint say nothing unless roots: in .tenantvet.yml names packages"}}
}

// modulePatterns match all packages of all main modules.
func modulePatterns(p *project.Project) []string {
	var out []string
	for _, m := range p.Modules {
		out = append(out, filepath.Join(m.Dir, "..."))
	}
	return out
}

// compileAll makes the units of all packages of the main modules, in parallel,
// each after those that it imports. The error is one of loading; a package that
// does not type-check gives a unit that says so.
func compileAll(p *project.Project, all []*listed) (*units, error) {
	ld := newLoader(all)
	units := newUnits()
	err := ld.run(func(n *node) {
		pkg := &project.Package{
			Path: n.ImportPath, Module: n.Module.Path, Fset: ld.fset,
			Files: n.files, Types: n.pkg, Info: n.info, Errors: n.errors,
		}
		units.put(p.Compile(pkg, units.get), p.Clause(pkg))
	})
	return units, err
}

// only leaves in the run what lies in the folders, and counts again. What is wrong
// with the set-up stays whole: it touches every part.
func only(run *finding.Run, p *project.Project, dirs map[string]bool) *finding.Run {
	within := func(file string) bool { return dirs[filepath.Dir(p.Abs(file))] }
	run.Calls = slices.DeleteFunc(run.Calls, func(c finding.Call) bool { return !within(c.File) })
	run.Findings = slices.DeleteFunc(run.Findings, func(f finding.Finding) bool { return !within(f.File) })
	run.Summary = finding.Summarise(run.Calls, run.Findings)
	return run
}
