// Package builder follows the builders of libraries: what a statement or a condition
// consists of when a point is reached.
//
// In goes a value of a type that library data calls a builder; out comes a
// [term.Build]: what it is built upon, and all clauses that may have been added, in
// order. A clause that is added on some ways only has the facts of those ways, if they
// say exactly when; otherwise it may be missing. Ways are not counted out: a function
// with twenty optional filters has one build with twenty clauses.
//
// Invariant: a clause with facts is there if and only if they hold; a clause without is
// always there, unless it says maybe. What is not understood is part of the base, and no
// clause.
//
// A builder may be a value, which each call gives anew, or an *object*, which its calls
// change: then what it builds is told by the changes that may have been made before the
// point, by any of its names.
//
// It cannot see what other functions add: what they give is a base, and so is what an
// object is after one was handed it.
package builder

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/fact"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Builders are the builders of a function, over its facts.
type Builders struct {
	*fact.Conditions
	known []map[ssa.Value]*made // by how many loops are open; the last one is asked and filled
	open  map[*ssa.Phi]bool     // the heads of loops that are being followed

	order map[*ssa.BasicBlock]int // see inOrder
	runs  ssa.Instruction         // what runs the statement that is put together, nil if none is
	empty map[string]*made        // conditions that are nil, by style and word
	texts string                  // how a list of texts is written that is followed as one of conditions, "" if none is
}

// New makes the builders of a function.
func New(c *fact.Conditions) *Builders {
	return &Builders{Conditions: c, known: []map[ssa.Value]*made{{}}, open: map[*ssa.Phi]bool{}, empty: map[string]*made{}}
}

// made is how a value came to be: what it is built upon, and what was added.
type made struct {
	style string
	loop  *ssa.Phi // it begins with what stands at the head of this loop
	base  term.Term
	list  []*term.Clause
}

// term is what was made as a term.
func (m *made) term() term.Term {
	if m.loop != nil {
		return term.Why("loop")
	}
	clauses := make([]term.Clause, len(m.list))
	for i, c := range m.list {
		clauses[i] = *c
	}
	return term.BuildOf(m.style, m.base, clauses...)
}

// styled is m, in a style if it has none.
func (m *made) styled(style string) *made {
	if m.style != "" {
		return m
	}
	return &made{style: style, loop: m.loop, base: m.base, list: m.list}
}

func (m *made) with(clauses ...*term.Clause) *made {
	return &made{style: m.style, loop: m.loop, base: m.base, list: append(m.list[:len(m.list):len(m.list)], clauses...)}
}

// Builds gives what a value builds that is put together in this function; nil if it is
// no builder, or none that is put together here.
func (f *Builders) Builds(v ssa.Value, at ssa.Instruction) term.Term {
	if f.isObject(v) {
		if at == nil { // as it is where it comes to be
			return nil
		}
		return f.object(v, at).term()
	}
	if phi, ok := v.(*ssa.Phi); ok && f.Program.Lib.Handle(v.Type()) != "" {
		return f.of(phi, at).term()
	}
	kind := f.kind(v.Type())
	if kind == nil {
		return nil
	}
	switch x := v.(type) {
	case *ssa.Phi:
		return f.of(v, at).term()
	case *ssa.MakeMap, *ssa.MakeSlice, *ssa.Slice, *ssa.ChangeType, *ssa.Const:
		if kind.Begins == "" {
			return nil
		}
		if m := f.condition(kind, v, at); m != nil {
			return m.term()
		}
		if list, ok := v.(*ssa.Slice); ok && (list.Low != nil || list.High != nil || setLater(list)) {
			return term.Why("a list of conditions that was changed")
		}
	case *ssa.Call:
		if isAppend(x) {
			return f.of(v, at).term()
		}
	}
	return nil
}

// kind is what a type builds, nil if it builds nothing: a list of conditions is one.
func (f *Builders) kind(t types.Type) *library.Builder {
	if kind := f.Program.Lib.Builder(t); kind != nil {
		return kind
	}
	list, ok := t.(*types.Slice)
	if !ok {
		return nil
	}
	if f.texts != "" && callsite.IsBasic(list.Elem(), types.IsString) {
		return &library.Builder{Style: f.texts, Begins: library.List}
	}
	of := f.Program.Lib.Builder(list.Elem())
	if of == nil || of.Object {
		return nil
	}
	return &library.Builder{Style: of.Style, Begins: library.List}
}

