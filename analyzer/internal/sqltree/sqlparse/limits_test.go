package sqlparse_test

import (
	"slices"
	"strings"
	"testing"

	pg "github.com/sqlc-dev/oliphant"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlparse"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqlprint"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// nested gives texts that nest n deep in the ways that make a grammar recurse.
func nested(n int) map[string]string {
	rep := strings.Repeat
	return map[string]string{
		"parentheses":  "SELECT " + rep("(", n) + "1" + rep(")", n),
		"sub-selects":  "SELECT " + rep("(SELECT ", n) + "1" + rep(")", n),
		"from":         "SELECT * FROM " + rep("(SELECT * FROM ", n) + "a" + rep(") AS x", n),
		"joins":        "SELECT * FROM " + rep("(", n) + "a" + rep(" CROSS JOIN b)", n),
		"right joins":  "SELECT * FROM a" + rep(" JOIN b", n) + rep(" ON c", n),
		"calls":        "SELECT " + rep("f(", n) + rep(")", n),
		"cases":        "SELECT " + rep("CASE WHEN a THEN ", n) + "b" + rep(" END", n),
		"arrays":       "SELECT " + rep("ARRAY[", n) + "1" + rep("]", n),
		"with":         rep("WITH a AS (", n) + "SELECT 1" + rep(") SELECT 1", n),
		"exists":       "SELECT 1 WHERE " + rep("NOT EXISTS (SELECT 1 WHERE ", n) + "a" + rep(")", n),
		"not":          "SELECT " + rep("NOT ", n) + "a",
		"minus":        "SELECT " + rep("- ", n) + "a",
		"open":         rep("(", n),
		"casts":        "SELECT a" + rep("::b", n),
		"fields":       "SELECT (a)" + rep(".b", n),
		"additions":    "SELECT a" + rep("+a", n),
		"unions":       "SELECT 1" + rep(" UNION SELECT 1", n),
		"conjunctions": "SELECT 1 WHERE a" + rep(" AND a", n),
	}
}

func TestModestNestingParses(t *testing.T) {
	for name, text := range nested(60) {
		if name != "open" {
			assert.True(t, checkStatement(t, text), name)
		}
	}
}

// TestAbsurdNestingIsRefused: no panic, no overflow, no minutes; most are
// refused, flat ones may parse.
func TestAbsurdNestingIsRefused(t *testing.T) {
	for name, text := range nested(1 << 14) {
		if len(text) >= sqlparse.MaxText {
			text = text[:sqlparse.MaxText]
		}
		_, err := sqlparse.Parse(text, sqltree.Postgres)
		if name != "conjunctions" {
			require.Error(t, err, name)
			assert.NotContains(t, err.Error(), "internal error", name)
		}
	}
}

func TestLongTextIsRefused(t *testing.T) {
	_, err := sqlparse.Parse("SELECT "+strings.Repeat(" ", sqlparse.MaxText), sqltree.Postgres)
	require.EqualError(t, err, "statement is longer than 256 KiB")
}

func TestBytesThatAreNoText(t *testing.T) {
	for _, text := range []string{"SELECT '\xff'", "SELECT \x00", "\xff\xfe", "SELECT \"\xff\"", "SELECT @\xff", "SELECT 1\x00; SELECT 2"} {
		s, err := sqlparse.Parse(text, sqltree.Postgres)
		if err == nil {
			assert.NotEmpty(t, sqlprint.Print(s))
		}
		sqltext.Split(text)
	}
}

// TestKeywords holds our list of keywords against the grammar's.
func TestKeywords(t *testing.T) {
	tokens, err := pg.Scan("select left values abort zone id interval")
	require.NoError(t, err)
	for _, tok := range tokens.Tokens {
		word := "select left values abort zone id interval"[tok.Start:tok.End]
		bare := tok.KeywordKind == pg.KeywordKind_NO_KEYWORD || tok.KeywordKind == pg.KeywordKind_UNRESERVED_KEYWORD
		assert.Equal(t, !bare, sqltext.IsKeyword(word), word)
	}
}

// TestNamesComeBack uses every keyword of the grammar as a name of everything.
func TestNamesComeBack(t *testing.T) {
	var words []string
	for token := range pg.Token_name {
		words = append(words, strings.ToLower(strings.TrimSuffix(pg.Token(token).String(), "_P")))
	}
	slices.Sort(words)
	require.Greater(t, len(words), 400)
	for _, w := range append(words, "Mixed", "with space", `quo"te`, "é", "1a", "$a", "a$", "_") {
		q := sqltext.QuoteName(w)
		text := "SELECT " + q + ", " + q + "." + q + ", " + q + "(1), x::" + q + ", x COLLATE " + q + " AS " + q +
			" FROM " + q + "." + q + " AS " + q + "(" + q + "), " + q + " JOIN " + q + " USING (" + q + ") WINDOW " + q + " AS ()"
		s, err := sqlparse.Parse(text, sqltree.Postgres)
		if assert.NoError(t, err, text) {
			checkPrint(t, text, s)
			assert.Equal(t, w, s.(*sqltree.Query).Body.(*sqltree.Select).Items[0].Expr.(*sqltree.Column).Name)
		}
	}
}
