package propagate

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/tabling"
)

// askApart lets a question be asked as if no other were open.
func (p *Callers) askApart(question func()) {
	climbing, provisional := p.inProgress, p.provisional
	p.inProgress, p.provisional = map[string]bool{}, tabling.Provisional[[]solve.Context]{}
	question()
	p.inProgress, p.provisional = climbing, provisional
}

// distinctEnds keeps one context of those that differ in the way alone. Between functions
// that are kept in a list (middlewares) there is a way for every order of them.
func distinctEnds(list []solve.Context) []solve.Context {
	seen := map[string]bool{}
	var out []solve.Context
	for _, c := range list {
		bare := c
		bare.Hops = nil
		if key := bare.Key(); !seen[key] {
			seen[key] = true
			out = append(out, c)
		}
	}
	return out
}
