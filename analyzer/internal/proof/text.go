package proof

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// A TextError is why the text of a statement cannot be proved.
type TextError struct {
	// Hollow tells that a clause or list of the text has nothing in it: every
	// database refuses it, so that what comes of it does not matter.
	Hollow bool
	Err    error
}

func (e *TextError) Error() string { return e.Err.Error() }

// Unwrap is what the parser says.
func (e *TextError) Unwrap() error { return e.Err }

// Text judges the text of one statement against the catalogue. The dialect is
// named as libraries name theirs: "postgres" or "", "mysql", "sqlite". The error
// is a [*TextError].
func Text(text, dialect string, cat *catalogue.Catalogue) (*Result, error) {
	stmt, err := sqlparse.Parse(text, dialects[dialect])
	if err != nil {
		return nil, &TextError{Hollow: sqltext.Hollow(text), Err: err}
	}
	return Prove(stmt, cat), nil
}

// dialects are the parsers by the name that a library has for its dialect.
var dialects = map[string]sqltree.Dialect{
	"": sqltree.Postgres, "postgres": sqltree.Postgres, "mysql": sqltree.MySQL, "sqlite": sqltree.SQLite,
}
