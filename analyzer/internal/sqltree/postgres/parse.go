// Package postgres turns the text of one PostgreSQL statement into the tree of
// package sqltree.
//
// The binds of the text become $N ([Bind]), the grammar parses it, and a converter
// writes its nodes anew: queries, writes and utilities in a file each. What the tree
// cannot express is an error with its place, never left out. A converter for another
// dialect stands beside this package; package sqlparse chooses between them.
package postgres

import (
	"errors"
	"fmt"
	"unicode/utf8"

	pg "github.com/sqlc-dev/oliphant"
	"github.com/sqlc-dev/oliphant/parser"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgnode"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// Parse parses one statement of PostgreSQL.
func Parse(text string) (stmt sqltree.Statement, err error) {
	bound := Bind(text)
	if at, deep := tooDeep(bound.tokens); deep {
		return nil, sqltree.ErrorAt(text, sqltree.Pos(at), sqltree.TooDeep)
	}
	defer func() {
		if p := recover(); p != nil {
			stmt, err = nil, &sqltree.Error{At: sqltree.NoPos, Reason: fmt.Sprintf("internal error: parser: %v", p)}
		}
	}()
	return parseBound(text, bound)
}

// parseBound parses a text whose size and depth the grammar can bear.
func parseBound(text string, bound bound) (sqltree.Statement, error) {
	tree, err := pg.Parse(bound.Text)
	if err != nil {
		return nil, syntaxError(text, bound, err)
	}
	switch len(tree.Stmts) {
	case 0:
		return nil, &sqltree.Error{At: sqltree.NoPos, Reason: "no statement"}
	case 1:
	default:
		at := bound.old(int(tree.Stmts[1].StmtLocation))
		return nil, sqltree.ErrorAt(text, at, "more than one statement")
	}
	c := converter{bound: bound}
	stmt := c.top(tree.Stmts[0].Stmt)
	if c.reason != "" {
		return nil, sqltree.ErrorAt(text, c.at, c.reason)
	}
	return stmt, nil
}

// syntaxError moves the grammar's position, which counts characters of the
// text with its placeholders replaced, to the text.
func syntaxError(text string, bound bound, err error) error {
	var pe *parser.Error
	if !errors.As(err, &pe) || pe.Cursorpos <= 0 {
		return &sqltree.Error{At: sqltree.NoPos, Reason: err.Error()}
	}
	at := 0
	for n := 1; n < pe.Cursorpos && at < len(bound.Text); n++ {
		_, size := utf8.DecodeRuneInString(bound.Text[at:])
		at += size
	}
	return sqltree.ErrorAt(text, bound.old(at), pe.Message)
}

// maxRun caps how many prefix operators stand in a row: each is a recursion of
// the grammar, and no person writes two.
const maxRun = 64

// tooDeep tells where a text nests deeper than the grammar can bear: it is
// quadratic in the depth of parentheses and recurses without bound.
func tooDeep(tokens []sqltext.Lexeme) (at int, deep bool) {
	var d depths
	for _, t := range tokens {
		d.count(t)
		if d.parens > pgnode.MaxDepth || d.joins > pgnode.MaxDepth || d.run > maxRun {
			return t.Start, true
		}
	}
	return 0, false
}

// depths are what makes the grammar recurse: open parentheses and CASEs, joins
// whose ON is still to come, prefix operators in a row.
type depths struct{ parens, joins, run int }

// count follows one token. A closing word without an opening one (END for COMMIT)
// counts for nothing.
func (d *depths) count(t sqltext.Lexeme) {
	if t.Kind == sqltext.Op || t.Is("NOT") {
		d.run++
		return
	}
	d.run = 0
	switch {
	case t.Text == "(" || t.Text == "[" || t.Is("CASE"):
		d.parens++
	case t.Text == ")" || t.Text == "]" || t.Is("END"):
		d.parens = max(d.parens-1, 0)
	case t.Is("JOIN"):
		d.joins++
	case t.Is("ON") || t.Is("USING") || t.Is("CROSS") || t.Is("NATURAL"):
		d.joins = max(d.joins-1, 0)
	}
}
