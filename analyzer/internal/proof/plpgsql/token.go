package plpgsql

import (
	"strings"
)

// A token is a word or sign of a body, lower case, with its place and the depth
// of parentheses around it.
type token struct {
	word       string
	start, end int
	depth      int
}

// scan lists the tokens of a text; strings and comments are left out.
func scan(text string) []token {
	var out []token
	depth := 0
	for i := 0; i < len(text); {
		next := skipped(text, i)
		if next > i {
			i = next
			continue
		}
		c := text[i]
		switch {
		case c == '(' || c == '[':
			depth++
		case c == ')' || c == ']':
			depth--
		}
		end := i + 1
		switch {
		case wordByte(c):
			for end < len(text) && wordByte(text[end]) {
				end++
			}
		case c == '"':
			if q := strings.IndexByte(text[i+1:], '"'); q >= 0 {
				end = i + q + 2
			}
		case strings.HasPrefix(text[i:], ":="):
			end = i + 2
		}
		if !blank(c) {
			out = append(out, token{strings.ToLower(text[i:end]), i, end, depth})
		}
		i = end
	}
	return out
}

// wordByte tells the bytes of words, those of other alphabets among them.
func wordByte(c byte) bool {
	return c == '_' || c == '$' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// blank tells white space.
func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// skipped is the end of the string or comment that begins at i, i if none does.
func skipped(text string, i int) int {
	rest := text[i:]
	switch {
	case strings.HasPrefix(rest, "--"):
		return through(text, i, "\n")
	case strings.HasPrefix(rest, "/*"):
		return through(text, i, "*/")
	case rest[0] == '\'':
		return through(text, i+1, "'")
	case rest[0] == '$' && (i == 0 || !wordByte(text[i-1])):
		if q := strings.IndexByte(rest[1:], '$'); q >= 0 && !strings.ContainsAny(rest[1:q+1], " \t\n;,()") && !digit(rest[1]) {
			tag := rest[:q+2]
			return through(text, i+len(tag), tag)
		}
	}
	return i
}

// digit tells decimal digits.
func digit(c byte) bool { return c >= '0' && c <= '9' }

// through is the place behind the next end, or the end of the text.
func through(text string, i int, end string) int {
	if q := strings.Index(text[i:], end); q >= 0 {
		return i + q + len(end)
	}
	return len(text)
}
