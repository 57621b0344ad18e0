package connection

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// namesOf are the values of a function that are a connection: itself, what it was made of, and
// where what calls have made of that keeps it, each of them anew: queries.WithTx(tx).
func (p *Connections) namesOf(f *callgraph.Function, on term.Term) []term.Term {
	out := []term.Term{on}
	if of := p.madeOf(f, on); of != nil {
		on = of
		out = append(out, of)
	}
	for i := range f.Calls {
		c := &f.Calls[i]
		if c.Kind == unit.Library || !slices.ContainsFunc(c.Args, func(t term.Term) bool { return term.Same(t, on) }) {
			continue
		}
		if targets, known := p.graph.Callees(f, c); known && len(targets) == 1 {
			out = append(out, keptBy(c, targets[0], on)...)
		}
	}
	return out
}

// madeOf is the connection that a call was handed and keeps in what it gives, nil if it is
// another.
func (p *Connections) madeOf(f *callgraph.Function, on term.Term) term.Term {
	r, ok := on.(*term.Result)
	if !ok || f.Ops[r.Call].Call == nil || f.Ops[r.Call].Call.Kind == unit.Library {
		return nil
	}
	targets, known := p.graph.Callees(f, f.Ops[r.Call].Call)
	if !known || len(targets) != 1 || len(targets[0].Fn.Gives) != 1 {
		return nil
	}
	given, ok := callgraph.Given(r, r.Call, &targets[0].Fn.Gives[0])
	if x, isPath := given.(*term.Path); !ok || !isPath || x.Root != term.Param || len(x.Steps) > 0 {
		return nil
	}
	return p.conds.ToCaller(targets[0], r.Call, given)
}

// keptBy are the fields of what a call gives that hold a connection which it was handed.
func keptBy(c *unit.Call, target callgraph.Callee, on term.Term) []term.Term {
	at := target.Frame().Positions(on)
	if len(target.Fn.Gives) != 1 || len(at) == 0 {
		return nil
	}
	var out []term.Term
	for i, given := range target.Fn.Gives[0].Results {
		made, ok := given.(*term.Struct)
		if !ok {
			continue
		}
		for _, field := range made.Fields {
			if slices.ContainsFunc(at, func(t term.Term) bool { return term.Same(t, field.Term) }) {
				out = append(out, &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: i}, {Kind: term.FieldStep, Name: field.Name}}})
			}
		}
	}
	return out
}

// positions are the places in the frame of a callee at which it has a connection.
func (p *Connections) positions(f *callgraph.Function, target callgraph.Callee, on term.Term) []term.Term {
	var out []term.Term
	for _, name := range p.namesOf(f, on) {
		out = append(out, target.Frame().Positions(name)...)
	}
	return out
}
