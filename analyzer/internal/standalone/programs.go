package standalone

import (
	"slices"
	"strings"
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/load"
	"github.com/tenantvet/tenantvet/analyzer/internal/project"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A program is a closed world: the units of a main package and of all that it
// imports. Which packages make one is told by the import graph alone, so that
// it is the same closure that a vet unit gets from the facts of its imports.

// programs are the main packages among the listed ones and the roots of the
// settings, each with the units of its closure; packages that none of them
// contains form one more program, the library. Packages that help tests are none of
// it: what they register or call is no part of what is shipped.
func (c *Compiled) programs() []project.Program {
	closures := map[string][]string{} // import path -> own packages that it reaches, itself included
	used := map[string]bool{}
	var out []project.Program
	for _, l := range c.Packages { // dependencies come first
		if !l.Main() {
			continue
		}
		closures[l.ImportPath] = closure(l, closures)
		// A package that is both counts once, as a root: all that it exports may
		// be called.
		if root := c.Project.IsRoot(c.Decision.Settings, l.ImportPath, l.Dir); root || l.Name == "main" {
			out = append(out, project.Program{
				Path: l.ImportPath, Root: root, Clause: c.Clauses[l.ImportPath], Units: pick(closures[l.ImportPath], c.Units),
			})
			for _, path := range closures[l.ImportPath] {
				used[path] = true
			}
		}
	}
	var rest []string
	for _, l := range c.Packages {
		if l.Main() && !used[l.ImportPath] && !helpsTests(l) {
			rest = append(rest, closures[l.ImportPath]...)
		}
	}
	// The library has no path, so it comes first and never hides a program.
	if len(rest) > 0 {
		out = append(out, project.Program{Root: true, Units: pick(rest, c.Units)})
	}
	slices.SortFunc(out, func(a, b project.Program) int { return strings.Compare(a.Path, b.Path) })
	return out
}

// helpsTests reports whether a package is for tests: files that are no tests take part in
// them.
func helpsTests(l *load.Listed) bool { return slices.Contains(l.Imports, "testing") }

// closure is l and the closures of what it imports, sorted. Packages come in the
// order of their imports, so those are known already; what is outside the main
// modules has none.
func closure(l *load.Listed, closures map[string][]string) []string {
	out := []string{l.ImportPath}
	for _, path := range l.Imports {
		if to, ok := l.ImportMap[path]; ok {
			path = to
		}
		out = append(out, closures[path]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// pick takes the units of the paths, in their order, each once. A path without a
// unit is a package that could not be listed; the link says what it lacks.
func pick(paths []string, units map[string]*unit.Unit) []*unit.Unit {
	slices.Sort(paths)
	var out []*unit.Unit
	for _, path := range slices.Compact(paths) {
		if u := units[path]; u != nil {
			out = append(out, u)
		}
	}
	return out
}

// units are the units compiled so far and their package clauses, by import
// path; packages are compiled in parallel.
type units struct {
	mu      sync.Mutex
	byPath  map[string]*unit.Unit
	clauses map[string]finding.Place
}

// newUnits makes an empty set. Units are kept to the end of the run, because the
// link looks at all of them; syntax and types are not.
func newUnits() *units {
	return &units{byPath: map[string]*unit.Unit{}, clauses: map[string]finding.Place{}}
}

// put adds the unit of a package that was just compiled.
func (u *units) put(x *unit.Unit, clause finding.Place) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.byPath[x.Path], u.clauses[x.Path] = x, clause
}

// get is the unit of a package that is imported, nil if it is none of the
// project's. It was put before: packages are compiled after their imports.
func (u *units) get(path string) *unit.Unit {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.byPath[path]
}
