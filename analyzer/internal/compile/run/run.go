// Package run writes down the statements that a function runs: their texts, with the
// bind values of each.
//
// Terms. A *way* is one way to build a text that is built in steps, with its bind
// values and the facts under which it is built so.
//
// Invariant: no text can be read with the bind values of another way to build it.
// What may run a statement and is not followed is a statement without a text.
package run

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Statements writes down the statements of a function.
type Statements struct{ *source.Function }

// Write writes down a statement.
func (s *Statements) Write(c *callsite.Call) {
	m := c.Model
	r := unit.Run{
		N: c.N, Verb: m.Kind, Library: m.Key, Dialect: m.Dialect,
		Site: s.Site(c), If: s.Frame.FactsAt(c.Instr),
	}
	if m.Ends != "" {
		r.Text = s.Frame.Ended(c)
	} else if text := c.Arg(m.Of); text != nil {
		r.Text = s.Frame.At(text, c.Instr)
	} else {
		r.Text = term.Why("no text")
	}
	_, known := r.Text.(*term.Const)
	r.Prepared = m.Of == library.Recv && !known && !m.Built
	switch {
	case m.Built: // its bind values are in it
		r.Args, r.Spread = []term.Term{r.Text}, true
	case m.Kind == "copy":
		r.Copy = &unit.CopyTarget{Table: r.Text, Columns: s.Frame.At(c.Args[m.Of+1], c.Instr)}
		r.Text = &term.Const{Kind: term.Text}
		r.Args = []term.Term{s.Frame.At(c.Arg(m.Args), c.Instr)}
	case m.Named != library.None:
		r.Named = s.Frame.NamedBinds(c.Arg(m.Named), c.Instr)
	case m.Args != library.None:
		r.Args, r.Spread = s.bound(c, m.Args)
		s.name(&r, c)
		if r.Named == nil {
			r.Nulls = nulls(c, m.Args)
			r.Sorts = s.sorts(c, m.Args, r.Text)
		}
		s.separately(&r, c)
	}
	s.connect(&r, c)
	r.Unheeded = m.Kind == "exec" && s.unheeded(c)
	r.Allow = s.AllowAt(r.Site)
	s.Fn.Runs = append(s.Fn.Runs, r)
}

// bound are the bind values from argument position at on.
func (s *Statements) bound(c *callsite.Call, at int) ([]term.Term, bool) {
	if at >= len(c.Args) {
		return nil, false
	}
	if c.Sig.Variadic() && at == len(c.Args)-1 {
		return s.Frame.Elements(c.Args[at], c.Instr)
	}
	var out []term.Term
	for _, a := range c.Args[at:] {
		out = append(out, s.Frame.At(a, c.Instr))
	}
	return out, false
}

// name takes named binds (pgx.NamedArgs, sql.Named) out of the arguments.
func (s *Statements) name(r *unit.Run, c *callsite.Call) {
	vals := callsite.Spread(c, c.Model.Args)
	var rest, fields []term.Term
	for i, v := range vals {
		if v == nil || i >= len(r.Args) {
			return
		}
		switch n := s.named(v, r.Args[i]); {
		case n == nil:
			rest = append(rest, r.Args[i])
		default:
			fields = append(fields, n)
		}
	}
	if fields == nil {
		return
	}
	var all []term.Field
	for _, f := range fields {
		st, ok := f.(*term.Struct)
		if !ok { // a map that is not written out
			r.Named, r.Args = f, rest
			return
		}
		all = append(all, st.Fields...)
	}
	r.Named, r.Args = term.StructOf("", nil, all), rest
}

// named is a bind value as a struct of named binds, nil if it is a plain one.
func (s *Statements) named(v ssa.Value, t term.Term) term.Term {
	v = callsite.Behind(v)
	switch s.Library.Kind(v.Type()) {
	case library.BindMap:
		return t
	case library.OneBind:
		if name, ok := s.Frame.NamedArg(v); ok {
			return term.StructOf("", nil, []term.Field{{Name: name, Term: t}})
		}
	}
	return nil
}
