package sqltree

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	pg "github.com/sqlc-dev/oliphant"
	"github.com/sqlc-dev/oliphant/parser"
)

// Dialect is a dialect of SQL.
type Dialect uint8

// The dialects.
const (
	Postgres Dialect = iota
	MySQL
	SQLite
)

func (d Dialect) String() string {
	switch d {
	case MySQL:
		return "MySQL"
	case SQLite:
		return "SQLite"
	}
	return "PostgreSQL"
}

// Binds are the ways beside `$1`, `@name` and sqlc.arg(name) in which a text
// marks its bind values. They cannot be told from the text (`?` is an operator
// of jsonb, `:n` a bound of an array slice): who knows the library says so.
type Binds uint8

// The ways to bind; `??` is an escaped question mark.
const (
	Question Binds = 1 << iota // ?
	Colon                      // :name
)

// Source is the text of one statement and how to read it.
type Source struct {
	Text    string
	Dialect Dialect
	Binds   Binds
}

// Error says where in the text parsing stopped, and why. Line and Column count
// from 1, Column in characters; At is NoPos and both are 0 where unknown.
type Error struct {
	At           Pos
	Line, Column int
	Reason       string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Reason)
}

// maxText caps the length of a statement, so that no recursion of the grammar
// or of this package can exhaust the stack: that could not be recovered from.
const maxText = 1 << 18

const tooDeepReason = "statement is nested too deeply"

// Parse parses one statement of the dialect. The error is an *Error: it tells
// the line and column in the text at which parsing stopped, and why.
func Parse(text string, dialect Dialect) (Statement, error) {
	return ParseSource(Source{Text: text, Dialect: dialect})
}

// ParseSource is Parse for texts that bind in other ways.
func ParseSource(src Source) (stmt Statement, err error) {
	if src.Dialect != Postgres {
		return nil, &Error{At: NoPos, Reason: "the dialect " + src.Dialect.String() + " is not supported yet"}
	}
	if len(src.Text) > maxText {
		return nil, &Error{At: NoPos, Reason: fmt.Sprintf("statement is longer than %d KiB", maxText>>10)}
	}
	bound := bind(src)
	if at, deep := tooDeep(bound.tokens); deep {
		return nil, located(src.Text, Pos(at), tooDeepReason)
	}
	defer func() {
		if p := recover(); p != nil {
			stmt, err = nil, &Error{At: NoPos, Reason: fmt.Sprintf("internal error: parser: %v", p)}
		}
	}()
	return parsePostgres(src.Text, bound)
}

// parsePostgres parses a text whose size and depth the grammar can bear.
func parsePostgres(text string, bound bound) (Statement, error) {
	tree, err := pg.Parse(bound.text)
	if err != nil {
		return nil, syntaxError(text, bound, err)
	}
	switch len(tree.Stmts) {
	case 0:
		return nil, &Error{At: NoPos, Reason: "no statement"}
	case 1:
	default:
		at := bound.old(int(tree.Stmts[1].StmtLocation))
		return nil, located(text, at, "more than one statement")
	}
	c := converter{bound: bound}
	stmt := c.top(tree.Stmts[0].Stmt)
	if c.reason != "" {
		return nil, located(text, c.at, c.reason)
	}
	return stmt, nil
}

// syntaxError moves the grammar's position, which counts characters of the
// text with its placeholders replaced, to the text.
func syntaxError(text string, bound bound, err error) error {
	var pe *parser.Error
	if !errors.As(err, &pe) || pe.Cursorpos <= 0 {
		return &Error{At: NoPos, Reason: err.Error()}
	}
	at := 0
	for n := 1; n < pe.Cursorpos && at < len(bound.text); n++ {
		_, size := utf8.DecodeRuneInString(bound.text[at:])
		at += size
	}
	return located(text, bound.old(at), pe.Message)
}

// located makes an error with line and column out of an offset.
func located(text string, at Pos, reason string) *Error {
	if at < 0 || int(at) > len(text) {
		return &Error{At: NoPos, Reason: reason}
	}
	before := text[:at]
	line := strings.LastIndexByte(before, '\n') + 1
	return &Error{
		At:     at,
		Line:   1 + strings.Count(before, "\n"),
		Column: 1 + utf8.RuneCountInString(before[line:]),
		Reason: reason,
	}
}

// maxRun caps how many prefix operators stand in a row: each is a recursion of
// the grammar, and no person writes two.
const maxRun = 64

// tooDeep tells where a text nests deeper than the grammar can bear: it is
// quadratic in the depth of parentheses and recurses without bound.
func tooDeep(tokens []lexed) (at int, deep bool) {
	var d depths
	for _, t := range tokens {
		d.count(t)
		if d.parens > maxDepth || d.joins > maxDepth || d.run > maxRun {
			return t.start, true
		}
	}
	return 0, false
}

// depths are what makes the grammar recurse: open parentheses and CASEs, joins
// whose ON is still to come, prefix operators in a row.
type depths struct{ parens, joins, run int }

// count follows one token. A closing word without an opening one (END for COMMIT)
// counts for nothing.
func (d *depths) count(t lexed) {
	if t.kind == lexOp || t.is("NOT") {
		d.run++
		return
	}
	d.run = 0
	switch {
	case t.text == "(" || t.text == "[" || t.is("CASE"):
		d.parens++
	case t.text == ")" || t.text == "]" || t.is("END"):
		d.parens = max(d.parens-1, 0)
	case t.is("JOIN"):
		d.joins++
	case t.is("ON") || t.is("USING") || t.is("CROSS") || t.is("NATURAL"):
		d.joins = max(d.joins-1, 0)
	}
}
