package builder

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// typed is what a call adds to a statement of an ORM. What a value is decides what the
// library makes of it, so its type goes with it.
func (f *Builders) typed(c *callsite.Call, word string) *term.Clause {
	out := &term.Clause{Word: word}
	if c.Model.Name != "" {
		out.Values = append(out.Values, term.Value{Term: &term.Const{Kind: term.Text, Text: c.Model.Name}, Form: term.AsText})
	}
	for i, arg := range c.Args {
		if word == library.Generic && f.Program.Lib.Handle(arg.Type()) != "" {
			continue // what it had is not there any more
		}
		if !c.Sig.Variadic() || i < len(c.Args)-1 {
			out.Values = append(out.Values, f.given(c, arg))
			continue
		}
		listed := callsite.Elements(arg)
		if nothing, ok := arg.(*ssa.Const); ok && nothing.IsNil() {
			break
		}
		if listed == nil {
			out.Values = append(out.Values, term.Value{Term: f.lasting(arg, c.Instr), Form: term.AsRest})
		}
		for _, x := range listed {
			v := term.Value{Term: term.ZeroTerm(), Form: term.AsNil}
			if x != nil {
				v = f.given(c, x)
			}
			out.Values = append(out.Values, v)
		}
	}
	return out
}

// copies reports whether a call takes a condition out of a row or a map at once, which may
// be changed then: one that is added to a handle.
func copies(f *Builders, c *callsite.Call) bool {
	return c.Model.Verb == library.Builds && c.Model.Kind != library.ModelOf && atHandle(f, c)
}

// given is a value that a call adds to a statement, with what its type says.
func (f *Builders) given(c *callsite.Call, v ssa.Value) term.Value {
	x, at := behind(v), c.Instr
	t := x.Type()
	lib, style := f.Program.Lib, f.Program.Lib.StyleOf(c.Model)
	lasting := f.lasting
	if copies(f, c) {
		lasting = f.inside
	}
	switch {
	case lib.Handle(t) != "":
		if usedBetween(f, x, at) {
			return term.Value{Term: term.Why("a handle that is changed after it was put into a statement"), Form: term.AsPart}
		}
		return term.Value{Term: f.of(x, at).term(), Form: term.AsPart}
	case lib.Builder(t) != nil:
		return about(f.value(v, at), x)
	case types.Identical(t, types.Typ[types.String]):
		return term.Value{Term: f.inside(x, at), Form: term.AsText}
	case isMap(x):
		m := x.(*ssa.MakeMap)
		return term.Value{Term: f.entries(begun(&library.Builder{Style: style, Begins: library.Eq}), m, entriesAt(f, c, m)).term()}
	case callsite.Valuer(t) || lib.Kind(callsite.Deref(t)) == library.Moment:
		return f.plain(x, at)
	}
	if row := f.Program.RowOf(t); row != "" {
		form := term.AsModel
		if callsite.Many(t) {
			form = term.AsModels
		}
		got := lasting(x, at)
		if b, ok := got.(*term.Build); ok { // an expression
			return term.Value{Term: b}
		}
		return term.Value{Term: got, Form: form, Type: row}
	}
	if callsite.IsMap(x) {
		return term.Value{Term: lasting(x, at), Form: term.AsAny}
	}
	return f.plain(x, at)
}

// about is a statement in the making that is put into another one, with what its type says
// of its rows.
func about(built term.Value, v ssa.Value) term.Value {
	b, ok := built.Term.(*term.Build)
	rows := rowsOf(v)
	if !ok || rows == nil {
		return built
	}
	return term.Value{Term: upon(b).with(rows).term()}
}

// plain is a value in its form; what another call begins is a part of the statement.
func (f *Builders) plain(v ssa.Value, at ssa.Instruction) term.Value {
	t := f.lasting(v, at)
	if _, built := t.(*term.Build); built {
		return term.Value{Term: t}
	}
	return term.Value{Term: t, Form: formOf(v)}
}

// A condition whose text one branch decides is two conditions, of which one is there:
//
//	col := "org_id"
//	if table != "" { col = table + ".org_id" }
//	q = q.Where(col+" = ?", org)
//
// Whoever hands over a constant table then has the one that is meant.

// arm is a text that a condition has where a fact holds.
type arm struct {
	text term.Term
	fact term.Fact
}

// added is what a call adds: one clause, or one for each arm of its text.
func added(f *Builders, c *callsite.Call) []*term.Clause {
	clause := f.clause(c)
	arms := armsOf(f, c, clause)
	if arms == nil {
		return []*term.Clause{clause}
	}
	var out []*term.Clause
	for _, a := range arms {
		x := &term.Clause{Word: clause.Word, Values: append([]term.Value(nil), clause.Values...), If: []term.Fact{a.fact}}
		x.Values[0].Term = a.text
		out = append(out, x)
	}
	return out
}

// armsOf are the two texts that the condition of a call may have, each with the fact that
// says exactly when; nil if it has one, or if that is not known of it.
func armsOf(f *Builders, c *callsite.Call, clause *term.Clause) []arm {
	if f.Course != nil || !library.IsCondition(clause.Word) || len(c.Args) == 0 || len(clause.Values) == 0 || !areTexts(clause.Values[0].Term) {
		return nil
	}
	if _, joined := clause.Values[0].Term.(*term.Join); !joined {
		return nil
	}
	var texts []term.Term
	var facts [][]term.Fact
	known := f.Facts(c.Instr.Block())
	remembered := f.known
	defer func() { f.known = remembered }()
	told := f.Along(c.Instr, func(possible func() ([]term.Fact, bool)) {
		f.known = []map[ssa.Value]*made{{}}
		t := f.inside(c.Args[0], c.Instr)
		holds, ok := possible()
		if !ok {
			return
		}
		holds = without(holds, known)
		for i := range texts {
			if term.Same(texts[i], t) {
				facts[i] = inBoth(facts[i], holds)
				return
			}
		}
		texts, facts = append(texts, t), append(facts, holds)
	})
	if !told || len(texts) != 2 || !isOneText(texts[0]) || !isOneText(texts[1]) {
		return nil
	}
	for _, a := range facts[0] {
		for _, b := range facts[1] {
			if opposite(a, b) && !algebra.HasUnknown(a.A) {
				return []arm{{texts[0], a}, {texts[1], b}}
			}
		}
	}
	return nil
}

// areTexts tells texts that are put together of constants, among others.
func areTexts(t term.Term) bool {
	for _, leaf := range term.Leaves(t) {
		if !isOneText(leaf) {
			return false
		}
	}
	return true
}

// isOneText tells a constant text, or one with constant parts.
func isOneText(t term.Term) bool {
	switch x := t.(type) {
	case *term.Const:
		return x.Kind == term.Text
	case *term.Concat:
		return !term.Built(x)
	}
	return false
}

// without are the facts that are not known.
func without(facts, known []term.Fact) []term.Fact {
	return slices.DeleteFunc(slices.Clone(facts), func(x term.Fact) bool { return says(known, x) })
}

func inBoth(a, b []term.Fact) []term.Fact {
	return slices.DeleteFunc(slices.Clone(a), func(x term.Fact) bool { return !says(b, x) })
}

// says reports whether a fact is among others.
func says(facts []term.Fact, x term.Fact) bool {
	return slices.ContainsFunc(facts, func(y term.Fact) bool { return term.SameFact(y, x) })
}
