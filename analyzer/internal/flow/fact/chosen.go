package fact

import (
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A boolean may be set in both arms of a branch: where it is what it should be behind them, the
// arm that was taken has found so.
//
//	if org == mine { allowed = true } else { _, err := role(org, user); allowed = err == nil }
//	if !allowed { return }             // leaves implies(test(ne(org, mine)), test(nil(#1.r1)))

// chosen are the facts of the arms in which a boolean was set, if it is want behind them.
func (f *Conditions) chosen(v *ssa.Phi, want bool) []term.Fact {
	b := v.Block()
	d := b.Idom()
	if f.Course != nil || f.BusyPhi(v) || d == nil || len(d.Succs) != 2 || d.Succs[0] == d.Succs[1] || slices.ContainsFunc(b.Preds, b.Dominates) {
		return nil
	}
	defer f.Enter(v)()
	var out []term.Fact
	for i, arm := range d.Succs {
		if arm == b || len(arm.Preds) != 1 {
			continue
		}
		when, exact := f.condition(d, arm, d.Succs[1-i])
		if !exact {
			continue
		}
		common := &sameFacts{}
		for k, p := range b.Preds {
			if !arm.Dominates(p) {
				continue
			}
			set, known := f.setTo(v.Edges[k], want)
			if known {
				common.add(slices.DeleteFunc(append(f.checkedIn(arm, p, b), set...), func(x term.Fact) bool { return !succeeds[x.Op] }))
			}
		}
		for _, x := range common.list[max(0, len(common.list)-maxImplied):] {
			out = append(out, term.Fact{Op: term.Implies, A: &term.Test{Fact: when}, B: &term.Test{Fact: x}})
		}
	}
	return out
}

// setTo are the facts that hold where a value is want; known is false if it never is.
func (f *Conditions) setTo(v ssa.Value, want bool) (facts []term.Fact, known bool) {
	if b, isConst := callsite.BoolConst(v); isConst {
		return nil, b == want
	}
	yes, no := f.Holds(v)
	if want {
		return yes, true
	}
	return no, true
}
