package sqltree

import "strings"

// The grammar takes two names for the keywords that they are elsewhere, where
// PostgreSQL does not: a bare column called operator, and a column exclude in the
// definition of a table. In quotes both are names.

// mend puts such names of a definition into quotes.
func mend(text string) string {
	lower := strings.ToLower(text)
	if !strings.Contains(lower, "operator") && !strings.Contains(lower, "exclude") {
		return text
	}
	tokens := lex(text)
	var out strings.Builder
	done := 0
	for i, t := range tokens {
		if name, wrong := misread(tokens, i); wrong {
			out.WriteString(text[done:t.start] + name)
			done = t.end
		}
	}
	return out.String() + text[done:]
}

// misread gives the name in quotes if the grammar takes token i for a keyword.
func misread(tokens []lexed, i int) (name string, wrong bool) {
	switch t := tokens[i]; {
	case t.is("OPERATOR"):
		form := i+1 < len(tokens) && tokens[i+1].text == "(" // OPERATOR(s.+)
		return `"operator"`, !form && !aboutOperators(tokens)
	case t.is("EXCLUDE"):
		return `"exclude"`, beginsColumn(tokens, i)
	}
	return "", false
}

// aboutOperators tells CREATE OPERATOR, COMMENT ON OPERATOR, ALTER EXTENSION …
// ADD OPERATOR and their like.
func aboutOperators(tokens []lexed) bool {
	if len(tokens) < 2 {
		return true
	}
	switch strings.ToUpper(tokens[0].text) {
	case "CREATE", "ALTER", "DROP", "COMMENT", "SECURITY":
	default:
		return false
	}
	switch strings.ToUpper(tokens[1].text) {
	case "OPERATOR", "EXTENSION", "ON", "LABEL":
		return true
	}
	return false
}

// beginsColumn tells `(exclude text` from `, EXCLUDE USING gist` and, in a
// window's frame, from `EXCLUDE TIES`.
func beginsColumn(tokens []lexed, i int) bool {
	if i == 0 || i+1 >= len(tokens) || tokens[i-1].text != "(" && tokens[i-1].text != "," {
		return false
	}
	next := tokens[i+1]
	return next.kind == lexWord && !next.is("USING") || next.kind == lexQuoted
}