// Constructed gives what a call of a builder's function begins or adds to.
func (f *Builders) Constructed(c *callsite.Call) term.Term {
	v, ok := c.Instr.(ssa.Value)
	if !ok {
		return term.Why("no result")
	}
	if f.isObject(v) {
		return f.after(c).term()
	}
	return f.of(v, c.Instr).term()
}

// of follows a value back to where it begins.
func (f *Builders) of(v ssa.Value, at ssa.Instruction) *made {
	if f.isObject(v) {
		return upon(f.inside(v, at))
	}
	if phi, ok := v.(*ssa.Phi); ok {
		if f.open[phi] {
			return &made{loop: phi}
		}
		if m, _ := optioned(f, phi, at); m != nil {
			return m
		}
	}
	for _, known := range f.known {
		if m := known[v]; m != nil {
			return m
		}
	}
	m := f.follow(v, at)
	switch v.(type) {
	case *ssa.Call, *ssa.Phi, *ssa.Slice: // others depend on the point
		f.known[len(f.known)-1][v] = m
	}
	return m
}

func (f *Builders) follow(v ssa.Value, at ssa.Instruction) *made {
	switch v := v.(type) {
	case *ssa.Phi:
		return f.joined(v)
	case *ssa.MakeInterface:
		return f.of(v.X, at)
	case *ssa.ChangeInterface:
		return f.of(v.X, at)
	case *ssa.Call:
		if m := f.called(v); m != nil {
			return m
		}
	}
	if kind := f.kind(v.Type()); kind != nil && kind.Begins != "" {
		if m := f.condition(kind, v, at); m != nil {
			return m
		}
	}
	return upon(f.inside(v, at))
}

// upon is what begins with a term: a build that is known is taken apart.
func upon(t term.Term) *made {
	b, ok := t.(*term.Build)
	if !ok {
		return &made{base: t}
	}
	m := &made{style: b.Style, base: b.Base}
	for i := range b.Clauses {
		m.list = append(m.list, &b.Clauses[i])
	}
	return m
}

// called follows a call of a builder's function; nil if it is none.
func (f *Builders) called(v *ssa.Call) *made {
	c := f.CallOf(v)
	if c.Kind == callsite.Builtin && isAppend(v) {
		return f.appended(c)
	}
	m := c.Model
	if m == nil || c.Kind != callsite.Library {
		return someOption(f, v)
	}
	switch m.Verb {
	case library.Starts:
		return (&made{style: f.Program.Lib.StyleOf(m)}).with(f.clause(c))
	case library.Builds:
		recv := f.of(c.Recv, c.Instr)
		if atHandle(f, c) {
			recv = f.upToDate(c, recv)
		}
		return recv.styled(f.Program.Lib.StyleOf(m)).with(added(f, c)...)
	case library.Same:
		if arg := c.Arg(m.At); arg != nil && (f.Program.Lib.Builder(v.Type()) != nil || f.Program.Lib.Handle(v.Type()) != "") {
			return f.of(arg, c.Instr)
		}
	}
	return nil
}

// clause is what a call adds.
func (f *Builders) clause(c *callsite.Call) *term.Clause {
	if f.Program.Lib.Typed(c.Model) {
		return f.typed(c, c.Model.Kind)
	}
	if isForeign(f.Conditions, c) {
		return foreign(c.Model.Kind)
	}
	out := &term.Clause{Word: c.Model.Kind}
	if c.Model.Ends != "" {
		out.Word = c.Model.Ends
	}
	if c.Model.Name != "" {
		out.Values = append(out.Values, term.Value{Term: &term.Const{Kind: term.Text, Text: c.Model.Name}})
	}
	for _, text := range c.Model.Constants {
		out.Values = append(out.Values, term.Value{Term: &term.Const{Kind: term.Text, Text: text}})
	}
	if c.Model.Verb == library.Starts && c.Model.Of == library.Recv {
		out.Values = append(out.Values, f.value(c.Recv, c.Instr))
	}
	for i, arg := range c.Args {
		if library.IsContext(arg.Type()) {
			continue
		}
		if i == c.Model.Named {
			out.Values = append(out.Values, f.rows(c, i)...)
			continue
		}
		if c.Sig.Variadic() && i == len(c.Args)-1 {
			out.Values = append(out.Values, more(f, c, arg)...)
			break
		}
		if i == 0 {
			out.Values = append(out.Values, f.first(f.Program.Lib.StyleOf(c.Model), arg, c.Instr))
		} else {
			out.Values = append(out.Values, f.value(arg, c.Instr))
		}
	}
	return out
}

