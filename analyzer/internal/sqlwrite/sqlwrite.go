// Package sqlwrite writes what the builder of a library builds as the text that the
// library writes: word by word, with its joins and without parentheses where it has
// none. A leak by missing parentheses is then one in the text, too, and found by whoever
// reads the text.
//
// In goes a [term.Build] whose structure is known: no base, texts that are constants,
// conditions that are builds. Out come the statements that it may be, each with its bind
// values.
//
// Terms. A *part* is a piece of text with the condition under which it is there. The
// *structure* of a build is what decides its text; the rest are bind values.
//
// Invariant: a clause is dropped only if it narrows, and kept only if it is sure or
// carries its facts. One that is there only sometimes is written so that the text says
// it, by asking whether a value is NULL; where no text can say it, there are two
// statements, one with it and one without.
//
// It knows no Go and proves nothing. Dialects are written as PostgreSQL writes.
package sqlwrite

import (
	"errors"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Statement is a text with its bind values: $1 is the first of them.
type Statement struct {
	Text  string
	Binds []Bind
}

// Bind is a bind value. Null tells that the database gets NULL where it is zero.
type Bind struct {
	Term term.Term
	Null bool
}

// maxSplits caps the clauses that are written with and without.
const maxSplits = 6

// Write writes a statement; several, if some clauses are there only sometimes and the
// text cannot say when. The error is the reason why nothing can be written.
func Write(b *term.Build) ([]Statement, error) {
	return write(b, maxSplits)
}

func write(b *term.Build, splits int) ([]Statement, error) {
	w := &writer{}
	text, err := w.statement(b)
	var split *splitError
	switch {
	case errors.As(err, &split) && slices.Index(pointers(b.Clauses), split.clause) < 0:
		return nil, err
	case split != nil && splits > 0:
		with, errWith := write(decided(b, split.clause, true), splits-1)
		without, errWithout := write(decided(b, split.clause, false), splits-1)
		return append(with, without...), errors.Join(errWith, errWithout)
	case split != nil:
		return nil, errors.New("too many optional clauses that change the statement")
	case err != nil:
		return nil, err
	}
	return []Statement{{Text: text, Binds: w.binds}}, nil
}

// decided is a build with the clauses that have the condition of one all there, or all
// gone.
func decided(b *term.Build, of *term.Clause, there bool) *term.Build {
	out := &term.Build{Style: b.Style}
	for i := range b.Clauses {
		c := b.Clauses[i]
		if &b.Clauses[i] == of || len(c.If) > 0 && sameFacts(c.If, of.If) {
			if !there {
				continue
			}
			c.If, c.Maybe = nil, false
		}
		out.Clauses = append(out.Clauses, c)
	}
	return out
}

func sameFacts(a, b []term.Fact) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].String() != b[i].String() {
			return false
		}
	}
	return true
}

// splitError asks for a statement with a clause and one without.
type splitError struct{ clause *term.Clause }

func (e *splitError) Error() string {
	return "an optional " + e.clause.Word + " within a part of the statement"
}

// writer writes one statement.
type writer struct {
	binds []Bind

	style   style
	texts   int      // how many texts stand around what is written
	guarded []string // values that are known not to be zero where the clause is there
}
