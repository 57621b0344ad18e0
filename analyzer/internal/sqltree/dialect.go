package sqltree

import (
	"fmt"
	"strings"
	"unicode/utf8"
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

// TooDeep is the reason of a statement whose parentheses are more than a grammar should
// descend into.
const TooDeep = "statement is nested too deeply"

// ErrorAt makes an error with line and column out of an offset.
func ErrorAt(text string, at Pos, reason string) *Error {
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
