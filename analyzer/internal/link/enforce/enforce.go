// Package enforce tells what functions add to a statement that a library runs with each of
// them: the hooks by which a program makes its ORM enforce the tenant.
//
// In go the functions that a program registers, as their units tell what they leave of a
// statement on each way that they return, and what is known of the statement: the table of
// its rows, what is kept beside it, its context. Out come the clauses that are added to it.
//
// Terms. A *way* is one way through a hook: the facts that hold on it, and what it adds. A
// way *stops* if the hook refuses the statement, which then never runs.
//
// Invariant: a clause has no condition only if every way adds it that does not stop; what is
// not understood is an error, which is the reason why nothing is proved, and nobody accused.
//
// It cannot see what a hook does to rows by reflection, and knows no library: which statements
// a hook runs with, and what it asks of them, their writers tell.
package enforce

import (
	"errors"
	"fmt"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Hook is a function that a library runs with statements.
type Hook struct {
	Name  string      // by which it is registered
	Place string      // where it is: file:line
	On    *term.Build // what it is registered at, nil of generated code
	Why   string      // why it is not understood, "" if it is

	kind   string // of statements of generated code, "" of others
	entity string // whose they are, "" of any

	graph *callgraph.Graph
	fn    *callgraph.Function
	dull  bool                      // it leaves statements as they are
	met   string                    // why it was not understood with some statement, "" if it always was
	doubt string                    // why it may not run with statements: it is understood where it adds nothing
	param int                       // the one that is the statement
	moved func(term.Term) term.Term // its parameters and captured values in nobody's frame
}

// New makes a hook of a function value. Values are what it has captured, in words that mean
// the same everywhere.
func New(graph *callgraph.Graph, name, place string, on *term.Build, value *term.Func) *Hook {
	h := &Hook{Name: name, Place: place, On: on, graph: graph}
	h.fn = graph.Index.Funcs[value.Symbol]
	switch {
	case h.fn == nil && compiled(graph, unit.PackageOf(value.Symbol)): // nothing of interest is in it
		h.dull = true
		return h
	case h.fn == nil || h.fn.Over != "":
		h.Why = "its function is not known"
		return h
	}
	h.param = len(h.fn.Params) - 1
	bind := term.Substitution{Args: make([]term.Term, len(h.fn.Params)), Free: value.Bind}
	for _, b := range value.Bind {
		if b.Name == "p0" && h.param > 0 {
			bind.Args[0] = b.Term
		}
	}
	bind.Args[h.param] = term.P(h.param)
	h.moved = bind.Apply
	return h
}

// compiled reports whether the unit of a package is at hand.
func compiled(graph *callgraph.Graph, path string) bool {
	return slices.ContainsFunc(graph.Units, func(u *unit.Unit) bool { return u.Path == path })
}

// Added are the clauses that a hook adds to a statement.
func (h *Hook) Added(at *phrase.Moment) ([]term.Clause, error) {
	out, err := h.added(at)
	if h.doubt != "" && (len(out) > 0 || err != nil) {
		return nil, h.notUnderstood(h.doubt)
	}
	return out, err
}

func (h *Hook) added(at *phrase.Moment) ([]term.Clause, error) {
	if h.Why != "" {
		return nil, h.notUnderstood(h.Why)
	}
	if h.dull {
		return nil, nil
	}
	f := &frame{hook: h, at: at, fn: h.fn, up: h.moved, depth: maxDepth}
	ways, err := f.ways(h.param)
	if err != nil {
		return nil, h.notUnderstood(err.Error())
	}
	running := slices.DeleteFunc(slices.Clone(ways), func(w way) bool { return w.stops })
	if len(running) == 0 {
		return nil, phrase.ErrNeverRuns
	}
	var out []term.Clause
	seen := map[string]bool{}
	for _, w := range running {
		for i := range w.adds {
			c := &w.adds[i]
			key := c.Clause.String()
			if seen[key] {
				continue
			}
			seen[key] = true
			added, err := combined(running, c)
			if err != nil {
				return nil, h.notUnderstood(err.Error())
			}
			out = append(out, added)
		}
	}
	return out, nil
}

func (h *Hook) notUnderstood(why string) error {
	h.met = why
	return fmt.Errorf("enforcer not understood: %s (%s): %s", h.Name, h.Place, why)
}

// way is one way through a hook.
type way struct {
	facts []fact // that tell it from other ways
	adds  []addition
	stops bool
}

// fact is one of a function, as it stands there, and in words that mean the same everywhere,
// nil if there are none.
type fact struct {
	raw    term.Fact
	spoken []term.Fact
	known  bool
}

// addition is a clause with the facts on which it is added on its way.
type addition struct {
	term.Clause
	on []fact
}

// combined is a clause on the condition on which any way adds it: on facts that tell the ways
// which do from all others.
func combined(ways []way, c *addition) (term.Clause, error) {
	out := c.Clause
	var with, without []way
	for _, w := range ways {
		if i := slices.IndexFunc(w.adds, func(x addition) bool { return x.Clause.String() == c.Clause.String() }); i >= 0 {
			with = append(with, w)
		} else {
			without = append(without, w)
		}
	}
	conditions := slices.Clone(c.on)
	for _, other := range without {
		i := slices.IndexFunc(with[0].facts, func(f fact) bool {
			return inAll(with, f) && slices.ContainsFunc(other.facts, func(x fact) bool { return opposite(f.raw, x.raw) })
		})
		if i < 0 {
			return out, errors.New("it is not seen when it adds something")
		}
		conditions = append(conditions, with[0].facts[i])
	}
	for _, f := range conditions {
		if !f.known {
			return out, errors.New("it adds something on a condition that is not followed")
		}
		for _, x := range f.spoken {
			if p, ok := x.A.(*term.Path); ok && x.Op == term.NonZero {
				return out, errors.New("it adds nothing where the context holds nothing under " + unit.Short(p.Name))
			}
			if !slices.ContainsFunc(out.If, func(y term.Fact) bool { return term.SameFact(x, y) }) {
				out.If = append(out.If[:len(out.If):len(out.If)], x)
			}
		}
	}
	return out, nil
}

func inAll(ways []way, f fact) bool {
	return !slices.ContainsFunc(ways, func(w way) bool {
		return !slices.ContainsFunc(w.facts, func(x fact) bool { return x.raw.String() == f.raw.String() })
	})
}

func opposite(a, b term.Fact) bool {
	not, ok := a.Not()
	if ok && not.String() == b.String() {
		return true
	}
	no := func(op term.FactOp) bool {
		return op == term.IsZero || op == term.False || op == term.Nil || op == term.Null
	}
	return a.B == nil && b.B == nil && term.Same(a.A, b.A) && (term.Solid(a.Op) && no(b.Op) || term.Solid(b.Op) && no(a.Op))
}

// ways are the ways through the function of a frame that may be taken.
func (f *frame) ways(param int) ([]way, error) {
	var out []way
	for i := range f.fn.Gives {
		g := &f.fn.Gives[i]
		at := f.fn.Results + param
		if at >= len(g.Results) {
			return nil, errors.New("what it does to a statement is not known")
		}
		if !f.possible(g.If) {
			continue
		}
		if f.fn.Results > 0 && f.fails(g.Results[f.fn.Results-1], g.If) {
			out = append(out, way{facts: f.facts(g.If), stops: true})
			continue
		}
		more, err := f.adds(g.Results[at], param)
		if err != nil {
			return nil, err
		}
		facts := f.facts(g.If)
		for _, w := range more {
			w.facts = append(slices.Clone(facts), w.facts...)
			out = append(out, w)
		}
		if len(out) > maxWays {
			return nil, errors.New("it has too many ways")
		}
	}
	return out, nil
}

// fails reports whether the error that a hook gives is one for sure: the statement never runs.
func (f *frame) fails(err term.Term, facts []term.Fact) bool {
	return f.holds(term.Fact{Op: term.NotNil, A: err}) == yes || slices.ContainsFunc(facts, func(x term.Fact) bool {
		return (x.Op == term.NotNil || x.Op == term.NonZero) && term.Same(x.A, err)
	})
}

// adds are the ways of what stands for the statement at the end of one way: its clauses, with
// those that functions add which are handed it.
func (f *frame) adds(t term.Term, param int) ([]way, error) {
	out := []way{{}}
	b, ok := t.(*term.Build)
	switch {
	case term.Same(t, term.P(param)):
		return out, nil
	case !ok && phrase.Unknown(t):
		return nil, errors.New(t.(*term.Origin).Name)
	case !ok, !term.Same(b.Base, term.P(param)):
		return nil, errors.New("what it does to a statement is not known")
	}
	for i := range b.Clauses {
		c := &b.Clauses[i]
		on := c.If
		if !f.possible(on) {
			continue
		}
		if c.Maybe {
			return nil, errors.New("it is not seen when it adds something")
		}
		more, err := f.adding(c)
		if err != nil {
			return nil, err
		}
		out = times(out, more, f.facts(f.open(on)))
		if len(out) > maxWays {
			return nil, errors.New("it has too many ways")
		}
	}
	return out, nil
}

// adding are the ways of one clause.
func (f *frame) adding(c *term.Clause) ([]way, error) {
	switch c.Word {
	case library.Stopped:
		return []way{{stops: true}}, nil
	case library.Handed:
		return f.handed(c.Values[0].Term)
	}
	clause := term.Clause{Word: c.Word, Values: slices.Clone(c.Values)}
	for i := range clause.Values {
		v := &clause.Values[i]
		if v.Term = f.value(v.Term, f.assumed); term.IsOpen(v.Term) {
			v.Term = term.Why("a value of a hook")
		}
	}
	return []way{{adds: []addition{{Clause: clause}}}}, nil
}

// handed are the ways of a function that is handed the statement.
func (f *frame) handed(t term.Term) ([]way, error) {
	r, ok := t.(*term.Result)
	if !ok {
		return nil, errors.New("a function that is handed a statement")
	}
	var out []way
	for _, c := range f.callees(r) {
		more, err := f.inside(c).ways(r.Steps[0].Index - c.Fn.Results)
		if err != nil {
			return nil, err
		}
		out = append(out, more...) // its facts mean nothing outside but what is spoken
	}
	if len(out) == 0 {
		return nil, errors.New("a function that is handed a statement")
	}
	return out, nil
}

// times are the ways that go one way and then another, which is gone where facts hold.
func times(first, then []way, on []fact) []way {
	var out []way
	for _, a := range first {
		for _, b := range then {
			w := way{facts: append(slices.Clone(a.facts), b.facts...), adds: slices.Clone(a.adds), stops: a.stops || b.stops && len(on) == 0}
			for _, x := range b.adds {
				x.on = append(slices.Clone(on), x.on...)
				w.adds = append(w.adds, x)
			}
			out = append(out, w)
		}
	}
	return out
}
