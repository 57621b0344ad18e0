package project

import (
	"go/ast"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/walls"
	"github.com/tenantvet/tenantvet/analyzer/internal/rls"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Stand-alone there are all programs of the project at once, under vet and
// golangci-lint one for each process; the code is the same.

// Program is a main package with the units of all that it imports.
type Program struct {
	Path   string
	Root   bool          // no main package: its exported functions are what is called from outside
	Clause finding.Place // where things stand that are said of it as a whole
	Units  []*unit.Unit
}

// Link links programs and merges what they say: the worst vote on a call wins. The
// programs share their proofs, so that a hundred mains over one query package
// prove each statement once. It does not fail; a program that cannot be linked
// says so and leaves its calls unproven.
func (p *Project) Link(d *Decision, programs []Program) *finding.Run {
	run, _ := p.link(p.withModels(d, programs), programs)
	return run
}

// LinkAll links all programs of the project, and so can tell what people have said that
// nothing needs any more.
func (p *Project) LinkAll(d *Decision, programs []Program) *finding.Run {
	d = p.withModels(d, programs)
	run, reports := p.link(d, programs)
	run.Findings = append(run.Findings, d.undecidedTables()...)
	check := rls.Check
	if d.Settings.RLS == config.RLSRequired {
		check = rls.CheckRequired
	}
	for _, c := range d.Catalogues {
		run.Findings = append(run.Findings, unsaid(run.Findings, check(c))...)
	}
	slices.SortStableFunc(run.Findings, func(a, b finding.Finding) int { return a.Place.Compare(b.Place) })
	d.heed(run)
	run.Setup = append(run.Setup, d.idle(p, run, idleDirectives(programs, reports))...)
	return run
}

// unsaid leaves of some findings those that are not among others: modules of a workspace may
// have one folder of migrations.
func unsaid(said, more []finding.Finding) []finding.Finding {
	return slices.DeleteFunc(more, func(f finding.Finding) bool {
		return slices.ContainsFunc(said, func(x finding.Finding) bool {
			return x.Rule == f.Rule && x.Place == f.Place && x.Message == f.Message
		})
	})
}

// link links programs; the reports are theirs, in their order.
func (p *Project) link(d *Decision, programs []Program) (*finding.Run, []*link.Report) {
	shared := link.NewShared()
	var reports []*link.Report
	for _, x := range programs {
		in := link.Input{
			Program: x.Path, Units: x.Units, Catalogues: p.bound(d, x), Shared: shared,
			Settings: link.Settings{TenantSource: d.Settings.TenantSource, Checkers: d.Settings.Checkers, Staff: d.Settings.Staff, Assumes: d.Settings.Assumes, Words: d.Settings.Words()},
		}
		if x.Root {
			in.Program = link.Library
		}
		r := linked(in, d.Settings)
		x.place(r)
		reports = append(reports, r)
	}
	run := link.Merge(reports)
	run.Base = p.base()
	run.Catalogue = d.Records()
	run.Libraries = p.libraryNames(programs)
	run.Setup = slices.Concat(p.unmodelled(programs), d.setup(run), d.idleAssumes(p, run), misspelt(programs), run.Setup)
	d.heed(run)
	return run, reports
}

// linked is what a program says, of each wall by itself where the settings ask for both.
func linked(in link.Input, s *config.Settings) *link.Report {
	if s.RLS == config.RLSRequired {
		return walls.Program(in)
	}
	return link.Program(in)
}

// idleAssumes are the assumptions of the settings on which no call rests: a
// misspelt one confirms nothing, and one that is no longer needed should go.
func (d *Decision) idleAssumes(p *Project, run *finding.Run) []finding.Setup {
	var out []finding.Setup
	for _, a := range d.Settings.Assumes {
		if !slices.ContainsFunc(run.Calls, func(c finding.Call) bool { return slices.Contains(c.Assumes, a) }) {
			out = append(out, finding.Setup{File: p.Rel(d.Settings.File), Line: d.Settings.Line("assumes", a), Message: "assumes: no call rests on " + a})
		}
	}
	return out
}

// libraryNames are those that the programs use, sorted. The standard library is none,
// but for the two packages that make a program a back end. A reader sees at a
// glance whether the library that matters to him is among them.
func (p *Project) libraryNames(programs []Program) []string {
	lib, err := p.libraries()
	if err != nil {
		panic(err) // the built-in data is wrong
	}
	var out []string
	for _, x := range programs {
		for _, u := range x.Units {
			out = append(out, u.Libraries...)
		}
	}
	out = slices.DeleteFunc(out, func(path string) bool {
		first, _, _ := strings.Cut(path, "/")
		known := lib.Package(path)
		return !strings.Contains(first, ".") && (known == nil || !known.BackEnd)
	})
	slices.SortFunc(out, strings.Compare)
	return slices.Compact(out)
}

// Clause is where things stand that are said of a program as a whole: its
// package clause, in the file of func main, or in the first file where there is
// none. Without files it is no place.
func (p *Project) Clause(pkg *Package) finding.Place {
	if len(pkg.Files) == 0 {
		return finding.Place{}
	}
	best := pkg.Files[0]
	for _, f := range pkg.Files {
		if declaresMain(f) {
			best = f
			break
		}
	}
	start, end := pkg.Fset.PositionFor(best.Package, false), pkg.Fset.PositionFor(best.Name.End(), false)
	return finding.Place{
		File: p.Rel(start.Filename), Line: start.Line, Column: start.Column, EndLine: end.Line, EndColumn: end.Column,
	}
}

// declaresMain reports whether func main stands in the file: of the files of a
// program it is the one that a person opens.
func declaresMain(f *ast.File) bool {
	for _, d := range f.Decls {
		if fd, ok := d.(*ast.FuncDecl); ok && fd.Recv == nil && fd.Name.Name == "main" && fd.Body != nil {
			return true
		}
	}
	return false
}
