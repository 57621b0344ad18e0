// Package handedkey tells what stands under the keys of contexts that a function is handed:
//
//	func with[T any](ctx context.Context, k key, v T) context.Context {
//		return context.WithValue(ctx, k, v)
//	}
//
// puts under each key with which it is called what that call hands it, and nothing else.
//
// In goes a call graph, of which it is known which function puts what; what such a function
// puts becomes what its callers put. Where a caller computes the key, or nobody is seen to
// call, the key stays a computed one.
//
// It cannot see keys that stand in objects which are not variables of a package.
package handedkey

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// maxCallers caps the functions that hand on a key that they were handed.
const maxCallers = 4

// Puts moves what a program puts under keys that functions are handed to those who call
// them, and gives what is put so by function.
func Puts(graph *callgraph.Graph) map[*callgraph.Function][]unit.Put {
	out := map[*callgraph.Function][]unit.Put{}
	var open []string
	for key := range graph.Puts {
		if term.IsOpenKey(key) {
			open = append(open, key)
		}
	}
	slices.Sort(open)
	for _, key := range open {
		for _, w := range graph.Puts[key] {
			resolve(graph, key, w, maxCallers, func(key string, at callgraph.Write) {
				graph.Puts[key] = append(graph.Puts[key], at)
				out[at.Fn] = append(out[at.Fn], unit.Put{Key: key, Value: at.Value, Site: at.Site, If: at.Facts})
			})
		}
		delete(graph.Puts, key)
	}
	return out
}

// resolve adds a write under a key for each caller of its function.
func resolve(graph *callgraph.Graph, key string, w callgraph.Write, depth int, add func(string, callgraph.Write)) {
	edges := graph.Edges[w.Fn]
	if depth == 0 || len(edges) == 0 || isRoot(graph, w.Fn) {
		add(term.ComputedKey, w)
		return
	}
	for _, e := range edges {
		moved, at := e.Key(key), w
		if !term.HoldsResult(w.Value) {
			at = callgraph.Write{Fn: e.From, Value: e.Apply(w.Value), Site: e.Site, Facts: e.Facts}
		}
		switch {
		case e.Creates || e.Closure != nil || term.IsOpenKey(moved) && at.Fn == w.Fn:
			add(term.ComputedKey, w)
		case term.IsOpenKey(moved):
			resolve(graph, moved, at, depth-1, add)
		default:
			add(moved, at)
		}
	}
}

// isRoot reports whether a function runs without a call that is seen.
func isRoot(graph *callgraph.Graph, f *callgraph.Function) bool {
	l := graph.Live[f]
	return l == nil || slices.ContainsFunc([]callgraph.RootKind{callgraph.JobRoot, callgraph.RequestRoot, callgraph.UnknownRoot}, func(kind callgraph.RootKind) bool {
		return l.By[kind] && l.Via[kind] == nil
	})
}
