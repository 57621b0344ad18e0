package callgraph

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A function value that is kept is called by nobody who is seen, as long as no call
// of its holders is found: what it runs is then neither a job nor a request's. Once
// its calls are found, they tell. That is known only when all live functions are,
// so the kinds of roots are spread a second time, without the edges that are
// accounted for.

// accounted reports whether it is seen who calls the value of a kept edge.
func (w *builder) accounted(e *Edge) bool {
	return e.Kept && len(w.pointsTo.invocations[[2]*Function{e.From, e.To}]) > 0
}

// account spreads the kinds of roots again. An edge is not accounted for if its
// function would otherwise not be reached, or if it was made for a request and
// only jobs call it: the request's values are in it.
func (w *builder) account() {
	before, keepers, kept := slices.Clone(w.Order), w.keepers(), w.keptValues()
	for _, edges := range w.Edges {
		for _, e := range edges {
			twice := e.ByPointer && e.Call != nil && w.inside[insideCall{e.Closure.From, e.To, e.Call}] && !kept[[2]*Function{e.Closure.From, e.To}]
			e.Explained = e.Explained || w.accounted(e) || twice
			if e.Kept && !e.Explained {
				if name := keepers[[2]*Function{e.From, e.To}]; name != "" {
					e.Library = name + keepsIt
				}
			}
		}
	}
	for {
		w.respread()
		if !w.reopen(before) {
			return
		}
	}
}

// keptValues come to more than parameters and captures; by maker.
func (w *builder) keptValues() map[[2]*Function]bool {
	out := map[[2]*Function]bool{}
	for h, values := range w.pointsTo.pointees {
		kind, _, _ := strings.Cut(string(h), " ")
		for i := 0; i < len(values) && kind != "param" && kind != "free"; i++ {
			out[[2]*Function{values[i].maker, values[i].to}] = true
		}
	}
	return out
}

// respread marks what the roots reach, over the edges that are known.
func (w *builder) respread() {
	roots := w.roots
	w.roots, w.Live, w.Order = nil, map[*Function]*Liveness{}, nil
	for _, r := range roots {
		w.mark(r.f, r.kind, nil, r.library)
	}
	w.run()
}

// reopen takes back that edges are accounted for. It reports whether there are any.
func (w *builder) reopen(before []*Function) bool {
	found := false
	for _, f := range before {
		for _, e := range w.Edges[f] {
			if !e.Kept || !e.Explained || w.Live[e.From] == nil {
				continue
			}
			if w.Live[f] == nil || w.accounted(e) && w.onlyLater(e) {
				e.Explained, found = false, true
			}
		}
	}
	return found || w.markLost(before)
}

// markLost marks what is still not reached: it was, for a request that is none now.
func (w *builder) markLost(before []*Function) bool {
	found := false
	for _, f := range before {
		if w.Live[f] == nil {
			w.roots = append(w.roots, rootMark{f, UnknownRoot, keptFunction})
			found = true
		}
	}
	return found
}

// onlyLater tells a value that a request makes and that no request calls.
func (w *builder) onlyLater(e *Edge) bool {
	if !w.Live[e.From].By[RequestRoot] {
		return false
	}
	for _, a := range w.pointsTo.invocations[[2]*Function{e.From, e.To}] {
		if l := w.Live[a.From]; l != nil && l.By[RequestRoot] {
			return false
		}
	}
	return true
}

// resolved reports whether all values of a call of a holder are known.
func (w *builder) resolved(c *unit.Call) bool {
	return len(w.pointsTo.called[c]) > 0 && !w.pointsTo.open[c]
}
