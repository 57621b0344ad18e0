package link

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// rootKind tells how the program comes to a function.
type rootKind uint8

// The kinds of roots. An unknown root is a function value that was handed to a
// library which is not modelled: nobody knows whether requests reach it.
const (
	jobRoot rootKind = iota
	requestRoot
	unknownRoot
	rootKinds
)

// liveness is how a live function is reached; via leads back to a root, nil at
// the root itself.
type liveness struct {
	by      [rootKinds]bool
	via     [rootKinds]*edge
	library string // unknownRoot: the library function that was handed the value
}

// edge is one way in which a function comes to run: a call, or a function value
// that is created in one function and applied elsewhere.
type edge struct {
	from, to *fn
	call     *unit.Call // nil where a value is only created
	frame
	facts []term.Fact
	site  int
	sites []int // by parameter of to; unit.NoSite where unknown
	soft  trust.Suggested
	// creates tells that from only makes the value that an entry is: the
	// entry's requests do not come from there.
	creates bool
	// explained tells that it was found, or assumed, who applies the value.
	explained bool
	// kept tells the edge of a function value that is kept, made where it is made;
	// held the edge from where such a value is called, with its maker.
	kept, held bool
	// onlyRequests tells an edge that is assumed of requests alone.
	onlyRequests bool
	// maker is the edge from the function that made the closure that runs: what
	// it has captured is in that frame. nil if all is in from's.
	maker *edge
	// library is the library function that was handed the value, if it is not modelled.
	library string
}

// reach marks the live functions and collects their edges.
func (p *program) reach() {
	w := &walk{program: p, elsewhere: map[*fn][]*edge{}, types: map[*fn]map[string]bool{}, held: newHeld()}
	for _, u := range p.units {
		for _, f := range u.Functions {
			if p.isRoot(f) {
				w.mark(p.index.funcs[f.Symbol], jobRoot, nil, "")
			}
		}
	}
	w.run()
	for w.applyHeld() || w.dispatch() || w.assumeEntries() || w.assumeByType() || w.assumeHandedOver() {
		w.run()
	}
	w.account()
	w.hardness()
	for _, f := range p.order {
		p.indexWrites(f)
	}
}

// isRoot tells main and initialisers; in the pseudo-program every exported
// function is one.
func (p *program) isRoot(f *unit.Function) bool {
	if f.Receiver == "" && (strings.HasSuffix(f.Symbol, ".init") || strings.Contains(f.Symbol, ".init#") && !strings.Contains(f.Symbol, "$")) {
		return true
	}
	if p.main == Library {
		return f.Exported
	}
	return f.Symbol == p.main+".main"
}

type walk struct {
	*program
	queue []visitItem

	elsewhere map[*fn][]*edge
	types     map[*fn]map[string]bool // of functions that are taken as values: their signatures
	out       map[*fn][]*edge
	held      *held
	roots     []rootMark
}

// rootMark is a function that the program begins with.
type rootMark struct {
	f       *fn
	kind    rootKind
	library string
}

type visitItem struct {
	f    *fn
	kind rootKind
}

func (w *walk) mark(f *fn, kind rootKind, via *edge, library string) {
	l := w.live[f]
	if l == nil {
		l = &liveness{}
		w.live[f] = l
		w.order = append(w.order, f)
	}
	if l.by[kind] {
		return
	}
	l.by[kind], l.via[kind] = true, via
	if via == nil {
		w.roots = append(w.roots, rootMark{f, kind, library})
	}
	if kind == unknownRoot && l.library == "" {
		l.library = library
	}
	w.queue = append(w.queue, visitItem{f, kind})
}

func (w *walk) run() {
	if w.out == nil {
		w.out = map[*fn][]*edge{}
	}
	for len(w.queue) > 0 {
		item := w.queue[0]
		w.queue = w.queue[1:]
		for _, e := range w.edgesOf(item.f) {
			if e.from == item.f {
				w.follow(e, item.kind)
			}
		}
		for _, e := range w.elsewhere[item.f] {
			w.follow(e, item.kind)
		}
	}
}

// follow carries a root kind along an edge. An entry that is only created here
// is a root of its own; a value that an unknown library was handed makes a job
// unknown, while inside a request it is assumed to be called back.
func (w *walk) follow(e *edge, kind rootKind) {
	switch {
	case e.creates:
		w.mark(e.to, requestRoot, nil, "")
	case e.onlyRequests && kind != requestRoot || e.kept && e.explained:
	case e.library == handedOver:
		w.mark(e.to, unknownRoot, e, handedOver)
	case e.library != "" && kind != requestRoot:
		w.mark(e.to, unknownRoot, e, e.library)
	default:
		w.mark(e.to, kind, e, w.live[e.from].library)
	}
}

func (w *walk) edgesOf(f *fn) []*edge {
	if out, ok := w.out[f]; ok {
		return out
	}
	out := w.taken(f, w.outgoing(f))
	w.out[f] = out
	for _, e := range out {
		w.edges[e.to] = append(w.edges[e.to], e)
		if e.from != f {
			w.fromElsewhere(e)
		}
	}
	return out
}

// fromElsewhere follows an edge that begins in another function than the one
// that it was found in, now and when that function is reached again.
func (w *walk) fromElsewhere(e *edge) {
	w.elsewhere[e.from] = append(w.elsewhere[e.from], e)
	l := w.live[e.from]
	for kind := range rootKinds {
		if l != nil && l.by[kind] {
			w.follow(e, kind)
		}
	}
}

// assumeEntries marks entries that nothing was seen to register, where the
// package is in use: a registration that is not understood must never look like
// no request.
func (w *walk) assumeEntries() bool {
	used := map[*unit.Unit]bool{}
	for f := range w.live {
		if !w.isRoot(f.Function) {
			used[f.unit] = true
		}
	}
	found := false
	for _, u := range w.units {
		for i := range u.Entries {
			f := w.function(u.Entries[i].Symbol)
			if f == nil || w.live[f] != nil && w.live[f].by[requestRoot] {
				continue
			}
			if used[u] || u.Path == w.main || w.main == Library || w.converted(f) {
				w.mark(f, requestRoot, nil, "")
				found = true
			}
		}
	}
	return found
}

// converted tells whether the receiver's type is converted to some interface.
func (w *walk) converted(f *fn) bool {
	if f.Receiver == "" {
		return false
	}
	for _, impl := range w.impls {
		for _, t := range impl.types {
			if t == f.Receiver && impl.soft == "" {
				return true
			}
		}
	}
	return false
}

func (p *program) indexWrites(f *fn) {
	for i := range f.Stores {
		s := &f.Stores[i]
		key := s.Type + "." + s.Field
		if s.Type == "" {
			key = s.Field
		}
		p.stores[key] = append(p.stores[key], write{f, s.Value, s.Site, s.If})
	}
	for i := range f.Puts {
		s := &f.Puts[i]
		p.puts[s.Key] = append(p.puts[s.Key], write{f, s.Value, s.Site, s.If})
	}
}
