// Package sqltext is the surface of PostgreSQL's SQL: tokens, keywords, quoting,
// and where one statement of a script ends.
//
// In goes text; out come [Lexeme]s, names in quotes where they need them, and the
// [Piece]s of a script. Nothing here fails: a text that is broken gives tokens that
// reach to its end, and pieces that the grammar will refuse.
//
// It cannot see what a statement means; that is for the packages that parse.
package sqltext

import (
	"strings"
	"unicode/utf8"
)

// Kind tells the tokens of PostgreSQL's text apart, as far as splitting,
// placeholders and limits need it.
type Kind uint8

const (
	End     Kind = iota
	Space        // blanks
	Comment      // -- to the end of the line, nested /* */, a psql line
	Word         // keyword or unquoted identifier
	Quoted       // "identifier"
	String       // '…', E'…', $tag$…$tag$
	Number
	Param // $1
	Op    // a run of operator characters
	Punct // one byte: ( ) [ ] , ; : . and what else there is
)

// Token is text[start:end]; open tells that the text ended inside it.
type Token struct {
	Kind       Kind
	Start, End int
	open       bool
}

// Lexer cuts text into tokens. It never fails: an unterminated token reaches
// to the end of the text and is marked open.
type Lexer struct {
	Text string
	pos  int
	psql bool // a backslash that begins a line makes it a comment

	other   bool // MySQL or SQLite: names in backticks, no texts in dollars
	escapes bool // MySQL: a backslash hides a quote, # begins a comment
}

// Next reads the token at the current place and moves behind it.
func (l *Lexer) Next() Token {
	start := l.pos
	if start >= len(l.Text) {
		return Token{Kind: End, Start: start, End: start}
	}
	kind, end, open := l.token(start)
	l.pos = end
	return Token{Kind: kind, Start: start, End: end, open: open}
}

// token tells by the first bytes what begins here; comments come before operators,
// because `--` ends a run of them.
func (l *Lexer) token(at int) (kind Kind, end int, open bool) {
	c := l.Text[at]
	switch {
	case isSpace(c):
		return Space, l.run(at, isSpace), false
	case l.has(at, "--"):
		return Comment, l.lineEnd(at), false
	case l.has(at, "/*"):
		end, open = l.blockComment(at)
		return Comment, end, open
	case c == '\\' && l.psql && l.beginsLine(at):
		return Comment, l.lineEnd(at), false
	case c == '#' && l.escapes:
		return Comment, l.lineEnd(at), false
	case c == '\'':
		end, open = l.quoted(at, '\'', l.escapes)
		return String, end, open
	case c == '"':
		end, open = l.quoted(at, '"', l.escapes)
		return Quoted, end, open
	case c == '`' && l.other:
		end, open = l.quoted(at, '`', false)
		return Quoted, end, open
	case c == '$' && !l.other:
		return l.dollar(at)
	}
	return l.plain(at)
}

// plain reads words, numbers, operators and punctuation.
func (l *Lexer) plain(at int) (kind Kind, end int, open bool) {
	c := l.Text[at]
	switch {
	case beginsWord(c):
		return l.word(at)
	case isDigit(c) || c == '.' && at+1 < len(l.Text) && isDigit(l.Text[at+1]):
		return Number, l.number(at), false
	case isOp(c):
		return Op, l.operator(at), false
	}
	return Punct, at + 1, false
}

func (l *Lexer) has(at int, prefix string) bool { return strings.HasPrefix(l.Text[at:], prefix) }

func (l *Lexer) run(at int, in func(byte) bool) int {
	for at < len(l.Text) && in(l.Text[at]) {
		at++
	}
	return at
}

func (l *Lexer) lineEnd(at int) int {
	if i := strings.IndexAny(l.Text[at:], "\r\n"); i >= 0 {
		return at + i
	}
	return len(l.Text)
}

// beginsLine tells where psql would read a command of its own.
func (l *Lexer) beginsLine(at int) bool {
	return at == 0 || l.Text[at-1] == '\n' || l.Text[at-1] == '\r'
}

