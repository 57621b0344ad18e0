package sqltext

// Hollow reports whether a clause or a list of a text, or the name before a dot, has
// nothing in it, such as `IN ()`, `SET WHERE`, `WHERE .id = 1` or a WHERE at the end: every
// database refuses such a text. It is what becomes of a text that is built where a list, or
// a name, that is mostly filled is empty. So is an empty text, the nothing that a function
// gives beside an error: a database that takes it does nothing, and gives no row.
func Hollow(text string) bool {
	tokens := Lex(text)
	if len(tokens) == 0 {
		return true
	}
	for i, t := range tokens {
		if hollowAt(t, tokens[i+1:]) {
			return true
		}
	}
	return false
}

// hollowAt reports whether nothing stands where a keyword wants something.
func hollowAt(t Lexeme, rest []Lexeme) bool {
	switch {
	case namesNothing(t, rest):
		return true
	case t.Is("IN"):
		return len(rest) > 1 && rest[0].Text == "(" && rest[1].Text == ")"
	case t.Is("VALUES"):
		return beginsWith(rest, ";", "ON", "RETURNING")
	case t.Is("SET"):
		return beginsWith(rest, "WHERE")
	case t.Is("WHERE"), t.Is("AND"), t.Is("OR"):
		return beginsWith(rest, ")", "ORDER", "GROUP", "LIMIT", "RETURNING")
	}
	return false
}

// namesNothing reports whether a column stands behind a dot before which there is no name.
// MySQL takes `.a.b` for a column of a table.
func namesNothing(t Lexeme, rest []Lexeme) bool {
	switch {
	case t.Text == "(", t.Text == ",", t.Is("WHERE"), t.Is("AND"), t.Is("OR"), t.Is("ON"), t.Is("NOT"), t.Is("SELECT"), t.Is("SET"), t.Is("BY"):
		return len(rest) > 1 && rest[0].Text == "." && rest[1].Kind == Word && (len(rest) == 2 || rest[2].Text != ".")
	}
	return false
}

// beginsWith reports whether tokens are at their end, or begin with one of some
// words or marks.
func beginsWith(rest []Lexeme, words ...string) bool {
	if len(rest) == 0 {
		return true
	}
	for _, w := range words {
		if rest[0].Text == w || rest[0].Is(w) {
			return true
		}
	}
	return false
}
