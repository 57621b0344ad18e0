package link

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxWrappers caps the functions that hand on a text and give back its rows.
const maxWrappers = 4

// operation is an operation of a function.
type operation struct {
	fn *fn
	n  int
}

// runAt is the statement that an operation of f is: a run, or a call of a
// wrapper that runs the text it is given; then text, bind values and results
// are those of the call. nil if it is neither.
func (p *program) runAt(f *fn, n int) *unit.Run {
	return p.runWithin(f, n, maxWrappers)
}

func (p *program) runWithin(f *fn, n, depth int) *unit.Run {
	o := f.ops[n]
	if o.run != nil || o.call == nil || depth == 0 {
		return o.run
	}
	key := operation{f, n}
	if r, ok := p.virtual[key]; ok {
		return r
	}
	p.virtual[key] = nil
	targets, known := p.callees(f, o.call)
	if !known || len(targets) != 1 {
		return nil
	}
	inner, _ := p.openRun(targets[0].fn, depth-1)
	if inner == nil {
		return nil
	}
	c := targets[0]
	e := &edge{from: f, to: c.fn, call: o.call, frame: c.frame(), facts: o.call.If}
	p.virtual[key] = lifted(e, inner)
	return p.virtual[key]
}

// openRun is the only statement of a wrapper whose text the wrapper is given.
func (p *program) openRun(g *fn, depth int) (*unit.Run, int) {
	var found *unit.Run
	at := 0
	check := func(n int) bool {
		r := p.runWithin(g, n, depth)
		if r == nil || !p.statements(g, r).open {
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

// ofWrapper writes a result of the wrapper's statement as one of the call: ok is
// false if it is no such result.
func (p *program) ofWrapper(g *fn, r *term.Result, n int) (term.Term, bool) {
	run, at := p.openRun(g, maxWrappers-1)
	if run == nil || r.Call != at || len(r.Steps) == 0 {
		return nil, false
	}
	if k := r.Steps[0].Kind; k == term.ColumnStep || k == term.PseudoStep {
		return &term.Result{Call: n, Steps: r.Steps}, true
	}
	// The wrapper hands on what another wrapper gives.
	c := g.ops[at].call
	if c == nil {
		return nil, false
	}
	targets, _ := p.callees(g, c)
	var out []term.Term
	for _, target := range targets {
		for i := range target.fn.Gives {
			inner, ok := given(r, at, &target.fn.Gives[i])
			if !ok {
				continue
			}
			for _, leaf := range term.Leaves(inner) {
				if x, ok := leaf.(*term.Result); ok {
					if moved, ok := p.ofWrapper(target.fn, x, n); ok {
						out = append(out, moved)
						continue
					}
				}
				out = append(out, term.Map(leaf, func(y term.Term) term.Term { return p.throughWrapper(target.fn, y, n) }))
			}
		}
	}
	if len(out) == 0 {
		return nil, false
	}
	return term.JoinOf(out...), true
}

func (p *program) throughWrapper(g *fn, t term.Term, n int) term.Term {
	if r, ok := t.(*term.Result); ok {
		if moved, ok := p.ofWrapper(g, r, n); ok {
			return moved
		}
		return term.Why("result inside a callee")
	}
	if v, ok := t.(*term.Path); ok && (v.Root == term.Param || v.Root == term.Free) {
		return term.Why("argument of a wrapper")
	}
	return t
}
