package link

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Function values that are kept. A value that is stored in a field, handed to a
// constructor, put into a map or given back runs where that field, parameter or
// map entry is called. A *holder* is a place that function values flow through: a
// parameter, a result, a captured variable, a field of a type, a package variable,
// a context key. Fields are told apart by their type alone, not by the object:
// every value that is stored in T.f anywhere may be called by every call of T.f.
//
// Which values come to which holder is solved over the live functions; a call of
// a holder then is a call of each of its values. A holder that something unknown
// is stored in, too, is *open*: its calls may run other functions besides.

// holder names a place that function values flow through.
type holder string

func fieldHolder(typ, field string) holder { return holder("field " + typ + "." + field) }
func globalHolder(symbol string) holder    { return holder("var " + symbol) }
func paramHolder(symbol string, i int) holder {
	return holder("param " + symbol + "#" + strconv.Itoa(i))
}
func freeHolder(symbol, name string) holder { return holder("free " + symbol + "." + name) }
func givenHolder(symbol string, i int) holder {
	return holder("result " + symbol + "#" + strconv.Itoa(i))
}
func callHolder(symbol string, n, i int) holder {
	return holder("call " + symbol + "#" + strconv.Itoa(n) + "." + strconv.Itoa(i))
}

// heldValue is a function value and the function that made it; a nil value stands
// for one that is not known.
type heldValue struct {
	maker *fn
	to    *fn
	value *term.Func
}

func (v heldValue) key() string {
	if v.to == nil {
		return ""
	}
	return v.maker.Symbol + "\x00" + v.to.Symbol + "\x00" + v.value.String()
}

// held is the solution so far.
type held struct {
	values map[holder][]heldValue
	has    map[holder]map[string]bool
	flows  map[holder][]holder
	linked map[[2]holder]bool
	calls  map[holder][]dynamicCall // calls of a holder, and library calls that are handed it
	at     map[holder]string        // where something is first stored in a field or variable
	seen   map[*fn]bool
	bound  map[string]bool // closures whose captured values are linked

	applied map[[2]*fn][]*edge          // by maker and value: where it is called
	called  map[*unit.Call]map[*fn]bool // the values of a call
	open    map[*unit.Call]bool         // calls of which not all values are known

	thunks  map[string]*fn  // of dispatchers, by what they are sent
	symbols map[string]bool // of thunks

	made []*edge // edges that are new since they were last asked for
}

func newHeld() *held {
	return &held{
		values: map[holder][]heldValue{}, has: map[holder]map[string]bool{}, flows: map[holder][]holder{},
		linked: map[[2]holder]bool{}, calls: map[holder][]dynamicCall{}, at: map[holder]string{}, seen: map[*fn]bool{}, thunks: map[string]*fn{}, symbols: map[string]bool{},
		bound: map[string]bool{}, applied: map[[2]*fn][]*edge{}, called: map[*unit.Call]map[*fn]bool{}, open: map[*unit.Call]bool{},
	}
}

// applyHeld adds the edges of kept function values to where they are called, for
// all functions that have become live. It tells whether there are new ones.
func (w *walk) applyHeld() bool {
	for i := 0; i < len(w.order); i++ {
		if f := w.order[i]; !w.held.seen[f] {
			w.held.seen[f] = true
			w.holds(f)
		}
	}
	made := w.held.made
	w.held.made = nil
	for _, e := range made {
		w.edges[e.to] = append(w.edges[e.to], e)
		w.fromElsewhere(e)
	}
	return len(made) > 0
}

// holds enters what one function does with function values.
func (w *walk) holds(f *fn) {
	for i := range f.Stores {
		s := &f.Stores[i]
		to := fieldHolder(s.Type, s.Field)
		if s.Type == "" {
			to = globalHolder(s.Field)
		}
		if _, ok := w.held.at[to]; !ok {
			w.held.at[to] = fileLine(f, s.Site)
		}
		w.flow(f, s.Value, to)
	}
	for i := range f.Puts {
		w.flow(f, f.Puts[i].Value, holder("key "+f.Puts[i].Key))
	}
	for i := range f.Gives {
		for k, r := range f.Gives[i].Results {
			if k < f.Results {
				w.flow(f, r, givenHolder(f.Symbol, k))
			}
		}
	}
	for i := range f.Calls {
		w.holdsCall(f, &f.Calls[i])
	}
}

