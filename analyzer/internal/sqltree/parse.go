package sqltree

import "errors"

// Dialect is a dialect of SQL.
type Dialect uint8

// The dialects.
const (
	Postgres Dialect = iota
	MySQL
	SQLite
)

// Parse parses one statement of the dialect. The error tells the line and
// column in the text at which parsing stopped, and why.
func Parse(text string, dialect Dialect) (Statement, error) {
	return nil, errors.New("not yet")
}
