package sqlwrite_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/pgserver"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/reallib"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

var (
	seed  = flag.Uint64("seed", 1, "the seed of the generated functions")
	count = flag.Int("count", 60, "how many functions are generated")
)

// input is what a function is called with.
type input struct {
	A, B string
	P    *string
	IDs  []string
}

// ran is a statement that the library wrote and ran.
type ran struct {
	Func string
	In   input
	Text string
	Args []any
}

// TestFindsTheSameRows holds generated functions against PostgreSQL: what the library
// runs and what is written here find the same rows, where the text says when each of its
// clauses is there; where it cannot, what is written finds at least those.
func TestFindsTheSameRows(t *testing.T) {
	source := generate(*seed, *count)
	u := reallib.Compiled(t, []byte(source))
	var runs []ran
	require.NoError(t, json.Unmarshal(execute(t, []byte(source+recorder(*count))), &runs))
	conn := database(t)
	exact, failed := 0, map[string]bool{}
	for _, r := range runs {
		if failed[r.Func] {
			continue
		}
		fn := functionOf(u, r.Func)
		if fn.Over != "" || len(fn.Runs) != 1 {
			assert.Failf(t, "no run", "%s", functionText(source, r.Func))
			continue
		}
		want, err := rows(conn, inPlace(r.Text, func(n int) string { return literal(r.Args[n-1]) }))
		if err != nil {
			continue // no database runs it
		}
		found, all := matches(conn, fn.Runs[0].Text, r, want)
		failed[r.Func] = !found
		assert.Truef(t, found, "%s(%s)\n%s\n%s\n%v\n%s", r.Func, show(r.In), functionText(source, r.Func), r.Text, r.Args, fn.Runs[0].Text)
		if all {
			exact++
		}
	}
	assert.Greater(t, exact, len(runs)/6, "too few statements are known exactly")
}

// matches reports whether one of the statements that a text may be finds the rows, and
// whether it finds no others for sure.
func matches(conn *pgconn.PgConn, text term.Term, r ran, want []string) (found, exact bool) {
	for _, leaf := range term.Leaves(text) {
		b, ok := leaf.(*term.Build)
		if !ok {
			return false, false
		}
		list, err := sqlwrite.Write(b)
		if err != nil {
			return true, false // it says so
		}
		for _, s := range list {
			if slices.ContainsFunc(s.Binds, several) {
				return true, false
			}
			written := inPlace(s.Text, func(n int) string { return bound(s.Binds[n-1], r.In) })
			pieces := strings.Split(written, "random() < 0.5")
			if len(pieces) > 7 {
				return true, false // too many to try
			}
			got, err := thrown(conn, pieces)
			if err != nil {
				continue
			}
			coin := len(pieces) > 1 || widens(b)
			if coin && contains(got, want) || slices.Equal(got, want) {
				return true, !coin
			}
		}
	}
	return false, false
}

// thrown are the rows that a text finds however its coins fall, given the pieces between
// them.
func thrown(conn *pgconn.PgConn, pieces []string) ([]string, error) {
	var out []string
	for way := range 1 << (len(pieces) - 1) {
		text := pieces[0]
		for i, p := range pieces[1:] {
			text += strconv.FormatBool(way&(1<<i) != 0) + p
		}
		got, err := rows(conn, text)
		if err != nil {
			return nil, err
		}
		out = append(out, got...)
	}
	return out, nil
}

func contains(all, some []string) bool {
	for _, x := range some {
		if !slices.Contains(all, x) {
			return false
		}
	}
	return true
}

var numbers = regexp.MustCompile(`\$(\d+)`)

func inPlace(text string, value func(n int) string) string {
	return numbers.ReplaceAllStringFunc(text, func(s string) string {
		n, _ := strconv.Atoi(s[1:])
		return value(n)
	})
}

// literal is an argument of the library.
func literal(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case string:
		return quoted(v)
	}
	return fmt.Sprint(v)
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// widens tells a build with an arm of an OR that is there only sometimes: it is written as
// if it were sure.
func widens(b *term.Build) bool {
	for i := range b.Clauses {
		if c := &b.Clauses[i]; b.Clauses[0].Word == "or" && !c.Sure() {
			return true
		}
		for _, v := range b.Clauses[i].Values {
			if inner, ok := v.Term.(*term.Build); ok && widens(inner) {
				return true
			}
		}
	}
	return false
}

// several tells a bind value that may be any of several.
func several(b sqlwrite.Bind) bool {
	switch t := b.Term.(type) {
	case *term.Join:
		return true
	case *term.List:
		return t.Open
	}
	return false
}

