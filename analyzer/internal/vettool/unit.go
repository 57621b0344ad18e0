package vettool

import (
	"errors"
	"fmt"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/load"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
	"github.com/tenantvet/tenantvet/analyzer/internal/suggest"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A unit is compiled from what the go command hands over, and nothing else is
// read of the module but its settings and its schema: the same inputs give the
// same facts, which is what the cache rests on.

// vetUnit is one unit of `go vet` on its way to facts and findings.
type vetUnit struct {
	*vetConfig
	env func(string) string

	project *project.Project
	imports []*unit.Archive
	own     *unit.Unit
	pkg     *project.Package
	clause  finding.Place
	found   []diagnostic
	mender  *suggest.Program // nil if the unit is no program that was judged
	failure error            // what kept the unit from being judged
}

// analyse compiles the package of the unit, links it if it is a program that
// was asked for, and returns the facts: the archive of its closure.
func (v *vetUnit) analyse() []byte {
	if !v.vetConfig.own() || len(v.sources()) == 0 {
		return nil
	}
	v.compile()
	archive := unit.NewArchive(v.own, v.imports...)
	if !v.VetxOnly && v.failure == nil {
		v.failure = v.link(archive)
	}
	// Units of hundreds of commands would be most of what is written.
	if v.own.Name == "main" {
		return nil // nobody imports it, and half of the packages may be programs
	}
	return archive.Bytes()
}

// readImports reads the facts of the direct imports, in the order of paths, so
// that the archive that is made of them has the same bytes each time. Facts that
// cannot be read, or that a package of the project does not have, are a failure: what
// that package does would be a silent hole.
func (v *vetUnit) readImports() {
	ids := make([]string, 0, len(v.PackageVetx))
	for id := range v.PackageVetx {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		data, err := os.ReadFile(v.PackageVetx[id])
		if own := v.project.Contains(path(id)); len(data) == 0 && !own {
			continue // outside the main modules
		} else if len(data) == 0 {
			v.fail(fmt.Errorf("facts of %s: there are none, though it is a package of this project (%v)", path(id), err))
			continue
		}
		a, err := unit.ReadArchive(data)
		if err != nil {
			v.fail(fmt.Errorf("facts of %s: %w", id, err))
			continue
		}
		v.imports = append(v.imports, a)
	}
}

// fail keeps the first failure; later ones mostly follow from it.
func (v *vetUnit) fail(err error) {
	if v.failure == nil {
		v.failure = err
	}
}

// compile fills v.own, whatever happens: a unit that could not be made still has
// its name, so that importers know whom they lack.
func (v *vetUnit) compile() {
	pkg := &project.Package{Path: path(v.ImportPath), Module: v.ModulePath, Fset: token.NewFileSet()}
	v.own = &unit.Unit{Path: pkg.Path, Module: pkg.Module}
	var err error
	if v.project, err = project.Find(v.Dir, v.env); err != nil {
		v.fail(err)
		return
	}
	v.project.Index = index.User()
	v.readImports()
	v.check(pkg)
	v.clause, v.pkg = v.project.Clause(pkg), pkg
	v.own = v.project.Compile(pkg, v.importedUnit)
}

// check parses and type-checks the files that are no tests. A unit may be the test
// variant of its package; without the tests both make the same facts.
func (v *vetUnit) check(pkg *project.Package) {
	for _, name := range v.sources() {
		file, err := parser.ParseFile(pkg.Fset, name, nil, parser.SkipObjectResolution|parser.ParseComments)
		if err != nil {
			pkg.Errors = append(pkg.Errors, load.SyntaxErrors(pkg.Fset, err)...)
		}
		if file != nil {
			pkg.Files = append(pkg.Files, file)
		}
	}
	pkg.Info = load.NewInfo()
	conf := types.Config{
		Importer:  v.importer(pkg.Fset),
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		GoVersion: v.GoVersion,
		Error:     func(err error) { pkg.Errors = append(pkg.Errors, load.AsTypeError(err)) },
	}
	pkg.Types, _ = conf.Check(pkg.Path, pkg.Fset, pkg.Files, pkg.Info) // errors went to conf.Error
}

// importer reads the export data of the imports that the files name, no more.
func (v *vetUnit) importer(fset *token.FileSet) types.Importer {
	seen := map[string]*types.Package{}
	return load.ImporterFunc(func(name string) (*types.Package, error) {
		if name == "unsafe" {
			return types.Unsafe, nil
		}
		id, ok := v.ImportMap[name]
		if !ok {
			return nil, errors.New("not among the imports of the unit")
		}
		if p := seen[path(id)]; p != nil && p.Complete() {
			return p, nil
		}
		return load.ReadExportFile(fset, v.PackageFile[id], seen, path(id))
	})
}

// importedUnit is the unit of an import, nil if it is none of the project's.
func (v *vetUnit) importedUnit(path string) *unit.Unit {
	for _, a := range v.imports {
		u, err := a.Unit(path)
		if err != nil {
			v.fail(err)
			return nil
		}
		if u != nil {
			return u
		}
	}
	return nil
}

// link judges the unit if it is a program, and keeps what is to be printed. The
// error is what kept it from being judged.
func (v *vetUnit) link(archive *unit.Archive) error {
	program := project.Program{Path: v.own.Path, Clause: v.clause}
	printed, err := v.judge(&program, archive)
	for _, f := range printed {
		v.found = append(v.found, v.placed(f))
	}
	return err
}

// judge links the program, if the unit is one, and gives what is to be shown of
// it.
func (v *vetUnit) judge(program *project.Program, archive *unit.Archive) ([]finding.Finding, error) {
	d, root, err := v.project.DecideFor(v.own, v.Dir)
	if wrong := v.project.Refused(err, *program); wrong != nil {
		return wrong, nil
	}
	if d == nil || err != nil {
		return nil, err
	}
	program.Root = root
	if program.Units, err = archive.Units(); err != nil {
		return nil, err
	}
	run := v.project.Link(d, []project.Program{*program})
	v.mender = &suggest.Program{Project: v.project, Decision: d, Linked: *program, Run: run, Package: v.pkg, Imports: v.importedUnit, Read: os.ReadFile}
	return d.Printed(run, *program), nil
}

// trimmed reports whether the go command is asked for builds without the paths of the
// machine: then what a unit prints may be replayed in another checkout.
func (v *vetUnit) trimmed() bool {
	return slices.ContainsFunc(strings.Fields(v.env("GOFLAGS")), func(f string) bool {
		return f == "-trimpath" || f == "-trimpath=true" || f == "--trimpath"
	})
}

// placed gives a finding absolute places, which the go command shortens; or those below
// the root, where the cache may be another checkout's.
func (v *vetUnit) placed(f finding.Finding) diagnostic {
	at := func(file string, line, column int) string {
		if !v.trimmed() {
			file = v.project.Abs(file)
		}
		return fmt.Sprintf("%s:%d:%d", file, line, column)
	}
	d := diagnostic{
		Posn: at(f.File, f.Line, f.Column), Message: plain.Line(f.Diagnostic()),
		Category: f.Rule, Tier: string(f.Tier), Fingerprint: f.Fingerprint,
	}
	// An end is required; without one of its own a finding ends where it begins.
	d.End = d.Posn
	if f.EndLine > 0 {
		d.End = at(f.File, f.EndLine, f.EndColumn)
	}
	for _, s := range f.Steps {
		d.Steps = append(d.Steps, step{Posn: at(s.File, s.Line, 1), Message: plain.Line(s.Message)})
	}
	return d
}
