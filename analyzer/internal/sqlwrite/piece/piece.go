// Package piece holds what all writers of built statements share: bind values by numbers,
// lists of conditions that may be there only sometimes, and the clauses of a statement by
// their words.
//
// Terms. A *part* is a piece of text with the condition under which it is there.
//
// Invariant: a part is dropped by nobody, and kept as sure only if it is.
package piece

import (
	"errors"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Statement is a text with its bind values: $1 is the first of them.
type Statement struct {
	Text   string
	Binds  []Bind
	Beside bool // it reads or stores rows that go with those of the call, and gives none itself
}

// Bind is a bind value. Null tells that the database gets NULL where it is zero.
type Bind struct {
	Term term.Term
	Null bool
}

// Writer writes one statement.
type Writer struct {
	Binds []Bind
	Texts int  // how many texts stand around what is written
	Each  bool // each condition of a list has parentheses

	guarded []string // values that are known not to be zero where the clause is there
}

// NotZero reports whether a value is known not to be zero where something is written.
func (w *Writer) NotZero(t term.Term) bool { return slices.Contains(w.guarded, t.String()) }

// SplitError asks for a statement with a clause and one without.
type SplitError struct{ Clause *term.Clause }

func (e *SplitError) Error() string {
	return "an optional " + e.Clause.Word + " within a part of the statement"
}

// maxSplits caps the clauses that are written with and without.
const maxSplits = 6

// Write writes a build by a function that is handed a new writer; several statements, if
// some clauses are there only sometimes and the text cannot say when.
func Write(b *term.Build, write func(*Writer, *term.Build) (string, error)) ([]Statement, error) {
	return split(b, write, maxSplits)
}

func split(b *term.Build, write func(*Writer, *term.Build) (string, error), splits int) ([]Statement, error) {
	w := &Writer{}
	text, err := write(w, b)
	var by *SplitError
	switch {
	case errors.As(err, &by) && slices.Index(Pointers(b.Clauses), by.Clause) < 0:
		return nil, err
	case by != nil && splits > 0:
		with, errWith := split(decided(b, by.Clause, true), write, splits-1)
		without, errWithout := split(decided(b, by.Clause, false), write, splits-1)
		return append(with, without...), errors.Join(errWith, errWithout)
	case by != nil:
		return nil, errors.New("too many optional clauses that change the statement")
	case err != nil:
		return nil, err
	}
	return []Statement{{Text: text, Binds: w.Binds}}, nil
}

// decided is a build with the clauses that have the condition of one all there, or all
// gone.
func decided(b *term.Build, of *term.Clause, there bool) *term.Build {
	out := &term.Build{Style: b.Style}
	for i := range b.Clauses {
		c := b.Clauses[i]
		if &b.Clauses[i] == of || len(c.If) > 0 && SameFacts(c.If, of.If) {
			if !there {
				continue
			}
			c.If, c.Maybe = nil, false
		}
		out.Clauses = append(out.Clauses, c)
	}
	return out
}

// SameFacts reports whether two conditions are one.
func SameFacts(a, b []term.Fact) bool {
	return slices.EqualFunc(a, b, func(x, y term.Fact) bool { return x.String() == y.String() })
}
