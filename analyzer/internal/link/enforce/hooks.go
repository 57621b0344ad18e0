package enforce

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Hooks are the functions of a program that its libraries run with statements.
type Hooks struct {
	graph  *callgraph.Graph
	values Values
	list   []*Hook
	// looking are those that only look at statements: one may take the place of another that
	// has its name.
	looking []*Hook
	own     map[string][]*Hook // of entities of generated code

	openers  []*callgraph.Function // of connections
	handedAt map[place][]context   // what is handed over there
	parts    map[string]bool       // packages of entities of generated code that have hooks of their own
	flagged  func() bool           // [hasFlags]
}

// Values are the terms that a term of a function may be, resolved as far as the program tells.
type Values func(*callgraph.Function, term.Term) []term.Term

// Find finds the functions that a program registers.
func Find(graph *callgraph.Graph, values Values) *Hooks {
	h := &Hooks{graph: graph, values: values, own: map[string][]*Hook{}, openers: openers(graph), handedAt: map[place][]context{}, parts: map[string]bool{}}
	h.flagged = sync.OnceValue(func() bool { return hasFlags(graph) })
	for name := range graph.Stores {
		if part, ok := strings.CutSuffix(name, ".Interceptors"); ok {
			h.parts[part] = true
		}
	}
	for _, u := range graph.Units {
		for _, uf := range u.Functions {
			for i := range uf.Calls {
				c := &uf.Calls[i]
				if f := graph.Index.Funcs[uf.Symbol]; f != nil && c.Role == library.Enforces && len(c.Args) > 1 {
					h.call(f, c)
				}
			}
		}
	}
	h.doubtNames()
	return h
}

// doubtNames doubts of callbacks that have one name: only the one that is registered last runs.
func (h *Hooks) doubtNames() {
	all := slices.Concat(h.list, h.looking)
	for i, x := range h.list {
		for j, y := range all {
			if i != j && x.Name == y.Name && x.On != nil && y.On != nil && processor(x.On) == processor(y.On) {
				x.doubt, x.Why = "", "another callback has its name"
			}
		}
	}
}

// call notes what a call registers.
func (h *Hooks) call(f *callgraph.Function, c *unit.Call) {
	name := c.Symbol[strings.LastIndexByte(c.Symbol, '.')+1:]
	_, built := c.Args[0].(*term.Build)
	switch {
	case name == "Use" && strings.HasPrefix(c.Symbol, "gorm.io/"):
		h.use(f, c)
	case !built:
		h.client(f, c, name)
	default:
		h.register(f, c, name)
	}
}

// use notes a plugin that is not known.
func (h *Hooks) use(f *callgraph.Function, c *unit.Call) {
	if fn, ok := c.Args[1].(*term.Func); !ok || h.graph.Index.Funcs[fn.Symbol] == nil {
		h.list = append(h.list, &Hook{Name: "a plugin", Place: placeOf(f, c), Why: "what it does is not known"})
	}
}

// client notes what is registered at a client of generated code: what runs with queries, or with
// mutations, of one entity or all.
func (h *Hooks) client(f *callgraph.Function, c *unit.Call, by string) {
	entity := ""
	pkg, recv, _ := strings.Cut(c.Symbol, ".(*")
	if name, _, ok := strings.Cut(recv, "Client)"); ok && name != "" {
		entity = pkg + "." + name
	}
	kind := map[string]string{"Intercept": "query"}[by]
	if kind == "" {
		kind = "mutation"
	}
	hooks := h.functions(f, c.Args[1])
	if len(hooks) == 0 || kind == "mutation" {
		hooks = []*Hook{{Name: by, Why: "its function is not known"}}
	}
	for _, x := range hooks {
		x.Name, x.Place, x.kind, x.entity = by, placeOf(f, c), kind, entity
		h.list = append(h.list, x)
	}
}

// functions are the hooks in a list, nil if they are not known.
func (h *Hooks) functions(f *callgraph.Function, t term.Term) []*Hook {
	list, ok := t.(*term.List)
	if !ok {
		return nil
	}
	var out []*Hook
	for _, elem := range list.Elems {
		values := h.values(f, elem)
		if len(values) == 0 || slices.ContainsFunc(values, notFunction) {
			return nil
		}
		for _, v := range values {
			hook := New(h.graph, "", "", nil, term.Elsewhere(v).(*term.Func))
			if hook.fn != nil {
				hook.Place = callgraph.FileLine(hook.fn, hook.fn.Site)
			}
			out = append(out, hook)
		}
	}
	return out
}

// interceptors are what an entity of generated code has of its own: what the program stores in
// the variable that its package has for them.
func (h *Hooks) interceptors(entity string) []*Hook {
	if known, ok := h.own[entity]; ok {
		return known
	}
	var out []*Hook
	for _, w := range h.graph.Stores[model.PartPath(entity)+".Interceptors"] {
		for _, x := range h.functions(w.Fn, w.Value) {
			x.Name, x.kind = "an interceptor of "+unit.Short(entity), "query"
			out = append(out, x)
		}
	}
	h.own[entity] = out
	return out
}

func placeOf(f *callgraph.Function, c *unit.Call) string { return callgraph.FileLine(f, c.Site) }

