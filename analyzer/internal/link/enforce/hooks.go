package enforce

import (
	"errors"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Hooks are the functions of a program that its libraries run with statements.
type Hooks struct {
	graph *callgraph.Graph
	list  []*Hook
}

// Values are the terms that a term of a function may be, resolved as far as the program tells.
type Values func(*callgraph.Function, term.Term) []term.Term

// Find finds the functions that a program registers.
func Find(graph *callgraph.Graph, values Values) *Hooks {
	h := &Hooks{graph: graph}
	for _, u := range graph.Units {
		for _, uf := range u.Functions {
			for i := range uf.Calls {
				c := &uf.Calls[i]
				if f := graph.Index.Funcs[uf.Symbol]; f != nil && c.Role == library.Enforces && len(c.Args) > 1 {
					h.call(f, c, values)
				}
			}
		}
	}
	return h
}

// call notes what a call registers.
func (h *Hooks) call(f *callgraph.Function, c *unit.Call, values Values) {
	switch name := c.Symbol[strings.LastIndexByte(c.Symbol, '.')+1:]; name {
	case "Use":
		h.use(f, c)
	default:
		h.register(f, c, name, values)
	}
}

// use notes a plugin that is not known.
func (h *Hooks) use(f *callgraph.Function, c *unit.Call) {
	if fn, ok := c.Args[1].(*term.Func); !ok || h.graph.Index.Funcs[fn.Symbol] == nil {
		h.list = append(h.list, &Hook{Name: "a plugin", Place: place(f, c), Why: "what it does is not known"})
	}
}

func place(f *callgraph.Function, c *unit.Call) string { return callgraph.FileLine(f, c.Site) }

// register notes a function that is registered.
func (h *Hooks) register(f *callgraph.Function, c *unit.Call, by string, values Values) {
	unknown := &Hook{Name: "a callback", Place: place(f, c)}
	if name, ok := phrase.Constant(c.Args[1]); ok && name != "" {
		unknown.Name = name
	}
	unknown.On, _ = c.Args[0].(*term.Build)
	switch {
	case by != "Register" || len(c.Args) < 3:
		unknown.Why = "a callback that is replaced or removed"
	case h.graph.Live[f] == nil:
		unknown.Why = "nothing is seen to register it"
	default:
		unknown.Why = "its function is not known"
		functions := values(f, c.Args[2])
		if !slices.ContainsFunc(functions, notFunction) && len(functions) == 1 {
			hook := New(h.graph, unknown.Name, unknown.Place, unknown.On, elsewhere(functions[0]).(*term.Func))
			h.list = append(h.list, hook)
			return
		}
	}
	h.list = append(h.list, unknown)
}

func notFunction(t term.Term) bool {
	_, ok := t.(*term.Func)
	return !ok
}

// elsewhere is a value in words that mean the same everywhere: what its function was handed,
// or has called, is not known there.
func elsewhere(t term.Term) term.Term {
	return term.Map(t, func(x term.Term) term.Term {
		switch v := x.(type) {
		case *term.Result:
			return term.Why("a value of another function")
		case *term.Path:
			if v.Root == term.Param || v.Root == term.Free {
				return term.Why("a value of another function")
			}
		}
		return x
	})
}

// Any reports whether there is a hook of a library whose statements have a style.
func (h *Hooks) Any(style string) bool {
	return slices.ContainsFunc(h.list, func(x *Hook) bool { return x.style() == style })
}

func (h *Hook) style() string {
	if h.On == nil {
		return ""
	}
	return h.On.Style
}

// In gives the clauses that hooks add to the statements of a function.
func (h *Hooks) In(f *callgraph.Function) phrase.Enforce {
	if len(h.list) == 0 {
		return nil
	}
	return func(at *phrase.Moment) ([]term.Clause, error) {
		contexts := h.contexts(f, at.Context, maxContextDepth)
		if len(contexts) != 1 {
			return nil, errors.New("enforcer not understood: a statement that is run in different contexts")
		}
		at.NoContext, at.Flags, at.Flagged = contexts[0].none, contexts[0].flags, contexts[0].all
		var out []term.Clause
		for _, hook := range h.list {
			clauses, err := hook.at(at)
			if err != nil {
				return nil, err
			}
			out = append(out, clauses...)
		}
		return out, nil
	}
}

// at are the clauses that a hook adds to a statement, if it runs with it, before it is
// written.
func (h *Hook) at(at *phrase.Moment) ([]term.Clause, error) {
	if h.On == nil {
		return nil, h.notUnderstood(h.Why)
	}
	kind, before, err := ormwrite.Registered(h.On)
	switch {
	case err != nil:
		return nil, h.notUnderstood(err.Error())
	case kind != at.Kind:
		return nil, nil
	}
	out, err := h.Added(at)
	if err != nil || before {
		return out, err
	}
	return nil, nil
}

// Enforcers are the functions that may add something to statements, with what one of them that
// is not understood has done for that.
func (h *Hooks) Enforcers() []finding.Enforcer {
	var out []finding.Enforcer
	for _, x := range h.list {
		e := finding.Enforcer{Name: x.Name, Place: x.Place, Statements: []string{}, Why: x.said()}
		if x.On != nil {
			if kind, _, err := ormwrite.Registered(x.On); err == nil {
				e.Statements = append(e.Statements, kind)
			} else {
				e.Why = err.Error()
			}
		}
		if !x.dull {
			out = append(out, e)
		}
	}
	return out
}

// said is why a hook is not understood, as far as some statement has met that.
func (h *Hook) said() string {
	if h.Why != "" {
		return h.Why
	}
	return h.met
}
