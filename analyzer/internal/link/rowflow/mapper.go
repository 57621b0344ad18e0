package rowflow

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Between the row of a query and the object that handlers see stands, in many
// programs, a function that makes the one from the other: toInvoice(row). It is no
// use of the row, and what it gives is the row still.

// IsMapping reports whether a call only makes values from what it is handed, or sets
// fields of a row that it is handed, from that row alone: a method that decrypts it.
func (p *Rows) IsMapping(f *callgraph.Function, c *unit.Call, depth int) bool {
	does, maps := p.mapped(f, c, depth)
	return maps && len(does.sets) == 0
}

// deeds are what a function does with its parameters besides making values of them.
type deeds struct {
	sets  []int // it sets fields of what they point to
	sends []int // a part of them goes where it is not followed
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

// mapper reports whether a function only makes values from what it is handed, and what
// it does besides.
func (p *Rows) mapper(f *callgraph.Function, depth int) (does deeds, maps bool) {
	if len(f.Runs)+len(f.Puts)+len(f.Uses)+len(f.Keeps) > 0 || len(f.Gives) == 0 {
		return does, false
	}
	does.sends = slices.Clone(f.Sends)
	for i := range f.Stores {
		switch of := f.Stores[i].Of; {
		case of == unit.Elsewhere:
			return does, false
		case of > 0:
			does.sets = append(does.sets, of-1)
		}
	}
	for i := range f.Calls {
		inner, ok := p.mapped(f, &f.Calls[i], depth)
		if !ok {
			return does, false
		}
		does.sets, does.sends = append(does.sets, inner.sets...), append(does.sends, inner.sends...)
	}
	slices.Sort(does.sets)
	does.sets = slices.Compact(does.sets)
	return does, true
}

// mapped is mapper of the functions that a call runs, in terms of the caller's parameters.
func (p *Rows) mapped(f *callgraph.Function, c *unit.Call, depth int) (does deeds, maps bool) {
	if c.Kind == unit.Library || c.Kind == unit.Dynamic || c.Mode != unit.Now || depth == 0 {
		return does, false
	}
	targets, known := p.graph.Callees(f, c)
	for _, t := range targets {
		inner, ok := p.mapper(t.Fn, depth-1)
		if !ok || slices.ContainsFunc(inner.sends, func(k int) bool { return term.HoldsResult(argOf(t, k)) }) {
			return does, false
		}
		for _, k := range inner.sends {
			does.sends = append(does.sends, paramsIn(argOf(t, k))...)
		}
		if len(inner.sets) == 1 && p.onlyRow(f, t.Args, inner.sets[0], depth-1) {
			continue
		}
		for _, k := range inner.sets {
			param, ok := objectOf(argOf(t, k)).(*term.Path)
			if !ok || param.Root != term.Param || len(param.Steps) > 0 {
				return does, false
			}
			does.sets = append(does.sets, param.Index)
		}
	}
	return does, known && len(targets) > 0
}

// objectOf is the object that a value is, whatever was set in it since.
func objectOf(t term.Term) term.Term {
	for {
		s, ok := t.(*term.Struct)
		if !ok || s.Base == nil {
			return t
		}
		t = s.Base
	}
}

// paramsIn are the parameters that a term holds a part of.
func paramsIn(t term.Term) []int {
	var out []int
	term.Visit(t, func(x term.Term) {
		if p, ok := x.(*term.Path); ok && p.Root == term.Param {
			out = append(out, p.Index)
		}
	})
	return out
}

// argOf is an argument of a call.
func argOf(t callgraph.Callee, k int) term.Term {
	if k >= len(t.Args) || t.Args[k] == nil {
		return term.ZeroTerm()
	}
	return t.Args[k]
}

// onlyRow reports whether argument k is a row, in an object that was made for it, and
// the only one that holds any.
func (p *Rows) onlyRow(f *callgraph.Function, args []term.Term, k, depth int) bool {
	for i, a := range args {
		if holds := term.HoldsResult(a); holds != (i == k) {
			return false
		}
	}
	return k < len(args) && p.ownObject(f, args[k], depth)
}

// ownObject reports whether a value is an object that was made where a row was read into
// it, and that nothing keeps.
func (p *Rows) ownObject(f *callgraph.Function, t term.Term, depth int) bool {
	switch x := t.(type) {
	case nil:
		return true
	case *term.Struct:
		return p.ownObject(f, x.Base, depth)
	case *term.Origin:
		return x.Kind == term.Zero || x.Kind == term.Fresh
	case *term.Join:
		return !slices.ContainsFunc(x.Terms, func(leaf term.Term) bool { return !p.ownObject(f, leaf, depth) })
	case *term.Result:
		return p.ownResult(f, x, depth)
	}
	return false
}

// ownResult is ownObject of what an operation gave.
func (p *Rows) ownResult(f *callgraph.Function, r *term.Result, depth int) bool {
	if p.stmts.RunAt(f, r.Call) != nil {
		return statement.IsRowPart(r)
	}
	c := f.Ops[r.Call].Call
	if c == nil || c.Kind == unit.Library || depth <= 0 {
		return false
	}
	targets, known := p.graph.Callees(f, c)
	for t, inner := range callgraph.Behind(targets, r) {
		if len(t.Fn.Puts) > 0 || slices.ContainsFunc(t.Fn.Stores, func(s unit.Store) bool { return s.Of == unit.Elsewhere }) || !p.ownObject(t.Fn, inner, depth-1) {
			return false
		}
	}
	return known && len(targets) > 0
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
