package statement

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/entwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A handle is a connection until something is added to it. One that is a parameter, or
// kept in a field, a variable or a context, is taken for a root, unless somebody is seen
// to hand over or to keep one with clauses.

// handlePlace is where a handle comes from in a function.
type handlePlace struct {
	fn   *callgraph.Function
	path string
}

// ofORM reports whether a text is a statement of an ORM's.
func ofORM(t term.Term) bool {
	return slices.ContainsFunc(term.Leaves(t), func(x term.Term) bool {
		b, ok := x.(*term.Build)
		return ok && (ormwrite.Writes(b.Style) || b.Style == entwrite.Style)
	})
}

// asHandled leaves nothing to accuse of a statement of which a part is not understood, or
// that the library hands to a function of the program's first: that may be the tenant's
// condition.
func (p *Statements) asHandled(t *Texts) {
	if t.Reason != "" {
		t.List = nil
	}
}

// hasCall reports whether the program has a call of which library data says why it is not
// followed.
func (p *Statements) hasCall(why string) bool {
	refused := func(r unit.Run) bool {
		o, ok := r.Text.(*term.Origin)
		return ok && o.Kind == term.Unknown && o.Name == why
	}
	for _, u := range p.graph.Units {
		for _, f := range u.Functions {
			if slices.ContainsFunc(f.Runs, refused) {
				return true
			}
		}
	}
	return false
}

// handles are what a handle may be that something is built upon.
func (p *Statements) handles(f *callgraph.Function, style string, t term.Term, depth int) []term.Term {
	root := []term.Term{&term.Build{Style: style}}
	if depth == 0 {
		return []term.Term{term.Why(tooDeep)}
	}
	switch x := t.(type) {
	case *term.Join:
		var out []term.Term
		for _, leaf := range x.Terms {
			out = append(out, p.handles(f, style, leaf, depth)...)
		}
		return distinct(out)
	case *term.Path:
		return p.handleAt(f, style, x, depth)
	case *term.Result:
		return p.handleOf(f, style, x, depth)
	case *term.Build:
		return p.built(f, x, depth)
	case *term.Origin:
		switch x.Kind {
		case term.Zero: // nothing is built upon no handle
			return nil
		case term.Config:
			return root
		}
	}
	return []term.Term{t}
}

// handleOf is what functions give as a handle.
func (p *Statements) handleOf(f *callgraph.Function, style string, r *term.Result, depth int) []term.Term {
	o := f.Ops[r.Call]
	if o.Call == nil || len(r.Steps) == 0 {
		return []term.Term{term.Why("a handle that a statement was run on")}
	}
	if o.Call.Role.GivesConnection() && len(o.Call.Args) > 0 { // with what that handle has
		return p.handles(f, style, o.Call.Args[0], depth-1)
	}
	if o.Call.Role == library.Transacts {
		if len(o.Call.Args) > 0 && hooked(p, style) { // the context stays
			return p.handles(f, style, o.Call.Args[0], depth-1)
		}
		return []term.Term{&term.Build{Style: style}}
	}
	targets, known := p.graph.Callees(f, o.Call)
	if !known {
		return []term.Term{term.Why("call " + called(o.Call))}
	}
	var out []term.Term
	for c, t := range behind(targets, r) {
		for _, inner := range p.handles(c.Fn, style, t, depth-1) {
			moved := c.Frame().Apply(inner)
			if _, param := inner.(*term.Path); param { // one that its caller hands over
				out = append(out, p.handles(f, style, moved, depth-1)...)
				continue
			}
			out = append(out, p.resolvedOpen(f, style, moved, depth-1)...)
		}
	}
	return distinct(term.AllChosen(out))
}

// resolvedOpen resolves what a build that came from a callee is still built upon.
func (p *Statements) resolvedOpen(f *callgraph.Function, style string, t term.Term, depth int) []term.Term {
	b, ok := t.(*term.Build)
	if !ok || b.Base == nil {
		return []term.Term{t}
	}
	return p.built(f, b, depth)
}