func (w *walk) holdsCall(f *fn, c *unit.Call) {
	if c.Kind == unit.Library {
		for _, a := range c.Args {
			for _, h := range w.holdersOf(f, a) {
				w.callOf(h, dynamicCall{f, c})
			}
			w.captures(f, a)
		}
		return
	}
	w.captures(f, c.Value)
	targets, _ := w.callees(f, c)
	for _, target := range targets {
		w.intoCallee(f, c, target.fn, target.args)
	}
	if len(targets) == 0 {
		for _, a := range c.Args {
			w.captures(f, a)
		}
	}
	if c.Kind != unit.Dynamic || c.Signature == unit.Reflected {
		return // a dispatcher calls by the message
	}
	found := w.holdersOf(f, c.Value)
	for _, h := range found {
		w.callOf(h, dynamicCall{f, c})
	}
	if len(found) == 0 && len(targets) == 0 {
		w.held.open[c] = true
	}
}

// intoCallee links the arguments of a call with the parameters, and the results
// with what the callee gives.
func (w *walk) intoCallee(f *fn, c *unit.Call, g *fn, args []term.Term) {
	for j, a := range args {
		if a != nil {
			w.flow(f, a, paramHolder(g.Symbol, j))
		}
	}
	for k := range g.Results {
		w.link(givenHolder(g.Symbol, k), callHolder(f.Symbol, c.N, k))
	}
}

// flow lets the function values that a term of f may be come to a holder.
func (w *walk) flow(f *fn, t term.Term, to holder) {
	switch x := t.(type) {
	case *term.Func:
		w.captures(f, x)
		values := w.valuesOf(x)
		for _, v := range values {
			w.arrive(to, heldValue{f, w.function(v.Symbol), v})
		}
		if len(values) == 0 {
			w.arrive(to, heldValue{})
		}
	case *term.Join:
		for _, leaf := range x.Terms {
			w.flow(f, leaf, to)
		}
	case *term.List:
		for _, e := range x.Elems {
			w.flow(f, e, to)
		}
	case *term.Struct: // of a named type, its fields are stores
		for _, field := range x.Fields {
			if x.Type == "" {
				w.flow(f, field.Term, to)
			}
		}
	case *term.Origin:
		if x.Kind == term.Unknown {
			w.arrive(to, heldValue{})
		}
	case *term.Path, *term.Result:
		from := w.holdersOf(f, t)
		for _, h := range from {
			w.link(h, to)
		}
		if len(from) == 0 {
			w.arrive(to, heldValue{})
		}
	}
}

// captures links what the closures in a term have captured with their variables.
func (w *walk) captures(f *fn, t term.Term) {
	for _, v := range rawFunctions(t) {
		key := f.Symbol + "\x00" + v.String()
		if len(v.Bind) == 0 || w.held.bound[key] {
			continue
		}
		w.held.bound[key] = true
		for _, b := range v.Bind {
			if b.Name == "p0" {
				w.flow(f, b.Term, paramHolder(v.Symbol, 0))
				continue
			}
			w.flow(f, b.Term, freeHolder(v.Symbol, b.Name))
		}
	}
}

// holdersOf are the places that a path or result of f may be.
func (w *walk) holdersOf(f *fn, t term.Term) []holder {
	switch x := t.(type) {
	case *term.Join:
		return w.holdersOfAll(f, x.Terms)
	case *term.List:
		return w.holdersOfAll(f, x.Elems)
	case *term.Path, *term.Result:
		if h := w.owned(f, t); h != "" {
			return []holder{h}
		}
	}
	switch x := t.(type) {
	case *term.Path:
		if h := pathHolder(f, x); h != "" {
			return []holder{h}
		}
	case *term.Result:
		if len(x.Steps) > 0 && x.Steps[0].Kind == term.ResultStep && onlyElements(x.Steps[1:]) {
			return []holder{callHolder(f.Symbol, x.Call, x.Steps[0].Index)}
		}
	}
	return nil
}

