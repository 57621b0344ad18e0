package access

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// UnusedTenant is the parameter by which a function is handed the tenant, where neither a
// value of the statement that it runs nor an argument of a call is made of it; "" if there is
// none.
func (n *Names) UnusedTenant(f *callgraph.Function, run *unit.Run) string {
	for i, name := range f.Params {
		if name == "" || !n.Is(proof.Tenant, name) {
			continue
		}
		made := func(t term.Term) bool {
			return t != nil && term.Any(t, func(x term.Term) bool {
				path, ok := x.(*term.Path)
				return ok && path.Root == term.Param && path.Index == i
			})
		}
		used := slices.ContainsFunc(run.Args, made) || made(run.Named) || made(run.Text) ||
			slices.ContainsFunc(f.Calls, func(c unit.Call) bool { return slices.ContainsFunc(c.Args, made) })
		if !used {
			return name
		}
	}
	return ""
}
