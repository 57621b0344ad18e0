package pgddl

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// Migrations define the same thing for a list of tables in a loop: FOREACH t IN ARRAY
// ARRAY['a', 'b'] LOOP EXECUTE format('ALTER TABLE %I …', t). Where the list is written
// down, so is what the loop runs.

// maxTurns caps the turns of a loop that are read.
const maxTurns = 500

// loop is a loop over a list of constants: a variable, its values, and the tokens of the
// body.
type loop struct {
	variable  string
	values    []string
	from, end int
}

// loops finds the loops of a body whose lists are constant.
func loops(tokens []word) []loop {
	lists := map[string][]string{} // declared arrays
	var out []loop
	for i := range tokens {
		if values, ok := declared(tokens, i); ok {
			lists[strings.ToLower(tokens[i].text)] = values
		}
		values, at, ok := loopList(tokens, i, lists)
		if !ok || len(values) == 0 || len(values) > maxTurns || !is(tokens, at, "LOOP") {
			continue
		}
		out = append(out, loop{strings.ToLower(tokens[i+1].text), values, at, loopEnd(tokens, at)})
	}
	return out
}

// is reports whether token i is a word.
func is(tokens []word, i int, text string) bool {
	return i >= 0 && i < len(tokens) && strings.EqualFold(tokens[i].text, text)
}

// declared reads `name type[] := list` that begins at token i.
func declared(tokens []word, i int) ([]string, bool) {
	if i > 0 && !is(tokens, i-1, ";") && !is(tokens, i-1, "DECLARE") {
		return nil, false
	}
	for k := i + 1; k < len(tokens) && k < i+8; k++ {
		if is(tokens, k, ":=") || is(tokens, k, "DEFAULT") || is(tokens, k, "=") {
			values, _, ok := list(tokens, k+1)
			return values, ok
		}
		if is(tokens, k, ";") {
			break
		}
	}
	return nil, false
}

// loopList reads the head of a loop that begins at token i: what it ranges over, and
// where LOOP must stand.
func loopList(tokens []word, i int, lists map[string][]string) (values []string, at int, ok bool) {
	switch {
	case is(tokens, i, "FOREACH") && is(tokens, i+2, "IN") && is(tokens, i+3, "ARRAY"):
		if values, at, ok = list(tokens, i+4); !ok && i+4 < len(tokens) {
			values, ok = lists[strings.ToLower(tokens[i+4].text)]
			at = i + 5
		}
	case is(tokens, i, "FOR") && is(tokens, i+2, "IN") && is(tokens, i+3, "SELECT") && is(tokens, i+4, "unnest") && is(tokens, i+5, "("):
		if values, at, ok = list(tokens, i+6); !ok && i+6 < len(tokens) {
			values, ok = lists[strings.ToLower(tokens[i+6].text)]
			at = i + 7
		}
		at++ // the parenthesis
		if is(tokens, at, "AS") {
			at += 2
		}
	}
	return values, at, ok
}

// list reads ARRAY['a', 'b'], with or without a cast, or '{a,b}'; at is behind it.
func list(tokens []word, i int) (values []string, at int, ok bool) {
	if i < len(tokens) && strings.HasPrefix(tokens[i].text, "'{") {
		inner := strings.TrimSuffix(strings.TrimPrefix(tokens[i].text, "'{"), "}'")
		for _, v := range strings.Split(inner, ",") {
			values = append(values, strings.Trim(strings.TrimSpace(v), `"`))
		}
		return values, afterCast(tokens, i+1), true
	}
	if !is(tokens, i, "ARRAY") || !is(tokens, i+1, "[") {
		return nil, i, false
	}
	for i += 2; i < len(tokens) && !is(tokens, i, "]"); i++ {
		text, isText := literal(tokens[i])
		switch {
		case isText:
			values = append(values, text)
		case !is(tokens, i, ","):
			return nil, i, false
		}
	}
	return values, afterCast(tokens, i+1), true
}

// afterCast is behind `::text[]`.
func afterCast(tokens []word, i int) int {
	if !is(tokens, i, "::") {
		return i
	}
	for i += 2; is(tokens, i, "[") || is(tokens, i, "]"); i++ {
	}
	return i
}

