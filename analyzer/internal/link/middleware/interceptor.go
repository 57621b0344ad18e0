package middleware

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Interceptors stand before every method of the services that a server has. What they
// check they check of a message whose type they are told at run time, so they prove
// nothing here; whether one of them decides access is asked.

// Interceptor is a function that is handed each call of a server, and goes on with it.
type Interceptor struct {
	Name string // without the marks of closures
	Goes []Going
}

// Going is a place at which an interceptor goes on: under which facts, and with which
// of its parameters.
type Going struct {
	Fn              *callgraph.Function
	Facts           []term.Fact
	Request, Caller term.Term // the message, the context
}

// maxOptions caps the functions that the options of a server are handed through.
const maxOptions = 4

// InterceptorsOf are the interceptors that stand before a method of a service on every
// server that has it: where the generated code that registers the method is called. Where
// that is not seen they are those of any server, since it is not known which has it.
func (p *Chains) InterceptorsOf(method *callgraph.Function) []Interceptor {
	var out []Interceptor
	registered := false
	for _, e := range p.graph.Edges[method] {
		if e.Call == nil || e.Call.Role != library.Registers || p.graph.Live[e.From] == nil {
			continue
		}
		own := p.interceptorsBehind(e.From)
		if registered {
			own = common(out, own)
		}
		out, registered = own, true
	}
	if !registered && method.Entry != nil {
		return p.interceptorsBehind(nil)
	}
	return out
}

// interceptorsBehind are those of the servers that are made with what a function
// registers, of each of them, or, without a function, of any that takes whole services.
func (p *Chains) interceptorsBehind(registers *callgraph.Function) []Interceptor {
	if out, ok := p.intercepted[registers]; ok {
		return out
	}
	var out []Interceptor
	for i, s := range p.servers(registers) {
		own := p.interceptorsIn(s, maxOptions)
		switch {
		case registers == nil:
			own = append(out, own...)
		case i > 0:
			own = common(out, own)
		}
		out = own
	}
	p.intercepted[registers] = out
	return out
}

// common are the interceptors of one list that another has, too.
func common(a, b []Interceptor) []Interceptor {
	return slices.DeleteFunc(slices.Clone(a), func(x Interceptor) bool {
		return !slices.ContainsFunc(b, func(y Interceptor) bool { return y.Name == x.Name })
	})
}

// server is what a server is made with: values in a function.
type server struct {
	fn      *callgraph.Function
	options []term.Term
}

func (p *Chains) servers(registers *callgraph.Function) []server {
	if registers == nil {
		return p.making()
	}
	var out []server
	for _, e := range p.graph.Edges[registers] {
		if e.Call != nil && p.graph.Live[e.From] != nil {
			out = append(out, p.given(server{e.From, e.Call.Args}, maxOptions)...)
		}
	}
	return out
}

// given are the options as they come to a function by its parameters.
func (p *Chains) given(s server, depth int) []server {
	if depth == 0 || !slices.ContainsFunc(s.options, term.IsOpen) {
		return []server{s}
	}
	var out []server
	for _, e := range p.graph.Edges[s.fn] {
		if e.Call == nil || p.graph.Live[e.From] == nil {
			continue
		}
		passed := server{fn: e.From}
		for _, t := range s.options {
			if !term.HoldsResult(t) {
				t = e.Apply(t)
			}
			passed.options = append(passed.options, t)
		}
		out = append(out, p.given(passed, depth-1)...)
	}
	if len(out) == 0 || slices.ContainsFunc(s.options, term.HoldsResult) {
		out = append(out, s)
	}
	return out
}

// making are the servers of the libraries that have interceptors.
func (p *Chains) making() []server {
	libraries := map[string]bool{}
	p.eachCall(func(_ *callgraph.Function, c *unit.Call) {
		if c.Role == library.Intercepts {
			libraries[packageOf(c.Symbol)] = true
		}
	})
	var out []server
	p.eachCall(func(f *callgraph.Function, c *unit.Call) {
		if c.Role == library.Router && libraries[packageOf(c.Symbol)] {
			out = append(out, p.given(server{f, c.Args}, maxOptions)...)
		}
	})
	return out
}

func (p *Chains) eachCall(look func(*callgraph.Function, *unit.Call)) {
	for _, f := range p.graph.Order {
		for i := range f.Calls {
			look(f, &f.Calls[i])
		}
	}
}

func packageOf(symbol string) string {
	slash := strings.LastIndexByte(symbol, '/')
	if dot := strings.IndexByte(symbol[slash+1:], '.'); dot >= 0 {
		return symbol[:slash+1+dot]
	}
	return symbol
}

