package statement

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/entwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/undecided"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// What a builder builds is a text that is not written yet. Its structure (what it is
// built upon, texts, conditions) is resolved as texts are, through functions, variables
// and callers; its bind values stay as they are. Once the structure is known, it is
// written as its library writes it, and each text has its own bind values.

// built lists what a build may be: builds whose structure is known, or terms with what is
// not.
func (p *Statements) built(f *callgraph.Function, b *term.Build, depth int) []term.Term {
	out := []term.Term{&term.Build{Style: b.Style}}
	if b.Base != nil {
		outer := p.entity
		p.entity = entwrite.EntityOf(b)
		out = p.bases(f, b.Style, b.Base, depth)
		p.entity = outer
	}
	var all []term.Term
	for _, base := range out {
		all = append(all, p.builtUpon(f, base, b, depth)...)
	}
	if len(all) > maxTexts {
		return []term.Term{term.Why(tooMany)}
	}
	return distinct(all)
}

// builtUpon lists what the clauses of a build make of a base.
func (p *Statements) builtUpon(f *callgraph.Function, base term.Term, b *term.Build, depth int) []term.Term {
	out := []term.Term{base}
	for i := range b.Clauses {
		var next []term.Term
		if isOptions(&b.Clauses[i]) {
			for _, base := range out {
				next = append(next, p.scoped(f, b.Style, base, b.Clauses[i], depth)...)
			}
			out = next
			continue
		}
		clause := b.Clauses[i]
		if sqlwrite.Narrows(clause.Word) {
			clause = p.narrowed(f, b.Style, clause, depth)
		}
		for _, c := range p.clauses(f, b.Style, clause, depth) {
			lost := lostIn(&c)
			for _, base := range out {
				switch {
				case isLost(base):
					next = append(next, base)
				case lost != nil:
					next = append(next, lost)
				default:
					next = append(next, term.BuildOf(b.Style, base, c))
				}
			}
		}
		next = distinct(next)
		if len(next) > maxTexts {
			return []term.Term{term.Why(tooMany)}
		}
		out = next
	}
	return distinct(out)
}

// lostIn is what nobody will ever know of a clause that decides its text, nil if there is
// nothing of the kind: then nothing is known of what it is added to.
func lostIn(c *term.Clause) term.Term {
	if x := undecided.Clause(c); x != nil && isLost(x) {
		return x
	}
	return nil
}

// isLost tells what no caller can tell either.
func isLost(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Unknown
}

// bases are what something may be built upon. The nothing that a function gives beside an
// error is nothing to build upon.
func (p *Statements) bases(f *callgraph.Function, style string, base term.Term, depth int) []term.Term {
	if ormwrite.Handles(style) {
		return p.handles(f, style, base, depth)
	}
	out := p.heldBuilders(f, p.textsOf(f, base, depth), depth)
	out = slices.DeleteFunc(slices.Clone(out), func(t term.Term) bool { return term.Same(t, text("")) })
	if len(out) == 0 {
		return []term.Term{term.Why("a builder of nothing")}
	}
	return out
}

// heldBuilders are builds, with what fields of the receiver hold in the place of these.
func (p *Statements) heldBuilders(f *callgraph.Function, list []term.Term, depth int) []term.Term {
	var out []term.Term
	for _, t := range list {
		if path, ok := t.(*term.Path); ok {
			out = append(out, p.heldBuilder(f, path, depth)...)
		} else {
			out = append(out, t)
		}
	}
	return out
}

// heldBuilder is what a field of the receiver holds that something is built upon: what
// the program stores there. Unlike a text, it is seldom an object's own.
func (p *Statements) heldBuilder(f *callgraph.Function, t *term.Path, depth int) []term.Term {
	field := p.fieldOf(f, t)
	if field == "" {
		return []term.Term{t}
	}
	var out []term.Term
	for _, x := range p.textWrites(field, nil, depth) {
		if c, ok := x.(*term.Const); ok && c.Text == "" {
			continue
		}
		if undecided.Statement(x) {
			return []term.Term{t}
		}
		out = append(out, x)
	}
	if len(out) == 0 {
		return []term.Term{t}
	}
	return out
}

// foreign is what another function builds, here: its parameters and what its calls gave
// mean nothing in this one.
func foreign(t term.Term) term.Term {
	if !term.Built(t) {
		return t
	}
	if undecided.Conditional(t) {
		return term.Why("a condition of another function")
	}
	return term.Elsewhere(t)
}

