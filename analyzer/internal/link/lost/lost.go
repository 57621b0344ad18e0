// Package lost finds the parts of a program of which it is not known what they call or register,
// and by what the program waits for clients.
package lost

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/access"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// skipped are the reasons of functions without operations. Over any other budget
// a function still lists its calls, only their arguments are unknown.
var skipped = map[string]bool{
	"does not type-check": true, "function too large": true, "package too large": true, "internal error": true,
}

// Skips reports whether a function that was not compiled for a reason has no operations.
func Skips(reason string) bool { return skipped[reason] }

// Part names the first part of a program that is lost, with the reason, "" if there is none.
func Part(g *callgraph.Graph) string {
	for _, u := range g.Units {
		for i := range u.Problems {
			switch u.Problems[i].Kind {
			case "type-check", "internal error":
				return unit.Short(u.Path) + " does not type-check"
			case unit.OverCap:
				return unit.Short(u.Path) + " is over the archive cap"
			}
		}
	}
	for _, f := range g.Order {
		if Skips(f.Over) {
			return unit.Short(f.Symbol) + ": " + f.Over
		}
	}
	return ""
}

// Listens is the library function by which a program waits for clients, "" if it does not.
func Listens(g *callgraph.Graph, names *access.Names) string {
	for _, f := range g.Order {
		for i := range f.Calls {
			c := &f.Calls[i]
			if c.Kind == unit.Library && names.Listens(c.Symbol) {
				return c.Symbol
			}
		}
	}
	return ""
}
