package statement

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// MaxWrappers caps the functions that hand on a text and give back its rows.
const MaxWrappers = 4

// operation is an operation of a function.
type operation struct {
	fn *callgraph.Function
	n  int
}

// RunAt is the statement that an operation of f is: a run, or a call of a
// wrapper that runs the text it is given; then text, bind values and results
// are those of the call. nil if it is neither.
func (p *Statements) RunAt(f *callgraph.Function, n int) *unit.Run {
	return p.runWithin(f, n, MaxWrappers)
}

func (p *Statements) runWithin(f *callgraph.Function, n, depth int) *unit.Run {
	o := f.Ops[n]
	if o.Run != nil || o.Call == nil || depth == 0 {
		return o.Run
	}
	key := operation{f, n}
	if r, ok := p.inlined[key]; ok {
		return r
	}
	p.inlined[key] = nil
	targets, known := p.graph.Callees(f, o.Call)
	if !known || len(targets) != 1 {
		return nil
	}
	inner, _ := p.WrappedRun(targets[0].Fn, depth-1)
	if inner == nil {
		return nil
	}
	c := targets[0]
	e := &callgraph.Edge{From: f, To: c.Fn, Call: o.Call, Substitution: c.Frame(), Facts: o.Call.If}
	p.inlined[key] = p.Inlined(e, inner)
	return p.inlined[key]
}

// WrappedRun is the only statement of a wrapper whose text the wrapper is given.
func (p *Statements) WrappedRun(g *callgraph.Function, depth int) (*unit.Run, int) {
	var found *unit.Run
	at := 0
	check := func(n int) bool {
		r := p.runWithin(g, n, depth)
		if r == nil || !p.Of(g, r).Open {
			return true
		}
		if found != nil {
			return false
		}
		found, at = r, n
		return true
	}
	for i := range g.Runs {
		if !check(g.Runs[i].N) {
			return nil, 0
		}
	}
	for i := range g.Calls {
		if !check(g.Calls[i].N) {
			return nil, 0
		}
	}
	return found, at
}

// OfWrapper writes a result of the wrapper's statement as one of the call: ok is
// false if it is no such result.
func (p *Statements) OfWrapper(g *callgraph.Function, r *term.Result, n int) (term.Term, bool) {
	run, at := p.WrappedRun(g, MaxWrappers-1)
	if run == nil || r.Call != at || len(r.Steps) == 0 {
		return nil, false
	}
	if k := r.Steps[0].Kind; k == term.ColumnStep || k == term.PseudoStep {
		return &term.Result{Call: n, Steps: r.Steps}, true
	}
	// The wrapper hands on what another wrapper gives.
	c := g.Ops[at].Call
	if c == nil {
		return nil, false
	}
	targets, _ := p.graph.Callees(g, c)
	var out []term.Term
	for target, inner := range callgraph.Behind(targets, r) {
		for _, leaf := range term.Leaves(inner) {
			if x, ok := leaf.(*term.Result); ok {
				if moved, ok := p.OfWrapper(target.Fn, x, n); ok {
					out = append(out, moved)
					continue
				}
			}
			out = append(out, term.Map(leaf, func(y term.Term) term.Term { return p.throughWrapper(target.Fn, y, n) }))
		}
	}
	if len(out) == 0 {
		return nil, false
	}
	return term.JoinOf(out...), true
}

func (p *Statements) throughWrapper(g *callgraph.Function, t term.Term, n int) term.Term {
	if r, ok := t.(*term.Result); ok {
		if moved, ok := p.OfWrapper(g, r, n); ok {
			return moved
		}
		return term.Why("result inside a callee")
	}
	if v, ok := t.(*term.Path); ok && (v.Root == term.Param || v.Root == term.Free) {
		return term.Why("argument of a wrapper")
	}
	return t
}
