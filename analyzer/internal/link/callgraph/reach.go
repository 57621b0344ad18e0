package callgraph

import (
	"regexp"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// reach marks the live functions and collects their edges.
func (p *Graph) reach() {
	w := &builder{Graph: p, elsewhere: map[*Function][]*Edge{}, types: map[*Function]map[string]bool{}, pointsTo: newPointsTo()}
	for _, u := range p.Units {
		for _, f := range u.Functions {
			if p.isRoot(f) {
				w.mark(p.Index.Funcs[f.Symbol], JobRoot, nil, "")
			}
		}
	}
	w.run()
	for w.solvePointsTo() || w.dispatch() || w.assumeEntries() || w.assumeByType() || w.assumeHandedOver() {
		w.run()
	}
	for f := range w.unregistered {
		w.unregistered[f] = w.isDead(f)
	}
	w.account()
	w.softenAmbiguous()
	for _, f := range p.Order {
		p.indexWrites(f)
	}
}

// initialiser matches the symbols of a package's initialisers: of its variables, and of
// the functions called init, which are numbered.
var initialiser = regexp.MustCompile(`(^|/)[^/]*?\.init(\.\d+)?$`)

// isRoot tells main and initialisers; in the pseudo-program every exported
// function is one.
func (p *Graph) isRoot(f *unit.Function) bool {
	if f.Receiver == "" && initialiser.MatchString(f.Symbol) {
		return true
	}
	if p.Main == Library {
		return f.Exported
	}
	return f.Symbol == p.Main+".main"
}

type builder struct {
	*Graph
	queue []visitItem

	elsewhere map[*Function][]*Edge
	types     map[*Function]map[string]bool // of functions that are taken as values: their signatures
	out       map[*Function][]*Edge
	pointsTo  *pointsTo
	roots     []rootMark
}

// rootMark is a function that the program begins with.
type rootMark struct {
	f       *Function
	kind    RootKind
	library string
}

type visitItem struct {
	f    *Function
	kind RootKind
}

func (w *builder) mark(f *Function, kind RootKind, via *Edge, library string) {
	l := w.Live[f]
	if l == nil {
		l = &Liveness{}
		w.Live[f] = l
		w.Order = append(w.Order, f)
	}
	if l.By[kind] {
		return
	}
	l.By[kind], l.Via[kind] = true, via
	if via == nil {
		w.roots = append(w.roots, rootMark{f, kind, library})
	}
	if kind == UnknownRoot && l.Library == "" {
		l.Library = library
	}
	w.queue = append(w.queue, visitItem{f, kind})
}

func (w *builder) run() {
	if w.out == nil {
		w.out = map[*Function][]*Edge{}
	}
	for len(w.queue) > 0 || w.serveHooks() {
		item := w.queue[0]
		w.queue = w.queue[1:]
		for _, e := range w.edgesOf(item.f) {
			if e.Caller() == item.f {
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
func (w *builder) follow(e *Edge, kind RootKind) {
	switch {
	case e.Creates:
		delete(w.unregistered, e.To)
		w.mark(e.To, RequestRoot, nil, "")
	case e.onlyRequests && kind != RequestRoot || e.Explained && (e.Kept || e.ByPointer):
	case e.Library == handedOver:
		w.mark(e.To, UnknownRoot, e, handedOver)
	case e.Library != "" && kind != RequestRoot:
		w.mark(e.To, UnknownRoot, e, e.Library)
	default:
		w.mark(e.To, kind, e, w.Live[e.Caller()].Library)
	}
}

func (w *builder) edgesOf(f *Function) []*Edge {
	if out, ok := w.out[f]; ok {
		return out
	}
	out := w.addressTaken(f, w.outgoing(f))
	w.out[f] = out
	for _, e := range out {
		w.Edges[e.To] = append(w.Edges[e.To], e)
		if e.Caller() != f {
			w.fromElsewhere(e)
		}
	}
	return out
}

// fromElsewhere follows an edge that begins in another function than the one
// that it was found in, now and when that function is reached again.
func (w *builder) fromElsewhere(e *Edge) {
	w.elsewhere[e.Caller()] = append(w.elsewhere[e.Caller()], e)
	l := w.Live[e.Caller()]
	for kind := range rootKinds {
		if l != nil && l.By[kind] {
			w.follow(e, kind)
		}
	}
}

// assumeEntries marks entries that nothing was seen to register, where the
// package is in use: a registration that is not understood must never look like
// no request.
func (w *builder) assumeEntries() bool {
	used := map[*unit.Unit]bool{}
	for f := range w.Live {
		if !w.isRoot(f.Function) {
			used[f.Unit] = true
		}
	}
	found := false
	for _, u := range w.Units {
		for i := range u.Entries {
			f := w.Function(u.Entries[i].Symbol)
			if f == nil || w.Live[f] != nil && w.Live[f].By[RequestRoot] {
				continue
			}
			if used[u] || u.Path == w.Main || w.Main == Library || w.converted(f) {
				w.mark(f, RequestRoot, nil, "")
				w.unregistered[f] = true
				found = true
			}
		}
	}
	return found
}

// serveHooks marks the hooks of pools: a connection is taken out for whichever request needs it.
// It reports whether there are any that were not marked.
func (w *builder) serveHooks() bool {
	found, served := false, slices.ContainsFunc(w.Order, func(f *Function) bool { return w.Live[f].By[RequestRoot] })
	for i := 0; served && i < len(w.Order); i++ {
		for _, e := range w.out[w.Order[i]] {
			if e.Call != nil && e.Call.Role.IsHook() && !w.Live[e.To].By[RequestRoot] {
				w.mark(e.To, RequestRoot, e, "")
				found = true
			}
		}
	}
	return found
}

// isDead reports whether nothing that is reached names an entry: it is not called, taken as a
// value, or a method of what is handed on.
func (w *builder) isDead(f *Function) bool {
	return w.Main != Library && len(w.Edges[f]) == 0 && w.types[f] == nil && !w.Live[f].By[UnknownRoot] && !w.converted(f)
}

// Unregistered reports whether nobody was seen to register an entry: what stands before it
// is not known. It is dead if nothing that is reached names it.
func (p *Graph) Unregistered(f *Function) (unregistered, dead bool) {
	dead, unregistered = p.unregistered[f]
	return unregistered, dead
}

// converted reports whether the receiver's type is converted to some interface.
func (w *builder) converted(f *Function) bool {
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

func (p *Graph) indexWrites(f *Function) {
	for i := range f.Stores {
		s := &f.Stores[i]
		key := s.Type + "." + s.Field
		if s.Type == "" {
			key = s.Field
		}
		p.Stores[key] = append(p.Stores[key], Write{Fn: f, Value: s.Value, Site: s.Site, Facts: s.If, Made: s.Of == unit.Made})
	}
	for i := range f.Puts {
		s := &f.Puts[i]
		p.Puts[s.Key] = append(p.Puts[s.Key], Write{Fn: f, Value: s.Value, Site: s.Site, Facts: s.If})
	}
}

// RootOf is the worst kind of root that comes to a function.
func (p *Graph) RootOf(f *Function) RootKind {
	l := p.Live[f]
	switch {
	case l == nil:
		return JobRoot
	case l.By[RequestRoot]:
		return RequestRoot
	case l.By[UnknownRoot]:
		return UnknownRoot
	}
	return JobRoot
}

// IsEntry reports whether requests come to f directly.
func (p *Graph) IsEntry(f *Function) bool {
	l := p.Live[f]
	return l != nil && l.By[RequestRoot] && l.Via[RequestRoot] == nil
}