// withoutResults is what a function builds with what its own calls gave put in their
// places, as far as these give values of their arguments and contexts: to whoever calls the
// function, its calls mean nothing.
func (p *Statements) withoutResults(f *callgraph.Function, t term.Term, depth int) term.Term {
	if !term.Built(t) {
		return t
	}
	return term.Map(t, func(x term.Term) term.Term {
		r, ok := x.(*term.Result)
		if !ok {
			return x
		}
		if given := p.givenValue(f, r, depth); given != nil {
			return given
		}
		return x
	})
}

// givenValue is what a call gave, in words that its function's callers understand; nil if
// there are none.
func (p *Statements) givenValue(f *callgraph.Function, r *term.Result, depth int) term.Term {
	o := f.Ops[r.Call]
	if o.Call == nil || len(r.Steps) == 0 || depth <= 0 {
		return nil
	}
	targets, known := p.graph.Callees(f, o.Call)
	if !known {
		return nil
	}
	var out []term.Term
	for c, inner := range callgraph.Behind(targets, r) {
		if x, ok := inner.(*term.Result); ok {
			if inner = p.givenValue(c.Fn, x, depth-1); inner == nil {
				return nil
			}
		}
		if term.Any(inner, isResult) {
			return nil
		}
		out = append(out, c.Frame().Apply(inner))
	}
	if len(out) == 0 {
		return nil
	}
	return term.JoinOf(out...)
}

func isResult(t term.Term) bool {
	_, ok := t.(*term.Result)
	return ok
}

// fieldOf is the field of a type that a path leads to, as stores name it, "" if it is
// not known which: the first field is the receiver's, of others the unit may tell.
func (p *Statements) fieldOf(f *callgraph.Function, t *term.Path) string {
	for _, o := range f.Owners {
		if term.Same(o.Value, t) {
			return o.Type + "." + o.Field
		}
	}
	if t.Root == term.Param && t.Index == 0 && f.Receiver != "" && len(t.Steps) == 1 && t.Steps[0].Kind == term.FieldStep {
		return f.Receiver + "." + t.Steps[0].Name
	}
	return ""
}

// clauses are what a clause may be, by the values that decide its text.
func (p *Statements) clauses(f *callgraph.Function, style string, c term.Clause, depth int) []term.Clause {
	if undecided.Clause(&c) == nil {
		return []term.Clause{c}
	}
	out := []term.Clause{{Word: c.Word, If: c.If, Maybe: c.Maybe}}
	for i, v := range c.Values {
		values := []term.Value{v}
		if sqlwrite.Structural(&c, i) {
			values = nil
			for _, t := range p.textsOf(f, v.Term, depth) {
				if style == entwrite.Style {
					t = narrowing(p, &c, i, t)
				}
				values = append(values, sqlwrite.Settled(c.Word, term.Value{Term: t, Form: v.Form, Type: v.Type}))
			}
		}
		var next []term.Clause
		for _, head := range out {
			for _, v := range values {
				x := head
				x.Values = append(head.Values[:len(head.Values):len(head.Values)], v)
				next = append(next, x)
			}
		}
		out = next
	}
	return out
}

// narrowing is a predicate of generated code, or one of which nothing is known but that it
// narrows: no predicate does anything else, unless the program has a call that widens what
// others have said.
func narrowing(p *Statements, c *term.Clause, i int, t term.Term) term.Term {
	_, function := t.(*term.Func)
	if !function && !isLost(t) || !entwrite.IsPredicate(c, i) || p.widened() {
		return t
	}
	return entwrite.AnyPredicate()
}

// known is the text of a run and its bind values, with what its function knows of a build:
// a caller cannot ask what the results of the function's own calls are.
func (p *Statements) known(f *callgraph.Function, r *unit.Run) (text term.Term, args []term.Term) {
	if !term.Built(r.Text) || !builderBinds(r) {
		if term.HoldsResult(r.Text) && !term.Built(r.Text) {
			return term.JoinOf(p.textsOf(f, r.Text, maxTextDepth)...), r.Args
		}
		return r.Text, r.Args
	}
	if _, ok := r.Text.(*term.Concat); ok {
		return r.Text, r.Args
	}
	text = term.JoinOf(p.textsOf(f, r.Text, maxTextDepth)...)
	return text, []term.Term{text}
}

