package pathcond

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Unpromoted are the functions that a call may run, on the value whose method is called: where
// an interface is met by a method of what a type embeds, all of them speak of the fields that
// the type has, be they its own or promoted.
//
//	func (p Person) Org() int64 { return p.OrgID }
//	type Child struct{ Person; … }       // child.Org() is child.OrgID, as invoice.Org() is invoice.OrgID
func Unpromoted(c *unit.Call, targets []callgraph.Callee) []callgraph.Callee {
	promoted := func(t callgraph.Callee) bool {
		if len(t.Args) == 0 || len(c.Args) == 0 {
			return false
		}
		_, inside := term.StepsTo(c.Args[0], t.Args[0])
		return inside
	}
	if c.Kind != unit.Interface || !slices.ContainsFunc(targets, promoted) {
		return targets
	}
	out := slices.Clone(targets)
	for i, t := range out {
		if len(t.Args) > 0 {
			out[i].Args = append([]term.Term{term.Select(c.Args[0], term.Promoted)}, t.Args[1:]...)
		}
	}
	return out
}
