package propagate

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/solve"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A function that calls a method of what it is handed runs, for each of its callers, the
// method of what that caller hands it:
//
//	func reset(s Store, id string) { s.Clear(id) }
//
//	reset(orders{db}, id)
//	reset(invoices{db}, id)
//
// A climb that comes from (orders).Clear goes on to those callers only whose value may be
// one of orders.

// chosenBy is of which type a value of the caller is where an edge is taken: the one that
// chose the method, or what is known already, said of the caller's values.
func chosenBy(graph *callgraph.Graph, known solve.Typed, e *callgraph.Edge) solve.Typed {
	if known.Value != nil {
		if moved := e.Apply(known.Value); isHanded(e.From, moved) {
			return solve.Typed{Value: moved, Type: known.Type}
		}
	}
	if e.Call == nil || e.Call.Kind != unit.Interface || len(e.Args) == 0 || e.To.Receiver == "" || !isHanded(e.From, e.Args[0]) {
		return solve.Typed{}
	}
	if all, _ := graph.Callees(e.From, e.Call); len(all) < 2 {
		return solve.Typed{} // there is no other type
	}
	return solve.Typed{Value: e.Args[0], Type: strings.TrimPrefix(e.To.Receiver, "*")}
}

// isHanded reports whether a term is what a function is handed, or a field of that. What its
// receiver holds was decided when the program was put together, the same for all callers.
func isHanded(f *callgraph.Function, t term.Term) bool {
	x, ok := t.(*term.Path)
	return ok && x.Root == term.Param && (x.Index > 0 || f.Receiver == "") && !slices.ContainsFunc(x.Steps, func(s term.Step) bool { return s.Kind != term.FieldStep })
}

// isOther reports whether what a caller hands over by an edge is surely of another type than
// the one that a value has on this way.
func isOther(known solve.Typed, e *callgraph.Edge) bool {
	if known.Value == nil || e.ByValue() || e.Closure != nil {
		return false
	}
	return !slices.ContainsFunc(term.Leaves(e.Apply(known.Value)), func(leaf term.Term) bool {
		s, ok := leaf.(*term.Struct)
		return !ok || s.Type == "" || s.Type == known.Type || isGeneric(s.Type) || isGeneric(known.Type)
	})
}

// isGeneric reports whether the name of a type has type arguments, which two names of one
// type may spell in two ways.
func isGeneric(name string) bool { return strings.Contains(name, "[") }
