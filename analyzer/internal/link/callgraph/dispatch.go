package callgraph

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A command bus: handlers are registered as values of any type, and a dispatcher
// calls, by reflection, the one whose parameter has the type of the message that it
// is given. Such a call is one of a *thunk*, a function that is made up here for the
// dispatcher and the types of the messages: it calls their handlers, in order, and
// gives the error of the first that fails. So a dispatch is a call like others, with
// arguments, facts and results.

// dispatcher is a function that calls by reflection, in its own frame.
type dispatcher struct {
	fn   *Function // that the call stands in
	call *unit.Call
	args []term.Term // of the handlers
}

// maxDispatch is how many functions may hand a message on to the dispatcher.
const maxDispatch = 3

// dispatcherOf finds the call by reflection behind a function, nil if there is none.
func (p *Graph) dispatcherOf(d *Function, depth int) *dispatcher {
	for i := range d.Calls {
		c := &d.Calls[i]
		if c.Signature == unit.Reflected {
			return &dispatcher{fn: d, call: c, args: c.Args}
		}
		g := p.Function(c.Symbol)
		if c.Kind != unit.Static || g == nil || depth == 0 {
			continue
		}
		if inner := p.dispatcherOf(g, depth-1); inner != nil {
			args := term.Substitution{Args: c.Args}.ApplyAll(inner.args)
			return &dispatcher{fn: inner.fn, call: inner.call, args: args}
		}
	}
	return nil
}

// dispatch makes the thunks of calls that send messages. It reports whether there are
// new ones.
func (w *builder) dispatch() bool {
	found := false
	for _, f := range slices.Clone(w.Order) {
		for i := range f.Calls {
			c := &f.Calls[i]
			if len(c.Messages) > 0 && w.thunks[c] == nil {
				found = w.send(f, c) || found
			}
		}
	}
	return found
}

// send makes the thunk of one call.
func (w *builder) send(f *Function, c *unit.Call) bool {
	targets, _ := w.Callees(f, c)
	if len(targets) != 1 {
		return false
	}
	d := targets[0]
	bus := w.dispatcherOf(d.Fn, maxDispatch)
	if bus == nil {
		return false
	}
	t := w.thunkOf(d.Fn, bus, c, len(d.Args)-len(c.Args))
	if t == nil {
		return false
	}
	t = w.named(t, d.Fn.Symbol, c)
	args := slices.Clone(d.Args)
	sites := AlignSites(c, len(args))
	for _, m := range c.Messages {
		args = append(args, m.Value)
		if sites != nil {
			sites = append(sites, sites[min(m.Arg, len(sites)-1)])
		}
	}
	if w.thunks == nil {
		w.thunks = map[*unit.Call]*thunk{}
	}
	w.thunks[c] = &thunk{t, args}
	e := &Edge{From: f, To: t, Call: c, Substitution: term.Substitution{Args: args}, Facts: c.If, Site: c.Site, Sites: sites, Soft: d.Soft}
	w.Edges[t] = append(w.Edges[t], e)
	w.fromElsewhere(e)
	return true
}

// thunkOf makes the function that a dispatcher is for the messages of a call; nil if
// one has no handler that is known.
func (w *builder) thunkOf(d *Function, bus *dispatcher, c *unit.Call, shift int) *Function {
	u := &unit.Function{Params: slices.Clone(d.Params), Results: d.Results, Site: d.Site}
	b := &thunkBuilder{builder: w, bus: bus, d: d, f: u, made: &Function{Function: u, Unit: d.Unit, Ops: map[int]Operation{}}, width: len(c.Args) + shift}
	for i := range c.Messages {
		m := &c.Messages[i]
		handlers := w.handlersOf(bus, m.Arg+shift, m.Type)
		if len(handlers) == 0 {
			return nil
		}
		u.Params = append(u.Params, "message")
		b.message(m, m.Arg+shift, len(d.Params)+i, handlers)
	}
	for i := range u.Calls {
		b.made.Ops[u.Calls[i].N] = Operation{Call: &u.Calls[i]}
	}
	b.gives()
	return b.made
}

// named gives a thunk its symbol, by which everything knows it; the same messages in
// the same places have one thunk.
func (w *builder) named(t *Function, dispatcher string, c *unit.Call) *Function {
	key, types := fmt.Sprintf("%s %d", dispatcher, len(c.Args)), make([]string, len(c.Messages))
	for i, m := range c.Messages {
		key += fmt.Sprintf(" %d.%d %s", m.Arg, m.Elem, m.Type)
		types[i] = unit.Short(m.Type)
	}
	if known := w.pointsTo.thunks[key]; known != nil {
		return known
	}
	w.pointsTo.thunks[key] = t
	t.Symbol = dispatcher + "[" + strings.Join(types, ", ") + "]"
	for w.pointsTo.symbols[t.Symbol] {
		t.Symbol += "'"
	}
	w.pointsTo.symbols[t.Symbol] = true
	return t
}

// handlersOf are the values that the dispatcher may call with a message, by the type
// of their parameter.
func (w *builder) handlersOf(bus *dispatcher, arg int, typ string) []pointee {
	at := slices.IndexFunc(bus.args, func(t term.Term) bool { return isArgument(t, arg) })
	if at < 0 {
		return nil
	}
	var out []pointee
	seen := map[*Function]bool{}
	for _, h := range w.nodesOf(bus.fn, bus.call.Value) {
		for _, v := range w.pointsTo.pointees[h] {
			if v.to != nil && !seen[v.to] && w.accepts(v.to, at, len(bus.args), typ) {
				seen[v.to] = true
				out = append(out, v)
			}
		}
	}
	slices.SortFunc(out, func(a, b pointee) int { return strings.Compare(a.to.Symbol, b.to.Symbol) })
	return out
}

