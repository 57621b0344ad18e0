package callgraph

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

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

// node names a place that function values flow through.
type node string

func fieldNodeOf(typ, field string) node { return node("field " + typ + "." + field) }

func globalNode(symbol string) node { return node("var " + symbol) }

func paramNode(symbol string, i int) node {
	return node("param " + symbol + "#" + strconv.Itoa(i))
}

func freeNode(symbol, name string) node { return node("free " + symbol + "." + name) }

func returnNode(symbol string, i int) node {
	return node("result " + symbol + "#" + strconv.Itoa(i))
}

func callNode(symbol string, n, i int) node {
	return node("call " + symbol + "#" + strconv.Itoa(n) + "." + strconv.Itoa(i))
}

// pointee is a function value and the function that made it; a nil value stands
// for one that is not known.
type pointee struct {
	maker *Function
	to    *Function
	value *term.Func
}

func (v pointee) key() string {
	if v.to == nil {
		return ""
	}
	return v.maker.Symbol + "\x00" + v.to.Symbol + "\x00" + v.value.String()
}

// pointsTo is the solution so far.
type pointsTo struct {
	pointees  map[node][]pointee
	has       map[node]map[string]bool
	copyEdges map[node][]node
	linked    map[[2]node]bool
	calls     map[node][]dynamicCall // calls of a holder, and library calls that are handed it
	at        map[node]string        // where something is first stored in a field or variable
	seen      map[*Function]bool
	captured  map[string]bool // closures whose captured values are linked

	invocations map[[2]*Function][]*Edge          // by maker and value: where it is called
	called      map[*unit.Call]map[*Function]bool // the values of a call
	open        map[*unit.Call]bool               // calls of which not all values are known

	thunks  map[string]*Function // of dispatchers, by what they are sent
	symbols map[string]bool      // of thunks

	made []*Edge // edges that are new since they were last asked for
}

func newPointsTo() *pointsTo {
	return &pointsTo{
		pointees: map[node][]pointee{}, has: map[node]map[string]bool{}, copyEdges: map[node][]node{},
		linked: map[[2]node]bool{}, calls: map[node][]dynamicCall{}, at: map[node]string{}, seen: map[*Function]bool{}, thunks: map[string]*Function{}, symbols: map[string]bool{},
		captured: map[string]bool{}, invocations: map[[2]*Function][]*Edge{}, called: map[*unit.Call]map[*Function]bool{}, open: map[*unit.Call]bool{},
	}
}

// solvePointsTo adds the edges of kept function values to where they are called, for
// all functions that have become live. It reports whether there are new ones.
func (w *builder) solvePointsTo() bool {
	for i := 0; i < len(w.Order); i++ {
		if f := w.Order[i]; !w.pointsTo.seen[f] {
			w.pointsTo.seen[f] = true
			w.addFlows(f)
		}
	}
	made := w.pointsTo.made
	w.pointsTo.made = nil
	for _, e := range made {
		w.Edges[e.To] = append(w.Edges[e.To], e)
		w.fromElsewhere(e)
	}
	return len(made) > 0
}

// addFlows enters what one function does with function values.
func (w *builder) addFlows(f *Function) {
	for i := range f.Stores {
		s := &f.Stores[i]
		to := fieldNodeOf(s.Type, s.Field)
		if s.Type == "" {
			to = globalNode(s.Field)
		}
		if _, ok := w.pointsTo.at[to]; !ok {
			w.pointsTo.at[to] = FileLine(f, s.Site)
		}
		w.flowInto(f, s.Value, to)
	}
	for i := range f.Puts {
		w.flowInto(f, f.Puts[i].Value, node("key "+f.Puts[i].Key))
	}
	for i := range f.Gives {
		for k, r := range f.Gives[i].Results {
			if k < f.Results {
				w.flowInto(f, r, returnNode(f.Symbol, k))
			}
		}
	}
	for i := range f.Calls {
		w.addCallFlows(f, &f.Calls[i])
	}
}

