package callgraph

import (
	"maps"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

func softOf(c *unit.Call) trust.Suggested {
	if c.Role == library.Role(trust.ByMessageType) {
		return trust.ByMessageType
	}
	return ""
}

// indexConversions collects, per interface, what is converted to it.
func (p *Graph) indexConversions() {
	from := map[string][]string{}
	for _, u := range p.Units {
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
func (p *Graph) concrete(to string, from map[string][]string) []string {
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
func (p *Graph) implementing(iface string) *implementations {
	if got, ok := p.impls[iface]; ok && (len(got.types) > 0 || got.soft != "") {
		return got
	}
	got := &implementations{soft: trust.ByMethodSet}
	if want := p.Index.calls[iface]; len(want) > 0 {
		got.types = p.withMethods(want)
	}
	p.impls[iface] = got
	return got
}

func (p *Graph) withMethods(want map[string]bool) []string {
	found := map[string]bool{}
	for _, u := range p.Units {
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

// Callee is one function that a call may run, and the terms of its parameters
// in the caller's frame.
type Callee struct {
	Fn   *Function
	Args []term.Term
	free []term.Field
	rows []term.Rows
	Soft trust.Suggested

	types []string // of the type parameters
}

// methodsOf resolves a method call on an interface; an embedded interface leads
// on, up to a depth.
func (p *Graph) methodsOf(iface, method string, args []term.Term, depth int) []Callee {
	if depth == 0 || len(args) == 0 {
		return nil
	}
	impl := p.implementing(iface)
	var out []Callee
	var idle []unit.Method // of implementations that do nothing
	for _, name := range impl.types {
		t := p.typeOf(name)
		if t == nil {
			continue
		}
		for _, m := range t.Methods {
			if m.Name != method {
				continue
			}
			if m.Interface == "" && p.doesNothing(m.Symbol) {
				idle = append(idle, m)
				continue
			}
			for _, c := range p.promoted(m, args, depth) {
				if c.Soft == "" {
					c.Soft = impl.soft
				}
				out = append(out, c)
			}
		}
	}
	if len(out) == 0 {
		return nil // nothing is known of what the call does
	}
	for _, m := range idle {
		out = append(out, Callee{Fn: p.idleFunction(m.Symbol), Args: args, Soft: impl.soft})
	}
	return out
}

// doesNothing reports whether a function of the program has been dropped from its unit:
// it runs nothing, calls nothing of interest, checks nothing and gives nothing that says
// anything. Beside an implementation that checks it is the one that does not.
func (p *Graph) doesNothing(symbol string) bool {
	return p.Function(symbol) == nil && p.unitOf(symbol) != nil
}

// unitOf is the unit of the program that has other functions or types of a symbol's
// package, nil if there is none.
func (p *Graph) unitOf(symbol string) *unit.Unit {
	if p.packages == nil {
		p.packages = map[string]*unit.Unit{}
		for _, u := range p.Units {
			for _, f := range u.Functions {
				p.packages[packageOf(f.Symbol)] = u
			}
			for i := range u.Types {
				p.packages[packageOf(u.Types[i].Name)] = u
			}
		}
	}
	return p.packages[packageOf(symbol)]
}

// packageOf is the import path of the package that a symbol belongs to.
func packageOf(symbol string) string {
	slash := strings.LastIndexByte(symbol, '/') + 1
	dot := strings.IndexByte(symbol[slash:], '.')
	if dot < 0 {
		return ""
	}
	return symbol[:slash+dot]
}

// maxIdleResults is more results than functions have.
const maxIdleResults = 6

// idleFunction stands for a function that does nothing: it returns, whatever it is
// handed, and what it returns is not known.
func (p *Graph) idleFunction(symbol string) *Function {
	if f := p.idle[symbol]; f != nil {
		return f
	}
	results := make([]term.Term, maxIdleResults)
	for i := range results {
		results[i] = term.Why("what a function gives that does nothing")
	}
	f := &Function{
		Function: &unit.Function{Symbol: symbol, Results: maxIdleResults, Site: unit.NoSite, Gives: []unit.Give{{Results: results, Site: unit.NoSite}}},
		Unit:     p.unitOf(symbol), Ops: map[int]Operation{},
	}
	p.idle[symbol] = f
	return f
}

// promoted resolves one method of a type: an own method, one of an embedded
// value, or one of an embedded interface.
func (p *Graph) promoted(m unit.Method, args []term.Term, depth int) []Callee {
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
	if f := p.Function(m.Symbol); f != nil {
		return []Callee{{Fn: f, Args: args, types: m.Types}}
	}
	return nil
}

// Callees are the functions that a call may run, as far as the frame of its
// function tells. known is false if there may be others.
func (p *Graph) Callees(f *Function, c *unit.Call) (out []Callee, known bool) {
	out, known = p.calleesOf(f, c)
	if len(c.Rows) > 0 {
		out = slices.Clone(out)
		for i := range out {
			out[i].rows = term.RowsFrom(len(out[i].Args)-len(c.Args), c.Rows)
		}
	}
	return out, known
}

func (p *Graph) calleesOf(f *Function, c *unit.Call) (out []Callee, known bool) {
	if t := p.thunks[c]; t != nil {
		return []Callee{{Fn: t.fn, Args: t.args}}, true
	}
	switch c.Kind {
	case unit.Static:
		if g := p.Function(c.Symbol); g != nil {
			return []Callee{{Fn: g, Args: c.Args, types: c.Types, Soft: softOf(c)}}, true
		}
	case unit.Interface:
		out, known = p.resolved[c]
		if !known {
			if out = p.methodsOf(c.Symbol, c.Method, c.Args, 4); p.resolved != nil {
				p.resolved[c] = slices.Clip(out)
			}
		}
		return out, len(out) > 0
	case unit.Dynamic:
		return p.dynamic(f, c.Value, c.Args)
	}
	return nil, false
}

// dynamic resolves a call of a function value that is known in its frame, or
// that a function of the program gives back.
func (p *Graph) dynamic(f *Function, v term.Term, args []term.Term) (out []Callee, known bool) {
	known = true
	var idle []*term.Func
	for _, leaf := range term.Leaves(p.givenFunctions(f, v)) {
		x, ok := leaf.(*term.Func)
		if !ok {
			known = false
			continue
		}
		switch g := p.Function(x.Symbol); {
		case g != nil:
			out = append(out, Bound(g, x, args))
		case p.doesNothing(x.Symbol):
			idle = append(idle, x)
		default:
			known = false // a library's, or one that was made up
		}
	}
	if len(out) == 0 {
		return nil, false
	}
	for _, x := range idle {
		out = append(out, Bound(p.idleFunction(x.Symbol), x, args))
	}
	return out, known
}

// givenFunctions looks through a call that gives a function value back.
func (p *Graph) givenFunctions(f *Function, v term.Term) term.Term {
	if path, ok := v.(*term.Path); ok {
		return p.storedFunctions(f, path)
	}
	r, ok := v.(*term.Result)
	if !ok {
		return v
	}
	c := f.Ops[r.Call].Call
	if c == nil || c.Kind == unit.Dynamic || c.Kind == unit.Library {
		return v
	}
	targets, _ := p.Callees(f, c)
	var out []term.Term
	for target, t := range Behind(targets, r) {
		out = append(out, target.Frame().Apply(t))
	}
	if len(out) == 0 {
		return v
	}
	return term.JoinOf(out...)
}

// storedFunctions looks up all that is stored in a field of the receiver, or a package
// variable. What the functions have captured cannot be said in this frame.
func (p *Graph) storedFunctions(f *Function, v *term.Path) term.Term {
	holder := "." + v.Name
	if v.Root == term.Param && v.Index == 0 && f.Receiver != "" && len(v.Steps) == 1 {
		holder = strings.TrimPrefix(f.Receiver, "*") + "." + v.Steps[0].Name
	} else if v.Root != term.Global || len(v.Steps) > 0 {
		return v
	}
	var out []term.Term
	for _, value := range p.Index.fields[holder] {
		for _, leaf := range term.Leaves(value) {
			x, ok := leaf.(*term.Func)
			if !ok {
				return v
			}
			out = append(out, &term.Func{Symbol: x.Symbol, Bind: boundReceiver(p.Function(x.Symbol), x)})
		}
	}
	if len(out) > 0 {
		return term.JoinOf(out...)
	}
	return v
}

// boundReceiver keeps of a bound method that it has a receiver of its type.
func boundReceiver(g *Function, x *term.Func) []term.Field {
	for _, b := range x.Bind {
		if b.Name == "p0" && g != nil {
			return []term.Field{{Name: "p0", Term: &term.Path{Root: term.This, Name: strings.TrimPrefix(g.Receiver, "*")}}}
		}
	}
	return nil
}

// Bound joins what a function value has captured with the arguments of a call:
// a bound method has its receiver as p0.
func Bound(g *Function, x *term.Func, args []term.Term) Callee {
	for _, b := range x.Bind {
		if b.Name == "p0" {
			args = append([]term.Term{b.Term}, args...)
		}
	}
	return Callee{Fn: g, Args: args, free: x.Bind}
}

func (c Callee) Frame() term.Substitution {
	return term.Substitution{Args: c.Args, Free: c.free, Rows: c.rows, Types: c.types}
}
