package sqltext

import "strings"

// Piece is one statement of a text with several. Text begins at the first token
// that is no comment and ends before the semicolon; Offset is its byte offset in
// the whole text and Line its line, from 1. Comments is what stands between the
// statement before and this one: `-- name: …` and the like.
type Piece struct {
	Text     string
	Offset   int
	Line     int
	Comments string
}

// Split cuts a PostgreSQL script into its statements: at semicolons outside
// quotes, comments and bodies of BEGIN ATOMIC, at psql's \g and at drizzle's
// `--> statement-breakpoint`. Other psql lines and the data lines of COPY FROM
// STDIN are blank. It never fails: where a quote is never closed, the piece ends
// at the first semicolon that ends a line, so that the statements after it live.
// A piece without statement (only comments) is left out.
func Split(text string) []Piece {
	s := splitter{lex: Lexer{Text: text, psql: true}, line: 1}
	s.reset(0)
	for s.step() {
	}
	return s.pieces
}

// SplitOther cuts a script of MySQL or SQLite: names may stand in backticks, the body of
// a trigger or a routine is BEGIN … END, and with escapes, as in MySQL, a backslash hides
// a quote and # begins a comment.
func SplitOther(text string, escapes bool) []Piece {
	s := splitter{lex: Lexer{Text: text, other: true, escapes: escapes}, line: 1}
	s.reset(0)
	for s.step() {
	}
	return s.pieces
}

// splitter is at a token of the current piece.
type splitter struct {
	lex     Lexer
	pieces  []Piece
	line    int // of the byte at counted
	counted int

	gap    int // where the piece before ended
	start  int // of the first token; -1 before it
	last   int // end of the last token
	words  []string
	parens int
	blocks int // open BEGIN ATOMIC and CASE of a function's body
	atomic bool

	recovered int  // how many unclosed quotes were cut short
	noData    bool // no line that ends inline data follows
}

// maxRecovered caps how many unclosed quotes are cut short: each was followed to
// the end of the text, so without a cap a broken text would take quadratic time.
const maxRecovered = 16

// reset begins a new piece at an offset.
func (s *splitter) reset(at int) {
	s.gap, s.start, s.last = at, -1, at
	s.words, s.parens, s.blocks, s.atomic = nil, 0, 0, false
}

// step reads one token; false at the end.
func (s *splitter) step() bool {
	t := s.lex.Next()
	text := s.lex.Text[t.Start:t.End]
	switch {
	case t.open:
		return s.recover(t)
	case t.Kind == End:
		s.emit(t.Start)
		return false
	case t.Kind == Space:
	case t.Kind == Comment:
		if endsPiece(text) {
			s.emit(t.End)
		}
	case text == ";" && s.blocks == 0 && (s.parens <= 0 || !s.isRule()):
		s.emit(t.End)
	default:
		s.token(t, text)
	}
	return true
}

// endsPiece tells the comments that end a statement without semicolon.
func endsPiece(comment string) bool {
	return strings.HasPrefix(comment, `\g`) || strings.HasPrefix(comment, "--> statement-breakpoint")
}

// token takes a token into the current piece.
func (s *splitter) token(t Token, text string) {
	if s.start < 0 {
		s.start = t.Start
	}
	s.last = t.End
	switch {
	case text == "(":
		s.parens++
	case text == ")":
		s.parens--
	case t.Kind == Word:
		s.word(strings.ToUpper(text))
	}
}

// word follows the bodies of functions that are written in SQL: only there do
// BEGIN ATOMIC and CASE open a block in which semicolons do not count.
func (s *splitter) word(w string) {
	const enough = 5 // CREATE OR REPLACE FUNCTION
	if len(s.words) < enough {
		s.words = append(s.words, w)
	}
	switch {
	case w == "ATOMIC" && s.atomic:
		s.blocks++
	case w == "CASE" && s.blocks > 0:
		s.blocks++
	case w == "END" && s.blocks > 0:
		s.blocks--
	}
	s.atomic = w == "BEGIN" && s.isFunction()
	if s.lex.other && w == "BEGIN" && s.hasBody() {
		s.blocks++
	}
}

