package sqltree

import "fmt"

// maxText caps the length of a statement, so that no recursion of the grammar
// or of this package can exhaust the stack: that could not be recovered from.
const maxText = 1 << 18

// Parse parses one statement of the dialect. The error is an *Error: it tells
// the line and column in the text at which parsing stopped, and why.
func Parse(text string, dialect Dialect) (Statement, error) {
	return ParseSource(Source{Text: text, Dialect: dialect})
}

// ParseSource is Parse for texts that bind in other ways.
func ParseSource(src Source) (Statement, error) {
	if len(src.Text) > maxText {
		return nil, &Error{At: NoPos, Reason: fmt.Sprintf("statement is longer than %d KiB", maxText>>10)}
	}
	switch src.Dialect {
	case Postgres:
		return parseSource(src)
	default:
		return nil, &Error{At: NoPos, Reason: "the dialect " + src.Dialect.String() + " is not supported yet"}
	}
}