// handleAt is the handle at a place: a root, or what it is seen to have.
func (p *Statements) handleAt(f *callgraph.Function, style string, t *term.Path, depth int) []term.Term {
	key := handlePlace{f, t.String()}
	if known, ok := p.handlesAt[key]; ok {
		return known
	}
	root := []term.Term{&term.Build{Style: style}}
	p.handlesAt[key] = root // of a recursion
	out := root
	switch {
	case t.Root == term.Param && len(t.Steps) == 0:
		if p.handedClauses(f, style, t, depth) {
			out = []term.Term{t}
		}
	case t.Root == term.Free && len(t.Steps) == 0:
		out = p.capturedHandle(f, style, t, depth)
	case t.Root == term.Global:
		if p.keptClauses(t.Name, style, depth) {
			out = []term.Term{term.Why("a handle with conditions in a variable")}
		}
	default:
		if field := p.fieldOf(f, t); field != "" && p.keptClauses(field, style, depth) {
			out = []term.Term{term.Why("a handle with conditions in a field")}
		}
	}
	p.handlesAt[key] = out
	return out
}

// handedClauses reports whether a caller hands over a handle with clauses.
func (p *Statements) handedClauses(f *callgraph.Function, style string, t *term.Path, depth int) bool {
	for _, e := range p.graph.Edges[f] {
		if e.Call == nil || t.Index >= len(e.Args) || p.graph.Live[e.From] == nil {
			continue
		}
		given := e.Args[t.Index]
		if addsClauses(p, given) || slices.ContainsFunc(p.handles(e.From, style, given, depth-1), begun(p)) {
			return true
		}
	}
	return false
}

// begun tells a handle that is no root: it has clauses, or is a caller's that has. Where hooks
// run with each statement, the context that they ask is a clause as well.
func begun(p *Statements) func(term.Term) bool {
	return func(t term.Term) bool {
		switch x := t.(type) {
		case *term.Build:
			return ormwrite.Begun(x) || slices.ContainsFunc(x.Clauses, isContext) && hooked(p, x.Style)
		case *term.Path:
			return true
		}
		return false
	}
}

// hooked reports whether hooks may run with statements of a style.
func hooked(p *Statements, style string) bool { return !p.seeking && p.hooks().Concern(style, "") }

func isContext(c term.Clause) bool { return c.Word == library.InContext }

// addsClauses reports whether clauses are added in a term, whatever becomes of them: one
// that cannot be followed makes no root of the handle.
func addsClauses(p *Statements, t term.Term) bool {
	return slices.ContainsFunc(term.Leaves(t), func(x term.Term) bool {
		b, ok := x.(*term.Build)
		return ok && begun(p)(&term.Build{Style: b.Style, Clauses: b.Clauses})
	})
}

// keptClauses reports whether a handle with clauses is stored in a field or a variable.
func (p *Statements) keptClauses(name, style string, depth int) bool {
	for _, w := range p.graph.Stores[name] {
		if slices.ContainsFunc(p.handles(w.Fn, style, w.Value, depth-1), begun(p)) {
			return true
		}
	}
	return false
}

// capturedHandle is what a closure has captured: its clauses are known, but not with what
// its maker's values are.
func (p *Statements) capturedHandle(f *callgraph.Function, style string, t *term.Path, depth int) []term.Term {
	var out []term.Term
	for _, e := range p.graph.Edges[f] {
		maker := e
		if e.Closure != nil {
			maker = e.Closure
		}
		if p.graph.Live[maker.From] == nil || !captures(maker.Free, t.Name) {
			continue
		}
		captured := term.Substitution{Free: maker.Free}.Apply(t)
		for _, x := range p.handles(maker.From, style, captured, depth-1) {
			switch {
			case !begun(p)(x):
				out = append(out, &term.Build{Style: style})
			case term.Built(x):
				out = append(out, foreign(x))
			default:
				out = append(out, term.Why("a handle that is captured with conditions"))
			}
		}
	}
	if len(out) == 0 {
		return []term.Term{&term.Build{Style: style}}
	}
	return distinct(out)
}

// appliesFunctions reports whether a build has clauses that are what functions add.
func appliesFunctions(b *term.Build) bool {
	return slices.ContainsFunc(b.Clauses, func(c term.Clause) bool {
		if isOptions(&c) {
			return true
		}
		if !sqlwrite.Narrows(c.Word) || len(c.Values) == 0 {
			return false
		}
		last := c.Values[len(c.Values)-1]
		return last.Form != term.AsText && !term.Built(last.Term)
	})
}

