package piece

import "strings"

// Balanced tells a text whose parentheses, quotes and comments are closed.
func Balanced(text string) bool { return !Loose(text) }

// Closed tells a condition that stays one whatever stands beside it: it has no OR and no
// comma outside of parentheses, and its parentheses are balanced.
func Closed(text string) bool { return !Loose(text, "or", ",") }

// Loose reports whether a text has one of the words outside of parentheses and quotes, or
// parentheses, quotes or comments that are not closed.
func Loose(text string, words ...string) bool {
	depth := 0
	lower := strings.ToLower(text)
	for i := 0; i < len(lower); i++ {
		switch c := lower[i]; {
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return true
			}
		case c == '\'' || c == '"':
			end := strings.IndexByte(lower[i+1:], c)
			if end < 0 {
				return true
			}
			i += end + 1
		case strings.HasPrefix(lower[i:], "--") || strings.HasPrefix(lower[i:], "/*"):
			return true
		case depth == 0 && startsWord(lower, i, words):
			return true
		}
	}
	return depth != 0
}

// startsWord reports whether one of the words stands at a place of a text.
func startsWord(text string, at int, words []string) bool {
	for _, word := range words {
		if !strings.HasPrefix(text[at:], word) {
			continue
		}
		end := at + len(word)
		if word == "," || (at == 0 || !letter(text[at-1])) && (end == len(text) || !letter(text[end])) {
			return true
		}
	}
	return false
}

func letter(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 0x80
}
