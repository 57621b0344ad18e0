package link

// provision is an answer that leaves out the callers which were being asked already.
// It serves whoever asks the same while the outermost of those, the leader, is still
// being asked: that one asks all of them, so nothing is lost. Without it a cycle of
// calls (handlers that dispatch, tasks that call handlers) is walked along every path.
type provision struct {
	contexts []context
	leader   question
}

// underWay is the answer to a question that was asked before inside of a cycle that
// is still open.
func (p *program) underWay(key string) ([]context, bool) {
	found, ok := p.provisional[key]
	if !ok {
		return nil, false
	}
	if !p.tabling.leansOnOpen(found.leader) {
		delete(p.provisional, key)
		return nil, false
	}
	return found.contexts, true
}

// askApart lets a question be asked as if no other were open.
func (p *program) askApart(question func()) {
	climbing, provisional := p.climbing, p.provisional
	p.climbing, p.provisional = map[string]bool{}, map[string]provision{}
	question()
	p.climbing, p.provisional = climbing, provisional
}

// ends keeps one context of those that differ in the way alone. Between functions
// that are kept in a list (middlewares) there is a way for every order of them.
func ends(list []context) []context {
	seen := map[string]bool{}
	var out []context
	for _, c := range list {
		bare := c
		bare.hops = nil
		if key := bare.key(); !seen[key] {
			seen[key] = true
			out = append(out, c)
		}
	}
	return out
}
