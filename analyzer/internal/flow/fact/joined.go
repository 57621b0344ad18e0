package fact

import (
	"go/token"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/cfg"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// succeeds are the facts by which a check lets go on; that one has failed is of no use
// after its branch.
var succeeds = map[term.FactOp]bool{
	term.Eq: true, term.In: true, term.Nil: true, term.True: true, term.False: true, term.Positive: true, term.NonZero: true,
}

// maxImplied is how many facts are kept of a branch that has ended.
const maxImplied = 6

// joined are the facts that a branch without an else leaves where it ends: what it
// checked holds after it if its condition did.
//
//	if parent != nil { if _, err := load(*parent); err != nil { return err } }
//
// leaves implies(test(notnil(parent)), test(nil(#1.r1))). So do conditions of which one is
// enough:
//
//	if org != mine && !isAdmin(user) { return }
//
// leaves implies(test(ne(org, mine)), test(true(#1.r0))).
func (f *Conditions) joined(b *ssa.BasicBlock) []term.Fact {
	d := b.Idom()
	if len(b.Preds) < 2 || d == nil || len(d.Succs) != 2 || d.Succs[0] == d.Succs[1] {
		return nil
	}
	then, other := d.Succs[0], d.Succs[1]
	if then == b {
		then, other = other, then
	}
	when, exact := f.condition(d, then, other)
	if then == b || !exact || len(then.Preds) != 1 {
		return nil
	}
	if !term.Solid(when.Op) && !succeeds[algebra.Opposites[when.Op]] {
		return nil // who comes from there has met a failure
	}
	var common []term.Fact
	first := true
	for _, p := range b.Preds {
		switch {
		case p == d:
			continue
		case !then.Dominates(p):
			return nil
		}
		facts := slices.DeleteFunc(f.checkedIn(then, p, b), func(x term.Fact) bool { return !succeeds[x.Op] || term.SameFact(x, when) })
		if !first {
			facts = algebra.Intersect(common, facts)
		}
		common, first = facts, false
	}
	if len(common) > maxImplied {
		common = common[len(common)-maxImplied:]
	}
	out := make([]term.Fact, len(common))
	for i, x := range common {
		out[i] = term.Fact{Op: term.Implies, A: &term.Test{Fact: when}, B: &term.Test{Fact: x}}
	}
	return out
}

// condition is the one fact by which a branch goes one way and not the other. Where the fact
// may hold on the other way, too, as after len(id) > 3, there is none.
func (f *Conditions) condition(d, then, other *ssa.BasicBlock) (term.Fact, bool) {
	when := f.Edge(d, then)
	switch {
	case len(when) == 0:
		return term.Fact{}, false
	case len(when) == 1 && saysOpposite(f.Edge(d, other), when[0]):
		return when[0], true
	}
	// That a number is not positive cannot be said. What else the test says of the values
	// that were merged in it follows from the first fact.
	branch := d.Instrs[len(d.Instrs)-1].(*ssa.If)
	return when[0], when[0].Op == term.Positive && then == d.Succs[0] && isAboveZero(branch.Cond)
}

// isAboveZero reports whether a condition is x > 0, as it may be written.
func isAboveZero(v ssa.Value) bool {
	b, ok := v.(*ssa.BinOp)
	if !ok {
		return false
	}
	y, op := b.Y, b.Op
	if _, mirror := b.X.(*ssa.Const); mirror {
		y, op = b.X, mirrored(op)
	}
	n, ok := callsite.IntConst(y)
	return ok && (op == token.GTR && n == 0 || op == token.GEQ && n == 1)
}

// arms are the facts that a branch with an else leaves where both of its ways end: what one
// of them checked holds after it if its condition did.
//
//	if farm.Owner == me { all = true } else if role, err = member(farm, me); err != nil { return err }
//
// leaves implies(test(ne(farm.Owner, me)), test(nil(#2.r1))).
func (f *Conditions) arms(b *ssa.BasicBlock) []term.Fact {
	d := b.Idom()
	if len(b.Preds) < 2 || d == nil || len(d.Succs) != 2 || slices.Contains(d.Succs, b) || d.Succs[0] == d.Succs[1] {
		return nil
	}
	if slices.ContainsFunc(b.Preds, func(p *ssa.BasicBlock) bool { return !d.Succs[0].Dominates(p) && !d.Succs[1].Dominates(p) }) {
		return nil // some ways of both have met before
	}
	var out []term.Fact
	for i, arm := range d.Succs {
		when := f.Edge(d, arm)
		if len(arm.Preds) != 1 || len(when) != 1 || !divides[when[0].Op] || !saysOpposite(f.Edge(d, d.Succs[1-i]), when[0]) {
			continue
		}
		for _, x := range f.checkedOnAll(arm, b) {
			if x.String() != when[0].String() {
				out = append(out, term.Fact{Op: term.Implies, A: &term.Test{Fact: when[0]}, B: &term.Test{Fact: x}})
			}
		}
	}
	return out
}

// divides are the conditions of which each arm is asked what it has checked: an equality, and
// that a value is there.
var divides = map[term.FactOp]bool{term.Eq: true, term.Ne: true, term.NonZero: true, term.IsZero: true}

// checkedOnAll are the facts that were found on all ways from an arm to b, the last few.
func (f *Conditions) checkedOnAll(arm, b *ssa.BasicBlock) []term.Fact {
	common := &sameFacts{}
	for _, p := range b.Preds {
		if arm.Dominates(p) {
			common.add(slices.DeleteFunc(f.checkedIn(arm, p, b), func(x term.Fact) bool { return !succeeds[x.Op] }))
		}
	}
	return common.list[max(0, len(common.list)-maxImplied):]
}

// eitherWay are the facts that both ways into a block say which leave out what a branch did:
//
//	if all, ok := flag.(bool); ok && all { return }
//
// leaves that the flag is not set.
func (f *Conditions) eitherWay(b *ssa.BasicBlock) []term.Fact {
	d := b.Idom()
	if len(b.Preds) != 2 || d == nil || len(d.Succs) != 2 || !slices.Contains(b.Preds, d) || d.Succs[0] == d.Succs[1] {
		return nil
	}
	then, p := d.Succs[0], b.Preds[0]
	if then == b {
		then = d.Succs[1]
	}
	if p == d {
		p = b.Preds[1]
	}
	if then == b || len(then.Preds) != 1 || !then.Dominates(p) {
		return nil
	}
	return algebra.Intersect(f.Edge(d, b), f.checkedIn(then, p, b))
}

// saysOpposite reports whether one of some facts is the opposite of another.
func saysOpposite(facts []term.Fact, f term.Fact) bool {
	_, no := algebra.Sides(f)
	return len(no) == 1 && slices.ContainsFunc(facts, func(x term.Fact) bool { return term.SameFact(x, no[0]) })
}

// checkedIn are the facts that hold on the edge from p to b and were found since the
// branch then was entered.
func (f *Conditions) checkedIn(then, p, b *ssa.BasicBlock) []term.Fact {
	var out []term.Fact
	for x := p; x != then && x != nil; x = x.Idom() {
		if len(x.Preds) == 1 {
			out = append(f.Edge(x.Preds[0], x), out...)
		}
	}
	return algebra.Unique(append(out, f.Edge(p, b)...))
}

// ifRan are the facts that hold where branches end if an operation was run in one of them:
// whoever has its row has come that way.
//
//	if todo == nil { found := load(id); if found.User != me { return }; todo = found }
//
// leaves implies(test(ran(#1)), test(eq(#1.r0.User, …))). In a loop the row may be one of
// an earlier turn, of which nothing was found in this one: nothing is said there.
func (f *Conditions) ifRan(b *ssa.BasicBlock) []term.Fact {
	d := b.Idom()
	if f.Course != nil || len(b.Preds) < 2 || d == nil {
		return nil
	}
	if known, ok := f.ran[b]; ok {
		return known
	}
	f.ran[b] = nil // it is being asked for
	if cfg.Leads(b, d) || slices.ContainsFunc(b.Preds, b.Dominates) {
		return nil
	}
	since := make([][]term.Fact, len(b.Preds))
	var asked []int
	for i, p := range b.Preds {
		since[i] = f.since(d, p, b)
		for _, x := range since[i] {
			for _, n := range rowsOf(x) {
				if !slices.Contains(asked, n) {
					asked = append(asked, n)
				}
			}
		}
	}
	var out []term.Fact
	for _, n := range asked {
		out = append(out, f.ofOperation(n, b, since)...)
	}
	f.ran[b] = out
	return out
}

// ofOperation are the implications of one operation that was run between the block in
// which ways part and b, where they end.
func (f *Conditions) ofOperation(n int, b *ssa.BasicBlock, since [][]term.Fact) []term.Fact {
	from := f.blockOf(n)
	if from == nil || from == b.Idom() || !b.Idom().Dominates(from) || from.Dominates(b) || cfg.Leads(from, from, b) {
		return nil
	}
	var common []term.Fact
	first := true
	for i, p := range b.Preds {
		if p != from && !cfg.Leads(from, p, b) {
			continue // who comes from there has not run it
		}
		facts := slices.DeleteFunc(slices.Clone(term.IfRan(since[i], n)), func(x term.Fact) bool {
			return !succeeds[x.Op]
		})
		if !first {
			facts = algebra.Intersect(common, facts)
		}
		common, first = facts, false
	}
	if len(common) > maxImplied {
		common = common[len(common)-maxImplied:]
	}
	out := make([]term.Fact, len(common))
	for i, x := range common {
		out[i] = term.Fact{Op: term.Implies, A: &term.Test{Fact: term.Fact{Op: term.Ran, A: &term.Result{Call: n}}}, B: &term.Test{Fact: x}}
	}
	return out
}

// since are the facts that were found between d, which dominates p, and the end of the
// edge from p to b.
func (f *Conditions) since(d, p, b *ssa.BasicBlock) []term.Fact {
	var out []term.Fact
	for x := p; x != d && x != nil; x = x.Idom() {
		if len(x.Preds) == 1 {
			out = append(f.Edge(x.Preds[0], x), out...)
		} else {
			out = append(f.ifRan(x), out...)
		}
	}
	return algebra.Unique(append(out, f.Edge(p, b)...))
}

// rowsOf are the operations of whose rows a fact says something.
func rowsOf(x term.Fact) []int {
	var out []int
	for _, t := range []term.Term{x.A, x.B} {
		term.Visit(t, func(t term.Term) {
			if r, ok := t.(*term.Result); ok && algebra.IsPart(r) && !slices.Contains(out, r.Call) {
				out = append(out, r.Call)
			}
		})
	}
	return out
}

// blockOf is the block of an operation, nil if there is none of that number.
func (f *Conditions) blockOf(n int) *ssa.BasicBlock {
	for _, c := range f.Calls() {
		if c.N == n {
			return c.Instr.Block()
		}
	}
	return nil
}
