package sqlparse_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
)

// holesOf lists the bind values of a statement in the order of its text.
func holesOf(s sqltree.Statement) (holes []sqltree.Hole) {
	sqltree.Walk(s, func(n sqltree.Node) bool {
		if h, ok := n.(*sqltree.Hole); ok {
			holes = append(holes, *h)
		}
		return true
	})
	return holes
}

func TestBinds(t *testing.T) {
	tests := []struct {
		name string
		text string
		want []sqltree.Hole
	}{
		{"numbered", "SELECT $2, $1, $2", []sqltree.Hole{{Pos: 7, Number: 2}, {Pos: 11, Number: 1}, {Pos: 15, Number: 2}}},
		{"at", "SELECT @b, @a, @b", []sqltree.Hole{
			{Pos: 7, Number: 1, Name: "b"}, {Pos: 11, Number: 2, Name: "a"}, {Pos: 15, Number: 1, Name: "b"}}},
		{"at after an operator", "SELECT 1 WHERE a=@a AND b<>@b AND c||@c", []sqltree.Hole{
			{Pos: 17, Number: 1, Name: "a"}, {Pos: 27, Number: 2, Name: "b"}, {Pos: 37, Number: 3, Name: "c"}}},
		{"at with a cast", "SELECT @a::uuid[]", []sqltree.Hole{{Pos: 7, Number: 1, Name: "a"}}},
		{"behind a wide character", "SELECT 'é', @a, $7", []sqltree.Hole{
			{Pos: 13, Number: 8, Name: "a"}, {Pos: 17, Number: 7}}},
		{"in strings and comments", `SELECT '@a', "@b", $$@c$$ /* @d */ -- @e`, nil},
		{"sqlc", "SELECT sqlc.arg('a'), sqlc.narg( b ), sqlc.arg(b), sqlc.slice(\"c\"), @a", []sqltree.Hole{
			{Pos: 7, Number: 1, Name: "a"}, {Pos: 22, Number: 2, Name: "b", Null: true},
			{Pos: 38, Number: 2, Name: "b", Null: true}, {Pos: 51, Number: 3, Name: "c", Slice: true},
			{Pos: 68, Number: 1, Name: "a"}}},
		{"question marks", "SELECT 1 WHERE a=? AND b IN (?,?) AND c ?| ?::text[]", []sqltree.Hole{
			{Pos: 17, Number: 1}, {Pos: 29, Number: 2}, {Pos: 31, Number: 3}, {Pos: 43, Number: 4}}},
		{"question mark and word", "SELECT 1 WHERE a=?AND b=?", []sqltree.Hole{{Pos: 17, Number: 1}, {Pos: 24, Number: 2}}},
		{"question marks in a text", "SELECT a LIKE '%'||?||'%' LIMIT ? OFFSET ?", []sqltree.Hole{{Pos: 19, Number: 1}, {Pos: 32, Number: 2}, {Pos: 41, Number: 3}}},
		{"a question mark and its operator", "SELECT a ? ?, (b)?-?", []sqltree.Hole{{Pos: 11, Number: 1}, {Pos: 19, Number: 2}}},
		{"question marks are operators", "SELECT a ? 'x', b ?| $1", []sqltree.Hole{{Pos: 21, Number: 1}}},
		{"colon and a field", "SELECT a FROM t WHERE b = :c.d_1 AND e IN (:f)", []sqltree.Hole{{Pos: 26, Number: 1, Name: "c.d_1"}, {Pos: 43, Number: 2, Name: "f"}}},
		{"colon", "SELECT :a, b::int, c[1:2], c[:d], e[f:g] FROM f(x := :b) WHERE d = :a", []sqltree.Hole{
			{Pos: 7, Number: 1, Name: "a"}, {Pos: 53, Number: 2, Name: "b"}, {Pos: 67, Number: 1, Name: "a"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := sqlparse.Parse(tt.text, sqltree.Postgres)
			require.NoError(t, err)
			assert.Equal(t, tt.want, holesOf(s))
		})
	}
}

// TestOperatorsWithAt: what PostgreSQL reads as an operator stays one.
func TestOperatorsWithAt(t *testing.T) {
	for text, want := range map[string]string{
		"SELECT a <@b":              "SELECT a <@ b",
		"SELECT a @> b":             "SELECT a @> b",
		"SELECT @ b":                "SELECT @ b",
		"SELECT a @@b, @-@ c":       "SELECT a @@ b, @-@ c",
		"SELECT a <@ @b":            "SELECT a <@ $1",
		"SELECT sqlc.embed(t)":      "SELECT t.*",
		"SELECT sqlc.other(t)":      "SELECT sqlc.other(t)",
		"SELECT sqlc.arg FROM sqlc": "SELECT sqlc.arg FROM sqlc",
	} {
		s, err := sqlparse.Parse(text, sqltree.Postgres)
		require.NoError(t, err, text)
		assert.Equal(t, want, sqlprint.Print(s), text)
	}
}

func TestErrorsPointAtTheText(t *testing.T) {
	tests := []struct {
		name, text, want string
	}{
		{name: "syntax", text: "SELECT a\nFROM t\nWHERE é = = 1", want: `line 3, column 11: syntax error at or near "="`},
		{name: "behind binds", text: "SELECT sqlc.arg(name), @x,\n  @y b c", want: `line 2, column 8: syntax error at or near "c"`},
		{name: "behind question marks", text: "SELECT ?, ?, ? b c", want: `line 1, column 18: syntax error at or near "c"`},
		{name: "end", text: "SELECT (", want: "line 1, column 9: syntax error at end of input"},
		{name: "empty", text: " -- nothing", want: "no statement"},
		{name: "two", text: "SELECT 1; SELECT 2", want: "line 1, column 11: more than one statement"},
		{name: "no number", text: "SELECT $0", want: "line 1, column 8: a placeholder without number"},
		{name: "other database", text: "SELECT 1 FROM a.b.c", want: "line 1, column 15: a table of another database"},
		{name: "other database's column", text: "SELECT a.b.c.d", want: "line 1, column 8: a column of another database"},
		{name: "into", text: "SELECT (SELECT 1 INTO x)", want: `line 1, column 23: SELECT INTO inside a statement`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, err := sqlparse.Parse(tt.text, sqltree.Postgres)
			require.EqualError(t, err, tt.want)
			assert.Nil(t, s)
		})
	}
}
