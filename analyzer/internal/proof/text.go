package proof

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
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

// Text judges the text of one statement against the catalogue, in the dialect of its
// schema. The library that runs it may know better: "postgres", "mysql", "sqlite", or ""
// where it runs any. The error is a [*TextError].
func Text(text, dialect string, cat *catalogue.Catalogue) (*Result, error) {
	speaks := cat.Diagram.Speaks()
	if !Speaks(dialect, cat) {
		return nil, &TextError{Err: fmt.Errorf("a statement of %s, and a schema of %s", dialects[dialect], speaks)}
	}
	var session *bind.Session
	if cat.Policies() && AsksSession(text, cat) {
		session = bind.NewSession(cat.Diagram)
		text = session.Bound(text)
	}
	stmt, err := sqlparse.Parse(text, speaks)
	if err != nil {
		return nil, &TextError{Hollow: sqltext.Hollow(text), Err: err}
	}
	return prove(stmt, cat, session), nil
}

// Speaks reports whether the schema of a catalogue is of the dialect that a library
// runs, or the library runs any.
func Speaks(dialect string, cat *catalogue.Catalogue) bool {
	d, ok := dialects[dialect]
	return !ok || d == cat.Diagram.Speaks()
}

// WithoutSchema is the name of the database whose dialect a library runs, if its schema is
// never read: what a table of that name is in another database says nothing. It is "" of
// every other dialect.
func WithoutSchema(dialect string) string { return withoutSchema[dialect] }

var withoutSchema = map[string]string{"clickhouse": "ClickHouse"}

// dialects are the dialects by the names that libraries have for theirs.
var dialects = map[string]sqltree.Dialect{"postgres": sqltree.Postgres, "mysql": sqltree.MySQL, "sqlite": sqltree.SQLite}
