// Package plpgsql reads the body of a function in PL/pgSQL: the statements in it,
// each as it would stand alone, and the variables that it assigns. Control flow is
// not understood: each statement counts as run.
package plpgsql

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// A bodyReader cuts a body in PL/pgSQL into the statements that it may run. It
// reads no control flow: every statement counts as run, none as a condition of
// another.
type bodyReader struct {
	stmts     []string
	declaring bool // between DECLARE and BEGIN
	ok        bool
}

// Statements lists the SQL of a body in PL/pgSQL, expressions wrapped
// into a SELECT; false if a part is not understood, such as EXECUTE of a text.
func Statements(body string) ([]string, bool) {
	r := &bodyReader{ok: true}
	for _, piece := range sqltext.Split(body) {
		r.statement(piece.Text)
	}
	return r.stmts, r.ok
}

// add notes a statement.
func (r *bodyReader) add(sql string) { r.stmts = append(r.stmts, sql) }

// value notes an expression.
func (r *bodyReader) value(sql string) { r.add("SELECT (" + sql + ")") }

// statement takes the words of blocks off the front, then reads what is left.
func (r *bodyReader) statement(text string) {
	for r.ok {
		tokens := scan(text)
		if len(tokens) == 0 {
			return
		}
		rest, more := r.block(text, tokens)
		if !more {
			r.simple(rest, scan(rest))
			return
		}
		text = rest
	}
}

// block takes one opening of a block off the text; more tells that there may be
// another behind it.
func (r *bodyReader) block(text string, tokens []token) (rest string, more bool) {
	if r.declaring && tokens[0].word != "begin" {
		return r.declaration(text), true
	}
	switch tokens[0].word {
	case "begin", "else", "loop", "exception":
		r.declaring = false
		return text[tokens[0].end:], true
	case "declare":
		r.declaring = true
		return text[tokens[0].end:], true
	case "end":
		return "", true
	case "if", "elsif", "elseif", "when":
		return r.condition(text, tokens, "then")
	case "case":
		return r.choice(text, tokens)
	case "while":
		return r.condition(text, tokens, "loop")
	case "for", "foreach":
		return r.iteration(text, tokens)
	case "<":
		if i := strings.Index(text, ">>"); i > 0 {
			return text[i+2:], true
		}
	}
	return text, false
}

// declaration reads one variable: its default is a value, and a cursor's query is
// run.
func (r *bodyReader) declaration(text string) string {
	tokens := scan(text)
	for i, t := range tokens {
		switch {
		case t.depth > 0:
		case t.word == ":=" || t.word == "=" || t.word == "default":
			r.value(text[t.end:])
			return ""
		case t.word == "cursor" && i > 0:
			r.cursor(text, tokens[i:])
			return ""
		}
	}
	return ""
}

// cursor reads the query behind the FOR of a cursor.
func (r *bodyReader) cursor(text string, tokens []token) {
	for i, t := range tokens {
		if t.depth == 0 && (t.word == "for" || t.word == "is") {
			if i+1 < len(tokens) && tokens[i+1].word == "execute" {
				break
			}
			r.add(text[t.end:])
			return
		}
	}
	r.ok = false
}

// choice reads CASE up to its first WHEN; its arms are read like those of an IF.
func (r *bodyReader) choice(text string, tokens []token) (string, bool) {
	for i, t := range tokens[1:] {
		if t.depth == 0 && t.word == "when" {
			if i > 0 {
				r.value(text[tokens[0].end:t.start])
			}
			return text[t.start:], true
		}
	}
	r.ok = false
	return "", true
}

// condition reads IF, ELSIF, WHILE and WHEN up to the word that ends them. The name of
// an error behind WHEN reads like that of a column.
func (r *bodyReader) condition(text string, tokens []token, end string) (string, bool) {
	for _, t := range tokens[1:] {
		if t.depth == 0 && t.word == end {
			r.value(text[tokens[0].end:t.start])
			return text[t.end:], true
		}
	}
	r.ok = false
	return "", true
}

// iteration reads FOR x IN query LOOP; a range of numbers is a value.
func (r *bodyReader) iteration(text string, tokens []token) (string, bool) {
	from := -1
	for i, t := range tokens[1:] {
		switch {
		case t.depth != 0:
		case t.word == "in" && from < 0, t.word == "array" && from < 0:
			from = i + 1
		case t.word == "loop" && from > 0:
			r.source(text[tokens[from].end:t.start], tokens[from+1])
			return text[t.end:], true
		}
	}
	r.ok = false
	return "", true
}

// source reads what a FOR iterates over.
func (r *bodyReader) source(text string, first token) {
	switch {
	case first.word == "array":
		r.value(text[strings.Index(strings.ToLower(text), "array")+len("array"):])
	case first.word == "select" || first.word == "with" || first.word == "values":
		r.add(text)
	case first.word == "execute":
		r.ok = false
	case strings.Contains(text, ".."):
		for _, part := range strings.SplitN(strings.TrimPrefix(strings.TrimSpace(text), "reverse"), "..", 2) {
			r.value(part)
		}
	default:
		r.value(text)
	}
}

