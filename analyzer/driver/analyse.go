package driver

import (
	"go/token"
	"os"
	"path/filepath"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/load"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
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

// standalone analyses the whole project, marks what is old, and reports on the packages
// of the patterns.
func standalone(o *options, patterns []string) (*finding.Run, error) {
	r, err := analysed(o)
	if err != nil {
		return nil, err
	}
	dirs, err := selected(o.dir, r.packages, patterns)
	if err != nil {
		return nil, err
	}
	if o.newFrom != "" {
		if err := markOld(o, r.run); err != nil {
			return nil, err
		}
	}
	return only(r.run, r.project, dirs), nil
}

// whole is the run of a project, all of it.
func whole(o *options) (*finding.Run, error) {
	r, err := analysed(o)
	if err != nil {
		return nil, err
	}
	return r.run, nil
}

// analysis is a project that was analysed.
type analysis struct {
	project  *project.Project
	packages []*load.Listed
	run      *finding.Run
}

// analysed compiles all packages of the project and links all its programs. It always
// loads everything: whether a call is guarded is decided by packages that nobody named,
// and the answer must not depend on what was asked.
func analysed(o *options) (*analysis, error) {
	p, err := project.Find(o.dir, os.Getenv)
	if err != nil {
		return nil, err
	}
	decision, err := p.Decide()
	if err != nil {
		return nil, err
	}
	if err := o.choose(decision); err != nil {
		return nil, err
	}
	all, err := load.List(p.Root, o.tags, modulePatterns(p))
	if err != nil {
		return nil, err
	}
	named := project.NewNamed(decision.Settings)
	units, err := compileAll(p, all, named)
	if err == nil {
		err = named.Unknown(p)
	}
	if err != nil {
		return nil, err
	}
	isRoot := func(l *load.Listed) bool { return p.IsRoot(decision.Settings, l.ImportPath, l.Dir) }
	run := p.LinkAll(decision, programs(all, units, isRoot))
	run.Schema, run.Version = finding.Schema, versionText()
	// It stands first: everything below is to be read in its light.
	run.Setup = slices.Concat(noProgram(all), p.LeftOut(ignored(all)), run.Setup)
	run.Count()
	return &analysis{p, all, run}, nil
}

// ignored are the Go files of the main modules that build constraints leave out.
func ignored(all []*load.Listed) []string {
	var out []string
	for _, l := range all {
		if l.Main() {
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
func noProgram(all []*load.Listed) []finding.Setup {
	if slices.ContainsFunc(all, func(l *load.Listed) bool { return l.Main() && l.Name == "main" }) {
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
func compileAll(p *project.Project, all []*load.Listed, named *project.Named) (*units, error) {
	fset, units := token.NewFileSet(), newUnits()
	err := load.Each(all, fset, func(n *load.Node) {
		pkg := &project.Package{
			Path: n.ImportPath, Module: n.Module.Path, Fset: fset,
			Files: n.Files, Types: n.Types, Info: n.Info, Errors: n.Errors,
		}
		named.Add(pkg)
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
	run.Count()
	return run
}
