package enforce

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Contexts. A hook asks the context that a statement is run in: for the tenant, and for flags
// by which the program switches it off. A statement that is run in none finds neither.

// maxContextDepth is how many functions a context is followed through.
const maxContextDepth = 4

// context is one that a statement may be run in.
type context struct {
	none  bool
	flags []string // keys under which constants were put since a request, or a job, began
	all   bool     // these are all
	lost  bool     // it is in a field, or comes out of something else that is not followed
}

// contexts are those that a term of a function may be; nil is that of a statement which is run
// in none.
func (h *Hooks) contexts(f *callgraph.Function, t term.Term, depth int) []context {
	if t == nil {
		return []context{{none: true, all: true}}
	}
	if depth <= 0 {
		return []context{{}}
	}
	switch x := t.(type) {
	case *term.Join:
		var out []context
		for _, leaf := range x.Terms {
			out = alternatives(out, h.contexts(f, leaf, depth))
		}
		return out
	case *term.Struct:
		return h.withFlags(f, x, depth)
	case *term.Path:
		switch {
		case x.Root == term.Param && len(x.Steps) == 0:
			return h.handed(f, x.Index, depth)
		case x.Root == term.Free && len(x.Steps) == 0:
			return h.captured(f, x, depth)
		case x.Root != term.Context:
			return []context{{all: true, lost: true}}
		}
	case *term.Result:
		return h.given(f, x, depth)
	case *term.Origin:
		if x.Kind == term.Unknown && x.Name == term.EmptyContext {
			return []context{{none: true, all: true}}
		}
	}
	return []context{{all: true}}
}

// captured are those that a closure has captured, where its makers have them.
func (h *Hooks) captured(f *callgraph.Function, x *term.Path, depth int) []context {
	var out []context
	for _, e := range h.graph.Edges[f] {
		maker := e
		if e.Closure != nil {
			maker = e.Closure
		}
		if h.graph.Live[maker.From] == nil {
			continue
		}
		out = alternatives(out, h.contexts(maker.From, term.Substitution{Free: maker.Free}.Apply(x), depth-1))
	}
	if len(out) == 0 {
		return []context{{all: true, lost: true}}
	}
	return out
}

// hasFlags reports whether somewhere in the program constants, and nothing else, are put under
// a context key: a hook may ask for such a flag.
func hasFlags(graph *callgraph.Graph) bool {
	for _, puts := range graph.Puts {
		if len(puts) > 0 && !slices.ContainsFunc(puts, func(w callgraph.Write) bool { return !constant(w.Value) }) {
			return true
		}
	}
	return false
}

// withFlags are contexts into which constants were put.
func (h *Hooks) withFlags(f *callgraph.Function, x *term.Struct, depth int) []context {
	var out []context
	for _, c := range h.contexts(f, x.Base, depth) {
		c.flags = slices.Clone(c.flags)
		for _, field := range x.Fields {
			if key, ok := strings.CutPrefix(field.Name, term.UnderKey); ok && !slices.Contains(c.flags, key) {
				c.flags = append(c.flags, key)
			}
		}
		slices.Sort(c.flags)
		out = alternatives(out, []context{c})
	}
	return out
}

// place is a parameter of a function.
type place struct {
	fn    *callgraph.Function
	param int
}

// handed are the contexts that callers hand over, and theirs in turn: each place is asked once.
func (h *Hooks) handed(f *callgraph.Function, i, depth int) []context {
	first := place{f, i}
	if known, ok := h.handedAt[first]; ok {
		return known
	}
	var out []context
	seen := map[place]bool{first: true}
	for todo := []place{first}; len(todo) > 0; todo = todo[1:] {
		at, called := todo[0], false
		for _, e := range h.graph.Edges[at.fn] {
			if h.graph.Live[e.From] == nil {
				continue
			}
			called = true
			if e.Call == nil || at.param >= len(e.Args) || e.Args[at.param] == nil {
				out = alternatives(out, []context{{all: true}})
				continue
			}
			if p, ok := e.Args[at.param].(*term.Path); ok && p.Root == term.Param && len(p.Steps) == 0 {
				if next := (place{e.From, p.Index}); !seen[next] {
					seen[next] = true
					todo = append(todo, next)
				}
				continue
			}
			out = alternatives(out, h.contexts(e.From, e.Args[at.param], depth-1))
		}
		if !called || h.graph.IsEntry(at.fn) {
			out = alternatives(out, []context{{all: true}})
		}
	}
	if depth == maxContextDepth {
		h.handedAt[first] = out
	}
	return out
}

