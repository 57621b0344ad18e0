package sqltext

import (
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSplit(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"empty", "", nil},
		{"only comments", "-- a;\n/* b; */ ;;", nil},
		{"plain", "SELECT 1; SELECT 2", []string{"SELECT 1", "SELECT 2"}},
		{"quotes", `SELECT ';', E'\';', "a;b", 'it''s;'; SELECT 2;`, []string{`SELECT ';', E'\';', "a;b", 'it''s;'`, "SELECT 2"}},
		{"dollars", "DO $$ a; b; $$; SELECT $1; DO $x$ ; $$ ; $x$;", []string{"DO $$ a; b; $$", "SELECT $1", "DO $x$ ; $$ ; $x$"}},
		{"dollar in a name", "SELECT a$b$; SELECT c$b$", []string{"SELECT a$b$", "SELECT c$b$"}},
		{"nested comments", "SELECT /* ; /* ; */ ; */ 1; SELECT 2 -- ;\n;", []string{"SELECT /* ; /* ; */ ; */ 1", "SELECT 2"}},
		{"operator before a comment", "SELECT 1 +-- ;\n2; SELECT 3", []string{"SELECT 1 +-- ;\n2", "SELECT 3"}},
		{"begin atomic", "CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; DELETE FROM t; END; SELECT 2;",
			[]string{"CREATE OR REPLACE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; DELETE FROM t; END", "SELECT 2"}},
		{"begin alone", "BEGIN; SELECT 1; END;", []string{"BEGIN", "SELECT 1", "END"}},
		{"rule", "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b); SELECT 1", []string{
			"CREATE RULE r AS ON INSERT TO t DO (DELETE FROM a; DELETE FROM b)", "SELECT 1"}},
		{"open parenthesis loses one", "CREATE TABLE t (a int; SELECT 2;", []string{"CREATE TABLE t (a int", "SELECT 2"}},
		{"open quote loses one", "INSERT INTO t VALUES ('it's');\nSELECT 2;\nSELECT 3;", []string{"INSERT INTO t VALUES ('it's')", "SELECT 2", "SELECT 3"}},
		{"open dollar loses one", "DO $$ a;\nSELECT 2;", []string{"DO $$ a", "SELECT 2"}},
		{"open comment", "SELECT 1; /* a", []string{"SELECT 1", "/* a"}},
		{"psql", "\\connect db\nSELECT 1;\n\\set x ';'\nSELECT 2\n\\g\nSELECT 3", []string{"SELECT 1", "SELECT 2", "SELECT 3"}},
		{"backslash inside a line", `SELECT 'a' \ 'b'; SELECT 2`, []string{`SELECT 'a' \ 'b'`, "SELECT 2"}},
		{"copied data", "COPY t FROM stdin;\n1\tit's; $$\n\\.\nSELECT 2;", []string{"COPY t FROM stdin", "SELECT 2"}},
		{"copy without data", "COPY t FROM STDIN; SELECT 2;", []string{"COPY t FROM STDIN", "SELECT 2"}},
		{"drizzle", "CREATE TABLE a (b int)\n--> statement-breakpoint\nCREATE TABLE c (d int);--> statement-breakpoint\n", []string{
			"CREATE TABLE a (b int)", "CREATE TABLE c (d int)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var got []string
			for _, p := range Split(tt.text) {
				got = append(got, p.Text)
				assert.Equal(t, p.Text, tt.text[p.Offset:p.Offset+len(p.Text)])
				assert.Equal(t, 1+strings.Count(tt.text[:p.Offset], "\n"), p.Line)
			}
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestSplitKeepsTheCommentsBefore(t *testing.T) {
	pieces := Split("-- name: A :one\nSELECT 1; -- trailing\n\n/* b */\n-- name: B :many\nSELECT 2;\n-- end")
	require.Len(t, pieces, 2)
	assert.Equal(t, Piece{Text: "SELECT 1", Offset: 16, Line: 2, Comments: "-- name: A :one"}, pieces[0])
	assert.Equal(t, "-- trailing\n\n/* b */\n-- name: B :many", pieces[1].Comments)
	assert.Equal(t, 6, pieces[1].Line)
}

// TestSplitOfBrokenTextIsLinear: what never closes is looked for to the end of
// the text; doing so at every line would take minutes here.
func TestSplitOfBrokenTextIsLinear(t *testing.T) {
	for _, line := range []string{"/* a;\n", "\"a;\n", "$t%d$ a;\n", "COPY t FROM stdin;\n", "E'\\' a;\n", "SELECT 1;\n"} {
		var text strings.Builder
		for i := range 30_000 {
			text.WriteString(strings.ReplaceAll(line, "%d", strconv.Itoa(i)))
		}
		assert.NotEmpty(t, Split(text.String()), line)
	}
}
