package propagate

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/tabling"
)

// provision is an answer that leaves out the callers which were being asked already.
// It serves whoever asks the same while the outermost of those, the leader, is still
// being asked: that one asks all of them, so nothing is lost. Without it a cycle of
// calls (handlers that dispatch, tasks that call handlers) is walked along every path.
type provision struct {
	contexts []solve.Context
	leader   tabling.Question
}

// provisionalAnswer is the answer to a question that was asked before inside of a cycle that
// is still open.
func (p *Callers) provisionalAnswer(key string) ([]solve.Context, bool) {
	found, ok := p.provisional[key]
	if !ok {
		return nil, false
	}
	if !p.solver.Tabling.LeansOnOpen(found.leader) {
		delete(p.provisional, key)
		return nil, false
	}
	return found.contexts, true
}

// askApart lets a question be asked as if no other were open.
func (p *Callers) askApart(question func()) {
	climbing, provisional := p.inProgress, p.provisional
	p.inProgress, p.provisional = map[string]bool{}, map[string]provision{}
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
