package term

// IfRan are facts with what they imply if operation n was run.
func IfRan(facts []Fact, n int) []Fact {
	out := facts[:len(facts):len(facts)]
	for _, x := range facts {
		if then := ImpliedByRun(x, n); then != nil {
			out = append(out, *then)
		}
	}
	return out
}

// ImpliedByRun is what a fact says of the case that operation n was run, nil if that is
// not what it says.
func ImpliedByRun(x Fact, n int) *Fact {
	then, ok := x.B.(*Test)
	if !ok || !isIfRan(x) {
		return nil
	}
	if r, ok := x.A.(*Test).Fact.A.(*Result); ok && r.Call == n {
		return &then.Fact
	}
	return nil
}

func isIfRan(x Fact) bool {
	when, ok := x.A.(*Test)
	return ok && x.Op == Implies && when.Fact.Op == Ran
}
