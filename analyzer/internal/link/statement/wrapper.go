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
	if p.noWrapper[key] >= depth {
		return nil
	}
	p.inlined[key] = nil // who calls itself is none
	e, inner := p.wrapperOf(f, o.Call, depth-1)
	if inner == nil {
		delete(p.inlined, key)
		p.noWrapper[key] = depth
		return nil
	}
	p.inlined[key] = p.Inlined(e, inner)
	return p.inlined[key]
}

// wrapperOf is the one statement that a call of f gives a text to, and the edge to the
// function that runs it: its callee, or a function literal that it is handed. nil if there
// is none, or another one, whose rows would be taken for those of the call, too.
func (p *Statements) wrapperOf(f *callgraph.Function, c *unit.Call, depth int) (*callgraph.Edge, *unit.Run) {
	targets, known := p.graph.Callees(f, c)
	at, run, one := p.literalRun(f, c, depth)
	if !one || run == nil && (!known || len(targets) != 1) {
		return nil, nil
	}
	for _, t := range targets {
		r, _ := p.WrappedRun(t.Fn, depth)
		if r != nil && run != nil {
			return nil, nil
		}
		if r != nil {
			at, run = &callgraph.Edge{From: f, To: t.Fn, Call: c, Substitution: t.Frame(), Facts: c.If}, r
		}
	}
	return at, run
}

// literalRun is the statement of a function literal that a call is handed, one of which the
// text is given there; one is false if there are several, or one that may run elsewhere.
func (p *Statements) literalRun(f *callgraph.Function, c *unit.Call, depth int) (at *callgraph.Edge, run *unit.Run, one bool) {
	for _, a := range c.Args {
		for _, v := range p.graph.FunctionsIn(a) {
			literal := p.graph.Function(v.Symbol)
			r, _ := p.WrappedRun(literal, depth)
			if r == nil {
				continue
			}
			if at = p.ranBy(f, c, literal, r); at == nil || run != nil {
				return nil, nil, false
			}
			run = r
		}
	}
	return at, run, true
}

// ranBy is the edge by which a call of f runs the statement of a function literal that it is
// handed while it lasts, in f's frame; nil if it does not, or the text is not f's.
func (p *Statements) ranBy(f *callgraph.Function, c *unit.Call, literal *callgraph.Function, r *unit.Run) *callgraph.Edge {
	for _, e := range p.graph.Edges[literal] {
		inside := e.Inside || e.Closure == nil && !e.Kept && !e.Creates && e.Library == ""
		if e.Closure != nil && Captured(r) {
			e = e.Closure
		}
		if inside && e.Closure == nil && e.From == f && e.Call == c {
			return e
		}
	}
	return nil
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
