// Package sqlparse parses a statement of any dialect into the one tree of package
// sqltree, and a definition into what it changes: it caps the size, and chooses the
// dialect's converter.
package sqlparse

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/mysql"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/pgddl"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/postgres"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlite"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// MaxText caps the length of a statement, so that no recursion of the grammar
// or of this package can exhaust the stack: that could not be recovered from.
const MaxText = 1 << 18

// Parse parses one statement of the dialect. The error is an *Error: it tells
// the line and column in the text at which parsing stopped, and why.
func Parse(text string, dialect sqltree.Dialect) (sqltree.Statement, error) {
	if len(text) > MaxText {
		return nil, &sqltree.Error{At: sqltree.NoPos, Reason: fmt.Sprintf("statement is longer than %d KiB", MaxText>>10)}
	}
	switch dialect {
	case sqltree.Postgres:
		return postgres.Parse(text)
	case sqltree.SQLite:
		return sqlite.Parse(text)
	case sqltree.MySQL:
		return mysql.Parse(text)
	}
	return nil, &sqltree.Error{At: sqltree.NoPos, Reason: "no dialect"}
}

// Definitions parses one statement and returns what it changes in a diagram: nothing for
// a statement that defines nothing that a diagram holds. The error is an *Error.
func Definitions(text string, dialect sqltree.Dialect) ([]sqltree.Change, error) {
	switch dialect {
	case sqltree.SQLite:
		return sqlite.Definitions(text)
	case sqltree.MySQL:
		return mysql.Definitions(text)
	}
	return pgddl.Parse(text)
}

// Split cuts a script of a dialect into its statements.
func Split(text string, dialect sqltree.Dialect) []sqltext.Piece {
	if dialect == sqltree.Postgres {
		return sqltext.Split(text)
	}
	return sqltext.SplitOther(text, dialect == sqltree.MySQL)
}