// isArgument reports whether a term is a parameter, or an element of it.
func isArgument(t term.Term, i int) bool {
	x, ok := t.(*term.Path)
	return ok && x.Root == term.Param && x.Index == i && onlyElements(x.Steps)
}

// accepts reports whether a function that was taken as a value has a parameter of the
// type of a message.
func (w *builder) accepts(g *Function, at, n int, typ string) bool {
	for signature := range w.types[g] {
		params := paramTypes(signature)
		if len(params) == n && params[at] == typ {
			return true
		}
	}
	return false
}

// paramTypes splits the parameters of a signature.
func paramTypes(signature string) []string {
	text := strings.TrimPrefix(signature, "func(")
	var out []string
	depth, from := 0, 0
	for i, r := range text {
		switch r {
		case '(', '[', '{':
			depth++
		case ']', '}':
			depth--
		case ',':
			if depth == 0 {
				out, from = append(out, strings.TrimSpace(text[from:i])), i+1
			}
		case ')':
			if depth--; depth < 0 {
				return append(out, strings.TrimSpace(text[from:i]))
			}
		}
	}
	return out
}

// thunkBuilder is a thunk that is being made.
type thunkBuilder struct {
	*builder
	bus   *dispatcher
	d     *Function
	f     *unit.Function
	made  *Function
	width int // the arguments of the call
	outs  []out
}

// out is what a message holds after the call.
type out struct {
	index int
	value term.Term
}

// message adds the calls of a message's handlers.
func (b *thunkBuilder) message(m *unit.Message, arg, param int, handlers []pointee) {
	at := b.f.Results + b.width + m.Elem
	if m.Elem < 0 {
		at = b.f.Results + arg
	}
	after := term.Term(term.P(param))
	for _, h := range handlers {
		args, k := b.arguments(h, arg, param)
		n := len(b.f.Calls) + 1
		b.f.Calls = append(b.f.Calls, unit.Call{N: n, Kind: unit.Static, Symbol: h.to.Symbol, Role: softRole(handlers), Args: args, Site: b.d.Site})
		if writes(h.to, k) {
			after = &term.Result{Call: n, Steps: []term.Step{{Kind: term.ResultStep, Index: h.to.Results + k}}}
		}
		b.handles(h, args)
	}
	if len(handlers) > 1 && after.String() != term.P(param).String() {
		after = term.Why("a message that several functions handle")
	}
	b.outs = append(b.outs, out{at, after})
}

// softRole marks the calls of a message that has several handlers: which of them
// there are in a running program is not sure.
func softRole(handlers []pointee) library.Role {
	if len(handlers) > 1 {
		return library.Role(trust.ByMessageType)
	}
	return library.NoRole
}

// arguments are those of a handler in the thunk's frame, and which of its parameters
// is the message.
func (b *thunkBuilder) arguments(h pointee, arg, param int) ([]term.Term, int) {
	var args []term.Term
	k := 0
	for _, t := range b.bus.args {
		if isArgument(t, arg) {
			t, k = term.P(param), len(args)
		}
		if _, ok := t.(*term.Result); ok {
			t = term.Why("made by the dispatcher")
		}
		args = append(args, t)
	}
	bound := Bound(h.to, &term.Func{Bind: boundReceiver(h.to, h.value)}, args).Args
	return bound, k + len(bound) - len(args)
}

// writes reports whether a function is known to give its parameter k back.
func writes(f *Function, k int) bool {
	for i := range f.Gives {
		if f.Results+k >= len(f.Gives[i].Results) {
			return false
		}
	}
	return len(f.Gives) > 0
}

// handles notes that the thunk calls a handler.
func (b *thunkBuilder) handles(h pointee, args []term.Term) {
	e := &Edge{From: b.made, To: h.to, Substitution: term.Substitution{Args: args}, Site: b.d.Site, ByPointer: true}
	key := [2]*Function{h.maker, h.to}
	b.pointsTo.invocations[key] = append(b.pointsTo.invocations[key], e)
}

// gives adds the returns: the error of the first handler that fails, or that of the
// last, and what the messages hold.
func (b *thunkBuilder) gives() {
	n := b.f.Results + b.width
	for _, o := range b.outs {
		n = max(n, o.index+1)
	}
	var before []term.Fact
	for i := range b.f.Calls {
		c := &b.f.Calls[i]
		g := b.Function(c.Symbol)
		if g == nil || g.Results == 0 || b.f.Results == 0 {
			continue
		}
		err := &term.Result{Call: c.N, Steps: []term.Step{{Kind: term.ResultStep, Index: g.Results - 1}}}
		if i < len(b.f.Calls)-1 {
			b.give(n, err, append(slices.Clone(before), term.Fact{Op: term.NotNil, A: err}))
			before = append(before, term.Fact{Op: term.Nil, A: err})
			continue
		}
		b.give(n, err, before)
	}
	if len(b.f.Gives) == 0 {
		b.give(n, nil, nil)
	}
}

func (b *thunkBuilder) give(n int, err term.Term, facts []term.Fact) {
	results := make([]term.Term, n)
	for i := range results {
		results[i] = term.Why("result of a dispatch")
		if k := i - b.f.Results; k >= 0 && k < b.width {
			results[i] = term.P(k)
		}
	}
	if b.f.Results > 0 && err != nil {
		results[b.f.Results-1] = err
	}
	for _, o := range b.outs {
		results[o.index] = o.value
	}
	b.f.Gives = append(b.f.Gives, unit.Give{Results: results, If: facts, Site: b.d.Site})
}