// isOptions tells a clause that is what functions make of a builder, or of an object.
func isOptions(c *term.Clause) bool { return c.Word == library.Scopes || c.Word == library.Applied }

// scoped applies functions that each take what is built and give it with more.
func (p *Statements) scoped(f *callgraph.Function, style string, b term.Term, c term.Clause, depth int) []term.Term {
	out := []term.Term{b}
	for _, v := range c.Values {
		var next []term.Term
		for _, list := range p.options(f, v, depth) {
			next = append(next, p.appliedAll(f, style, list, out, c, depth)...)
		}
		if len(next) > maxTexts {
			return []term.Term{term.Why(tooMany)}
		}
		out = distinct(next)
	}
	return out
}

// appliedAll applies functions one after the other.
func (p *Statements) appliedAll(f *callgraph.Function, style string, list []term.Value, bases []term.Term, c term.Clause, depth int) []term.Term {
	for _, v := range list {
		when := c
		when.Maybe = c.Maybe || v.Form == term.AsList
		var next []term.Term
		for _, fn := range p.scopes(f, v, depth) {
			for _, base := range bases {
				next = append(next, p.apply(f, style, term.Value{Term: fn, Form: v.Form}, base, &when, depth)...)
			}
		}
		if len(next) > maxTexts {
			return []term.Term{term.Why(tooMany)}
		}
		bases = next
	}
	return bases
}

// options are what a value may be as functions one by one: a list of them is taken apart,
// as far as it is known. Of one that is not known to its end, each may be applied any number
// of times: its form says so.
func (p *Statements) options(f *callgraph.Function, v term.Value, depth int) [][]term.Value {
	if v.Form != term.AsRest {
		return [][]term.Value{{v}}
	}
	var out [][]term.Value
	for _, t := range p.textsOf(f, v.Term, depth) {
		l, ok := t.(*term.List)
		switch {
		case ok:
			list := make([]term.Value, len(l.Elems))
			for i, elem := range l.Elems {
				list[i].Term = elem
				if l.Open {
					list[i].Form = term.AsList
				}
			}
			out = append(out, list)
		case term.Same(t, text("")): // none
			out = append(out, nil)
		default:
			out = append(out, []term.Value{{Term: t, Form: term.AsRest}})
		}
	}
	return out
}

// narrowed is a clause whose last value is a function that narrows what it reads, with what
// that adds in its place: rows that are loaded with others.
func (p *Statements) narrowed(f *callgraph.Function, style string, c term.Clause, depth int) term.Clause {
	last := len(c.Values) - 1
	if last < 0 || c.Values[last].Form == term.AsText {
		return c
	}
	functions := p.scopes(f, c.Values[last], depth)
	if len(functions) != 1 {
		return c
	}
	if _, ok := functions[0].(*term.Func); !ok {
		return c
	}
	adds, ok := ormwrite.Either(p.apply(f, style, term.Value{Term: functions[0]}, &term.Build{Style: style}, &term.Clause{}, depth))
	if !ok || hasScope(adds) {
		return c
	}
	values := slices.Clone(c.Values)
	values[last] = term.Value{Term: adds, Form: term.AsPart}
	return term.Clause{Word: c.Word, Values: values, If: c.If, Maybe: c.Maybe}
}

func hasScope(t term.Term) bool {
	b, ok := t.(*term.Build)
	return !ok || slices.ContainsFunc(b.Clauses, func(c term.Clause) bool { return isOptions(&c) })
}

// scopes are the functions that a value may be.
func (p *Statements) scopes(f *callgraph.Function, v term.Value, depth int) []term.Term {
	if l, ok := v.Term.(*term.List); ok && !l.Open && len(l.Elems) == 1 {
		return p.textsOf(f, l.Elems[0], depth)
	}
	return p.textsOf(f, v.Term, depth)
}