// write adds the statements that a build is written as, with their bind values; it may
// stand within a text.
func (p *Statements) write(f *callgraph.Function, t *Texts, x term.Term, r *unit.Run) {
	b, before, after := within(x)
	if ctx := contextOf(b); ctx != nil && p.hooks().Several(f, ctx) {
		t.Open = true
		return
	}
	list, err := p.written(f, b)
	if err != nil {
		t.unresolved(err.Error())
		return
	}
	set := ormwrite.SetOnRead(b, p.models)
	for _, w := range list {
		s := *p.prepare(before+w.Text+after, r.Dialect)
		s.binds, s.set, s.beside = atCall(w.Binds, r.N), set, w.Beside
		if !builderBinds(r) {
			s.binds = []sqlwrite.Bind{} // somebody changed them
		}
		t.List = append(t.List, &s)
	}
}

// anywhere are builds without the contexts that they are run in, each once, where nothing of the
// program asks for these.
func (p *Statements) anywhere(list []term.Term) []term.Term {
	out := make([]term.Term, len(list))
	for i, t := range list {
		out[i] = t
		if b, ok := t.(*term.Build); ok && contextOf(b) != nil && !p.hooks().Concern(b.Style, entwrite.EntityOf(b)) {
			clauses := slices.DeleteFunc(slices.Clone(b.Clauses), func(c term.Clause) bool { return c.Word == library.InContext })
			out[i] = &term.Build{Style: b.Style, Base: b.Base, Clauses: clauses}
		}
	}
	return distinct(out)
}

// contextOf is the context that what is built is run in, nil if none is seen.
func contextOf(b *term.Build) term.Term {
	for _, c := range slices.Backward(b.Clauses) {
		if c.Word == library.InContext && len(c.Values) > 0 {
			return c.Values[0].Term
		}
	}
	return nil
}

// atCall are bind values of which some may be the rows of the call itself.
func atCall(binds []sqlwrite.Bind, call int) []sqlwrite.Bind {
	out := slices.Clone(binds)
	for i := range out {
		out[i].Term = term.AtCall(out[i].Term, call)
	}
	return out
}

// written are the statements that a build is written as.
func (p *Statements) written(f *callgraph.Function, b *term.Build) ([]sqlwrite.Statement, error) {
	b, ok := term.Chosen(b)
	if !ok {
		return nil, nil
	}
	if ormwrite.Writes(b.Style) {
		return ormwrite.Write(b, p.models, p.hooks().In(f))
	}
	if b.Style == entwrite.Style {
		return entwrite.Write(b, p.models, p.hooks().In(f))
	}
	return sqlwrite.Write(b)
}

// within takes the one build out of a text, with what stands before and behind it.
func within(t term.Term) (b *term.Build, before, after string) {
	c, ok := t.(*term.Concat)
	if !ok {
		return t.(*term.Build), "", ""
	}
	for _, part := range c.Parts {
		switch x := part.(type) {
		case *term.Build:
			b = x
		case *term.Const:
			if b == nil {
				before += x.Text
			} else {
				after += x.Text
			}
		}
	}
	return b, before, after
}

// Captured reports whether the text of a run is one that its function has captured.
func Captured(r *unit.Run) bool {
	return term.Any(r.Text, func(t term.Term) bool {
		path, ok := t.(*term.Path)
		return ok && path.Root == term.Free
	})
}

// builderBinds reports whether a run binds what its builder gives beside the text.
func builderBinds(r *unit.Run) bool {
	if !r.Spread || len(r.Args) != 1 {
		return false
	}
	if c, ok := r.Text.(*term.Concat); ok {
		for _, part := range c.Parts {
			if term.Same(part, r.Args[0]) {
				return true
			}
		}
	}
	return term.Same(r.Text, r.Args[0])
}

// SendsNull reports whether the bind value of a hole is sent as NULL where it is zero.
func (s *Statement) SendsNull(r *unit.Run, hole int) bool {
	if s.binds != nil {
		return hole >= 1 && hole <= len(s.binds) && s.binds[hole-1].Null
	}
	for _, n := range r.Nulls {
		if n == hole-1 {
			return true
		}
	}
	return false
}