// hasBody tells the statements of MySQL and SQLite with a body of BEGIN … END; what else
// stands before the kind (TEMP, DEFINER = …) is short.
func (s *splitter) hasBody() bool {
	if !s.begins("CREATE") {
		return false
	}
	for _, w := range s.words[1:] {
		switch w {
		case "TRIGGER", "PROCEDURE", "FUNCTION", "EVENT":
			return true
		case "TABLE", "VIEW", "INDEX":
			return false
		}
	}
	return false
}

// isFunction tells the statements that may have a body of BEGIN ATOMIC.
func (s *splitter) isFunction() bool {
	return s.begins("CREATE") && (s.second() == "FUNCTION" || s.second() == "PROCEDURE")
}

// isRule tells the one statement with semicolons between parentheses. Elsewhere
// an open parenthesis is a mistake that must not swallow what follows.
func (s *splitter) isRule() bool { return s.begins("CREATE") && s.second() == "RULE" }

func (s *splitter) begins(w string) bool { return len(s.words) > 0 && s.words[0] == w }

// second is the word after CREATE or CREATE OR REPLACE.
func (s *splitter) second() string {
	rest := s.words[1:]
	if len(rest) > 1 && rest[0] == "OR" && rest[1] == "REPLACE" {
		rest = rest[2:]
	}
	if len(rest) == 0 {
		return ""
	}
	return rest[0]
}

// emit ends the piece before at and begins the next there.
func (s *splitter) emit(at int) {
	if s.start >= 0 {
		s.line += strings.Count(s.lex.Text[s.counted:s.start], "\n")
		s.counted = s.start
		piece := Piece{
			Text:     s.lex.Text[s.start:s.last],
			Offset:   s.start,
			Line:     s.line,
			Comments: strings.TrimSpace(s.lex.Text[s.gap:s.start]),
		}
		s.pieces = append(s.pieces, piece)
		if copiesInline(s.words, piece.Text) {
			at = s.afterData(at)
		}
	}
	s.lex.pos = at
	s.reset(at)
}

// recover ends a piece whose quote or comment is never closed at the first
// semicolon that ends a line; without one the piece takes the rest.
func (s *splitter) recover(t Token) bool {
	from := s.start
	if from < 0 {
		from = t.Start
		s.start = t.Start
	}
	s.recovered++
	end := lineSemicolon(s.lex.Text, from)
	if end < 0 || s.recovered > maxRecovered {
		s.last = len(s.lex.Text)
		s.emit(s.last)
		return false
	}
	s.last = end
	s.emit(end + 1)
	return true
}

// lineSemicolon is the offset of the first semicolon from at on with only
// blanks behind it on its line, or -1.
func lineSemicolon(text string, at int) int {
	for at < len(text) {
		i := strings.IndexByte(text[at:], ';')
		if i < 0 {
			return -1
		}
		at += i
		rest := strings.TrimLeft(text[at+1:], " \t\r")
		if rest == "" || rest[0] == '\n' {
			return at
		}
		at++
	}
	return -1
}

// copiesInline tells COPY … FROM STDIN, whose data follows as lines.
func copiesInline(words []string, text string) bool {
	if len(words) == 0 || words[0] != "COPY" {
		return false
	}
	fields := strings.Fields(strings.ToUpper(text))
	for i := 1; i < len(fields); i++ {
		if fields[i-1] == "FROM" && fields[i] == "STDIN" {
			return true
		}
	}
	return false
}

// afterData is the offset after the line `\.` that ends inline data; at itself
// if there is none.
func (s *splitter) afterData(at int) int {
	if s.noData {
		return at
	}
	rest := s.lex.Text[at:]
	for _, end := range []string{"\n\\.\n", "\n\\.\r\n"} {
		if i := strings.Index(rest, end); i >= 0 {
			return at + i + len(end)
		}
	}
	if strings.HasSuffix(rest, "\n\\.") {
		return len(s.lex.Text)
	}
	s.noData = true
	return at
}
