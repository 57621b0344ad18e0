package rowflow

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Between the row of a query and the object that handlers see stands, in many
// programs, a function that makes the one from the other: toInvoice(row). It is no
// use of the row, and what it gives is the row still.

// IsMapping reports whether a call only makes values from what it is handed.
func (p *Rows) IsMapping(f *callgraph.Function, c *unit.Call, depth int) bool {
	return p.allTargets(f, c, depth, p.isMapper)
}

// allTargets reports whether a call that happens now runs functions of the program
// only, each of which passes a test at one depth less.
func (p *Rows) allTargets(f *callgraph.Function, c *unit.Call, depth int, test func(*callgraph.Function, int) bool) bool {
	if c.Kind == unit.Library || c.Kind == unit.Dynamic || c.Mode != unit.Now || depth == 0 {
		return false
	}
	targets, known := p.graph.Callees(f, c)
	return known && len(targets) > 0 && !slices.ContainsFunc(targets, func(t callgraph.Callee) bool { return !test(t.Fn, depth-1) })
}

func (p *Rows) isMapper(f *callgraph.Function, depth int) bool {
	if len(f.Runs)+len(f.Puts)+len(f.Uses) > 0 || len(f.Gives) == 0 || !StoresOnlyResults(f) {
		return false
	}
	for i := range f.Calls {
		if !p.IsMapping(f, &f.Calls[i], depth) {
			return false
		}
	}
	return true
}

// StoresOnlyResults reports whether all that a function stores are fields of values
// that it makes and gives back; what it writes through a parameter, which stands behind
// its results, is kept by somebody else.
func StoresOnlyResults(f *callgraph.Function) bool {
	return !slices.ContainsFunc(f.Stores, func(s unit.Store) bool {
		made, kept := false, s.Type == ""
		for i := range f.Gives {
			for k, t := range f.Gives[i].Results {
				made = made || k < f.Results && holdsStored(t, s, false)
				kept = kept || k >= f.Results && holdsStored(t, s, true)
			}
		}
		return kept || !made
	})
}

// holdsStored reports whether in a term stands a value of the type whose field a store
// sets, with what is stored there: one that is made there, or also one that was before.
func holdsStored(t term.Term, s unit.Store, before bool) bool {
	inside := func(x term.Term) bool { return holdsStored(x, s, before) }
	switch x := t.(type) {
	case *term.Join:
		return slices.ContainsFunc(x.Terms, inside)
	case *term.List:
		return slices.ContainsFunc(x.Elems, inside)
	case *term.Struct:
		return slices.ContainsFunc(x.Fields, func(y term.Field) bool {
			return (before || x.Base == nil) && x.Type == s.Type && y.Name == s.Field && term.Same(y.Term, s.Value) || inside(y.Term)
		})
	}
	return false
}

// hasRow reports whether a call is handed a row, or a part of one.
func hasRow(c *unit.Call) bool {
	return slices.ContainsFunc(c.Args, term.HoldsResult)
}

// WithoutMappers adds to facts the comparisons that they are of the rows themselves:
// what a mapping function gave equals a value, so the column that it was made from
// does. That the function gave nothing is no match: no tenant is zero.
func (p *Rows) WithoutMappers(f *callgraph.Function, facts []term.Fact) []term.Fact {
	out := facts
	for _, x := range facts {
		if x.Op != term.Eq {
			continue
		}
		a, b := p.onlyLeaf(f, x.A), p.onlyLeaf(f, x.B)
		if a == nil || b == nil || term.Same(a, x.A) && term.Same(b, x.B) {
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
func (p *Rows) onlyLeaf(f *callgraph.Function, t term.Term) term.Term {
	var one term.Term
	for _, leaf := range term.NotZero(p.ThroughMappers(f, t)) {
		if one != nil && !term.Same(one, leaf) {
			return nil
		}
		one = leaf
	}
	return one
}
