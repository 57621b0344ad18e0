package sqltree

import (
	"strings"
	"unicode/utf8"
)

// lexeme tells the tokens of PostgreSQL's text apart, as far as splitting,
// placeholders and limits need it.
type lexeme uint8

const (
	lexEnd     lexeme = iota
	lexSpace          // blanks
	lexComment        // -- to the end of the line, nested /* */, a psql line
	lexWord           // keyword or unquoted identifier
	lexQuoted         // "identifier"
	lexString         // '…', E'…', $tag$…$tag$
	lexNumber
	lexParam // $1
	lexOp    // a run of operator characters
	lexPunct // one byte: ( ) [ ] , ; : . and what else there is
)

// token is text[start:end]; open tells that the text ended inside it.
type token struct {
	kind       lexeme
	start, end int
	open       bool
}

// lexer cuts text into tokens. It never fails: an unterminated token reaches
// to the end of the text and is marked open.
type lexer struct {
	text string
	pos  int
	psql bool // a backslash that begins a line makes it a comment
}

// next reads the token at the current place and moves behind it.
func (l *lexer) next() token {
	start := l.pos
	if start >= len(l.text) {
		return token{kind: lexEnd, start: start, end: start}
	}
	kind, end, open := l.token(start)
	l.pos = end
	return token{kind: kind, start: start, end: end, open: open}
}

// token tells by the first bytes what begins here; comments come before operators,
// because `--` ends a run of them.
func (l *lexer) token(at int) (kind lexeme, end int, open bool) {
	c := l.text[at]
	switch {
	case isSpace(c):
		return lexSpace, l.run(at, isSpace), false
	case l.has(at, "--"):
		return lexComment, l.lineEnd(at), false
	case l.has(at, "/*"):
		end, open = l.blockComment(at)
		return lexComment, end, open
	case c == '\\' && l.psql && l.beginsLine(at):
		return lexComment, l.lineEnd(at), false
	case c == '\'':
		end, open = l.quoted(at, '\'', false)
		return lexString, end, open
	case c == '"':
		end, open = l.quoted(at, '"', false)
		return lexQuoted, end, open
	case c == '$':
		return l.dollar(at)
	}
	return l.plain(at)
}

// plain reads words, numbers, operators and punctuation.
func (l *lexer) plain(at int) (kind lexeme, end int, open bool) {
	c := l.text[at]
	switch {
	case beginsWord(c):
		return l.word(at)
	case isDigit(c) || c == '.' && at+1 < len(l.text) && isDigit(l.text[at+1]):
		return lexNumber, l.number(at), false
	case isOp(c):
		return lexOp, l.operator(at), false
	}
	return lexPunct, at + 1, false
}

func (l *lexer) has(at int, prefix string) bool { return strings.HasPrefix(l.text[at:], prefix) }

func (l *lexer) run(at int, in func(byte) bool) int {
	for at < len(l.text) && in(l.text[at]) {
		at++
	}
	return at
}

func (l *lexer) lineEnd(at int) int {
	if i := strings.IndexAny(l.text[at:], "\r\n"); i >= 0 {
		return at + i
	}
	return len(l.text)
}

// beginsLine tells where psql would read a command of its own.
func (l *lexer) beginsLine(at int) bool {
	return at == 0 || l.text[at-1] == '\n' || l.text[at-1] == '\r'
}

// blockComment reads a comment; PostgreSQL's nest.
func (l *lexer) blockComment(at int) (end int, open bool) {
	depth := 0
	for at < len(l.text) {
		switch {
		case l.has(at, "/*"):
			depth++
			at += 2
		case l.has(at, "*/"):
			depth--
			at += 2
		default:
			at++
		}
		if depth == 0 {
			return at, false
		}
	}
	return at, true
}

