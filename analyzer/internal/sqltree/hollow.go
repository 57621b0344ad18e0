package sqltree

// Hollow reports whether a clause or a list of a text has nothing in it, such as
// `IN ()`, `SET WHERE` or a WHERE at the end: every database refuses such a text.
// It is what becomes of a text that is built where a list that is mostly filled is
// empty.
func Hollow(text string) bool {
	tokens := lex(text)
	for i, t := range tokens {
		if hollowAt(t, tokens[i+1:]) {
			return true
		}
	}
	return false
}

// hollowAt reports whether nothing stands where a keyword wants something.
func hollowAt(t lexed, rest []lexed) bool {
	switch {
	case t.is("IN"):
		return len(rest) > 1 && rest[0].text == "(" && rest[1].text == ")"
	case t.is("VALUES"):
		return beginsWith(rest, ";", "ON", "RETURNING")
	case t.is("SET"):
		return beginsWith(rest, "WHERE")
	case t.is("WHERE"), t.is("AND"), t.is("OR"):
		return beginsWith(rest, ")", "ORDER", "GROUP", "LIMIT", "RETURNING")
	}
	return false
}

// beginsWith reports whether tokens are at their end, or begin with one of some
// words or marks.
func beginsWith(rest []lexed, words ...string) bool {
	if len(rest) == 0 {
		return true
	}
	for _, w := range words {
		if rest[0].text == w || rest[0].is(w) {
			return true
		}
	}
	return false
}