// simple reads a statement that opens no block.
func (r *bodyReader) simple(text string, tokens []token) {
	if len(tokens) == 0 {
		return
	}
	switch first := tokens[0]; first.word {
	case "return":
		r.returned(text[first.end:])
	case "perform":
		r.add("SELECT " + text[first.end:])
	case "select", "insert", "update", "delete", "with", "merge", "call", "values":
		r.add(withoutInto(text, tokens))
	case "open":
		if len(tokens) > 2 {
			r.cursor(text, tokens)
		}
	case "raise", "null", "exit", "continue", "close", "get", "commit", "rollback", "assert", "fetch", "move":
		if strings.Contains(strings.ToLower(text), "select") {
			r.ok = false
		}
		r.calls(tokens)
	default:
		r.assignment(text, tokens)
	}
}

// calls notes the functions that a statement calls which is no SQL.
func (r *bodyReader) calls(tokens []token) {
	for i, t := range tokens {
		if i == 0 || t.word != "(" || !wordByte(tokens[i-1].word[0]) || tokens[i-1].end != t.start {
			continue
		}
		name := tokens[i-1].word
		if i > 2 && tokens[i-2].word == "." {
			name = tokens[i-3].word + "." + name
		}
		r.add("SELECT " + name + "()")
	}
}

// returned reads RETURN, also of a query or of NEW.
func (r *bodyReader) returned(text string) {
	tokens := scan(text)
	switch {
	case len(tokens) == 0 || tokens[0].word == "next" && len(tokens) == 1:
	case tokens[0].word == "query" && len(tokens) > 1 && tokens[1].word == "execute":
		r.ok = false
	case tokens[0].word == "query", tokens[0].word == "next":
		r.query(text[tokens[0].end:], tokens[0].word == "query")
	default:
		r.value(text)
	}
}

// query notes what RETURN QUERY runs or RETURN NEXT gives.
func (r *bodyReader) query(text string, whole bool) {
	if whole {
		r.add(text)
		return
	}
	r.value(text)
}

// assignment reads `x := value`; nothing else is understood.
func (r *bodyReader) assignment(text string, tokens []token) {
	for _, t := range tokens {
		if t.depth == 0 && (t.word == ":=" || t.word == "=") {
			r.value(text[t.end:])
			return
		}
	}
	r.ok = false
}

// withoutInto takes INTO and its variables off; the one of INSERT INTO stays.
func withoutInto(text string, tokens []token) string {
	insert := false
	for i, t := range tokens {
		if t.depth != 0 {
			continue
		}
		if t.word == "insert" || t.word == "merge" {
			insert = true
			continue
		}
		if t.word != "into" {
			continue
		}
		if insert {
			insert = false
			continue
		}
		return text[:t.start] + text[variablesEnd(tokens, i+1, len(text)):]
	}
	return text
}

// variablesEnd is the end of a list of variables.
func variablesEnd(tokens []token, i, end int) int {
	if i < len(tokens) && tokens[i].word == "strict" {
		i++
	}
	for i < len(tokens) {
		i++ // a name
		for i+1 < len(tokens) && tokens[i].word == "." {
			i += 2
		}
		if i >= len(tokens) || tokens[i].word != "," {
			break
		}
		i++
	}
	if i >= len(tokens) {
		return end
	}
	return tokens[i].start
}

// AssignedNames is the set of the names that a body may give another value:
// what it declares, assigns, reads INTO or iterates over. The arguments among
// them are not what the caller gave, and NEW's columns not what was stored.
func AssignedNames(body string) map[string]bool {
	out := map[string]bool{}
	tokens := scan(body)
	declaring := false
	for i, t := range tokens {
		switch {
		case t.word == "declare":
			declaring = true
		case t.word == "begin":
			declaring = false
		case t.word == ":=", t.word == "=" && opensStatement(tokens, i):
			out[nameBefore(tokens, i)] = true
		case t.word == "into", t.word == "for", t.word == "foreach":
			for j := i + 1; j < len(tokens) && nameList(tokens[j].word); j++ {
				if tokens[j].word != "," {
					out[nameBefore(tokens, j+1)] = true
				}
			}
		}
		if declaring && i > 0 && (tokens[i-1].word == "declare" || tokens[i-1].word == ";") {
			out[t.word] = true
		}
	}
	return out
}

// nameList tells the tokens of a list of variables.
func nameList(word string) bool {
	switch word {
	case "from", "where", "in", "order", "group", "limit", ";":
		return false
	}
	return word == "," || word == "." || wordByte(word[0])
}

// nameBefore is the name, qualified or not, that ends before token i.
func nameBefore(tokens []token, i int) string {
	if i == 0 {
		return ""
	}
	if i >= 3 && tokens[i-2].word == "." {
		return tokens[i-3].word + "." + tokens[i-1].word
	}
	return tokens[i-1].word
}

// opensStatement tells an `=` that assigns: its name begins a statement.
func opensStatement(tokens []token, i int) bool {
	first := i - 1
	if i >= 3 && tokens[i-2].word == "." {
		first = i - 3
	}
	if first <= 0 {
		return first == 0
	}
	switch tokens[first-1].word {
	case ";", "begin", "then", "else", "loop":
		return true
	}
	return false
}
