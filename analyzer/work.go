package analyzer

import (
	"fmt"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/fix"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/report/plain"
	"github.com/tenantvet/tenantvet/analyzer/internal/suggest"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// work is the analysis of one package.
type work struct {
	settings Settings
	pass     *analysis.Pass
	project  *project.Project
	files    []*ast.File // without tests

	archives []*unit.Archive       // of the imports
	units    map[string]*unit.Unit // of dependencies, where each has its own fact
}

// sources are the files of the package without its tests, which are no part of
// any program.
func sources(pass *analysis.Pass) []*ast.File {
	return slices.DeleteFunc(slices.Clone(pass.Files), func(f *ast.File) bool {
		return strings.HasSuffix(pass.Fset.File(f.FileStart).Name(), "_test.go")
	})
}

// module is the main module that the package belongs to, "" if it is none.
func (w *work) module() string {
	if w.pass.Module != nil && w.pass.Module.Path != "" {
		return w.pass.Module.Path
	}
	for _, m := range slices.Backward(w.project.Modules) {
		if path := w.pass.Pkg.Path(); path == m.Path || strings.HasPrefix(path, m.Path+"/") {
			return m.Path
		}
	}
	return ""
}

// readFacts reads the facts of the imports, sorted by path.
func (w *work) readFacts() error {
	w.units = map[string]*unit.Unit{}
	facts := w.pass.AllPackageFacts()
	slices.SortFunc(facts, func(a, b analysis.PackageFact) int { return strings.Compare(a.Package.Path(), b.Package.Path()) })
	for _, f := range facts {
		u, ok := f.Fact.(*Unit)
		if !ok || f.Package == w.pass.Pkg {
			continue
		}
		if err := w.readFact(f.Package.Path(), u); err != nil {
			return fmt.Errorf("fact of %s: %w", f.Package.Path(), err)
		}
	}
	return nil
}

func (w *work) readFact(path string, fact *Unit) error {
	if fact.Archive {
		a, err := unit.ReadArchive(fact.Data)
		w.archives = append(w.archives, a)
		return err
	}
	u, err := unit.Expand(path, fact.Data)
	w.units[path] = u
	return err
}

// imported is the unit of a dependency, nil if it is none of the project's.
func (w *work) imported(path string) *unit.Unit {
	if u := w.units[path]; u != nil {
		return u
	}
	for _, a := range w.archives {
		if u, err := a.Unit(path); err == nil && u != nil {
			return u
		}
	}
	return nil
}

// compile makes the unit of the package.
func (w *work) compile() (*unit.Unit, error) {
	if err := w.readFacts(); err != nil {
		return nil, err
	}
	return w.project.Compile(w.pkg(), w.imported), nil
}

// pkg is the package as all drivers see it.
func (w *work) pkg() *project.Package {
	return &project.Package{
		Path: w.pass.Pkg.Path(), Module: w.module(), Fset: w.pass.Fset, Files: w.files,
		Types: w.pass.Pkg, Info: w.withoutTests(), Errors: w.pass.TypeErrors,
	}
}

// withoutTests is the type information without the initialisers of variables
// that test files declare.
func (w *work) withoutTests() *types.Info {
	if len(w.files) == len(w.pass.Files) {
		return w.pass.TypesInfo
	}
	info := *w.pass.TypesInfo
	info.InitOrder = slices.DeleteFunc(slices.Clone(info.InitOrder), func(i *types.Initializer) bool {
		return !slices.ContainsFunc(w.files, func(f *ast.File) bool {
			return f.FileStart <= i.Rhs.Pos() && i.Rhs.Pos() < f.FileEnd
		})
	})
	return &info
}

// link judges the package if it is a program, and reports what is found.
func (w *work) link(own *unit.Unit) error {
	pkg := w.pkg()
	program := project.Program{Path: own.Path, Clause: w.project.Clause(pkg)}
	d, root, err := w.project.DecideFor(own, dirOf(Settings{}, w.pass))
	if wrong := w.project.Refused(err, program); wrong != nil {
		w.reportAll(wrong, nil)
		return nil
	}
	if d == nil || err != nil {
		return err
	}
	program.Root = root
	if program.Units, err = w.closure(own); err != nil {
		return err
	}
	run := w.project.Link(d, []project.Program{program})
	mender := suggest.Program{Project: w.project, Decision: d, Linked: program, Run: run, Package: pkg, Imports: w.imported, Read: w.pass.ReadFile}
	w.reportAll(d.Printed(run, program), mender.Fixes())
	return nil
}

// closure is own and the units of all that it imports.
func (w *work) closure(own *unit.Unit) ([]*unit.Unit, error) {
	if !w.settings.AllFacts {
		return unit.NewArchive(own, w.archives...).Units()
	}
	all := []*unit.Unit{own}
	for _, u := range w.units {
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b *unit.Unit) int { return strings.Compare(a.Path, b.Path) })
	return all, nil
}

// reportAll reports findings, with the fixes that are known by their fingerprints.
func (w *work) reportAll(printed []finding.Finding, fixes map[string]fix.Candidate) {
	at := newPlaces(w, printed)
	for _, f := range printed {
		d := analysis.Diagnostic{Pos: at.pos(f.Place, f.Line, f.Column), Category: f.Rule, Message: plain.Line(f.Diagnostic())}
		if f.EndLine > 0 {
			d.End = at.pos(f.Place, f.EndLine, f.EndColumn)
		}
		if c, ok := fixes[f.Fingerprint]; ok && f.Fingerprint != "" {
			d.SuggestedFixes = []analysis.SuggestedFix{w.suggested(c)}
		}
		w.pass.Report(d)
	}
}

// suggested is a fix as drivers apply it: its edits lie in files of the package.
func (w *work) suggested(c fix.Candidate) analysis.SuggestedFix {
	out := analysis.SuggestedFix{Message: plain.Line(c.What)}
	for _, e := range c.Edits {
		for _, f := range w.files {
			if file := w.pass.Fset.File(f.FileStart); file.Name() == e.File {
				out.TextEdits = append(out.TextEdits, analysis.TextEdit{Pos: file.Pos(e.Start), End: file.Pos(e.End), NewText: []byte(e.New)})
			}
		}
	}
	return out
}
