package propagate

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/middleware"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/owner"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/rowflow"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// One middleware loads a row by what the client named and puts it into the context, the
// next one asks whether the caller belongs there. Whoever reads the key behind both reads
// a row that was checked: the second one goes on for nobody whose row is not there, so it
// runs after the first. Nobody knows that no middleware between them reads the key.

// putChecked decides the uses that put the row which operation n of f gives into the context,
// where f is a middleware: in each chain that it is in, another one checks what is put, under
// any of the keys.
func (p *Callers) putChecked(f *callgraph.Function, n int, g *rowflow.Goal) obligation.Value {
	put := contextPut{f, g, nil}
	for i := range f.Puts {
		if x := &f.Puts[i]; !term.IsComputedKey(x.Key) && p.rows.Mentions(f, x.Value, n, g, rowflow.MaxRowDepth) {
			put.under = append(put.under, x)
		}
	}
	chains := p.chainsWith(f)
	if p.stmts.RunAt(f, n) != g.Run || len(chains) == 0 {
		return obligation.Value{}
	}
	v, by := obligation.Yes(obligation.Notes{}), ""
	for _, c := range chains {
		got, name := p.checkedBehind(c, put)
		if len(got.Alts) == 0 {
			return obligation.Value{}
		}
		v, by = obligation.And(v, got), name
	}
	return v.Noted(obligation.Assuming(trust.CheckedInContext.Premise(unit.Short(by), unit.Short(f.Symbol))))
}

// contextPut is a row that a middleware puts into the context, under some keys.
type contextPut struct {
	fn    *callgraph.Function
	goal  *rowflow.Goal
	under []*unit.Put
}

// putToo reports whether another function puts something under one of the keys.
func (put contextPut) putToo(f *callgraph.Function) bool {
	return f != put.fn && slices.ContainsFunc(put.under, func(x *unit.Put) bool {
		return slices.ContainsFunc(f.Puts, func(y unit.Put) bool { return y.Key == x.Key || term.IsComputedKey(y.Key) })
	})
}

// chainsWith lists the chains in which a function is a step, before handlers that are none
// themselves.
func (p *Callers) chainsWith(f *callgraph.Function) []middleware.Chain {
	if p.steps == nil {
		p.steps = p.findSteps()
	}
	return p.steps[f]
}

// findSteps lists by function the chains that it is a step of.
func (p *Callers) findSteps() map[*callgraph.Function][]middleware.Chain {
	out, names := map[*callgraph.Function][]middleware.Chain{}, map[string]bool{}
	var handlers []*callgraph.Function
	for _, h := range p.graph.Order {
		if !p.graph.IsEntry(h) {
			continue
		}
		handlers = append(handlers, h)
		for _, c := range p.chains.ChainsOf(h) {
			for _, s := range c {
				names[s.Name] = true
				for _, w := range s.Ways {
					names[w.Fn.Symbol] = true
				}
			}
		}
	}
	note := func(chains []middleware.Chain) {
		for _, c := range chains {
			for _, step := range stepsOf(c) {
				out[step] = append(out[step], c)
			}
		}
	}
	for _, h := range handlers {
		if names[h.Symbol] {
			continue
		}
		note(p.chains.ChainsOf(h))
	}
	note(p.chains.BeforeDropped())
	return out
}

// stepsOf are the functions whose ways a chain has, each once.
func stepsOf(c middleware.Chain) []*callgraph.Function {
	var out []*callgraph.Function
	seen := map[*callgraph.Function]bool{}
	for _, s := range c {
		for _, w := range s.Ways {
			if !seen[w.Fn] {
				seen[w.Fn] = true
				out = append(out, w.Fn)
			}
		}
	}
	return out
}

// checkedBehind is what the steps of a chain but the one that puts say of what is put, and
// which of them says so.
func (p *Callers) checkedBehind(c middleware.Chain, put contextPut) (obligation.Value, string) {
	if slices.ContainsFunc(stepsOf(c), put.putToo) {
		return obligation.Value{}, "" // which of the two was checked is not told
	}
	for _, s := range c {
		v, asks := obligation.Yes(obligation.Notes{}), len(s.Ways) > 0
		for _, w := range s.Ways {
			if w.Fn == put.fn {
				asks = false
				break
			}
			e := p.conds.At(w.Fn, w.Facts)
			got := p.checksPut(e, put)
			if n, ok := p.solver.Exempt(e, obligation.Here); ok && len(got.Alts) == 0 {
				got = obligation.Yes(n)
			}
			if v = obligation.And(v, got); len(v.Alts) == 0 {
				break
			}
		}
		if asks && len(v.Alts) > 0 {
			return v, s.Name
		}
	}
	return obligation.Value{}, ""
}

// checksPut is what is known at a place of what was put under a key: a column of it that
// says whose the row is was compared there, or looked up among what is the caller's.
func (p *Callers) checksPut(e *pathcond.Env, put contextPut) obligation.Value {
	v := obligation.Value{}
	from, g := p.conds.At(put.fn, nil), put.goal
	for _, under := range put.under {
		for _, x := range readsOfKey(e.Fn, under.Key) {
			o, set := p.solver.OutputOf(from, term.Select(under.Value, x.part.Steps...), g.Run, g.Stmt)
			if o == nil || set || o.Table == nil || o.Relation != g.Relation {
				continue
			}
			for _, w := range owner.Comparable(g.Stmt, o) {
				v = obligation.Or(v, p.solver.ByFacts(e, w.Atom.On(x.value)).Noted(w.Notes))
			}
		}
	}
	v.Fails = nil
	return v
}

// keyRead is a value of a function that is a part of what is under a context key, if there is
// anything.
type keyRead struct {
	value term.Term
	part  *term.Path
}

// readsOfKey are the parts of what is under a context key that a function looks at.
func readsOfKey(f *callgraph.Function, key string) []keyRead {
	var out []keyRead
	note := func(t term.Term) {
		var part *term.Path
		for _, leaf := range term.Leaves(t) {
			if zero, known := term.Zeroness(leaf); known && zero {
				continue
			}
			c, ok := leaf.(*term.Path)
			if !ok || part != nil || c.Root != term.Context || c.Name != key {
				return
			}
			part = c
		}
		if part != nil {
			out = append(out, keyRead{t, part})
		}
	}
	callgraph.EachValue(f, note)
	for i := range f.Runs {
		for _, a := range f.Runs[i].Args {
			note(a)
		}
	}
	return out
}