// register notes a function that is registered.
func (h *Hooks) register(f *callgraph.Function, c *unit.Call, by string) {
	unknown := &Hook{Name: "a callback", Place: placeOf(f, c)}
	if name, ok := phrase.Constant(c.Args[1]); ok && name != "" {
		unknown.Name = name
	}
	unknown.On, _ = c.Args[0].(*term.Build)
	if len(c.Args) == 2 && by != "Remove" {
		h.looking = append(h.looking, unknown)
		return
	}
	h.list = append(h.list, unknown)
	if by != "Register" || len(c.Args) < 3 {
		unknown.Why = "a callback that is replaced or removed"
		return
	}
	unknown.Why = "its function is not known"
	functions := h.values(f, c.Args[2])
	if len(functions) != 1 || notFunction(functions[0]) {
		return
	}
	hook := New(h.graph, unknown.Name, unknown.Place, unknown.On, term.Elsewhere(functions[0]).(*term.Func))
	switch {
	case hook.dull || hook.Why != "":
	case h.graph.Live[f] == nil:
		hook.doubt = "nothing is seen to register it"
	case !h.onlyOne(f):
		hook.doubt = severalOpened
	case !certain(c.If) || !h.surely(f, maxContextDepth):
		hook.doubt = "it is registered under a condition"
	}
	*unknown = *hook
}

// processor names what a callback is registered at: that of queries, or of creates.
func processor(on *term.Build) string {
	var words []string
	for _, c := range on.Clauses {
		if c.Word == "callbacks" || c.Word == "callbacks of" {
			words = append(words, c.String())
		}
	}
	return strings.Join(words, " ")
}

// certain reports whether what is known at a place is no more than that nothing failed.
func certain(facts []term.Fact) bool {
	return !slices.ContainsFunc(facts, func(x term.Fact) bool { return x.Op != term.Nil })
}

// surely reports whether a function runs wherever the program begins, unless something fails.
func (h *Hooks) surely(f *callgraph.Function, depth int) bool {
	return depth == 0 || !slices.ContainsFunc(h.graph.Edges[f], func(e *callgraph.Edge) bool {
		return h.graph.Live[e.From] != nil && !(certain(e.Facts) && h.surely(e.From, depth-1))
	})
}

func notFunction(t term.Term) bool {
	_, ok := t.(*term.Func)
	return !ok
}

// Concern reports whether hooks may run with statements of a style, about rows of an entity.
func (h *Hooks) Concern(style, entity string) bool {
	generated := style == "ent"
	return generated && entity != "" && h.parts[model.PartPath(entity)] || slices.ContainsFunc(h.list, func(x *Hook) bool { return (x.kind != "") == generated })
}

// In gives the clauses that hooks add to the statements of a function.
func (h *Hooks) In(f *callgraph.Function) phrase.Enforce {
	return func(at *phrase.Moment) ([]term.Clause, error) {
		hooks := h.of(at)
		if len(hooks) == 0 && at.Own == 0 {
			return nil, nil
		}
		if len(hooks) < at.Own {
			return nil, fmt.Errorf("enforcer not understood: interceptors of %s", unit.Short(at.Table.Type))
		}
		contexts := h.contexts(f, at.Context, maxContextDepth)
		if len(contexts) != 1 {
			return nil, errors.New("enforcer not understood: a statement that is run in different contexts")
		}
		if contexts[0].lost && h.flagged() {
			return nil, errors.New("enforcer not understood: a context of which it is not followed what was put into it")
		}
		at.NoContext, at.Flags, at.Flagged = contexts[0].none, contexts[0].flags, contexts[0].all
		var out []term.Clause
		for _, hook := range hooks {
			clauses, err := hook.at(at)
			if err != nil {
				return nil, err
			}
			out = append(out, clauses...)
		}
		return out, nil
	}
}

// of are the hooks of statements of a style, with those of an entity.
func (h *Hooks) of(at *phrase.Moment) []*Hook {
	out := slices.DeleteFunc(slices.Clone(h.list), func(x *Hook) bool {
		return (x.kind != "") != (at.Style == "ent") || x.kind != "" && (x.kind != at.Kind || x.entity != "" && x.entity != at.Table.Type)
	})
	if at.Own > 0 {
		out = append(h.interceptors(at.Table.Type), out...)
	}
	return out
}

// at are the clauses that a hook adds to a statement, if it runs with it, before it is
// written.
func (h *Hook) at(at *phrase.Moment) ([]term.Clause, error) {
	if h.kind != "" {
		return h.Added(at)
	}
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
	if !before { // what it adds, or refuses, comes too late
		out = nil
		if errors.Is(err, phrase.ErrNeverRuns) {
			err = nil
		}
	}
	return out, err
}

// Enforcers are the functions that may add something to statements, with what one of them that
// is not understood has done for that.
func (h *Hooks) Enforcers() []finding.Enforcer {
	var out []finding.Enforcer
	all := slices.Clone(h.list)
	for _, entity := range slices.Sorted(maps.Keys(h.own)) {
		all = append(all, h.own[entity]...)
	}
	for _, x := range all {
		e := finding.Enforcer{Name: x.Name, Place: x.Place, Statements: []string{}, Why: x.said()}
		if x.kind != "" {
			e.Statements = append(e.Statements, x.kind)
		} else if x.On != nil {
			kind, before, err := ormwrite.Registered(x.On)
			switch {
			case err != nil:
				e.Why = err.Error()
			case !before && e.Why == "":
				e.Why = "it runs after the statement, and adds nothing"
			}
			if err == nil {
				e.Statements = append(e.Statements, kind)
			}
		}
		if !x.dull {
			out = append(out, e)
		}
	}
	return append(out, unread(h.graph)...)
}

// said is why a hook is not understood, as far as some statement has met that.
func (h *Hook) said() string {
	return cmp.Or(h.Why, h.doubt, h.met)
}