func (w *walk) holdersOfAll(f *fn, ts []term.Term) []holder {
	var out []holder
	for _, t := range ts {
		out = append(out, w.holdersOf(f, t)...)
	}
	return out
}

// owned is the field that a term, or what it is an element of, is loaded from.
func (w *walk) owned(f *fn, t term.Term) holder {
	best, length := holder(""), -1
	for i := range f.Owners {
		o := &f.Owners[i]
		rest, below := suffix(o.Value, t)
		if !same(o.Value, t) && !below {
			continue
		}
		if _, steps := rootOf(o.Value); len(steps) > length && len(rest) <= 2 {
			best, length = fieldHolder(o.Type, o.Field), len(steps)
		}
	}
	return best
}

func pathHolder(f *fn, x *term.Path) holder {
	if len(x.Steps) > 0 && x.Steps[0].Kind == term.FieldStep && onlyElements(x.Steps[1:]) {
		switch {
		case x.Root == term.This:
			return fieldHolder(x.Name, x.Steps[0].Name)
		case x.Root == term.Param && x.Index == 0 && f.Receiver != "":
			return fieldHolder(f.Receiver, x.Steps[0].Name)
		case x.Root == term.Global: // an entry of a map
			return globalHolder(x.Name)
		}
	}
	if !onlyElements(x.Steps) {
		return ""
	}
	switch x.Root {
	case term.Param:
		return paramHolder(f.Symbol, x.Index)
	case term.Free:
		return freeHolder(f.Symbol, x.Name)
	case term.Global:
		return globalHolder(x.Name)
	case term.Context:
		return holder("key " + x.Name)
	}
	return ""
}

func onlyElements(steps []term.Step) bool {
	for _, s := range steps {
		if s.Kind != term.ElemStep {
			return false
		}
	}
	return true
}

// link lets all values of one holder come to another.
func (w *walk) link(from, to holder) {
	key := [2]holder{from, to}
	if from == to || w.held.linked[key] {
		return
	}
	w.held.linked[key] = true
	w.held.flows[from] = append(w.held.flows[from], to)
	for _, v := range w.held.values[from] {
		w.arrive(to, v)
	}
}

// callOf notes a call of a holder, and makes it a call of its values.
func (w *walk) callOf(h holder, c dynamicCall) {
	w.held.calls[h] = append(w.held.calls[h], c)
	for _, v := range w.held.values[h] {
		w.runs(c, v)
	}
}

// arrive enters a value into a holder and those that it flows to.
func (w *walk) arrive(to holder, v heldValue) {
	type arrival struct {
		to holder
		v  heldValue
	}
	work := []arrival{{to, v}}
	for len(work) > 0 {
		a := work[0]
		work = work[1:]
		key := a.v.key()
		if w.held.has[a.to] == nil {
			w.held.has[a.to] = map[string]bool{}
		}
		if w.held.has[a.to][key] {
			continue
		}
		w.held.has[a.to][key] = true
		w.held.values[a.to] = append(w.held.values[a.to], a.v)
		for i := range w.held.calls[a.to] {
			w.runs(w.held.calls[a.to][i], a.v)
		}
		for _, next := range w.held.flows[a.to] {
			work = append(work, arrival{next, a.v})
		}
	}
}