// given are the contexts that a function gives.
func (h *Hooks) given(f *callgraph.Function, r *term.Result, depth int) []context {
	o := f.Ops[r.Call]
	if o.Call == nil || len(r.Steps) != 1 {
		return []context{{all: true}}
	}
	if depth <= 0 {
		return []context{{}}
	}
	targets, known := h.graph.Callees(f, o.Call)
	if !known {
		return []context{{}}
	}
	var out []context
	for c, t := range callgraph.Behind(targets, r) {
		if inner, ok := t.(*term.Result); ok {
			out = alternatives(out, h.given(c.Fn, inner, depth-1))
			continue
		}
		out = alternatives(out, h.contexts(f, c.Frame().Apply(t), depth-1))
	}
	return out
}

func alternatives(have, more []context) []context {
	for _, c := range more {
		if !slices.ContainsFunc(have, func(x context) bool {
			return x.none == c.none && x.all == c.all && x.lost == c.lost && slices.Equal(x.flags, c.flags)
		}) {
			have = append(have, c)
		}
	}
	return have
}

// Several reports whether what callers hand over decides in which context a statement of a
// function is run: then it is theirs.
func (h *Hooks) Several(f *callgraph.Function, t term.Term) bool {
	return term.IsOpen(t) && len(h.contexts(f, t, maxContextDepth)) > 1
}

// isFlag reports whether only constants are put under a context key, and wherever one is, what
// becomes of that context is seen: it says that something is so, and not what.
func isFlag(graph *callgraph.Graph, key string) bool {
	puts := graph.Puts[key]
	return len(puts) > 0 && !slices.ContainsFunc(puts, func(w callgraph.Write) bool { return !constant(w.Value) || !seen(w.Fn, key) })
}

// seen reports whether a context with something under a key is given, handed on, or that of a
// statement in the function that makes it.
func seen(f *callgraph.Function, key string) bool {
	has := func(t term.Term) bool { return holdsKey(t, key) }
	for i := range f.Gives {
		if slices.ContainsFunc(f.Gives[i].Results, has) {
			return true
		}
	}
	for i := range f.Calls {
		if slices.ContainsFunc(f.Calls[i].Args, has) {
			return true
		}
	}
	return slices.ContainsFunc(f.Runs, func(r unit.Run) bool { return has(r.Text) })
}

// holdsKey reports whether a term is, or builds upon, a context with something under a key.
func holdsKey(t term.Term, key string) bool {
	switch x := t.(type) {
	case *term.Struct:
		return slices.ContainsFunc(x.Fields, func(f term.Field) bool { return f.Name == term.UnderKey+key }) || x.Base != nil && holdsKey(x.Base, key)
	case *term.Join:
		return slices.ContainsFunc(x.Terms, func(t term.Term) bool { return holdsKey(t, key) })
	case *term.Build:
		return x.Base != nil && holdsKey(x.Base, key) || slices.ContainsFunc(x.Clauses, func(c term.Clause) bool {
			return slices.ContainsFunc(c.Values, func(v term.Value) bool { return holdsKey(v.Term, key) })
		})
	}
	return false
}

func constant(t term.Term) bool {
	switch x := t.(type) {
	case *term.Const:
		return true
	case *term.Struct:
		return x.Base == nil && len(x.Fields) == 0
	case *term.Origin: // a struct without fields
		return x.Kind == term.Zero
	}
	return false
}
