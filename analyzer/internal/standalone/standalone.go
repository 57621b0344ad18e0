// Package standalone analyses a whole project in one process: it compiles all packages of
// the main modules, links all programs, and says what neither sees.
//
// In goes a folder; out comes the run. Patterns choose what is reported, never what is
// analysed: whether a call is guarded is decided by packages that nobody named, and the
// answer must not depend on what was asked.
//
// It cannot see what the go command does not list.
package standalone

import (
	"fmt"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/load"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Options say what is analysed.
type Options struct {
	Dir  string
	Tags string
	// Adjust changes the decision of the project before it is used; nil for none.
	Adjust func(*project.Decision) error
	// Overlay has the texts of Go files that are read from there in the place of the disk, by
	// absolute path.
	Overlay map[string][]byte
	// Progress is told what is being done; nil for nobody.
	Progress func(string)
}

// tell says what is being done.
func (o *Options) tell(what string) {
	if o.Progress != nil {
		o.Progress(what)
	}
}

// Compiled is a project of which all packages of the main modules are compiled.
type Compiled struct {
	Project  *project.Project
	Decision *project.Decision
	// Packages are the main modules' and all that they import, dependencies first.
	Packages []*load.Listed
	// Units and Clauses are what the packages were compiled to and where they begin, by
	// import path.
	Units   map[string]*unit.Unit
	Clauses map[string]finding.Place
}

// Analysis is a project that was analysed.
type Analysis struct {
	Project  *project.Project
	Decision *project.Decision
	Run      *finding.Run

	packages []*load.Listed
}

// Analyse compiles all packages of the project and links all its programs.
func Analyse(o Options) (*Analysis, error) {
	c, err := Compile(o)
	if err != nil {
		return nil, err
	}
	return c.Link(o.tell), nil
}

// Compile decides about the project and compiles all packages of its main modules. The
// error is one of the settings, the schema or loading.
func Compile(o Options) (*Compiled, error) {
	p, err := project.Find(o.Dir, os.Getenv)
	if err != nil {
		return nil, err
	}
	decision, err := p.Decide()
	if err == nil {
		err = p.Fresh(decision)
	}
	if err == nil && o.Adjust != nil {
		err = o.Adjust(decision)
	}
	if err != nil {
		return nil, err
	}
	o.tell("loading packages")
	all, err := load.List(p.Root, o.Tags, modulePatterns(p))
	if err != nil {
		return nil, err
	}
	o.tell(fmt.Sprintf("compiling %d packages", len(slices.DeleteFunc(slices.Clone(all), func(l *load.Listed) bool { return !l.Main() }))))
	named := project.NewNamed(decision.Settings)
	units, err := compileAll(p, all, o.Overlay, named)
	if err == nil {
		err = named.Unknown(p)
	}
	if err != nil {
		return nil, err
	}
	return &Compiled{p, decision, all, units.byPath, units.clauses}, nil
}

// Link links all programs of the project. tell is told what is being done.
func (c *Compiled) Link(tell func(string)) *Analysis {
	linked := c.programs()
	tell(fmt.Sprintf("linking %d programs", len(linked)))
	run := c.Project.LinkAll(c.Decision, linked)
	// It stands first: everything below is to be read in its light.
	run.Setup = slices.Concat(noProgram(c.Packages), c.Project.LeftOut(ignored(c.Packages)), run.Setup)
	run.Count()
	return &Analysis{c.Project, c.Decision, run, c.Packages}
}

// Packages parses and type-checks the packages of the main modules again and calls visit with
// them, one at a time. The error is one of reading.
func (a *Analysis) Packages(visit func(*token.FileSet, *load.Node)) error {
	fset := token.NewFileSet()
	var one sync.Mutex
	return load.Each(a.packages, fset, nil, func(n *load.Node) {
		one.Lock()
		defer one.Unlock()
		visit(fset, n)
	})
}

// Matched are the folders of the packages that the patterns match; dir is what relative
// ones are relative to. A pattern that matches nothing is an error.
func (a *Analysis) Matched(dir string, patterns []string) (map[string]bool, error) {
	return selected(dir, a.packages, patterns)
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
func compileAll(p *project.Project, all []*load.Listed, overlay map[string][]byte, named *project.Named) (*units, error) {
	fset, units := token.NewFileSet(), newUnits()
	err := load.Each(all, fset, overlay, func(n *load.Node) {
		pkg := &project.Package{
			Path: n.ImportPath, Module: n.Module.Path, Fset: fset,
			Files: n.Files, Types: n.Types, Info: n.Info, Errors: n.Errors,
		}
		named.Add(pkg)
		units.put(p.Compile(pkg, units.get), p.Clause(pkg))
	})
	return units, err
}

// Only leaves in the run what lies in the folders, and counts again. What is wrong
// with the set-up stays whole: it touches every part.
func (a *Analysis) Only(dirs map[string]bool) {
	run := a.Run
	within := func(file string) bool { return dirs[filepath.Dir(a.Project.Abs(file))] }
	run.Calls = slices.DeleteFunc(run.Calls, func(c finding.Call) bool { return !within(c.File) })
	run.Findings = slices.DeleteFunc(run.Findings, func(f finding.Finding) bool {
		return f.Package != "" && !finding.OfSchema(f.Rule) && !within(f.File) // a table is no part of a package
	})
	run.Count()
}