// runs is a value that a call runs: an edge from where it is called, in whose
// frame the arguments are; what the value has captured is in its maker's.
func (w *walk) runs(c dynamicCall, v heldValue) {
	g := v.to
	if g == nil {
		w.held.open[c.call] = true
		return
	}
	if w.held.called[c.call] == nil {
		w.held.called[c.call] = map[*fn]bool{}
	}
	w.held.called[c.call][g] = true
	key := [2]*fn{v.maker, g}
	maker := w.created(v.maker, g, v.value, nil)
	maker.site = madeAt(v.maker, v.value)
	if maker.creates {
		return
	}
	e := &edge{from: c.fn, to: g, call: c.call, facts: c.call.If, site: c.call.Site, maker: maker, held: true}
	var args []term.Term
	if c.call.Kind == unit.Library {
		byLibrary(e, c.call)
	} else {
		args = c.call.Args
	}
	args = bound(g, &term.Func{Symbol: g.Symbol, Bind: boundReceiver(g, v.value)}, args).args
	e.args, e.sites = args, alignSites(c.call, len(args))
	w.held.applied[key] = append(w.held.applied[key], e)
	if w.runsAlready(c, g) {
		return
	}
	w.held.made = append(w.held.made, e)
	if c.call.Kind != unit.Library {
		w.intoCallee(c.fn, c.call, g, args)
	}
}

// madeAt is where a function hands a value on: the call or the store that it is part
// of, or the function itself.
func madeAt(f *fn, v *term.Func) int {
	text := v.String()
	holds := func(t term.Term) bool {
		return slices.ContainsFunc(rawFunctions(t), func(x *term.Func) bool { return x.String() == text })
	}
	for i := range f.Calls {
		if slices.ContainsFunc(f.Calls[i].Args, holds) {
			return f.Calls[i].Site
		}
	}
	for i := range f.Stores {
		if holds(f.Stores[i].Value) {
			return f.Stores[i].Site
		}
	}
	return f.Site
}

// byLibrary is the edge of a value that a library calls.
func byLibrary(e *edge, c *unit.Call) {
	e.call, e.soft = nil, trust.Callback
	e.byRole(c)
}

// byRole says what a library does with a function value that it is handed: it
// registers it, it calls it for sure, or nobody knows.
func (e *edge) byRole(c *unit.Call) {
	switch c.Role {
	case library.Registers, library.Middleware, library.EarlyMiddleware, library.Subrouter:
		e.creates, e.soft = true, ""
	case library.RunsJob, library.Calls, library.Scope, library.Serves, library.Vouches:
		e.soft = ""
	case "":
		e.library = c.Symbol
	}
}

// runsAlready tells whether the call is known to run g already.
func (w *walk) runsAlready(c dynamicCall, g *fn) bool {
	for _, e := range w.edges[g] {
		if e.from == c.fn && e.call == c.call && e.maker == nil && e.call != nil && !e.onlyRequests {
			return true
		}
	}
	return false
}

// maybe tells a call of a holder that outlives its function, if it may hold
// something else: what a function is handed, or captures, it calls for sure.
func (w *walk) maybe(f *fn, c *unit.Call) bool {
	if len(w.held.called[c]) == 1 && !w.held.open[c] {
		return false
	}
	for _, h := range w.holdersOf(f, c.Value) {
		if kind, _, _ := strings.Cut(string(h), " "); kind != "param" && kind != "free" {
			return true
		}
	}
	return false
}

// hardness marks the edges of holders that may hold something else as soft ones.
func (w *walk) hardness() {
	for _, edges := range w.edges {
		for _, e := range edges {
			if e.held && e.call != nil && w.maybe(e.from, e.call) {
				e.soft = trust.KeptFunction
			}
		}
	}
}

// keeps names who keeps the values of a function that nobody is seen to call.
func (w *walk) keeps(maker, g *fn) string {
	best := ""
	for _, h := range slices.Sorted(maps.Keys(w.held.values)) {
		if !strings.HasPrefix(string(h), "field ") && !strings.HasPrefix(string(h), "var ") {
			continue
		}
		for _, v := range w.held.values[h] {
			if v.maker == maker && v.to == g && best == "" {
				_, name, _ := strings.Cut(string(h), " ")
				best = fmt.Sprintf("%s (%s)", short(name), w.held.at[h])
			}
		}
	}
	return best
}

// fileLine is a site as text.
func fileLine(f *fn, site int) string {
	at := place(f, site)
	return at.File + ":" + strconv.Itoa(at.Line)
}
