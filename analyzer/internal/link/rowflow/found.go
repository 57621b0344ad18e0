package rowflow

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// IfFound are facts of f with what they imply of a row that operation n gave: whoever has it
// has run the operation, under the conditions in force there, and in a loop in one of its turns.
//
//	for _, id := range ids { if id != nil { row := load(*id); if row.Org != mine { return } } }
//
// leaves every(ids[1001], test(implies(test(nonzero(ids[1001])), test(eq(#1.r0.Org, …))))): of
// the rows that were loaded, each was compared.
func IfFound(f *callgraph.Function, facts []term.Fact, n int) []term.Fact {
	out := term.IfRan(facts, n)
	under := FactsOf(f.Ops[n])
	for _, x := range facts {
		then := x
		for range maxWrapped {
			inner, ok := impliedUnder(then, under)
			if !ok {
				break
			}
			then = inner
		}
		if then.String() != x.String() && then.Op == term.Eq && (FromRun(then.A, n) || FromRun(then.B, n)) {
			out = append(out, then)
		}
	}
	return out
}

// maxWrapped caps what a comparison is wrapped in: lists in lists, conditions in conditions.
const maxWrapped = 4

// impliedUnder is what a fact says of the element of a list that is in hand, or implies where
// others hold.
func impliedUnder(x term.Fact, under []term.Fact) (term.Fact, bool) {
	then, ok := x.B.(*term.Test)
	if !ok {
		return x, false
	}
	switch x.Op {
	case term.Implies:
		when, ok := x.A.(*term.Test)
		return then.Fact, ok && slices.ContainsFunc(under, func(f term.Fact) bool { return f.String() == when.Fact.String() })
	case term.Every:
		return then.Fact, true
	}
	return x, false
}
