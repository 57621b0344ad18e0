// Package suggest finds the fixes that a driver may offer beside the findings of one program:
// edits of the package at hand, each after the program was compiled and linked with it.
//
// In goes a program with its package, as a driver of go/analysis or of go vet has it; out comes
// for a finding the edit that mends it. Package fix chooses edits by names, which prove nothing;
// one is offered only if the package type-checks with it, the finding is gone, and no call of
// the program is worse.
//
// It cannot see the sources of other packages, nor other programs: what lies in another package
// than the program's own is mended by the command alone, which analyses the whole project.
package suggest

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/fix"
	"github.com/tenantvet/tenantvet/analyzer/internal/load"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxTrials is how often a program is linked again for its fixes: each costs what judging it
// costs. What is left over has no fix.
const maxTrials = 8

// Program is a program that was linked, and its own package.
type Program struct {
	Project  *project.Project
	Decision *project.Decision
	Linked   project.Program
	Run      *finding.Run                 // what linking it gave
	Package  *project.Package             // that of the program itself
	Imports  func(path string) *unit.Unit // units of what it imports, nil for what is none of the project's
	Read     func(file string) ([]byte, error)
}

// Fixes are fixes of findings, by fingerprint. Each holds alone; Together tells whether several
// do.
func (p *Program) Fixes() map[string]fix.Candidate {
	out := map[string]fix.Candidate{}
	trials := 0
	for _, t := range p.targets() {
		for _, c := range p.source().Candidates(t) {
			if !p.own(c) {
				continue
			}
			if trials++; trials > maxTrials {
				return out
			}
			if p.holds(c.Edits, t) {
				out[t.Fingerprint] = c
				break
			}
		}
	}
	return out
}

// Texts are the files of the package with as many fixes as hold together, by name.
func (p *Program) Texts() map[string][]byte {
	var edits []fix.Edit
	var mended []fix.Target
	fixes := p.Fixes()
	for _, t := range p.targets() {
		c, ok := fixes[t.Fingerprint]
		if !ok || meet(edits, c.Edits) {
			continue
		}
		both, all := slices.Concat(edits, c.Edits), append(slices.Clone(mended), t)
		if len(mended) == 0 || p.holds(both, all...) {
			edits, mended = both, all
		}
	}
	texts, _ := p.textsOf(edits) // they were read before
	return texts
}

// meet reports whether edits touch the same place.
func meet(a, b []fix.Edit) bool {
	return slices.ContainsFunc(a, func(x fix.Edit) bool {
		return slices.ContainsFunc(b, func(y fix.Edit) bool { return x.File == y.File && x.Start <= y.End && y.Start <= x.End })
	})
}

// targets are the findings that are shown and that an edit of the package may mend.
func (p *Program) targets() []fix.Target {
	return slices.DeleteFunc(fix.Targets(p.Run, p.Project.Abs), func(t fix.Target) bool {
		return !slices.ContainsFunc(p.Package.Files, func(f *ast.File) bool { return filepath.Clean(p.name(f)) == t.Edited() })
	})
}

func (p *Program) name(f *ast.File) string { return p.Package.Fset.File(f.FileStart).Name() }

func (p *Program) source() *fix.Source {
	pkg := p.Package
	return &fix.Source{
		Fset: pkg.Fset, Files: pkg.Files, Types: pkg.Types, Info: pkg.Info,
		Words: p.Decision.Settings.Words(), First: p.Decision.Placeholder(),
	}
}

// own reports whether all edits lie in files of the package whose texts are those that were
// parsed: cgo and generators of the go command hand on others.
func (p *Program) own(c fix.Candidate) bool {
	for _, e := range c.Edits {
		i := slices.IndexFunc(p.Package.Files, func(f *ast.File) bool { return p.name(f) == e.File })
		if i < 0 {
			return false
		}
		text, err := p.Read(e.File)
		if err != nil || len(text) != p.Package.Fset.File(p.Package.Files[i].FileStart).Size() {
			return false
		}
	}
	return len(c.Edits) > 0
}

// holds reports whether the program is better with edits, and nowhere worse.
func (p *Program) holds(edits []fix.Edit, mended ...fix.Target) bool {
	texts, err := p.textsOf(edits)
	if err != nil {
		return false
	}
	pkg := p.with(texts)
	if len(pkg.Errors) > len(p.Package.Errors) {
		return false
	}
	own := p.Project.Compile(pkg, p.Imports)
	linked := p.Linked
	linked.Units = slices.Clone(linked.Units)
	for i, u := range linked.Units {
		if u.Path == own.Path {
			linked.Units[i] = own
		}
	}
	return fix.Holds(p.Run, p.Project.Link(p.Decision, []project.Program{linked}), p.Project.Rel, mended...)
}

// textsOf are the files of edits with their new texts.
func (p *Program) textsOf(edits []fix.Edit) (map[string][]byte, error) {
	byFile := map[string][]fix.Edit{}
	for _, e := range edits {
		byFile[e.File] = append(byFile[e.File], e)
	}
	out := map[string][]byte{}
	for file, in := range byFile {
		text, err := p.Read(file)
		if err != nil {
			return nil, err
		}
		out[file] = fix.Apply(text, in)
	}
	return out, nil
}

// with is the package with other texts of some files, type-checked anew.
func (p *Program) with(texts map[string][]byte) *project.Package {
	pkg := &project.Package{Path: p.Package.Path, Module: p.Package.Module, Fset: token.NewFileSet(), Info: load.NewInfo()}
	for _, old := range p.Package.Files {
		name := p.name(old)
		text, ok := texts[name]
		if !ok {
			text, _ = p.Read(name) // no text is an error of the parser
		}
		f, err := parser.ParseFile(pkg.Fset, name, text, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			pkg.Errors = append(pkg.Errors, load.SyntaxErrors(pkg.Fset, err)...)
		}
		if f != nil {
			pkg.Files = append(pkg.Files, f)
		}
	}
	conf := types.Config{
		Importer:  load.ImporterFunc(imported(p.Package.Types)),
		Sizes:     types.SizesFor("gc", runtime.GOARCH),
		GoVersion: p.Package.Types.GoVersion(),
		Error:     func(err error) { pkg.Errors = append(pkg.Errors, load.AsTypeError(err)) },
	}
	pkg.Types, _ = conf.Check(pkg.Path, pkg.Fset, pkg.Files, pkg.Info) // errors went to conf.Error
	return pkg
}

// imported gives the packages that a package imports, as they are known: a fix imports nothing.
func imported(pkg *types.Package) func(path string) (*types.Package, error) {
	return func(path string) (*types.Package, error) {
		if path == "unsafe" {
			return types.Unsafe, nil
		}
		for _, x := range pkg.Imports() {
			if x.Path() == path {
				return x, nil
			}
		}
		return nil, errors.New("not among the imports of the package")
	}
}