// rows are the arguments from one on that are rows: structs by the names of columns, or
// maps of them.
func (f *Builders) rows(c *callsite.Call, i int) []term.Value {
	if !c.Sig.Variadic() || i < len(c.Args)-1 {
		return []term.Value{f.row(c, c.Args[i])}
	}
	listed := callsite.Elements(c.Args[i])
	if listed == nil {
		return f.rest(c.Args[i], c.Instr)
	}
	var out []term.Value
	for _, v := range listed {
		if v != nil {
			out = append(out, f.row(c, v))
		}
	}
	return out
}

func (f *Builders) row(c *callsite.Call, v ssa.Value) term.Value {
	if x := behind(v); f.Program.Lib.Builder(x.Type()) != nil || isMap(x) {
		return f.first(f.Program.Lib.StyleOf(c.Model), v, c.Instr)
	}
	t := f.NamedBinds(v, c.Instr)
	if t == nil {
		t = term.Why("loop")
	}
	return term.Value{Term: t}
}

// more are the values of the variadic argument of a call. A list of texts is followed as
// one of conditions where the library's conditions are texts: each has its own facts.
func more(f *Builders, c *callsite.Call, arg ssa.Value) []term.Value {
	style := f.Program.Lib.StyleOf(c.Model)
	if _, written := arg.(*ssa.Slice); !library.HasTexts(style) || !isTexts(arg.Type()) || written && callsite.Elements(arg) != nil && !setLater(arg.(*ssa.Slice)) {
		return f.rest(arg, c.Instr)
	}
	outer := f.texts
	f.texts = style
	m := f.of(arg, c.Instr)
	f.texts = outer
	if m.loop != nil || m.base != nil || m.style == "" {
		return f.rest(arg, c.Instr)
	}
	return []term.Value{{Term: m.term()}}
}

// rest are the values of a variadic argument.
func (f *Builders) rest(v ssa.Value, at ssa.Instruction) []term.Value {
	if listed := callsite.Elements(v); listed != nil && !setLater(v.(*ssa.Slice)) {
		out := make([]term.Value, len(listed))
		for i, x := range listed {
			out[i] = term.Value{Term: term.ZeroTerm(), Form: term.AsNil}
			if x != nil {
				out[i] = f.value(x, at)
			}
		}
		return out
	}
	t := f.lasting(v, at)
	if f.kind(v.Type()) != nil {
		return []term.Value{{Term: t, Form: term.AsRest}}
	}
	l, ok := algebra.AsList(t)
	if !ok || l.Open {
		return []term.Value{{Term: t, Form: term.AsRest}}
	}
	out := make([]term.Value, len(l.Elems))
	for i, x := range l.Elems {
		out[i] = term.Value{Term: x, Form: term.AsAny}
	}
	return out
}

// inside is the value at a point within an evaluation, given the facts in force.
func (f *Builders) inside(v ssa.Value, at ssa.Instruction) term.Term {
	outer := f.texts
	f.texts = ""
	defer func() { f.texts = outer }()
	t, _ := f.Tracked(v, at)
	if t == nil {
		return term.Why("loop")
	}
	if at == nil {
		return t
	}
	return algebra.Refine(t, f.Facts(at.Block()))
}

func isAppend(v *ssa.Call) bool {
	b, ok := v.Call.Value.(*ssa.Builtin)
	return ok && b.Name() == "append"
}
