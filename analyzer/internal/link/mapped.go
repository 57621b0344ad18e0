package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Between the row of a query and the object that handlers see stands, in many
// programs, a function that makes the one from the other: toInvoice(row). It is no
// use of the row, and what it gives is the row still.

// maps tells whether a call only makes values from what it is handed.
func (p *program) maps(f *fn, c *unit.Call, depth int) bool {
	return p.allTargets(f, c, depth, p.isMapper)
}

// allTargets tells whether a call that happens now runs functions of the program
// only, each of which passes a test at one depth less.
func (p *program) allTargets(f *fn, c *unit.Call, depth int, test func(*fn, int) bool) bool {
	if c.Kind == unit.Library || c.Kind == unit.Dynamic || c.Mode != unit.Now || depth == 0 {
		return false
	}
	targets, known := p.callees(f, c)
	return known && len(targets) > 0 && !slices.ContainsFunc(targets, func(t callee) bool { return !test(t.fn, depth-1) })
}

func (p *program) isMapper(f *fn, depth int) bool {
	if len(f.Runs)+len(f.Puts)+len(f.Stores)+len(f.Uses) > 0 || len(f.Gives) == 0 {
		return false
	}
	for i := range f.Calls {
		if !p.maps(f, &f.Calls[i], depth) {
			return false
		}
	}
	return true
}

// hasRow tells whether a call is handed a row, or a part of one.
func hasRow(c *unit.Call) bool {
	return slices.ContainsFunc(c.Args, func(t term.Term) bool {
		found := false
		visit(t, func(x term.Term) { _, ok := x.(*term.Result); found = found || ok })
		return found
	})
}

// unmapped adds to facts the comparisons that they are of the rows themselves:
// what a mapping function gave equals a value, so the column that it was made from
// does. That the function gave nothing is no match: no tenant is zero.
func (p *program) unmapped(f *fn, facts []term.Fact) []term.Fact {
	out := facts
	for _, x := range facts {
		if x.Op != term.Eq {
			continue
		}
		a, b := p.onlyLeaf(f, x.A), p.onlyLeaf(f, x.B)
		if a == nil || b == nil || same(a, x.A) && same(b, x.B) {
			continue
		}
		if len(out) == len(facts) {
			out = slices.Clone(facts)
		}
		out = append(out, term.Fact{Op: term.Eq, A: a, B: b})
	}
	return out
}

// onlyLeaf is the one value other than zero that a term may be; nil if there are
// several.
func (p *program) onlyLeaf(f *fn, t term.Term) term.Term {
	var one term.Term
	for _, leaf := range term.Leaves(p.scanned(f, t)) {
		if zero, known := isZero(leaf); known && zero {
			continue
		}
		if one != nil && !same(one, leaf) {
			return nil
		}
		one = leaf
	}
	return one
}