// bound is a bind value, given what the function was called with.
func bound(b sqlwrite.Bind, in input) string {
	text := evaluated(b.Term, in)
	empty := text == "''" && b.Term.String() != "p2" || text == "ARRAY[]::text[]"
	if b.Null && empty {
		return "NULL"
	}
	return text
}

func evaluated(t term.Term, in input) string {
	switch t := t.(type) {
	case *term.Const:
		return quoted(t.Text)
	case *term.Origin:
		if t.Kind == term.Zero {
			return "''"
		}
	case *term.List:
		var all []string
		for _, e := range t.Elems {
			all = append(all, evaluated(e, in))
		}
		return "ARRAY[" + strings.Join(all, ", ") + "]::text[]"
	case *term.Path:
		switch t.String() {
		case "p0":
			return quoted(in.A)
		case "p1":
			return quoted(in.B)
		case "p2":
			if in.P == nil {
				return "NULL"
			}
			return quoted(*in.P)
		case "p3":
			var all []string
			for _, e := range in.IDs {
				all = append(all, quoted(e))
			}
			return "ARRAY[" + strings.Join(all, ", ") + "]::text[]"
		}
	}
	return "NULL"
}

func rows(conn *pgconn.PgConn, text string) ([]string, error) {
	result := conn.ExecParams(context.Background(), text, nil, nil, nil, nil).Read()
	if result.Err != nil {
		return nil, result.Err
	}
	var out []string
	for _, r := range result.Rows {
		out = append(out, string(r[0]))
	}
	slices.Sort(out)
	return out, nil
}

// database is a table with what the functions ask for.
func database(t *testing.T) *pgconn.PgConn {
	t.Helper()
	s, err := pgserver.StartServer()
	if errors.Is(err, pgserver.ErrNoServer) && os.Getenv("TENANTVET_REQUIRE_PG") != "1" {
		t.Skipf("not run: no rows were asked for, because there is %v", err)
	}
	require.NoError(t, err)
	t.Cleanup(s.Stop)
	conn, err := s.Database(context.Background(), "rows")
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close(context.Background()) })
	text := "CREATE TABLE t (id text, org text, s text, n text);"
	id := 0
	for _, org := range []string{"a", "b", "x"} {
		for _, s := range []string{"", "a", "x"} {
			for _, n := range []string{"NULL", "'a'", "'x'", "''"} {
				id++
				text += fmt.Sprintf("INSERT INTO t VALUES ('%d', '%s', '%s', %s);", id, org, s, n)
			}
		}
	}
	_, err = conn.Exec(context.Background(), text).ReadAll()
	require.NoError(t, err)
	return conn
}

func functionOf(u *unit.Unit, name string) *unit.Function {
	for _, f := range u.Functions {
		if strings.HasSuffix(f.Symbol, "."+name) {
			return f
		}
	}
	return &unit.Function{}
}

func functionText(source, name string) string {
	i := strings.Index(source, "func "+name+"(")
	return source[i : i+strings.Index(source[i:], "\n}\n")+3]
}

func show(in input) string {
	text, _ := json.Marshal(in)
	return string(text)
}

// recorder is the main function that calls all of them with all kinds of values and
// prints what runs.
func recorder(n int) string {
	var b strings.Builder
	b.WriteString("func calls() map[string]func(a, b string, p *string, ids []string) {\n\treturn map[string]func(a, b string, p *string, ids []string){\n")
	for i := range n {
		fmt.Fprintf(&b, "\t\t\"F%d\": F%d,\n", i, i)
	}
	b.WriteString("\t}\n}\n")
	return b.String()
}

const mainOfRecorder = `package main

import (
	"database/sql"
	"encoding/json"
	"os"
)

type input struct {
	A, B string
	P    *string
	IDs  []string
}

type ran struct {
	Func string
	In   input
	Text string
	Args []any
}

type recording struct {
	name string
	in   input
	out  []ran
}

func (r *recording) Exec(query string, args ...interface{}) (sql.Result, error) {
	for i, a := range args {
		if p, ok := a.(*string); ok && p != nil {
			args[i] = *p
		}
	}
	r.out = append(r.out, ran{r.name, r.in, query, args})
	return nil, nil
}

func main() {
	r := &recording{}
	db = r
	empty, b := "", "b"
	for name, f := range calls() {
		for i, ids := range [][]string{nil, {"a"}, {"a", "b"}} {
			for j, p := range []*string{nil, &empty, &b} {
				for k, a := range []string{"", "a", "x"} {
					r.name, r.in = name, input{a, []string{"", "x", "a"}[(i+j+k)%3], p, ids}
					f(r.in.A, r.in.B, r.in.P, r.in.IDs)
				}
			}
		}
	}
	json.NewEncoder(os.Stdout).Encode(r.out)
}
`