// interceptorsIn are the interceptors among the options of a server.
func (p *Chains) interceptorsIn(s server, depth int) []Interceptor {
	var out []Interceptor
	seen := map[int]bool{}
	for _, o := range s.options {
		term.Visit(o, func(t term.Term) {
			r, ok := t.(*term.Result)
			if !ok || seen[r.Call] {
				return
			}
			seen[r.Call] = true
			c := s.fn.Ops[r.Call].Call
			switch {
			case c == nil:
			case c.Role == library.Intercepts:
				for _, v := range flat(c.Args) {
					out = append(out, p.interceptors(s.fn, v, callgraph.MaxCallbackDepth)...)
				}
			case c.Kind != unit.Library:
				out = append(out, p.interceptorsGiven(s.fn, c, r, depth)...)
			}
		})
	}
	return out
}

// interceptorsGiven are those of a server that a function of the program makes: among the
// options that it adds, and among those that it is handed.
func (p *Chains) interceptorsGiven(f *callgraph.Function, c *unit.Call, r *term.Result, depth int) []Interceptor {
	if depth == 0 {
		return nil
	}
	var out []Interceptor
	found, _ := p.graph.Callees(f, c)
	for callee, inner := range callgraph.Behind(found, r) {
		made, ok := inner.(*term.Result)
		if !ok || callee.Fn.Ops[made.Call].Call == nil {
			continue
		}
		own, handed := server{fn: callee.Fn}, server{fn: f}
		for _, t := range flat(callee.Fn.Ops[made.Call].Call.Args) {
			own.options = append(own.options, t)
			if term.IsOpen(t) {
				handed.options = append(handed.options, callee.Frame().Apply(t))
			}
		}
		out = slices.Concat(out, p.interceptorsIn(own, depth-1), p.interceptorsIn(handed, depth-1))
	}
	return out
}

// flat are values with the elements of lists.
func flat(ts []term.Term) []term.Term {
	var out []term.Term
	for _, t := range ts {
		if l, ok := t.(*term.List); ok {
			out = append(out, l.Elems...)
			continue
		}
		out = append(out, t)
	}
	return out
}

// interceptors are the functions behind a value that go on with a call: the value
// itself, what it gives, the methods of an object.
func (p *Chains) interceptors(f *callgraph.Function, t term.Term, depth int) []Interceptor {
	if depth == 0 {
		return nil
	}
	var out []Interceptor
	switch x := t.(type) {
	case *term.Func:
		g := p.graph.Function(x.Symbol)
		if g == nil {
			return nil
		}
		if i := p.interceptorOf(g, maxOptions); len(i.Goes) > 0 {
			return []Interceptor{i}
		}
		for i := range g.Gives {
			for _, r := range g.Gives[i].Results {
				out = append(out, p.interceptors(g, r, depth-1)...)
			}
		}
	case *term.Result:
		if c := f.Ops[x.Call].Call; c != nil && c.Kind != unit.Library {
			found, _ := p.graph.Callees(f, c)
			for callee, inner := range callgraph.Behind(found, x) {
				out = append(out, p.interceptors(callee.Fn, inner, depth-1)...)
			}
		}
	case *term.Struct:
		for _, g := range p.graph.Order {
			if g.Receiver == x.Type && x.Type != "" {
				out = append(out, p.interceptors(g, &term.Func{Symbol: g.Symbol}, depth-1)...)
			}
		}
	}
	return out
}

// interceptorOf is a function that goes on with what it is handed, at each place where
// it calls the next one with a context and a message of its own parameters, or hands all
// of them to one that does.
func (p *Chains) interceptorOf(g *callgraph.Function, depth int) Interceptor {
	name, _, _ := strings.Cut(g.Symbol, "$")
	out := Interceptor{Name: name}
	for i := range g.Calls {
		c := &g.Calls[i]
		if c.Mode != unit.Now {
			continue
		}
		if c.Kind == unit.Dynamic && len(c.Args) == 2 && isNext(c.Value) {
			if message, ok := messageOf(c.Args[1]); ok {
				out.Goes = append(out.Goes, Going{g, c.If, message, term.P(message.Index - 1)})
			}
			continue
		}
		if to := p.graph.Function(c.Symbol); c.Kind == unit.Static && to != nil && depth > 0 && handsOn(c) {
			out.Goes = append(out.Goes, p.interceptorOf(to, depth-1).Goes...)
		}
	}
	return out
}

// isNext tells a parameter, or what was captured of one, as a whole.
func isNext(t term.Term) bool {
	next, ok := t.(*term.Path)
	return ok && (next.Root == term.Param || next.Root == term.Free) && len(next.Steps) == 0
}

// messageOf is a parameter behind the context.
func messageOf(t term.Term) (*term.Path, bool) {
	message, ok := t.(*term.Path)
	return message, ok && message.Root == term.Param && message.Index > 0 && len(message.Steps) == 0
}

// handsOn reports whether a call is handed a context, a message and what comes next.
func handsOn(c *unit.Call) bool {
	n := len(c.Args)
	if n < 3 || !isNext(c.Args[n-1]) {
		return false
	}
	return slices.ContainsFunc(c.Args[:n-1], func(t term.Term) bool { _, ok := messageOf(t); return ok })
}