func (w *builder) addCallFlows(f *Function, c *unit.Call) {
	if c.Kind == unit.Library {
		for _, a := range c.Args {
			for _, h := range w.nodesOf(f, a) {
				w.callOf(h, dynamicCall{f, c})
			}
			w.captures(f, a)
		}
		return
	}
	w.captures(f, c.Value)
	targets, _ := w.Callees(f, c)
	for _, target := range targets {
		w.intoCallee(f, c, target.Fn, target.Args)
	}
	if len(targets) == 0 {
		for _, a := range c.Args {
			w.captures(f, a)
		}
	}
	if c.Kind != unit.Dynamic || c.Signature == unit.Reflected {
		return // a dispatcher calls by the message
	}
	found := w.nodesOf(f, c.Value)
	for _, h := range found {
		w.callOf(h, dynamicCall{f, c})
	}
	if len(found) == 0 && len(targets) == 0 {
		w.pointsTo.open[c] = true
	}
}

// intoCallee links the arguments of a call with the parameters, and the results
// with what the callee gives.
func (w *builder) intoCallee(f *Function, c *unit.Call, g *Function, args []term.Term) {
	for j, a := range args {
		if a != nil {
			w.flowInto(f, a, paramNode(g.Symbol, j))
		}
	}
	for k := range g.Results {
		w.addCopyEdge(returnNode(g.Symbol, k), callNode(f.Symbol, c.N, k))
	}
}

// flowInto lets the function values that a term of f may be come to a holder.
func (w *builder) flowInto(f *Function, t term.Term, to node) {
	switch x := t.(type) {
	case *term.Func:
		w.captures(f, x)
		values := w.valuesOf(x)
		for _, v := range values {
			w.addPointee(to, pointee{f, w.Function(v.Symbol), v})
		}
		if len(values) == 0 {
			w.addPointee(to, pointee{})
		}
	case *term.Join:
		for _, leaf := range x.Terms {
			w.flowInto(f, leaf, to)
		}
	case *term.List:
		for _, e := range x.Elems {
			w.flowInto(f, e, to)
		}
	case *term.Struct: // of a named type, its fields are stores
		for _, field := range x.Fields {
			if x.Type == "" {
				w.flowInto(f, field.Term, to)
			}
		}
	case *term.Origin:
		if x.Kind == term.Unknown {
			w.addPointee(to, pointee{})
		}
	case *term.Path, *term.Result:
		from := w.nodesOf(f, t)
		for _, h := range from {
			w.addCopyEdge(h, to)
		}
		if len(from) == 0 {
			w.addPointee(to, pointee{})
		}
	}
}

// captures links what the closures in a term have captured with their variables.
func (w *builder) captures(f *Function, t term.Term) {
	for _, v := range term.Functions(t) {
		key := f.Symbol + "\x00" + v.String()
		if len(v.Bind) == 0 || w.pointsTo.captured[key] {
			continue
		}
		w.pointsTo.captured[key] = true
		for _, b := range v.Bind {
			if b.Name == "p0" {
				w.flowInto(f, b.Term, paramNode(v.Symbol, 0))
				continue
			}
			w.flowInto(f, b.Term, freeNode(v.Symbol, b.Name))
		}
	}
}

// nodesOf are the places that a path or result of f may be.
func (w *builder) nodesOf(f *Function, t term.Term) []node {
	switch x := t.(type) {
	case *term.Join:
		return w.nodesOfAll(f, x.Terms)
	case *term.List:
		return w.nodesOfAll(f, x.Elems)
	case *term.Path, *term.Result:
		if h := w.fieldNode(f, t); h != "" {
			return []node{h}
		}
	}
	switch x := t.(type) {
	case *term.Path:
		if h := pathNode(f, x); h != "" {
			return []node{h}
		}
	case *term.Result:
		if len(x.Steps) > 0 && x.Steps[0].Kind == term.ResultStep && onlyElements(x.Steps[1:]) {
			return []node{callNode(f.Symbol, x.Call, x.Steps[0].Index)}
		}
	}
	return nil
}

