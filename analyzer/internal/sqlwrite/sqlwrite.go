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
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/dataset"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/tokens"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Statement is a text with its bind values: $1 is the first of them.
type Statement = piece.Statement

// Bind is a bind value.
type Bind = piece.Bind

// Write writes a statement; several, if some clauses are there only sometimes and the
// text cannot say when. The error is the reason why nothing can be written.
func Write(b *term.Build) ([]Statement, error) {
	switch b.Style {
	case "list":
		return piece.Write(b, dataset.Write)
	case tokens.Style:
		return piece.Write(tokens.Apart(b), tokens.Write)
	}
	if b.Style == "chunks" {
		return piece.Write(b, func(p *piece.Writer, b *term.Build) (string, error) {
			return (&writer{Writer: p}).pieces(b)
		})
	}
	return piece.Write(b, func(p *piece.Writer, b *term.Build) (string, error) {
		return (&writer{Writer: p}).statement(b)
	})
}

// writer writes one statement.
type writer struct {
	*piece.Writer
	style style
}
