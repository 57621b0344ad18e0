package entwrite_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/entwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/reallib"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestWritesWhatTheLibraryWrites holds the texts against those that the real generated
// code sends to a driver.
func TestWritesWhatTheLibraryWrites(t *testing.T) {
	a, err := txtar.ParseFile("../../../testdata/entwrite/ent.txtar")
	require.NoError(t, err)
	source := a.Files[0].Data
	u := reallib.Compiled(t, source)
	models := model.New(reallib.Units(t, "./ent/..."))
	said := run(t, source, u)
	for _, f := range u.Functions {
		name := f.Symbol[strings.LastIndexByte(f.Symbol, '.')+1:]
		if !f.Exported {
			continue
		}
		t.Run(name, func(t *testing.T) {
			var ours, theirs []string
			for _, r := range f.Runs {
				require.IsType(t, &term.Build{}, r.Text, r.Text.String())
				list, err := entwrite.Write(r.Text.(*term.Build), models, nil)
				require.NoError(t, err, r.Text.String())
				for _, s := range list {
					ours = append(ours, plain(t, s.Text))
				}
			}
			for _, text := range said[name] {
				theirs = append(theirs, plain(t, text))
			}
			if n := len(theirs); n > len(ours) && !isRead(theirs[0]) && isRead(theirs[n-1]) {
				theirs = theirs[:n-1] // the row that was written, once more
			}
			if strings.HasPrefix(name, "Eager") { // the keys are no sub-select to them
				ours = ours[:len(theirs)]
			}
			assert.Equal(t, theirs, ours, f.Runs[0].Text.String())
		})
	}
}

func isRead(text string) bool { return strings.HasPrefix(text, "SELECT") }

// run executes the program and gives what it sends to a driver, by function.
func run(t *testing.T, source []byte, u *unit.Unit) map[string][]string {
	t.Helper()
	var main strings.Builder
	main.WriteString(recorder)
	for _, f := range u.Functions {
		if name := f.Symbol[strings.LastIndexByte(f.Symbol, '.')+1:]; f.Exported {
			fmt.Fprintf(&main, "\t\t%q: %s,\n", name, name)
		}
	}
	main.WriteString("\t} {\n\t\tout[name] = sent(f)\n\t}\n\tjson.NewEncoder(os.Stdout).Encode(out)\n}\n")
	out := map[string][]string{}
	require.NoError(t, json.Unmarshal(reallib.Executed(t, source, main.String()), &out))
	return out
}

// recorder is a driver that keeps the texts of statements, and gives back one row of
// nothing.
const recorder = `package main

import (
	"context"
	stdsql "database/sql"
	"database/sql/driver"
	"encoding/json"
	"os"
	"strings"

	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql"

	"example.com/libs/ent"
	_ "example.com/libs/ent/runtime"
)

type recorder struct{ texts []string }

func (r *recorder) Exec(_ context.Context, query string, _, v any) error {
	r.texts = append(r.texts, query)
	if to, ok := v.(*sql.Result); ok {
		*to = driver.RowsAffected(1)
	}
	return nil
}

func (r *recorder) Query(_ context.Context, query string, _, v any) error {
	r.texts = append(r.texts, query)
	v.(*sql.Rows).ColumnScanner = &row{columns: columns(query)}
	return nil
}

func (r *recorder) Tx(context.Context) (dialect.Tx, error) { return r, nil }
func (r *recorder) Commit() error                         { return nil }
func (r *recorder) Rollback() error                       { return nil }
func (r *recorder) Close() error                          { return nil }
func (r *recorder) Dialect() string                       { return dialect.Postgres }

func columns(query string) []string {
	if _, list, ok := strings.Cut(query, " RETURNING "); ok {
		return strings.Split(strings.ReplaceAll(list, "\"", ""), ", ")
	}
	list, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimPrefix(query, "SELECT "), "DISTINCT "), " FROM ")
	var out []string
	for _, c := range strings.Split(strings.ReplaceAll(list, "\"", ""), ", ") {
		out = append(out, c[strings.LastIndexByte(c, '.')+1:])
	}
	return out
}

type row struct {
	columns []string
	read    bool
}

func (r *row) Close() error                               { return nil }
func (r *row) ColumnTypes() ([]*stdsql.ColumnType, error) { return nil, nil }
func (r *row) Columns() ([]string, error)                 { return r.columns, nil }
func (r *row) Err() error                                 { return nil }
func (r *row) NextResultSet() bool                        { return false }
func (r *row) Scan(...any) error                          { return nil }

func (r *row) Next() bool {
	again := r.read
	r.read = true
	return !again
}

// sent is what a function sends, whatever it makes of the rows.
func sent(f func()) []string {
	r := &recorder{}
	db = ent.NewClient(ent.Driver(r))
	func() {
		defer func() { recover() }()
		f()
	}()
	return r.texts
}

func main() {
	out := map[string][]string{}
	for name, f := range map[string]func(){
`

var (
	keys      = regexp.MustCompile(`("lines"."invoice_lines") IN \(SELECT "invoices"\..*?\)\)?$`)
	row       = regexp.MustCompile(`IN \(\(SELECT "invoices"."id" FROM "invoices" WHERE \("id" = \$\d+\)\)\)`)
	single    = regexp.MustCompile(`IN \(\$1\)`)
	holes     = regexp.MustCompile(`\$\d+`)
	returning = regexp.MustCompile(` RETURNING .*$`)
	limit     = regexp.MustCompile(`(LIMIT|OFFSET) \S+?(\)|$| )`)
	exists    = regexp.MustCompile(`^SELECT EXISTS \((.*)\)$`)
	count     = regexp.MustCompile(`COUNT\([^)]*\)( AS "?\w+"?)?`)
)

// plain is a text without what both write in their own way: numbers of placeholders, how
// many rows are wanted, what a write gives back, and parentheses that change nothing.
func plain(t *testing.T, text string) string {
	t.Helper()
	text = row.ReplaceAllLiteralString(text, "= $1")
	text = keys.ReplaceAllString(exists.ReplaceAllString(text, "$1"), "$1 = $$1)")
	text = single.ReplaceAllLiteralString(holes.ReplaceAllLiteralString(text, "$1"), "= $1")
	text = strings.Replace(returning.ReplaceAllLiteralString(holes.ReplaceAllLiteralString(text, "$1"), ""), "SELECT DISTINCT", "SELECT", 1)
	text = strings.TrimSpace(limit.ReplaceAllString(text, "$2"))
	text = count.ReplaceAllLiteralString(text, "COUNT(*)")
	list, err := sqlparse.Parse(text, sqltree.Postgres)
	require.NoError(t, err, text)
	return sqlprint.Print(list)
}
