package link

import (
	"maps"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// implementations are the concrete types that reach an interface.
type implementations struct {
	types []string        // sorted
	soft  trust.Suggested // the assumption by which they were found, "" for conversions
}

// indexConversions collects, per interface, what is converted to it.
func (p *program) indexConversions() {
	from := map[string][]string{}
	for _, u := range p.units {
		for _, c := range u.Conversions {
			from[c.To] = append(from[c.To], c.From)
		}
	}
	for to := range from {
		p.impls[to] = &implementations{types: p.concrete(to, from)}
	}
}

// concrete walks the conversions backwards from an interface to the concrete
// types that reach it.
func (p *program) concrete(to string, from map[string][]string) []string {
	seen, found := map[string]bool{to: true}, map[string]bool{}
	work := []string{to}
	for len(work) > 0 {
		next := work[0]
		work = work[1:]
		for _, f := range from[next] {
			if seen[f] {
				continue
			}
			seen[f] = true
			if p.typeOf(f) != nil {
				found[strings.TrimPrefix(f, "*")] = true
			}
			work = append(work, f)
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// implementing gives the concrete types behind an interface. Where no conversion
// reaches it (injection by reflection), types of the program that have all the
// methods called on it.
func (p *program) implementing(iface string) *implementations {
	if got, ok := p.impls[iface]; ok && len(got.types) > 0 {
		return got
	}
	got := &implementations{soft: trust.ByMethodSet}
	if want := p.index.calls[iface]; len(want) > 0 {
		got.types = p.withMethods(want)
	}
	p.impls[iface] = got
	return got
}

func (p *program) withMethods(want map[string]bool) []string {
	found := map[string]bool{}
	for _, u := range p.units {
		for i := range u.Types {
			if t := &u.Types[i]; hasMethods(t, want) {
				found[t.Name] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

func hasMethods(t *unit.Type, want map[string]bool) bool {
	n := 0
	for _, m := range t.Methods {
		if want[m.Name] {
			n++
		}
	}
	return n == len(want)
}

// callee is one function that a call may run, and the terms of its parameters
// in the caller's frame.
type callee struct {
	fn   *fn
	args []term.Term
	free []term.Field
	soft trust.Suggested
}

// methodsOf resolves a method call on an interface; an embedded interface leads
// on, up to a depth.
func (p *program) methodsOf(iface, method string, args []term.Term, depth int) []callee {
	if depth == 0 || len(args) == 0 {
		return nil
	}
	impl := p.implementing(iface)
	var out []callee
	for _, name := range impl.types {
		t := p.typeOf(name)
		if t == nil {
			continue
		}
		for _, m := range t.Methods {
			if m.Name != method {
				continue
			}
			for _, c := range p.promoted(m, args, depth) {
				if c.soft == "" {
					c.soft = impl.soft
				}
				out = append(out, c)
			}
		}
	}
	return out
}

// promoted resolves one method of a type: an own method, one of an embedded
// value, or one of an embedded interface.
func (p *program) promoted(m unit.Method, args []term.Term, depth int) []callee {
	if len(m.Path) > 0 {
		steps := make([]term.Step, len(m.Path))
		for i, name := range m.Path {
			steps[i] = term.Step{Kind: term.FieldStep, Name: name}
		}
		args = append([]term.Term{term.Select(args[0], steps...)}, args[1:]...)
	}
	if m.Interface != "" {
		return p.methodsOf(m.Interface, m.Name, args, depth-1)
	}
	if f := p.function(m.Symbol); f != nil {
		return []callee{{fn: f, args: args}}
	}
	return nil
}

// callees are the functions that a call may run, as far as the frame of its
// function tells. known is false if there may be others.
func (p *program) callees(f *fn, c *unit.Call) (out []callee, known bool) {
	if t := p.thunks[c]; t != nil {
		return []callee{{fn: t.fn, args: t.args}}, true
	}
	switch c.Kind {
	case unit.Static:
		if g := p.function(c.Symbol); g != nil {
			return []callee{{fn: g, args: c.Args, soft: softOf(c)}}, true
		}
	case unit.Interface:
		out = p.methodsOf(c.Symbol, c.Method, c.Args, 4)
		return out, len(out) > 0
	case unit.Dynamic:
		return p.dynamic(f, c.Value, c.Args)
	}
	return nil, false
}

// dynamic resolves a call of a function value that is known in its frame, or
// that a function of the program gives back.
func (p *program) dynamic(f *fn, v term.Term, args []term.Term) (out []callee, known bool) {
	known = true
	for _, leaf := range term.Leaves(p.givenFunctions(f, v)) {
		x, ok := leaf.(*term.Func)
		if !ok {
			known = false
			continue
		}
		if g := p.function(x.Symbol); g != nil {
			out = append(out, bound(g, x, args))
		}
	}
	return out, known && len(out) > 0
}

// givenFunctions looks through a call that gives a function value back.
func (p *program) givenFunctions(f *fn, v term.Term) term.Term {
	if path, ok := v.(*term.Path); ok {
		return p.storedFunctions(f, path)
	}
	r, ok := v.(*term.Result)
	if !ok {
		return v
	}
	c := f.ops[r.Call].call
	if c == nil || c.Kind == unit.Dynamic || c.Kind == unit.Library {
		return v
	}
	targets, _ := p.callees(f, c)
	var out []term.Term
	for _, target := range targets {
		for i := range target.fn.Gives {
			if t, ok := given(r, r.Call, &target.fn.Gives[i]); ok {
				out = append(out, target.frame().into(t))
			}
		}
	}
	if len(out) == 0 {
		return v
	}
	return term.JoinOf(out...)
}

// storedFunctions looks a field of the receiver up in everything that is stored
// there. What the functions have captured cannot be said in this frame.
func (p *program) storedFunctions(f *fn, v *term.Path) term.Term {
	if v.Root != term.Param || v.Index != 0 || f.Receiver == "" || len(v.Steps) != 1 {
		return v
	}
	values := p.index.fields[strings.TrimPrefix(f.Receiver, "*")+"."+v.Steps[0].Name]
	if len(values) == 0 {
		return v
	}
	var out []term.Term
	for _, value := range values {
		for _, leaf := range term.Leaves(value) {
			x, ok := leaf.(*term.Func)
			if !ok {
				return v
			}
			out = append(out, &term.Func{Symbol: x.Symbol, Bind: boundReceiver(p.function(x.Symbol), x)})
		}
	}
	return term.JoinOf(out...)
}

// boundReceiver keeps of a bound method that it has a receiver: some object of
// its type.
func boundReceiver(g *fn, x *term.Func) []term.Field {
	for _, b := range x.Bind {
		if b.Name == "p0" && g != nil {
			return []term.Field{{Name: "p0", Term: &term.Path{Root: term.This, Name: strings.TrimPrefix(g.Receiver, "*")}}}
		}
	}
	return nil
}

// bound joins what a function value has captured with the arguments of a call:
// a bound method has its receiver as p0.
func bound(g *fn, x *term.Func, args []term.Term) callee {
	for _, b := range x.Bind {
		if b.Name == "p0" {
			args = append([]term.Term{b.Term}, args...)
		}
	}
	return callee{fn: g, args: args, free: x.Bind}
}
