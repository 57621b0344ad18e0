// Package sqlparse parses a statement of any dialect into the one tree of package
// sqltree: it caps the size, and chooses the dialect's converter.
package sqlparse

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/postgres"
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
	default:
		return nil, &sqltree.Error{At: sqltree.NoPos, Reason: "the dialect " + dialect.String() + " is not supported yet"}
	}
}
