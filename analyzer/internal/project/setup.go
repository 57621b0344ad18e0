package project

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/config"
	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// setup is what a person should put right about schema and settings before the
// result means much. A module without database calls needs neither.
func (d *Decision) setup(run *finding.Run) []finding.Setup {
	var out []finding.Setup
	// Without calls nobody misses a schema.
	if len(d.Catalogues) == 0 && len(run.Calls) > 0 {
		out = append(out, finding.Setup{Hollow: run.Summary.Calls > 0, Message: "no schema: no migrations, sqlc.yaml or schema.sql below " +
			"the module's root; name the files under schema: in .tenantvet.yml"})
	}
	// A guess that no call rests on is worth a line, and hides nothing.
	guessed := slices.ContainsFunc(run.Calls, func(c finding.Call) bool { return c.Reason == finding.UnclearColumn })
	for _, c := range d.Catalogues {
		if c.Confidence == catalogue.Low && len(c.Tables) > 0 {
			out = append(out, finding.Setup{Message: c.Why, Hollow: guessed})
		}
		for _, n := range slices.Concat(c.Diagram.Notes, c.Notes) {
			out = append(out, finding.Setup{File: n.File, Line: n.Line, Message: n.Message})
		}
		for _, x := range c.Diagram.Problems {
			// What may have changed whose a table is hides calls.
			hides := x.Any || c.Rests(x)
			if hides || !x.Quiet {
				out = append(out, finding.Setup{File: x.File, Line: x.Line, Message: x.Message, Hollow: hides})
			}
		}
	}
	return out
}

// place gives what is said of the program as a whole its place, and drops what a
// person allowed there. What has a place of its own keeps it.
func (x *Program) place(r *link.Report) {
	whole := func(s finding.Setup) bool { return s.Hollow && s.File == "" }
	r.Setup = slices.DeleteFunc(r.Setup, func(s finding.Setup) bool { return whole(s) && x.allows() })
	for i := range r.Setup {
		if whole(r.Setup[i]) {
			r.Setup[i].File, r.Setup[i].Line = x.Clause.File, x.Clause.Line
		}
	}
}

// allows reports whether a directive with a reason stands at the program's package
// clause: a person knows what is said of the whole program.
func (x *Program) allows() bool {
	for _, u := range x.Units {
		if u.Path != x.Path {
			continue
		}
		for _, d := range u.Directives {
			here := d.Site != unit.NoSite && u.Files[u.Sites[d.Site].File].Name == x.Clause.File && d.Line == x.Clause.Line
			if here && d.Verb == "allow" && d.Reason != "" {
				return true
			}
		}
	}
	return false
}

// unmodelled names the database libraries of which only the name is known, each
// once, at the first program that uses it: a program that talks to its database
// through them would look clean.
func (p *Project) unmodelled(programs []Program) []finding.Setup {
	lib, err := p.libraries()
	if err != nil {
		panic(err) // the built-in data is wrong
	}
	var out []finding.Setup
	said := map[string]bool{}
	for _, x := range placedFirst(programs) {
		for _, u := range x.Units {
			for _, name := range u.Libraries {
				if k := lib.Package(name); k == nil || !k.Unmodelled || said[name] || x.allows() {
					continue
				}
				said[name] = true
				out = append(out, finding.Setup{
					File: x.Clause.File, Line: x.Clause.Line, Hollow: true,
					Message: fmt.Sprintf("%s is not modelled yet: no statement that it runs can be proved (package %s uses it)", name, u.Path),
				})
			}
		}
	}
	slices.SortFunc(out, func(a, b finding.Setup) int { return strings.Compare(a.Message, b.Message) })
	return out
}

// placedFirst puts the programs that have a place before those that have none, as
// the packages that no program contains.
func placedFirst(programs []Program) []Program {
	out := slices.Clone(programs)
	slices.SortStableFunc(out, func(a, b Program) int { return cmp.Compare(b.Clause.Line, 0) - cmp.Compare(a.Clause.Line, 0) })
	return out
}

// Printed are the findings that go vet and golangci-lint show of a program:
// errors and, in one line at its package clause, what makes its result hollow.
// Where the settings ask for warnings they show those, too, and the rest of what
// is to be put right.
func (d *Decision) Printed(run *finding.Run, x Program) []finding.Finding {
	out := slices.DeleteFunc(slices.Clone(run.Findings), func(f finding.Finding) bool {
		return !f.Shown() || f.Tier != finding.Error && !d.Settings.Warnings
	})
	if x.allows() {
		return out
	}
	var hollow, rest []string
	for _, s := range run.Setup {
		switch {
		case s.Hollow && s.File != "" && s.File != x.Clause.File:
			hollow = append(hollow, fmt.Sprintf("%s:%d: %s", s.File, s.Line, s.Message))
		case s.Hollow:
			hollow = append(hollow, s.Message)
		case !d.Settings.Warnings:
		// golangci-lint drops what is not in a Go file, so only those keep their
		// place.
		case strings.HasSuffix(s.File, ".go") && s.Line > 0:
			out = append(out, setupFinding(finding.Place{File: s.File, Line: s.Line, Column: 1}, s.Message))
		case s.File != "" && s.Line > 0:
			rest = append(rest, fmt.Sprintf("%s:%d: %s", s.File, s.Line, s.Message))
		default:
			rest = append(rest, s.Message)
		}
	}
	if all := append(hollow, rest...); len(all) > 0 {
		out = append(out, setupFinding(x.Clause, strings.Join(all, "; ")))
	}
	return out
}

// setupFinding makes a finding of what is wrong with the set-up, for drivers that
// can show nothing else. It belongs to no rule: no code repairs it. Its tier is
// that of an error because whoever decides what to print has decided before.
func setupFinding(at finding.Place, message string) finding.Finding {
	return finding.Finding{Rule: finding.SetupRule, Tier: finding.Error, Place: at, Message: "setup: " + message}
}

// Refused makes findings of what is wrong with the settings, for the drivers
// that run beside other analyzers and must not end them; of any other error it
// makes none.
func (p *Project) Refused(err error, x Program) []finding.Finding {
	if wrong := (*config.Error)(nil); !errors.As(err, &wrong) {
		return nil
	}
	text := strings.ReplaceAll(err.Error(), p.Root+string(filepath.Separator), "")
	return []finding.Finding{setupFinding(x.Clause, strings.ReplaceAll(text, "\n", "; "))}
}
