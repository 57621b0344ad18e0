package statement

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A text may be kept before it is run: in a package variable, in a variable that a
// closure has captured, or, as a statement that a constructor prepared, in a field. What is run there is told by what is stored there; where
// it runs is the statement's place.

// textAt is what a text that is kept somewhere may be. A path that is not
// understood stays as it is: it may be a text that the caller gives.
func (p *Statements) textAt(f *callgraph.Function, t *term.Path, depth int) []term.Term {
	var out []term.Term
	switch {
	case t.Root == term.Global:
		out = p.textWrites(t.Name, t.Steps, depth)
		if len(out) == 0 {
			return []term.Term{term.Why("variable " + unit.Short(t.Name))}
		}
		return out
	case t.Root == term.Free:
		if out = p.capturedText(f, t, depth); len(t.Steps) == 0 && slices.ContainsFunc(out, term.Built) && p.runsWithin(f) {
			return []term.Term{t} // its bind values are those of the maker's frame
		}
	}
	if len(out) == 0 || slices.ContainsFunc(out, Unresolved) {
		return []term.Term{t}
	}
	return out
}

// runsWithin reports whether a function literal runs while its maker does: it is no entry,
// and nobody keeps it.
func (p *Statements) runsWithin(f *callgraph.Function) bool {
	return !p.graph.IsEntry(f) && !slices.ContainsFunc(p.graph.Edges[f], func(e *callgraph.Edge) bool {
		return e.Kept || e.Creates || e.Library != "" || e.Call != nil && e.Call.Mode == unit.Spawned
	})
}

// prepared is what a prepared statement may be that a field of the receiver holds:
// what the program stores there. Other texts in fields are those of the object
// that a caller made, and stay open.
func (p *Statements) prepared(f *callgraph.Function, t term.Term) []term.Term {
	path, ok := t.(*term.Path)
	if !ok || path.Root != term.Param || path.Index != 0 || f.Receiver == "" || len(path.Steps) == 0 || path.Steps[0].Kind != term.FieldStep {
		return []term.Term{t}
	}
	out := p.textWrites(f.Receiver+"."+path.Steps[0].Name, path.Steps[1:], maxTextDepth)
	if len(out) == 0 || slices.ContainsFunc(out, Unresolved) {
		return []term.Term{term.Why("a prepared statement in " + unit.Short(f.Receiver))}
	}
	return out
}

// Unresolved tells a term that is neither a text nor a build of which the structure is
// known.
func Unresolved(t term.Term) bool { return undecided(t) != nil }

// textWrites is what the program stores into a package variable or a field, or
// the part of it that the steps lead to.
func (p *Statements) textWrites(name string, steps []term.Step, depth int) []term.Term {
	var out []term.Term
	for _, w := range p.graph.Stores[name] {
		for _, t := range p.textsOf(w.Fn, entry(w.Value, steps), depth-1) {
			out = append(out, foreign(t))
		}
	}
	return distinct(out)
}

// entry is a part of a value; an element of a map with named entries is any of
// them.
func entry(t term.Term, steps []term.Step) term.Term {
	for _, s := range steps {
		if st, ok := t.(*term.Struct); ok && s.Kind == term.ElemStep && st.Base == nil {
			values := make([]term.Term, len(st.Fields))
			for i, f := range st.Fields {
				values[i] = f.Term
			}
			t = term.JoinOf(values...)
			continue
		}
		t = term.Select(t, s)
	}
	return t
}

func captures(free []term.Field, name string) bool {
	return slices.ContainsFunc(free, func(x term.Field) bool { return x.Name == name })
}

// capturedText is what a closure has captured, where its maker knows it.
func (p *Statements) capturedText(f *callgraph.Function, t *term.Path, depth int) []term.Term {
	var out []term.Term
	for _, e := range p.graph.Edges[f] {
		maker := e
		if e.Closure != nil {
			maker = e.Closure
		}
		if p.graph.Live[maker.From] == nil || !captures(maker.Free, t.Name) {
			continue // it is handed on there, not made
		}
		captured := term.Substitution{Free: maker.Free}.Apply(t)
		for _, t := range p.givenTexts(maker.From, captured, depth-1) {
			out = append(out, foreign(t))
		}
	}
	return distinct(out)
}
