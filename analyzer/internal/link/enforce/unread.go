package enforce

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// unread are the functions that run with mutations of generated code, and its policies: what
// they do is not known, and of each kind that is said once, with the first place.
func unread(graph *callgraph.Graph) []finding.Enforcer {
	return append(unreadIn(graph, "Policy", "policies", "query", "mutation"), unreadIn(graph, "Hooks", "hooks", "mutation")...)
}

// unreadIn are those that stand in a variable of each entity's package: one entry for all, none
// if there is no such package.
func unreadIn(graph *callgraph.Graph, variable, called string, statements ...string) []finding.Enforcer {
	parts := partsWith(graph, variable)
	if len(parts) == 0 {
		return nil
	}
	e := finding.Enforcer{Name: called + " of " + path.Base(parts[0].Path), Statements: statements, Why: "what they do is not known"}
	if more := len(parts) - 1; more > 0 {
		e.Name += fmt.Sprintf(" and %d more", more)
	}
	e.Place = placeOfFirst(graph, parts, variable)
	return []finding.Enforcer{e}
}

// placeOfFirst is where a variable of the first package is set that is seen to be, or the
// package itself.
func placeOfFirst(graph *callgraph.Graph, parts []*unit.Unit, variable string) string {
	for _, part := range parts {
		for _, w := range graph.Stores[part.Path+"."+variable] {
			return callgraph.FileLine(w.Fn, w.Site)
		}
	}
	return parts[0].Path
}

// partsWith are the packages of entities of generated code that declare a variable by which
// functions run with their statements, sorted.
func partsWith(graph *callgraph.Graph, variable string) []*unit.Unit {
	var out []*unit.Unit
	for _, u := range graph.Units {
		for i := range u.Models {
			x := &u.Models[i]
			if slices.ContainsFunc(x.Fields, func(f unit.ModelField) bool { return f.Name == variable && strings.Contains(f.Tag, "enforces:") }) {
				out = append(out, u)
			}
		}
	}
	slices.SortFunc(out, func(a, b *unit.Unit) int { return cmp.Compare(a.Path, b.Path) })
	return out
}
