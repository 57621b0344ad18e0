package fact

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A variable that several ways have set is tested behind them: what holds then is what holds
// on all of those ways on which the test can come out so.
//
//	if err == nil { err = check(row) }
//	if err != nil { return err }       // leaves nil(#1.r1), nil(#2.r0)

// waysKey is a comparison of what a phi merges.
type waysKey struct {
	phi *ssa.Phi
	at  ssa.Instruction
}

// outcomes are the facts that a test leaves where it is true, and where it is not.
type outcomes struct{ yes, no []term.Fact }

// byWays are the facts that a comparison of a phi leaves by the ways that lead to it; test
// says what the comparison says of a value on one of them.
func (f *Conditions) byWays(x ssa.Value, at ssa.Instruction, test wayTest) (yes, no []term.Fact) {
	phi, ok := callsite.Behind(x).(*ssa.Phi)
	if !ok || f.Course != nil || len(phi.Edges) > maxWays || f.BusyPhi(phi) {
		return nil, nil
	}
	key := waysKey{phi, at}
	if known, ok := f.ways[key]; ok {
		return known.yes, known.no
	}
	for _, p := range phi.Block().Preds {
		if phi.Block().Dominates(p) {
			return nil, nil // a loop: what a turn found is not found by the next one
		}
	}
	f.ways[key] = outcomes{}
	defer f.Enter(phi)()
	both := outcomes{f.onWays(phi, true, test), f.onWays(phi, false, test)}
	f.ways[key] = both
	return both.yes, both.no
}

// maxWays is how many ways to a test are looked at.
const maxWays = 8

// wayTest is what a comparison says of one of the values that it may be about; isNil if it
// asks whether that is nil.
type wayTest struct {
	says  func(v ssa.Value, at ssa.Instruction) (yes, no []term.Fact)
	isNil bool
}

// said is what a comparison says of a value, and of those that it merges.
func (f *Conditions) said(t wayTest, v ssa.Value, at ssa.Instruction) (yes, no []term.Fact) {
	yes, no = t.says(v, at)
	more, less := f.byWays(v, at, t)
	return append(yes, more...), append(no, less...)
}

func (f *Conditions) onWays(phi *ssa.Phi, want bool, test wayTest) []term.Fact {
	before := f.Facts(phi.Block())
	common := &sameFacts{}
	for i, v := range phi.Edges {
		from := phi.Block().Preds[i]
		yes, no := f.said(test, v, from.Instrs[len(from.Instrs)-1])
		if !want {
			yes = no
		}
		facts := append(f.FactsOn(from, phi.Block()), yes...)
		if !contradict(facts) && !(test.isNil && refutes(v, from, phi.Block(), yes, want)) {
			common.add(facts)
		}
	}
	out := slices.DeleteFunc(slices.Clone(common.list), func(x term.Fact) bool {
		return slices.ContainsFunc(before, func(y term.Fact) bool { return term.SameFact(x, y) })
	})
	if len(out) > maxImplied {
		out = out[len(out)-maxImplied:]
	}
	return out
}

// contradict reports whether facts cannot hold together.
func contradict(facts []term.Fact) bool {
	s := &term.FactSet{}
	for _, x := range facts {
		if a, ok := x.A.(*term.Const); ok && x.Op == term.Eq {
			if b, ok := x.B.(*term.Const); ok && a.Kind == b.Kind && a.Text != b.Text {
				return true
			}
		}
		s.Add(x)
	}
	return s.Contradictory
}

// refutes reports whether the way over an edge goes through a test of the value itself, of
// which no fact can be said, that came out otherwise: err != nil of an error that is not known.
func refutes(v ssa.Value, from, to *ssa.BasicBlock, said []term.Fact, want bool) bool {
	if len(said) > 0 || !library.IsError(v.Type()) {
		return false
	}
	for {
		if branch, ok := from.Instrs[len(from.Instrs)-1].(*ssa.If); ok && from.Succs[0] != from.Succs[1] {
			if cond, ok := branch.Cond.(*ssa.BinOp); ok && cond.X == v && callsite.IsNilConst(cond.Y) {
				isNil := (cond.Op == token.EQL) == (from.Succs[0] == to)
				return (cond.Op == token.EQL || cond.Op == token.NEQ) && isNil != want
			}
		}
		if len(from.Preds) != 1 {
			return false
		}
		from, to = from.Preds[0], from
	}
}
