package bun_test

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
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// TestWritesWhatTheLibraryWrites holds the texts against those of the real library, which
// runs on a connection that notes them. Where it runs a further statement by what the first
// one found, the first is compared.
func TestWritesWhatTheLibraryWrites(t *testing.T) {
	for name, main := range map[string]string{"bun": noting, "pg": notingPG} {
		t.Run(name, func(t *testing.T) { compare(t, name, main) })
	}
}

// compare compares the statements of a library, by the main function that runs them.
func compare(t *testing.T, library, main string) {
	source := golden(t, library)
	u := reallib.Compiled(t, source)
	said := run(t, source, u, main)
	g := callgraph.New("example.com/libs/golden", []*unit.Unit{u}, callgraph.NewIndex(), nil)
	p := statement.New(g, nil, statement.Proofs{})
	for _, f := range u.Functions {
		name := f.Symbol[strings.LastIndexByte(f.Symbol, '.')+1:]
		if !f.Exported || len(f.Params) > 0 {
			continue
		}
		t.Run(name, func(t *testing.T) {
			require.Len(t, f.Runs, 1)
			fn, r := g.Function(f.Symbol), &f.Runs[0]
			texts := p.Of(fn, r)
			require.Empty(t, texts.Reason, r.Text.String())
			require.NotEmpty(t, said[name])
			require.LessOrEqual(t, len(said[name]), len(texts.List), said[name])
			back := strings.Contains(name, "Returning")
			for i, theirs := range said[name] {
				ours := texts.List[i]
				assert.Equal(t, plain(t, theirs, back), plain(t, ours.Text, back), "%s\n%s", theirs, ours.Text)
				for n := 1; strings.Contains(ours.Text, fmt.Sprintf("$%d", n)); n++ {
					if c, ok := p.Bind(fn, r, ours, n).(*term.Const); ok {
						assert.Contains(t, strings.ToLower(theirs), c.Text)
					}
				}
			}
		})
	}
}

func golden(t *testing.T, library string) []byte {
	t.Helper()
	a, err := txtar.ParseFile("../../../../testdata/ormwrite/" + library + ".txtar")
	require.NoError(t, err)
	return a.Files[0].Data
}

// noting is the driver of a connection that notes the statements it is given, and finds
// nothing.
const noting = `package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"io"
	"os"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"
)

type noted struct{ said []string }

func (n *noted) Connect(context.Context) (driver.Conn, error) { return n, nil }
func (n *noted) Driver() driver.Driver                        { return nil }
func (n *noted) Prepare(string) (driver.Stmt, error)          { return nil, io.EOF }
func (n *noted) Close() error                                 { return nil }
func (n *noted) Begin() (driver.Tx, error)                    { return nil, io.EOF }
func (n *noted) Columns() []string                            { return []string{"id"} }
func (n *noted) Next([]driver.Value) error                    { return io.EOF }

func (n *noted) QueryContext(_ context.Context, q string, _ []driver.NamedValue) (driver.Rows, error) {
	n.said = append(n.said, q)
	return n, nil
}

func (n *noted) ExecContext(_ context.Context, q string, _ []driver.NamedValue) (driver.Result, error) {
	n.said = append(n.said, q)
	return driver.RowsAffected(1), nil
}

func main() {
	n := &noted{}
	db = bun.NewDB(sql.OpenDB(n), pgdialect.New())
	out := map[string][]string{}
	for name, f := range map[string]func(){
`

// notingPG is a connection of go-pg that does the same.
const notingPG = `package main

import (
	"context"
	"encoding/json"
	"io"
	"os"

	"github.com/go-pg/pg/v10/orm"
)

type noted struct {
	orm.DB
	said []string
}

func (n *noted) Model(model ...interface{}) *orm.Query { return orm.NewQuery(n, model...) }

func (n *noted) ModelContext(c context.Context, model ...interface{}) *orm.Query {
	return orm.NewQueryContext(c, n, model...)
}

func (n *noted) note(query interface{}) (orm.Result, error) {
	if q, ok := query.(orm.QueryAppender); ok {
		b, err := q.AppendQuery(orm.NewFormatter().WithModel(q), nil)
		if err != nil {
			return nil, err
		}
		n.said = append(n.said, string(b))
	}
	return nil, io.EOF
}

func (n *noted) ExecContext(_ context.Context, query interface{}, _ ...interface{}) (orm.Result, error) {
	return n.note(query)
}

func (n *noted) QueryContext(_ context.Context, _, query interface{}, _ ...interface{}) (orm.Result, error) {
	return n.note(query)
}

func (n *noted) QueryOneContext(_ context.Context, _, query interface{}, _ ...interface{}) (orm.Result, error) {
	return n.note(query)
}

func (n *noted) Context() context.Context { return context.Background() }

func (n *noted) Formatter() orm.QueryFormatter { return orm.NewFormatter() }

func main() {
	n := &noted{}
	db = n
	out := map[string][]string{}
	for name, f := range map[string]func(){
`

// run executes the program and gives what the library writes, by function.
func run(t *testing.T, source []byte, u *unit.Unit, head string) map[string][]string {
	t.Helper()
	var main strings.Builder
	main.WriteString(head)
	for _, f := range u.Functions {
		if name := f.Symbol[strings.LastIndexByte(f.Symbol, '.')+1:]; f.Exported && len(f.Params) == 0 {
			fmt.Fprintf(&main, "\t\t%q: %s,\n", name, name)
		}
	}
	main.WriteString("\t} {\n\t\tn.said = nil\n\t\tf()\n\t\tout[name] = n.said\n\t}\n\tjson.NewEncoder(os.Stdout).Encode(out)\n}\n")
	out := map[string][]string{}
	require.NoError(t, json.Unmarshal(reallib.Executed(t, source, main.String()), &out))
	return out
}

var (
	values = regexp.MustCompile(`'[^']*'|\$\d+|\bTRUE\b|\bFALSE\b|= (NULL)\b|\bnow\(\)|([ (,])\d+\b`)
	lists  = regexp.MustCompile(`NOT IN \([$1, ]+\)|IN \([$1, ]+\)`)
	given  = regexp.MustCompile(` RETURNING .*$`)
	locks  = regexp.MustCompile(` FOR UPDATE$`)
)

// plain is a text without what both write in their own way: values, lists of them, what is
// given back unasked, and locks.
func plain(t *testing.T, text string, back bool) string {
	t.Helper()
	text = values.ReplaceAllStringFunc(text, func(s string) string {
		switch {
		case strings.HasPrefix(s, "= "):
			return "= $1"
		case strings.ContainsRune(" (,", rune(s[0])):
			return s[:1] + "$1"
		}
		return "$1"
	})
	text = lists.ReplaceAllStringFunc(text, func(s string) string {
		if strings.HasPrefix(s, "NOT") {
			return "<> ALL($1)"
		}
		return "= ANY($1)"
	})
	if !back {
		text = given.ReplaceAllLiteralString(text, "")
	}
	text = locks.ReplaceAllLiteralString(text, "")
	list, err := sqlparse.Parse(text, sqltree.Postgres)
	require.NoError(t, err, text)
	return sqlprint.Print(list)
}
