package sqltree

import (
	"errors"
	"fmt"
	"unicode/utf8"

	pg "github.com/sqlc-dev/oliphant"
	"github.com/sqlc-dev/oliphant/parser"
)

const tooDeepReason = "statement is nested too deeply"

// parseSource parses one statement of PostgreSQL.
func parseSource(src Source) (stmt Statement, err error) {
	bound := bind(src)
	if at, deep := tooDeep(bound.tokens); deep {
		return nil, located(src.Text, Pos(at), tooDeepReason)
	}
	defer func() {
		if p := recover(); p != nil {
			stmt, err = nil, &Error{At: NoPos, Reason: fmt.Sprintf("internal error: parser: %v", p)}
		}
	}()
	return parseBound(src.Text, bound)
}

// parseBound parses a text whose size and depth the grammar can bear.
func parseBound(text string, bound bound) (Statement, error) {
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
