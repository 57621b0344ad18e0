package carried

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// OwnContext is a method of the program by which a context of its own answers for keys with
// what it holds itself, "" if there is none: nobody is seen to put that there.
//
//	func (c custom) Value(key any) any { if key == orgKey { return c.org }; return c.Context.Value(key) }
func OwnContext(graph *callgraph.Graph) string {
	for _, u := range graph.Units {
		for _, f := range u.Functions {
			if strings.HasSuffix(f.Symbol, ".Value") && slices.ContainsFunc(f.Gives, givesOwn) && isContext(u, f.Receiver) {
				return unit.Short(f.Symbol)
			}
		}
	}
	return ""
}

// isContext reports whether a type of a unit has the methods of a context.
func isContext(u *unit.Unit, name string) bool {
	return slices.ContainsFunc(u.Types, func(t unit.Type) bool {
		has := func(method string) bool {
			return slices.ContainsFunc(t.Methods, func(m unit.Method) bool { return m.Name == method })
		}
		return strings.TrimPrefix(t.Name, "*") == name && has("Deadline") && has("Done") && has("Err")
	})
}

// givesOwn reports whether a return gives something that the receiver holds.
func givesOwn(g unit.Give) bool {
	return len(g.Results) > 0 && slices.ContainsFunc(term.Leaves(g.Results[0]), func(t term.Term) bool {
		x, ok := t.(*term.Path)
		return ok && x.Root == term.Param && x.Index == 0 && len(x.Steps) > 0
	})
}