// quoted reads from an opening quote over doubled ones; with escapes a
// backslash hides the next byte.
func (l *lexer) quoted(at int, quote byte, escapes bool) (end int, open bool) {
	for i := at + 1; i < len(l.text); i++ {
		switch {
		case escapes && l.text[i] == '\\':
			i++
		case l.text[i] != quote:
		case i+1 < len(l.text) && l.text[i+1] == quote:
			i++
		default:
			return i + 1, false
		}
	}
	return len(l.text), true
}

// dollar reads $1, $tag$…$tag$, or a lone dollar.
func (l *lexer) dollar(at int) (kind lexeme, end int, open bool) {
	after := at + 1
	if after < len(l.text) && isDigit(l.text[after]) {
		return lexParam, l.run(after, isDigit), false
	}
	tagEnd := l.run(after, func(c byte) bool { return beginsWord(c) || isDigit(c) })
	if tagEnd >= len(l.text) || l.text[tagEnd] != '$' {
		return lexPunct, after, false
	}
	tag := l.text[at : tagEnd+1]
	body := tagEnd + 1
	if i := strings.Index(l.text[body:], tag); i >= 0 {
		return lexString, body + i + len(tag), false
	}
	return lexString, len(l.text), true
}

// word reads an identifier, or a string with a prefix: E, B, X, N, U&.
func (l *lexer) word(at int) (kind lexeme, end int, open bool) {
	end = l.run(at, inWord)
	if end == at+1 && end < len(l.text) {
		switch c := l.text[at] | 0x20; {
		case l.text[end] == '\'' && strings.IndexByte("ebxn", c) >= 0:
			end, open = l.quoted(end, '\'', c == 'e')
			return lexString, end, open
		case c == 'u' && l.has(end, "&'"):
			end, open = l.quoted(end+1, '\'', false)
			return lexString, end, open
		case c == 'u' && l.has(end, `&"`):
			end, open = l.quoted(end+1, '"', false)
			return lexQuoted, end, open
		}
	}
	return lexWord, end, false
}

// number reads digits with what sticks to them; `1..2` is left to the grammar.
func (l *lexer) number(at int) int {
	end := l.run(at, func(c byte) bool { return isDigit(c) || c == '.' || c == '_' })
	exponent := end < len(l.text) && l.text[end]|0x20 == 'e'
	if exponent && end+1 < len(l.text) && (l.text[end+1] == '+' || l.text[end+1] == '-') {
		end += 2
	}
	return l.run(end, func(c byte) bool { return isDigit(c) || beginsWord(c) })
}

// operator reads a run of operator characters; a comment ends it.
func (l *lexer) operator(at int) int {
	end := at
	for end < len(l.text) && isOp(l.text[end]) {
		if end > at && (l.has(end, "--") || l.has(end, "/*")) {
			break
		}
		end++
	}
	return end
}

func isSpace(c byte) bool { return c == ' ' || '\t' <= c && c <= '\r' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// beginsWord takes every byte of a character outside ASCII for a letter, as
// PostgreSQL does.
func beginsWord(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c >= utf8.RuneSelf
}

// inWord: a dollar may stand in a word, so `a$1` has no bind.
func inWord(c byte) bool { return beginsWord(c) || isDigit(c) || c == '$' }

func isOp(c byte) bool { return strings.IndexByte("~!@#^&|`?+-*/%<>=", c) >= 0 }

// lexed is a token with its text.
type lexed struct {
	token
	text string
}

// is compares a word without regard to case.
func (t lexed) is(upper string) bool {
	return t.kind == lexWord && len(t.text) == len(upper) && strings.EqualFold(t.text, upper)
}

// lex gives the tokens that the grammar sees, in their order.
func lex(text string) []lexed {
	l := lexer{text: text}
	tokens := make([]lexed, 0, len(text)/4+1)
	for {
		t := l.next()
		switch t.kind {
		case lexEnd:
			return tokens
		case lexSpace, lexComment:
		default:
			tokens = append(tokens, lexed{token: t, text: text[t.start:t.end]})
		}
	}
}