func (w *builder) nodesOfAll(f *Function, ts []term.Term) []node {
	var out []node
	for _, t := range ts {
		out = append(out, w.nodesOf(f, t)...)
	}
	return out
}

// fieldNode is the field that a term, or what it is an element of, is loaded from.
func (w *builder) fieldNode(f *Function, t term.Term) node {
	best, length := node(""), -1
	for i := range f.Owners {
		o := &f.Owners[i]
		rest, below := term.StepsTo(o.Value, t)
		if !term.Same(o.Value, t) && !below {
			continue
		}
		if _, steps := term.RootOf(o.Value); len(steps) > length && len(rest) <= 2 {
			best, length = fieldNodeOf(o.Type, o.Field), len(steps)
		}
	}
	return best
}

func pathNode(f *Function, x *term.Path) node {
	if len(x.Steps) > 0 && x.Steps[0].Kind == term.FieldStep && onlyElements(x.Steps[1:]) {
		switch {
		case x.Root == term.This:
			return fieldNodeOf(x.Name, x.Steps[0].Name)
		case x.Root == term.Param && x.Index == 0 && f.Receiver != "":
			return fieldNodeOf(f.Receiver, x.Steps[0].Name)
		case x.Root == term.Global: // an entry of a map
			return globalNode(x.Name)
		}
	}
	if !onlyElements(x.Steps) {
		return ""
	}
	switch x.Root {
	case term.Param:
		return paramNode(f.Symbol, x.Index)
	case term.Free:
		return freeNode(f.Symbol, x.Name)
	case term.Global:
		return globalNode(x.Name)
	case term.Context:
		return node("key " + x.Name)
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

// addCopyEdge lets all values of one holder come to another.
func (w *builder) addCopyEdge(from, to node) {
	key := [2]node{from, to}
	if from == to || w.pointsTo.linked[key] {
		return
	}
	w.pointsTo.linked[key] = true
	w.pointsTo.copyEdges[from] = append(w.pointsTo.copyEdges[from], to)
	for _, v := range w.pointsTo.pointees[from] {
		w.addPointee(to, v)
	}
}

// callOf notes a call of a holder, and makes it a call of its values.
func (w *builder) callOf(h node, c dynamicCall) {
	w.pointsTo.calls[h] = append(w.pointsTo.calls[h], c)
	for _, v := range w.pointsTo.pointees[h] {
		w.addCallee(c, v)
	}
}

// addPointee enters a value into a holder and those that it flows to.
func (w *builder) addPointee(to node, v pointee) {
	type arrival struct {
		to node
		v  pointee
	}
	work := []arrival{{to, v}}
	for len(work) > 0 {
		a := work[0]
		work = work[1:]
		key := a.v.key()
		if w.pointsTo.has[a.to] == nil {
			w.pointsTo.has[a.to] = map[string]bool{}
		}
		if w.pointsTo.has[a.to][key] {
			continue
		}
		w.pointsTo.has[a.to][key] = true
		w.pointsTo.pointees[a.to] = append(w.pointsTo.pointees[a.to], a.v)
		for i := range w.pointsTo.calls[a.to] {
			w.addCallee(w.pointsTo.calls[a.to][i], a.v)
		}
		for _, next := range w.pointsTo.copyEdges[a.to] {
			work = append(work, arrival{next, a.v})
		}
	}
}

// addCallee is a value that a call runs: an edge from where it is called, in whose
// frame the arguments are; what the value has captured is in its maker's.
func (w *builder) addCallee(c dynamicCall, v pointee) {
	g := v.to
	if g == nil {
		w.pointsTo.open[c.call] = true
		return
	}
	if w.pointsTo.called[c.call] == nil {
		w.pointsTo.called[c.call] = map[*Function]bool{}
	}
	w.pointsTo.called[c.call][g] = true
	key := [2]*Function{v.maker, g}
	maker := w.created(v.maker, g, v.value, nil)
	maker.Site = madeAt(v.maker, v.value)
	if maker.Creates {
		return
	}
	e := &Edge{From: c.fn, To: g, Call: c.call, Facts: c.call.If, Site: c.call.Site, Closure: maker, ByPointer: true}
	var args []term.Term
	if c.call.Kind == unit.Library {
		byLibrary(e, c.call)
	} else {
		args = c.call.Args
	}
	args = Bound(g, &term.Func{Symbol: g.Symbol, Bind: boundReceiver(g, v.value)}, args).Args
	e.Args, e.Sites = args, AlignSites(c.call, len(args))
	w.pointsTo.invocations[key] = append(w.pointsTo.invocations[key], e)
	if w.hasCallee(c, g) {
		return
	}
	w.pointsTo.made = append(w.pointsTo.made, e)
	if c.call.Kind != unit.Library {
		w.intoCallee(c.fn, c.call, g, args)
	}
}

// madeAt is where a function hands a value on: the call or the store that it is part
// of, or the function itself.
func madeAt(f *Function, v *term.Func) int {
	text := v.String()
	holds := func(t term.Term) bool {
		return slices.ContainsFunc(term.Functions(t), func(x *term.Func) bool { return x.String() == text })
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
func byLibrary(e *Edge, c *unit.Call) {
	e.Call, e.Soft = nil, trust.Callback
	e.byRole(c)
}

// hasCallee reports whether the call is known to run g already.
func (w *builder) hasCallee(c dynamicCall, g *Function) bool {
	for _, e := range w.Edges[g] {
		if e.From == c.fn && e.Call == c.call && e.Closure == nil && e.Call != nil && !e.onlyRequests {
			return true
		}
	}
	return false
}

// maybe tells a call of a holder that outlives its function, if it may hold
// something else: what a function is handed, or captures, it calls for sure.
func (w *builder) maybe(f *Function, c *unit.Call) bool {
	if len(w.pointsTo.called[c]) == 1 && !w.pointsTo.open[c] {
		return false
	}
	for _, h := range w.nodesOf(f, c.Value) {
		if kind, _, _ := strings.Cut(string(h), " "); kind != "param" && kind != "free" {
			return true
		}
	}
	return false
}

// mixed reports whether an edge is one of several of a call whose type has parameters: they
// are of different types, and none of them is told by what the call is handed.
func (w *builder) mixed(e *Edge) bool {
	return len(w.pointsTo.called[e.Call]) > 1 && w.types[e.To] != nil && !w.types[e.To][e.Call.Signature]
}

// softenAmbiguous marks the edges of holders that may hold something else as soft ones, and
// those that different types have come through one generic function.
func (w *builder) softenAmbiguous() {
	for _, edges := range w.Edges {
		for _, e := range edges {
			if e.ByPointer && e.Call != nil && (w.maybe(e.From, e.Call) || w.mixed(e)) {
				e.Soft = trust.KeptFunction
			}
		}
	}
}

// keepers names, by the function that makes a value and the one that it is, who keeps
// it: the first field or variable that does.
func (w *builder) keepers() map[[2]*Function]string {
	out := map[[2]*Function]string{}
	for _, h := range slices.Sorted(maps.Keys(w.pointsTo.pointees)) {
		if !strings.HasPrefix(string(h), "field ") && !strings.HasPrefix(string(h), "var ") {
			continue
		}
		_, name, _ := strings.Cut(string(h), " ")
		for _, v := range w.pointsTo.pointees[h] {
			if key := [2]*Function{v.maker, v.to}; out[key] == "" {
				out[key] = fmt.Sprintf("%s (%s)", unit.Short(name), w.pointsTo.at[h])
			}
		}
	}
	return out
}

// dynamicCall is a call of a function value of which is not seen what it is.
type dynamicCall struct {
	fn   *Function
	call *unit.Call
}