// blockComment reads a comment; PostgreSQL's nest.
func (l *Lexer) blockComment(at int) (end int, open bool) {
	depth := 0
	for at < len(l.Text) {
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
func (l *Lexer) quoted(at int, quote byte, escapes bool) (end int, open bool) {
	for i := at + 1; i < len(l.Text); i++ {
		switch {
		case escapes && l.Text[i] == '\\':
			i++
		case l.Text[i] != quote:
		case i+1 < len(l.Text) && l.Text[i+1] == quote:
			i++
		default:
			return i + 1, false
		}
	}
	return len(l.Text), true
}

// dollar reads $1, $tag$…$tag$, or a lone dollar.
func (l *Lexer) dollar(at int) (kind Kind, end int, open bool) {
	after := at + 1
	if after < len(l.Text) && isDigit(l.Text[after]) {
		return Param, l.run(after, isDigit), false
	}
	tagEnd := l.run(after, func(c byte) bool { return beginsWord(c) || isDigit(c) })
	if tagEnd >= len(l.Text) || l.Text[tagEnd] != '$' {
		return Punct, after, false
	}
	tag := l.Text[at : tagEnd+1]
	body := tagEnd + 1
	if i := strings.Index(l.Text[body:], tag); i >= 0 {
		return String, body + i + len(tag), false
	}
	return String, len(l.Text), true
}

// word reads an identifier, or a string with a prefix: E, B, X, N, U&.
func (l *Lexer) word(at int) (kind Kind, end int, open bool) {
	end = l.run(at, InWord)
	if end == at+1 && end < len(l.Text) {
		switch c := l.Text[at] | 0x20; {
		case l.Text[end] == '\'' && strings.IndexByte("ebxn", c) >= 0:
			end, open = l.quoted(end, '\'', c == 'e')
			return String, end, open
		case c == 'u' && l.has(end, "&'"):
			end, open = l.quoted(end+1, '\'', false)
			return String, end, open
		case c == 'u' && l.has(end, `&"`):
			end, open = l.quoted(end+1, '"', false)
			return Quoted, end, open
		}
	}
	return Word, end, false
}

// number reads digits with what sticks to them; `1..2` is left to the grammar.
func (l *Lexer) number(at int) int {
	end := l.run(at, func(c byte) bool { return isDigit(c) || c == '.' || c == '_' })
	exponent := end < len(l.Text) && l.Text[end]|0x20 == 'e'
	if exponent && end+1 < len(l.Text) && (l.Text[end+1] == '+' || l.Text[end+1] == '-') {
		end += 2
	}
	return l.run(end, func(c byte) bool { return isDigit(c) || beginsWord(c) })
}

// operator reads a run of operator characters; a comment ends it.
func (l *Lexer) operator(at int) int {
	end := at
	for end < len(l.Text) && isOp(l.Text[end]) {
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
func InWord(c byte) bool { return beginsWord(c) || isDigit(c) || c == '$' }

func isOp(c byte) bool { return strings.IndexByte("~!@#^&|`?+-*/%<>=", c) >= 0 }

// Lexeme is a token with its text.
type Lexeme struct {
	Token
	Text string
}

// Is compares a word without regard to case.
func (t Lexeme) Is(upper string) bool {
	return t.Kind == Word && len(t.Text) == len(upper) && strings.EqualFold(t.Text, upper)
}

// Lex gives the tokens that the grammar sees, in their order.
func Lex(text string) []Lexeme { return lex(Lexer{Text: text}) }

func lex(l Lexer) []Lexeme {
	text := l.Text
	tokens := make([]Lexeme, 0, len(text)/4+1)
	for {
		t := l.Next()
		switch t.Kind {
		case End:
			return tokens
		case Space, Comment:
		default:
			tokens = append(tokens, Lexeme{Token: t, Text: text[t.Start:t.End]})
		}
	}
}
