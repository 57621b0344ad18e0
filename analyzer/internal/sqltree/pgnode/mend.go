package pgnode

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// The grammar takes two names for the keywords that they are elsewhere, where
// PostgreSQL does not: a bare column called operator, and a column exclude in the
// definition of a table. In quotes both are names.

// Mend puts such names of a definition into quotes.
func Mend(text string) string {
	lower := strings.ToLower(text)
	if !strings.Contains(lower, "operator") && !strings.Contains(lower, "exclude") {
		return text
	}
	tokens := sqltext.Lex(text)
	var out strings.Builder
	done := 0
	for i, t := range tokens {
		if name, wrong := Misread(tokens, i); wrong {
			out.WriteString(text[done:t.Start] + name)
			done = t.End
		}
	}
	return out.String() + text[done:]
}

// Misread gives the name in quotes if the grammar takes token i for a keyword.
func Misread(tokens []sqltext.Lexeme, i int) (name string, wrong bool) {
	switch t := tokens[i]; {
	case t.Is("OPERATOR"):
		form := i+1 < len(tokens) && tokens[i+1].Text == "(" // OPERATOR(s.+)
		return `"operator"`, !form && !aboutOperators(tokens)
	case t.Is("EXCLUDE"):
		return `"exclude"`, beginsColumn(tokens, i)
	}
	return "", false
}

// aboutOperators tells CREATE OPERATOR, COMMENT ON OPERATOR, ALTER EXTENSION …
// ADD OPERATOR and their like.
func aboutOperators(tokens []sqltext.Lexeme) bool {
	if len(tokens) < 2 {
		return true
	}
	switch strings.ToUpper(tokens[0].Text) {
	case "CREATE", "ALTER", "DROP", "COMMENT", "SECURITY":
	default:
		return false
	}
	switch strings.ToUpper(tokens[1].Text) {
	case "OPERATOR", "EXTENSION", "ON", "LABEL":
		return true
	}
	return false
}

// beginsColumn tells `(exclude text` from `, EXCLUDE USING gist` and, in a
// window's frame, from `EXCLUDE TIES`.
func beginsColumn(tokens []sqltext.Lexeme, i int) bool {
	if i == 0 || i+1 >= len(tokens) || tokens[i-1].Text != "(" && tokens[i-1].Text != "," {
		return false
	}
	next := tokens[i+1]
	return next.Kind == sqltext.Word && !next.Is("USING") || next.Kind == sqltext.Quoted
}
