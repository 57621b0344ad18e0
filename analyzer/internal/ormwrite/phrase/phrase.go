// Package phrase has what all who say what an ORM's statements are say them with: clauses of
// package sqlwrite, values in their forms, names in quotes.
//
// In go terms and the clauses that a program added; out come clauses that sqlwrite writes.
//
// Terms. A clause is *under* another one if it is there only where that is, too. A clause
// *decides* if a statement has it or not: no text says both.
//
// Invariant: what may be missing says so in its clause.
//
// It knows no library, and no table.
package phrase

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// style is that of conditions as they stand.
const style = "bare"

// Enforce gives the clauses that functions of the program add to a statement, nil if none runs
// with any.
type Enforce func(at *Moment) ([]term.Clause, error)

// ErrNeverRuns tells of a statement that a function of the program refuses.
var ErrNeverRuns = errors.New("a statement that is refused")

// Moment is what is known of a statement when functions of the program run with it.
type Moment struct {
	Style string       // by which it is written
	Kind  string       // of statement, as the library calls it
	Table *model.Table // of its rows, nil if there is none
	// Holds reports whether a fact holds of what a function is handed as its parameter i, and
	// whether that is known.
	Holds     func(i int, f term.Fact) (holds, known bool)
	Own       int       // how many functions the entity of its rows has of its own
	NoContext bool      // its context is empty
	Flags     []string  // context keys under which constants were put, and
	Flagged   bool      // these are all of them
	Context   term.Term // that it is run with, nil if none is seen
}

// Build is a statement, or a part of one, of conditions as they stand.
func Build(clauses ...term.Clause) *term.Build { return &term.Build{Style: style, Clauses: clauses} }

// Text is a piece of SQL.
func Text(s string) term.Value { return term.Value{Term: &term.Const{Kind: term.Text, Text: s}} }

// Number is a number as it is written.
func Number(n int) term.Value {
	return term.Value{Term: &term.Const{Kind: term.Number, Text: strconv.Itoa(n)}}
}

// Expression is a text with its bind values.
func Expression(sql string, args ...term.Value) *term.Build {
	return Build(term.Clause{Word: "text", Values: append([]term.Value{Text(sql)}, args...)})
}

// Clause is a clause of one text with its bind values.
func Clause(word, sql string, args ...term.Value) term.Clause {
	return term.Clause{Word: word, Values: append([]term.Value{Text(sql)}, args...)}
}

// Part is a clause of one part.
func Part(word string, b *term.Build) term.Clause {
	return term.Clause{Word: word, Values: []term.Value{{Term: b}}}
}

// beside marks a statement by a clause that nothing writes.
const beside = "beside"

// Beside marks statements that a call runs beside its own: their rows are not what it gives.
func Beside(list []*term.Build) []*term.Build {
	out := make([]*term.Build, len(list))
	for i, b := range list {
		out[i] = &term.Build{Style: b.Style, Base: b.Base, Clauses: append(slices.Clone(b.Clauses), term.Clause{Word: beside})}
	}
	return out
}

// Unmarked is a statement without the mark, and whether it had it.
func Unmarked(b *term.Build) (*term.Build, bool) {
	i := slices.IndexFunc(b.Clauses, func(c term.Clause) bool { return c.Word == beside })
	if i < 0 {
		return b, false
	}
	return &term.Build{Style: b.Style, Base: b.Base, Clauses: slices.Delete(slices.Clone(b.Clauses), i, i+1)}, true
}

// Item is one of a list of conditions.
func Item(b *term.Build) term.Clause { return Part("item", b) }

// Of is a clause that is there where another one is.
func Of(word string, from *term.Clause, values ...term.Value) term.Clause {
	return term.Clause{Word: word, Values: values, If: from.If, Maybe: from.Maybe}
}

// Under is a clause that is there only where another one is, too.
func Under(p term.Clause, c *term.Clause) term.Clause {
	p.If = append(slices.Clone(c.If), p.If...)
	p.Maybe = p.Maybe || c.Maybe
	if p.Maybe {
		p.If = nil
	}
	return p
}

// Nonzero is a clause that is there only where a value is not zero; there is false if it
// is known to be.
func Nonzero(p term.Clause, value term.Term) (out term.Clause, there bool) {
	if zero, known := InList(value); known {
		return p, !zero
	}
	p.If = append(p.If, term.Fact{Op: term.NonZero, A: value})
	return p, true
}

// InList is whether a list has elements: one that is written out says so.
func InList(t term.Term) (zero, known bool) {
	if l, ok := t.(*term.List); ok && !l.Open {
		return len(l.Elems) == 0, true
	}
	return term.Zeroness(t)
}

// Compared is a column that equals a value, or one of a list, or does not.
func Compared(not bool, column string, v term.Value) term.Clause {
	word := "eq"
	if not {
		word = "ne"
	}
	return Part("where", Build(term.Clause{Word: word}, term.Clause{Word: "entry", Values: []term.Value{Text(column), Bare(v)}}))
}

// Bare is a value as sqlwrite takes it.
func Bare(v term.Value) term.Value {
	switch v.Form {
	case term.AsText, term.AsModel, term.AsAny:
		v.Form = term.AsValue
	case term.AsModels:
		v.Form = term.AsList
	}
	v.Type = ""
	return v
}

// Stored is the value of a column of a row when a statement of a kind runs, in the form in
// which it is bound.
func Stored(row term.Term, c *model.Column, kind string) term.Value {
	v := term.Value{Term: Set(row, c, kind)}
	if IsSet(v.Term) {
		return v
	}
	if c.Field.Pointer || c.NullZero {
		v.Form = term.AsNullable
	}
	return v
}

// Changed says that a method of the rows may change the statement.
func Changed(hook string) error {
	return errors.New("a method of the rows may change the statement: " + hook)
}

// setByHook is why it is not known what a field holds.
const setByHook = "a field that a method of the row sets before it is stored"

// Set is what a field holds when a statement of a kind runs.
func Set(row term.Term, c *model.Column, kind string) term.Term {
	if c.HookedAt(kind) {
		return term.Why(setByHook)
	}
	return Field(row, c.Path)
}

// IsSet tells what a method of the row has set.
func IsSet(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Name == setByHook
}

// Field is the part of a struct that a path of fields leads to.
func Field(t term.Term, path []string) term.Term {
	for _, name := range path {
		t = term.Select(t, term.Step{Kind: term.FieldStep, Name: name})
	}
	return t
}

// Unknown tells what nobody knows.
func Unknown(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Unknown
}

// Constant is a text that is known.
func Constant(t term.Term) (string, bool) {
	switch x := t.(type) {
	case *term.Const:
		return x.Text, true
	case *term.Origin:
		return "", x.Kind == term.Zero
	}
	return "", false
}

// Quoted is the name of a column of a table, or of either.
func Quoted(names ...string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = `"` + strings.ReplaceAll(n, `"`, `""`) + `"`
	}
	return strings.Join(out, ".")
}

// Path is a name whose parts have dots between them.
func Path(name string) string { return Quoted(strings.Split(name, ".")...) }

// ByName are the entries of a map in the order of their names, in which the libraries write them.
func ByName(entries []term.Clause) []term.Clause {
	return slices.SortedStableFunc(slices.Values(entries), func(a, b term.Clause) int {
		return strings.Compare(a.Values[0].Term.String(), b.Values[0].Term.String())
	})
}
