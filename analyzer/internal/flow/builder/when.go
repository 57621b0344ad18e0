package builder

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/cfg"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/memory"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// When has a block been passed, given that a point is reached? The branches from the
// last block that both have passed tell, as far as they can be told by facts.

// occasion is the condition on which something has happened: if exact, if and only if the
// facts hold.
type occasion struct {
	facts []term.Fact
	exact bool
}

// when tells on which condition an instruction has run where a point is reached.
func (f *Builders) when(instr, at ssa.Instruction) occasion {
	u, p := instr.Block(), at.Block()
	if u == p {
		return occasion{exact: slices.Index(u.Instrs, instr) < slices.Index(p.Instrs, at)}
	}
	return f.passed(common(u, p), u, p)
}

// common is the innermost block that dominates both.
func common(a, b *ssa.BasicBlock) *ssa.BasicBlock {
	for d := a; d != nil; d = d.Idom() {
		if d.Dominates(b) {
			return d
		}
	}
	return nil
}

// passed tells on which condition a block u is on the way from d, which dominates it,
// to p.
func (f *Builders) passed(d, u, p *ssa.BasicBlock) occasion {
	switch {
	case d == nil, u != d && cfg.Leads(u, u, d):
		return occasion{} // a loop may run any number of times
	case u != d && (p == d || !cfg.Leads(u, p, d)):
		return occasion{} // it comes after p, in a turn before
	}
	var out []term.Fact
	for x := u; x != d; x = x.Idom() {
		i := x.Idom()
		if len(x.Preds) != 1 {
			if cfg.Leads(i, p, x, d) {
				return occasion{}
			}
			continue
		}
		other := otherSuccessor(i, x)
		if other == nil || other != p && !cfg.Leads(other, p, x, d) {
			continue // whoever does not come here does not come to p
		}
		fact, ok := f.branch(i, x)
		if !ok {
			return occasion{}
		}
		out = append(out, fact)
	}
	slices.Reverse(out)
	return occasion{facts: out, exact: true}
}

// otherSuccessor is the block to which a branch leads that does not lead to x.
func otherSuccessor(b, x *ssa.BasicBlock) *ssa.BasicBlock {
	for _, s := range b.Succs {
		if s != x {
			return s
		}
	}
	return nil
}

// branch is the one fact by which a branch leads from a block to its successor; ok is
// false if no fact says exactly that.
func (f *Builders) branch(from, to *ssa.BasicBlock) (fact term.Fact, ok bool) {
	branch, isIf := from.Instrs[len(from.Instrs)-1].(*ssa.If)
	if !isIf || from.Succs[0] == from.Succs[1] {
		return fact, false
	}
	yes, no := f.Holds(branch.Cond)
	if from.Succs[0] != to {
		yes, no = no, yes
	}
	if !single(yes) || !single(no) || !opposite(yes[0], no[0]) {
		return fact, false
	}
	return yes[0], true
}

// single tells one fact, beside what follows of it.
func single(facts []term.Fact) bool {
	return len(facts) == 1 || len(facts) == 2 && facts[0].Op == term.IsZero && facts[1].Op == term.Null
}

// joined is what comes together at a phi: what all ways have in common, then what each
// has added, on the condition that it was taken.
func (f *Builders) joined(phi *ssa.Phi) *made {
	head := phi.Block()
	if !slices.ContainsFunc(head.Preds, head.Dominates) {
		return f.arms(phi, head.Preds, phi.Edges)
	}
	f.open[phi] = true
	f.known = append(f.known, map[ssa.Value]*made{})
	var preds []*ssa.BasicBlock
	var edges []ssa.Value
	var turns []*made
	for i, e := range phi.Edges {
		if pred := head.Preds[i]; head.Dominates(pred) {
			turns = append(turns, f.of(e, last(pred)))
		} else {
			preds, edges = append(preds, pred), append(edges, e)
		}
	}
	f.known = f.known[:len(f.known)-1]
	delete(f.open, phi)
	return repeated(phi, f.arms(phi, preds, edges), turns)
}

// repeated is what a loop makes of what was there before: what its turns add may be
// there or not.
func repeated(phi *ssa.Phi, before *made, turns []*made) *made {
	out := &made{style: before.style, loop: before.loop, base: before.base, list: before.list[:len(before.list):len(before.list)]}
	seen := map[*term.Clause]bool{}
	for _, m := range turns {
		if m.loop != phi {
			return &made{style: before.style, base: term.JoinOf(before.term(), m.term())} // begun anew
		}
		if out.style == "" {
			out.style = m.style
		}
		for _, c := range m.list {
			if !seen[c] {
				seen[c] = true
				out.list = append(out.list, &term.Clause{Word: c.Word, Values: c.Values, Maybe: true})
			}
		}
	}
	return out
}

func last(b *ssa.BasicBlock) ssa.Instruction { return b.Instrs[len(b.Instrs)-1] }

// arms puts together what comes in over edges that are no turns of a loop.
func (f *Builders) arms(phi *ssa.Phi, preds []*ssa.BasicBlock, edges []ssa.Value) *made {
	all := make([]*made, len(edges))
	for i, e := range edges {
		all[i] = f.of(e, last(preds[i]))
	}
	if len(all) == 1 {
		return all[0]
	}
	shared := all[0]
	prefix := shared.list
	for _, m := range all[1:] {
		if m.loop != shared.loop || !sameBase(m, shared) {
			return variants(all)
		}
		prefix = prefix[:sharedLength(prefix, m.list)]
	}
	if shared.base == nil && shared.loop == nil && len(prefix) == 0 {
		return variants(all)
	}
	out := &made{style: shared.style, loop: shared.loop, base: shared.base, list: prefix[:len(prefix):len(prefix)]}
	for i, m := range all {
		if out.style == "" {
			out.style = m.style
		}
		if rest := m.list[len(prefix):]; len(rest) > 0 {
			out.list = append(out.list, conditional(rest, f.over(phi.Block(), preds[i]))...)
		}
	}
	return out
}