// literal is the text of a quoted constant.
func literal(w word) (string, bool) {
	part, ok := executed([]word{w})
	return part.Text, ok
}

// loopEnd is the index of the END that ends the loop whose LOOP is token i.
func loopEnd(tokens []word, i int) int {
	depth := 0
	for ; i < len(tokens); i++ {
		switch {
		case is(tokens, i, "END") && is(tokens, i+1, "LOOP"):
			if depth--; depth == 0 {
				return i
			}
			i++
		case is(tokens, i, "LOOP"):
			depth++
		}
	}
	return len(tokens)
}

// turns are the texts that EXECUTE runs with some arguments at token i of a body, one for
// each turn of the loop around it; ok is false if one of them is not written down.
func turns(loops []loop, i int, args []word) (texts []string, ok bool) {
	var around *loop
	for k := range loops {
		if l := &loops[k]; l.from < i && i < l.end {
			if around != nil {
				return nil, false // a loop in a loop
			}
			around = l
		}
	}
	if around == nil {
		return nil, false
	}
	for _, v := range around.values {
		e := evaluation{tokens: args, variable: around.variable, value: v}
		text, ok := e.text()
		if !ok || e.at != len(args) {
			return nil, false
		}
		texts = append(texts, text)
	}
	return texts, true
}

// evaluation reads an expression of text in which one variable has a value.
type evaluation struct {
	tokens          []word
	at              int
	variable, value string
}

// text reads operands that are joined by ||.
func (e *evaluation) text() (string, bool) {
	var b strings.Builder
	for {
		part, ok := e.operand()
		if !ok {
			return "", false
		}
		b.WriteString(part)
		if !is(e.tokens, e.at, "||") {
			return b.String(), true
		}
		e.at++
	}
}

// operand reads a constant, the variable, or a call of a function that quotes or formats.
func (e *evaluation) operand() (string, bool) {
	if e.at >= len(e.tokens) {
		return "", false
	}
	w := e.tokens[e.at]
	e.at++
	if text, ok := literal(w); ok {
		return text, true
	}
	if strings.EqualFold(w.text, e.variable) {
		return e.value, true
	}
	if !is(e.tokens, e.at, "(") {
		return "", false
	}
	args, ok := e.arguments()
	if !ok || len(args) == 0 {
		return "", false
	}
	switch strings.ToLower(w.text) {
	case "quote_ident":
		return sqltext.QuoteName(args[0]), len(args) == 1
	case "quote_literal":
		return quoted(args[0]), len(args) == 1
	case "format":
		return formatted(args[0], args[1:])
	}
	return "", false
}

// arguments reads what stands in parentheses.
func (e *evaluation) arguments() ([]string, bool) {
	var out []string
	for e.at++; ; e.at++ {
		text, ok := e.text()
		if !ok {
			return nil, false
		}
		out = append(out, text)
		if is(e.tokens, e.at, ")") {
			e.at++
			return out, true
		}
		if !is(e.tokens, e.at, ",") {
			return nil, false
		}
	}
}

func quoted(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// formatted is format(pattern, args…) with %I, %L, %s and %%, also by position (%1$I).
func formatted(pattern string, args []string) (string, bool) {
	var b strings.Builder
	next := 0
	for i := 0; i < len(pattern); i++ {
		if pattern[i] != '%' {
			b.WriteByte(pattern[i])
			continue
		}
		if i++; i >= len(pattern) {
			return "", false
		}
		if pattern[i] == '%' {
			b.WriteByte('%')
			continue
		}
		n := next
		if i+2 < len(pattern) && pattern[i] >= '1' && pattern[i] <= '9' && pattern[i+1] == '$' {
			n = int(pattern[i] - '1')
			i += 2
		}
		if n >= len(args) {
			return "", false
		}
		next = n + 1
		switch pattern[i] {
		case 'I':
			b.WriteString(sqltext.QuoteName(args[n]))
		case 'L':
			b.WriteString(quoted(args[n]))
		case 's':
			b.WriteString(args[n])
		default:
			return "", false
		}
	}
	return b.String(), true
}
