package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A function value that is kept is called by nobody who is seen, as long as no call
// of its holders is found: what it runs is then neither a job nor a request's. Once
// its calls are found, they tell. That is known only when all live functions are,
// so the kinds of roots are spread a second time, without the edges that are
// accounted for.

// accounted tells whether it is seen who calls the value of a kept edge.
func (w *walk) accounted(e *edge) bool {
	return e.kept && len(w.held.applied[[2]*fn{e.from, e.to}]) > 0
}

// account spreads the kinds of roots again. An edge is not accounted for if its
// function would otherwise not be reached, or if it was made for a request and
// only jobs call it: the request's values are in it.
func (w *walk) account() {
	before := slices.Clone(w.order)
	for _, edges := range w.edges {
		for _, e := range edges {
			e.explained = e.explained || w.accounted(e)
			if e.kept && !e.explained {
				if name := w.keeps(e.from, e.to); name != "" {
					e.library = name + keepsIt
				}
			}
		}
	}
	for {
		w.spread()
		if !w.reopen(before) {
			return
		}
	}
}

// spread marks what the roots reach, over the edges that are known.
func (w *walk) spread() {
	roots := w.roots
	w.roots, w.live, w.order = nil, map[*fn]*liveness{}, nil
	for _, r := range roots {
		w.mark(r.f, r.kind, nil, r.library)
	}
	w.run()
}

// reopen takes back that edges are accounted for. It tells whether there are any.
func (w *walk) reopen(before []*fn) bool {
	found := false
	for _, f := range before {
		for _, e := range w.edges[f] {
			if !e.kept || !e.explained || w.live[e.from] == nil {
				continue
			}
			if w.live[f] == nil || w.accounted(e) && w.onlyLater(e) {
				e.explained, found = false, true
			}
		}
	}
	return found || w.lose(before)
}

// lose marks what is still not reached: it was, for a request that is none now.
func (w *walk) lose(before []*fn) bool {
	found := false
	for _, f := range before {
		if w.live[f] == nil {
			w.roots = append(w.roots, rootMark{f, unknownRoot, keptFunction})
			found = true
		}
	}
	return found
}

// onlyLater tells a value that a request makes and that no request calls.
func (w *walk) onlyLater(e *edge) bool {
	if !w.live[e.from].by[requestRoot] {
		return false
	}
	for _, a := range w.held.applied[[2]*fn{e.from, e.to}] {
		if l := w.live[a.from]; l != nil && l.by[requestRoot] {
			return false
		}
	}
	return true
}

// resolved tells whether all values of a call of a holder are known.
func (w *walk) resolved(c *unit.Call) bool {
	return len(w.held.called[c]) > 0 && !w.held.open[c]
}
