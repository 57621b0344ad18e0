package pop_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/callgraph"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/reallib"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestWritesWhatTheLibraryWrites holds the texts against those of the real library, which
// runs on a connection that notes them.
func TestWritesWhatTheLibraryWrites(t *testing.T) {
	a, err := txtar.ParseFile("../../../../testdata/ormwrite/pop.txtar")
	require.NoError(t, err)
	u := reallib.Compiled(t, a.Files[0].Data)
	said := run(t, a.Files[0].Data, u)
	g := callgraph.New("example.com/libs/golden", []*unit.Unit{u}, callgraph.NewIndex(), nil)
	p := statement.New(g, nil, statement.Proofs{})
	for _, f := range u.Functions {
		name := f.Symbol[strings.LastIndexByte(f.Symbol, '.')+1:]
		if !f.Exported || len(f.Params) > 0 || f.Receiver != "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			require.Len(t, f.Runs, 1)
			texts := p.Of(g.Function(f.Symbol), &f.Runs[0])
			require.Empty(t, texts.Reason, f.Runs[0].Text.String())
			require.Len(t, texts.List, len(said[name]))
			for i, theirs := range said[name] {
				ours := texts.List[i].Text
				if strings.HasPrefix(name, "Eager") { // row by row
					ours, theirs = keys.ReplaceAllLiteralString(ours, "= $1"), ordered.ReplaceAllLiteralString(theirs, "")
				}
				assert.Equal(t, plain(t, theirs), plain(t, ours), "%s\n%s", theirs, texts.List[i].Text)
			}
		})
	}
}

// noting is a driver that notes the statements it is given, and finds nothing.
const noting = `package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"io"
	"os"
	"strings"

	"github.com/gobuffalo/pop/v6"
)

type noted struct{ said []string }

func (n *noted) Open(string) (driver.Conn, error) { return n, nil }
func (n *noted) Close() error                     { return nil }
func (n *noted) Begin() (driver.Tx, error)        { return nil, io.EOF }

func (n *noted) Prepare(q string) (driver.Stmt, error) {
	n.said = append(n.said, q)
	return nil, io.EOF
}

func (n *noted) QueryContext(_ context.Context, q string, _ []driver.NamedValue) (driver.Rows, error) {
	n.said = append(n.said, q)
	loaded := false
	for _, table := range []string{"shelves", "volumes", "halls", "plates", "topics", "pages"} {
		loaded = loaded || strings.Contains(q, "FROM "+table)
	}
	if !loaded {
		return nil, io.EOF
	}
	list, _, _ := strings.Cut(strings.TrimPrefix(q, "SELECT "), " FROM ")
	return &row{columns: strings.Split(list, ", ")}, nil
}

// row is one row of sevens, with which others are loaded.
type row struct {
	columns []string
	read    bool
}

func (r *row) Close() error { return nil }

func (r *row) Columns() []string {
	out := make([]string, len(r.columns))
	for i, c := range r.columns {
		out[i] = c[strings.LastIndexByte(c, '.')+1:]
	}
	return out
}

func (r *row) Next(to []driver.Value) error {
	if r.read {
		return io.EOF
	}
	r.read = true
	for i := range to {
		to[i] = "7"
	}
	return nil
}

func (n *noted) ExecContext(_ context.Context, q string, _ []driver.NamedValue) (driver.Result, error) {
	n.said = append(n.said, q)
	return driver.RowsAffected(1), nil
}

func main() {
	n := &noted{}
	sql.Register("noted", n)
	var err error
	if c, err = pop.NewConnection(&pop.ConnectionDetails{Dialect: "postgres", Driver: "noted", URL: "postgres://u:p@h/d"}); err != nil {
		panic(err)
	}
	if err := c.Open(); err != nil {
		panic(err)
	}
	out := map[string][]string{}
	for name, f := range map[string]func(){
`

// run executes the program and gives what the library writes, by function.
func run(t *testing.T, source []byte, u *unit.Unit) map[string][]string {
	t.Helper()
	var main strings.Builder
	main.WriteString(noting)
	for _, f := range u.Functions {
		if name := f.Symbol[strings.LastIndexByte(f.Symbol, '.')+1:]; f.Exported && len(f.Params) == 0 && f.Receiver == "" {
			fmt.Fprintf(&main, "\t\t%q: %s,\n", name, name)
		}
	}
	main.WriteString("\t} {\n\t\tn.said = nil\n\t\tf()\n\t\tout[name] = n.said\n\t}\n\tjson.NewEncoder(os.Stdout).Encode(out)\n}\n")
	out := map[string][]string{}
	data := string(reallib.Executed(t, source, main.String()))
	require.NoError(t, json.Unmarshal([]byte(data[strings.IndexByte(data, '{'):]), &out)) // it logs, too
	return out
}

var (
	holes   = regexp.MustCompile(`\$\d+|\?|LIMIT \d+`)
	lists   = regexp.MustCompile(`(?i)\s+(not\s+)?in \([$1, ]+\)`)
	keys    = regexp.MustCompile(`= ANY\(\$\d+\)|IN \(SELECT \w+\.\w+ FROM .*\)$`)
	ordered = regexp.MustCompile(` ORDER BY .*$`)
	given   = regexp.MustCompile(`(?i) returning id$`)
)

// plain is a text without what both write in their own way: numbers of placeholders and
// lists of values.
func plain(t *testing.T, text string) string {
	t.Helper()
	text = holes.ReplaceAllStringFunc(text, func(s string) string {
		if strings.HasPrefix(s, "L") {
			return "LIMIT $1"
		}
		return "$1"
	})
	text = lists.ReplaceAllStringFunc(text, func(s string) string {
		if strings.Contains(strings.ToLower(s), "not") {
			return " <> ALL($1)"
		}
		return " = ANY($1)"
	})
	list, err := sqlparse.Parse(given.ReplaceAllLiteralString(text, ""), sqltree.Postgres)
	require.NoError(t, err, text)
	return sqlprint.Print(list)
}
