package enforce

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Hooks are those of one connection. Where a program opens several, it is not followed which of
// them a statement runs on, and so none is understood.

// severalOpened is why.
const severalOpened = "several connections are opened, and which of them has it is not followed"

// openers are the functions that open a connection, each as often as it does.
func openers(graph *callgraph.Graph) []*callgraph.Function {
	var out []*callgraph.Function
	for _, u := range graph.Units {
		for _, uf := range u.Functions {
			f := graph.Index.Funcs[uf.Symbol]
			if f == nil || graph.Live[f] == nil {
				continue
			}
			seen := map[string]bool{}
			note := func(t term.Term) {
				if text := opening(t); text != "" && !seen[text] {
					seen[text] = true
					out = append(out, f)
				}
			}
			for i := range f.Gives {
				each(f.Gives[i].Results, note)
			}
			for i := range f.Stores {
				note(f.Stores[i].Value)
			}
			for i := range f.Calls {
				each(f.Calls[i].Args, note)
			}
			for i := range f.Runs {
				note(f.Runs[i].Text)
			}
		}
	}
	return out
}

func each(list []term.Term, visit func(term.Term)) {
	for _, t := range list {
		visit(t)
	}
}

// opening is the call in a term by which a connection is opened, as text, "" if there is none.
func opening(t term.Term) string {
	switch x := t.(type) {
	case *term.Build:
		if x.Base == nil && len(x.Clauses) > 0 && x.Clauses[0].Word == "handle" {
			return x.Clauses[0].String()
		}
		if x.Base != nil {
			return opening(x.Base)
		}
	case *term.Struct:
		for _, f := range x.Fields {
			if text := opening(f.Term); text != "" {
				return text
			}
		}
	case *term.Join:
		for _, leaf := range x.Terms {
			if text := opening(leaf); text != "" {
				return text
			}
		}
	}
	return ""
}

// onlyOne reports whether a program that registers a hook in a function has one connection alone:
// one place opens it, and that is the function, calls it, or is called once.
func (h *Hooks) onlyOne(registers *callgraph.Function) bool {
	if len(h.openers) > 1 {
		return false
	}
	if len(h.openers) == 0 || h.openers[0] == registers {
		return true
	}
	opens, calls := h.openers[0], 0
	for _, e := range h.graph.Edges[opens] {
		if h.graph.Live[e.From] != nil {
			calls++
		}
	}
	return calls <= 1 || slices.ContainsFunc(h.graph.Edges[registers], func(e *callgraph.Edge) bool { return e.From == opens })
}