// apply is what a function gives for what is built. What is not followed leaves the clause.
func (p *Statements) apply(f *callgraph.Function, style string, v term.Value, base term.Term, c *term.Clause, depth int) []term.Term {
	value, ok := v.Term.(*term.Func)
	word := library.Scopes
	if c.Word == library.Applied {
		word = c.Word
	}
	left := []term.Term{term.BuildOf(style, base, term.Clause{Word: word, Values: []term.Value{v}, If: c.If, Maybe: c.Maybe})}
	if !ok || depth == 0 {
		return left
	}
	fn := p.graph.Index.Funcs[value.Symbol]
	if fn == nil || fn.Over != "" || len(fn.Gives) == 0 {
		return left
	}
	result := 0
	if word == library.Applied { // what it leaves there
		result = fn.Results
	}
	var out []term.Term
	for i := range fn.Gives {
		if result >= len(fn.Gives[i].Results) {
			return left
		}
		if fails(fn, &fn.Gives[i]) {
			continue
		}
		for _, leaf := range term.Leaves(fn.Gives[i].Results[result]) {
			if o, ok := leaf.(*term.Origin); ok && o.Kind == term.Zero { // beside an error
				continue
			}
			if v, ok := leaf.(*term.Path); ok && v.Root == term.Free && ormwrite.Handles(style) && c.Sure() { // another handle, in its place
				out = append(out, p.handles(f, style, term.Substitution{Free: value.Bind}.Apply(v), depth-1)...)
				continue
			}
			more, ok := p.applied(fn, style, leaf, term.Substitution{Args: []term.Term{base}, Free: value.Bind}, depth)
			if !ok {
				return left
			}
			for _, x := range more {
				out = append(out, under(x, base, c))
			}
		}
	}
	return distinct(out)
}

// fails reports whether a function that gives something beside an error gives one: whoever
// applies it asks.
func fails(fn *callgraph.Function, g *unit.Give) bool {
	if fn.Results < 2 {
		return false
	}
	err := g.Results[fn.Results-1]
	if o, ok := err.(*term.Origin); ok && o.Kind == term.Fresh {
		return true
	}
	return slices.ContainsFunc(g.If, func(f term.Fact) bool {
		return (f.Op == term.NonZero || f.Op == term.NotNil) && term.Same(f.A, err)
	})
}

// under is what a function has made of a base, with what it has added under the condition
// on which it was applied.
func under(t, base term.Term, c *term.Clause) term.Term {
	b, ok := t.(*term.Build)
	have, built := base.(*term.Build)
	if c.Sure() || !ok || !built {
		return t
	}
	out := &term.Build{Style: b.Style, Base: b.Base, Clauses: slices.Clone(b.Clauses)}
	for i := len(have.Clauses); i < len(out.Clauses); i++ {
		x := &out.Clauses[i]
		x.If, x.Maybe = append(slices.Clone(c.If), x.If...), x.Maybe || c.Maybe
		if x.Maybe {
			x.If = nil
		}
	}
	return out
}

// applied is what one result of a function makes of what it is applied to, the first of the
// frame's arguments; ok is false if that is not followed.
func (p *Statements) applied(fn *callgraph.Function, style string, leaf term.Term, frame term.Substitution, depth int) (out []term.Term, ok bool) {
	base := frame.Args[0]
	if term.Same(leaf, term.P(0)) {
		return []term.Term{base}, true
	}
	var list []term.Term
	added, built := leaf.(*term.Build)
	switch {
	case !ormwrite.Handles(style):
		list = p.textsOf(fn, leaf, depth-1)
	case built && added.Base != nil && term.Same(added.Base, term.P(0)):
		list = p.builtUpon(fn, &term.Build{Style: style}, added, depth-1)
	default:
		return nil, false
	}
	for _, x := range list {
		if term.Same(x, term.P(0)) {
			out = append(out, base)
			continue
		}
		b, built := x.(*term.Build)
		if !built || b.Base != nil && !term.Same(b.Base, term.P(0)) || b.Base == nil && !ormwrite.Handles(style) {
			return nil, false
		}
		moved, built := frame.Apply(&term.Build{Style: b.Style, Clauses: b.Clauses}).(*term.Build)
		if !built || moved.Base != nil {
			return nil, false
		}
		inVariable := func(v *term.Path) []term.Term { return p.textAt(nil, v, depth) }
		out = append(out, term.BuildOf(style, base, sqlwrite.OfVariables(moved.Clauses, inVariable)...))
	}
	return out, true
}