func sameBase(a, b *made) bool {
	return a.base == nil && b.base == nil || term.Same(a.base, b.base)
}

func sharedLength(a, b []*term.Clause) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// variants are builds that have nothing in common: any of them.
func variants(all []*made) *made {
	terms := make([]term.Term, len(all))
	for i, m := range all {
		terms[i] = m.term()
	}
	return &made{base: term.JoinOf(terms...)}
}

// over tells on which condition a block is entered over one of its edges.
func (f *Builders) over(b, pred *ssa.BasicBlock) occasion {
	d := b.Idom()
	out := f.passed(d, pred, b)
	if !out.exact || len(pred.Succs) == 1 {
		return out
	}
	fact, ok := f.branch(pred, b)
	if other := otherSuccessor(pred, b); other != nil && !cfg.Leads(other, b, pred, d) && other != b {
		return out
	}
	return occasion{facts: append(out.facts, fact), exact: ok}
}

// conditional puts a condition on clauses.
func conditional(list []*term.Clause, w occasion) []*term.Clause {
	out := make([]*term.Clause, len(list))
	for i, c := range list {
		x := &term.Clause{Word: c.Word, Values: c.Values, Maybe: c.Maybe || !w.exact}
		if !x.Maybe {
			x.If = append(slices.Clone(w.facts), c.If...)
		}
		out[i] = x
	}
	return out
}

// optioned is what a loop has made of a builder at its head by applying all functions of a
// list to it; nil if it does something else.
func optioned(f *Builders, phi *ssa.Phi, at ssa.Instruction) (m *made, by *ssa.Call) {
	head := phi.Block()
	var preds []*ssa.BasicBlock
	var edges []ssa.Value
	skipped := false
	for i, e := range phi.Edges {
		pred := head.Preds[i]
		if !head.Dominates(pred) {
			preds, edges = append(preds, pred), append(edges, e)
			continue
		}
		if e == ssa.Value(phi) {
			skipped = true
			continue
		}
		call := turn(f.Conditions, e, phi)
		if call == nil || by != nil || call.Call.Args[0] != ssa.Value(phi) {
			return nil, nil
		}
		by = call
	}
	if by == nil || skipped && !unlessNil(by) || !checked(by) {
		return nil, nil
	}
	list, _ := everyOption(f.Conditions, by, at)
	if list == nil {
		return nil, nil
	}
	if f.isObject(phi) {
		if len(edges) != 1 {
			return nil, nil
		}
		m = upon(f.inside(edges[0], last(preds[0])))
	} else {
		m = f.arms(phi, preds, edges)
	}
	return withOptions(f, m, phi.Type(), library.Scopes, f.inside(list, by), term.AsRest), by
}

// withOptions is a builder with what functions make of it.
func withOptions(f *Builders, m *made, t types.Type, word string, functions term.Term, form term.Form) *made {
	return m.styled(styleOf(f, t)).with(&term.Clause{Word: word, Values: []term.Value{{Term: functions, Form: form}}})
}

// styleOf is how what a builder's type builds is written.
func styleOf(f *Builders, t types.Type) string {
	if kind := f.Program.Lib.Builder(t); kind != nil {
		return kind.Style
	}
	if kind := f.Program.Lib.Builder(callsite.Deref(t)); kind != nil {
		return kind.Style
	}
	return f.Program.Lib.Handle(t)
}

// some is what is said of a builder to which only some functions of a list may have been
// applied.
const some = "functions of a list of which not all may be applied"

// someOption is a builder after one of the functions of a list was applied to it, in some
// turn of a loop; nil if a call is something else.
func someOption(f *Builders, v *ssa.Call) *made {
	call := option(f.Conditions, v)
	if call == nil || f.isObject(call.Call.Args[0]) || !types.Identical(v.Type(), call.Call.Args[0].Type()) {
		return nil
	}
	return &made{style: styleOf(f, v.Type()), base: term.Why(some)}
}

// optionsOf is an object after it was handed to functions of a list, one after the other;
// nil if that is not what a change is.
func optionsOf(f *Builders, m *made, e *memory.Event, at ssa.Instruction) *made {
	v, ok := e.Instr.(*ssa.Call)
	if !ok || e.Build.Arg != 0 {
		return nil
	}
	call := option(f.Conditions, v)
	if call == nil {
		return nil
	}
	t := call.Call.Args[0].Type()
	if list, loop := everyOption(f.Conditions, call, at); list != nil {
		out := withOptions(f, m, t, library.Applied, f.inside(list, call), term.AsRest)
		return onlyWhen(m, out, f.when(firstOf(loop), at))
	}
	return &made{style: m.style, base: term.Why(some)}
}

// firstOf is where a loop is entered.
func firstOf(r *memory.Range) ssa.Instruction { return r.Head.Instrs[0] }

// onlyWhen puts a condition on what was added last.
func onlyWhen(before, after *made, w occasion) *made {
	n := len(before.list)
	return &made{style: after.style, loop: after.loop, base: after.base, list: append(slices.Clone(after.list[:n]), conditional(after.list[n:], w)...)}
}
