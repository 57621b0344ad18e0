// Package analyzer makes tenantvet a go/analysis analyzer, for golangci-lint,
// nogo and every other driver of that framework. The command has drivers of
// its own, which are faster; the errors are the same.
//
// In goes a package; out come its unit, as a fact, and diagnostics if the
// package is a program: only a program sees enough to judge (docs/design.md).
// Diagnostics lie where the mistake is, mostly in another package's file.
//
// Invariant: a package outside the main module costs nothing and has no fact.
//
// It cannot see other packages' comments and files: whatever is shown or heeded
// of them (directives, positions, the generated mark) travels in units. It has
// fixes for what lies in the program's own package only, because a fix needs the
// real file; each was compiled and linked before it is offered.
package analyzer

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/tools/go/analysis"

	"github.com/tenantvet/tenantvet/analyzer/internal/index"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Settings adapt the analyzer to its driver. What a user may set stands in
// .tenantvet.yml, which all drivers read.
type Settings struct {
	// Dir is a folder of the module, by default that of the package at hand.
	Dir string
	// AllFacts tells that the driver hands on the facts of all dependencies, as
	// golangci-lint does, not only those of direct imports. Facts are smaller
	// then.
	AllFacts bool
}

// Analyzer is the analyzer with default settings.
var Analyzer = New(Settings{})

// New makes an analyzer.
func New(s Settings) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name:             "tenantvet",
		Doc:              "prove that every query stays inside the caller's tenant",
		URL:              "https://github.com/tenantvet/tenantvet",
		FactTypes:        []analysis.Fact{&Unit{}},
		RunDespiteErrors: true,
		Run:              func(pass *analysis.Pass) (any, error) { return nil, run(s, pass) },
	}
}

// Digest makes an analyzer that does nothing and whose name changes when the
// settings or the schema say something else: drivers that cache by the names
// of analyzers then run again.
func Digest(s Settings) *analysis.Analyzer {
	return &analysis.Analyzer{
		Name: "tenantvet_" + digest(s.Dir),
		Doc:  "carries the digest of settings and schema for caches",
		Run:  func(*analysis.Pass) (any, error) { return nil, nil },
	}
}

// digest is a short digest of what is decided in dir; an error is one, too.
func digest(dir string) string {
	p, err := project.Find(dir, os.Getenv)
	if err != nil {
		return "none"
	}
	p.Index = index.User()
	d, err := p.Decide()
	if err != nil {
		return "unreadable"
	}
	return d.Digest()[:12]
}

// Unit is the fact: what is known of a package, in tenantvet's own form. It
// holds the package's own unit, or an archive of the package and the packages
// of the module that it imports.
type Unit struct {
	Data    []byte
	Archive bool
}

// AFact marks Unit as a fact.
func (*Unit) AFact() {}

func (u *Unit) String() string { return fmt.Sprintf("unit of %d bytes", len(u.Data)) }

// run compiles the package, exports its unit, and links it if it is a program.
func run(s Settings, pass *analysis.Pass) error {
	files := sources(pass)
	if len(files) == 0 || pass.Module != nil && pass.Module.Version != "" {
		return nil
	}
	p, err := project.Find(dirOf(s, pass), os.Getenv)
	if err != nil || pass.Module != nil && !p.Own(pass.Module.Path) {
		return nil // a dependency in another folder, or the standard library
	}
	p.Index = index.User()
	w := &work{settings: s, pass: pass, project: p, files: files}
	if w.module() == "" {
		return nil
	}
	own, err := w.compile()
	if err != nil {
		return err
	}
	w.export(own)
	return w.link(own)
}

// dirOf is a folder of the module.
func dirOf(s Settings, pass *analysis.Pass) string {
	if s.Dir != "" {
		return s.Dir
	}
	return filepath.Dir(pass.Fset.File(pass.Files[0].FileStart).Name())
}

// export makes the unit the fact of the package.
func (w *work) export(own *unit.Unit) {
	if own.Name == "main" {
		return // nobody imports it
	}
	if w.settings.AllFacts {
		w.pass.ExportPackageFact(&Unit{Data: unit.Compress(own)})
		return
	}
	w.pass.ExportPackageFact(&Unit{Data: unit.NewArchive(own, w.archives...).Bytes(), Archive: true})
}
