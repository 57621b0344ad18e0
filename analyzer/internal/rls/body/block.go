package body

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// A block is a body in PL/pgSQL: variables, and what they are at a place.
type block struct {
	*expansion
	function *schema.Function
	text     string
	types    map[string]string // by variable
}

// tokens of one statement or of a list of them.
type tokens = []sqltext.Lexeme

// readBlock reads a body of DECLARE, BEGIN, assignments, IF and RETURN.
func (x *expansion) readBlock(f *schema.Function) (value, bool) {
	b := &block{expansion: x, function: f, text: f.Body, types: map[string]string{}}
	all := sqltext.Lex(f.Body)
	if n := len(all); n > 0 && all[n-1].Text == ";" {
		all = all[:n-1]
	}
	begin := slices.IndexFunc(all, func(t sqltext.Lexeme) bool { return t.Is("BEGIN") })
	if begin < 0 || !all[len(all)-1].Is("END") {
		return value{}, false
	}
	known, ok := b.declared(all[:begin])
	if !ok {
		return value{}, false
	}
	run, otherwise, ok := b.handled(all[begin+1 : len(all)-1])
	if !ok {
		return value{}, false
	}
	text, ok := b.gives(run, known)
	if !ok || len(text) > maxText {
		return value{}, false
	}
	text = unwrapped(text)
	if otherwise != "" {
		// Whether it fails nothing says. A value that no argument takes part in is that of the
		// session: where it is a tenant it does not fail.
		if !strings.EqualFold(otherwise, "NULL") || len(f.Args) > 0 || hasQuery(text) {
			text = "CASE WHEN random() < 0.5 THEN " + otherwise + " ELSE " + text + " END"
		}
	}
	return value{text: text, query: hasQuery(text)}, true
}

// declared reads the variables of DECLARE, and what they begin with.
func (b *block) declared(list tokens) (map[string]string, bool) {
	known := map[string]string{}
	if len(list) == 0 {
		return known, true
	}
	if !list[0].Is("DECLARE") {
		return nil, false
	}
	for _, s := range statements(list[1:]) {
		if len(s) < 2 || !isName(s, 0) || s[1].Is("ALIAS") || s[1].Is("CURSOR") {
			return nil, false
		}
		name, begin := named(s[0]), 1
		if s[1].Is("CONSTANT") {
			begin++
		}
		end := slices.IndexFunc(s, func(t sqltext.Lexeme) bool {
			return t.Is("NOT") || t.Is("DEFAULT") || t.Text == "=" || t.Text == ":=" || t.Text == ":"
		})
		value := "NULL"
		if end >= 0 {
			at := slices.IndexFunc(s, func(t sqltext.Lexeme) bool { return t.Is("DEFAULT") || t.Text == "=" || t.Text == ":=" })
			if at < 0 || at+1 >= len(s) {
				return nil, false
			}
			var ok bool
			if value, ok = b.known(s[at+1:], known); !ok {
				return nil, false
			}
		} else {
			end = len(s)
		}
		if end <= begin || slices.ContainsFunc(s[begin:end], func(t sqltext.Lexeme) bool { return t.Kind != sqltext.Word }) {
			return nil, false
		}
		b.types[name] = b.source(s[begin:end])
		known[name] = b.typed(value, b.types[name])
	}
	return known, true
}

// handled cuts EXCEPTION off the statements of a block: what it gives where these fail, "" where
// nothing catches that.
func (b *block) handled(list tokens) (run tokens, otherwise string, ok bool) {
	at := slices.IndexFunc(list, func(t sqltext.Lexeme) bool { return t.Is("EXCEPTION") })
	if at < 0 || at > 0 && list[at-1].Is("RAISE") {
		return list, "", true
	}
	then := slices.IndexFunc(list[at:], func(t sqltext.Lexeme) bool { return t.Is("THEN") })
	if then < 0 {
		return nil, "", false
	}
	caught := statements(list[at+then+1:])
	if len(caught) != 1 || len(caught[0]) != 2 || !caught[0][0].Is("RETURN") || !slices.ContainsFunc([]string{"NULL", "FALSE"}, caught[0][1].Is) {
		return nil, "", false
	}
	return list[:at], caught[0][1].Text, true
}

// statements cuts a list of tokens at its semicolons; an IF with all that is in it is one.
func statements(list tokens) []tokens {
	var out []tokens
	depth, from := 0, 0
	for i, t := range list {
		switch {
		case t.Is("IF") && (i == 0 || !list[i-1].Is("END")):
			depth++
		case t.Is("IF"):
			depth--
		case t.Text == ";" && depth == 0:
			if i > from {
				out = append(out, list[from:i])
			}
			from = i + 1
		}
	}
	if from < len(list) {
		out = append(out, list[from:])
	}
	return out
}

// gives is what a list of statements returns, with what is known of the variables before it.
// One that raises an error gives nothing.
func (b *block) gives(list tokens, known map[string]string) (string, bool) {
	all := statements(list)
	if len(all) == 0 {
		return "NULL", true // it ends without RETURN, which is an error
	}
	s := all[0]
	rest := list[min(len(list), indexAfter(list, s)):]
	switch {
	case s[0].Is("RETURN") && len(s) > 1 && !s[1].Is("QUERY") && !s[1].Is("NEXT"):
		return b.known(s[1:], known)
	case s[0].Is("RAISE") && len(s) > 1 && s[1].Is("EXCEPTION"):
		return "NULL", true
	case s[0].Is("NULL") && len(s) == 1:
		return b.gives(rest, known)
	case s[0].Is("IF"):
		return b.branches(s, rest, known)
	case s[0].Is("SELECT"):
		return b.into(s, rest, known)
	case len(s) > 2 && b.types[named(s[0])] != "" && (s[1].Text == ":=" || s[1].Text == "="):
		value, ok := b.known(s[2:], known)
		if !ok {
			return "", false
		}
		return b.gives(rest, b.assigned(known, named(s[0]), value))
	}
	return "", false
}

// indexAfter is the number of the token behind a statement that begins a list, and behind its
// semicolon.
func indexAfter(list, s tokens) int {
	for i := range list {
		if list[i].Start == s[0].Start {
			return i + len(s) + 1
		}
	}
	return len(list)
}

// assigned is what is known after a variable has another value.
func (b *block) assigned(known map[string]string, name, value string) map[string]string {
	out := map[string]string{name: b.typed(value, b.types[name])}
	for k, v := range known {
		if k != name {
			out[k] = v
		}
	}
	return out
}

// branches reads IF: each way goes on with what stands behind it.
func (b *block) branches(s, rest tokens, known map[string]string) (string, bool) {
	if len(s) < 4 || !s[len(s)-1].Is("IF") || !s[len(s)-2].Is("END") {
		return "", false
	}
	s = s[:len(s)-2]
	var out strings.Builder
	out.WriteString("CASE")
	closed := false
	for len(s) > 0 && !closed {
		then, end := 0, len(s)
		depth := 0
		for i := 1; i < len(s); i++ {
			t := s[i]
			nested := t.Is("IF") || t.Is("CASE")
			switch {
			case nested && s[i-1].Is("END"):
			case nested:
				depth++
			case t.Is("END"):
				depth--
			case depth > 0:
			case t.Is("THEN") && then == 0:
				then = i
			case t.Is("ELSIF"), t.Is("ELSEIF"), t.Is("ELSE"):
				end = i
			}
			if end < len(s) {
				break
			}
		}
		closed = s[0].Is("ELSE")
		if closed {
			then = 0
		} else if then == 0 {
			return "", false
		}
		value, ok := b.gives(slices.Concat(s[then+1:end], rest), known)
		if !ok || out.Len() > maxText {
			return "", false
		}
		if closed {
			out.WriteString(" ELSE " + value)
		} else {
			condition, ok := b.known(s[1:then], known)
			if !ok {
				return "", false
			}
			out.WriteString(" WHEN " + condition + " THEN " + value)
		}
		s = s[end:]
	}
	if !closed {
		value, ok := b.gives(rest, known)
		if !ok {
			return "", false
		}
		out.WriteString(" ELSE " + value)
	}
	out.WriteString(" END")
	return out.String(), out.Len() <= maxText
}

// into reads SELECT … INTO variable, which is NULL where there is no row.
func (b *block) into(s, rest tokens, known map[string]string) (string, bool) {
	at := slices.IndexFunc(s, func(t sqltext.Lexeme) bool { return t.Is("INTO") })
	if at < 2 || at+1 >= len(s) || b.types[named(s[at+1])] == "" || at+2 < len(s) && s[at+2].Text == "," {
		return "", false
	}
	query := "SELECT " + b.source(s[1:at])
	if at+2 < len(s) {
		query += " " + b.source(s[at+2:])
	}
	text, ok := selected(query)
	if !ok {
		return "", false
	}
	value, ok := b.valued(text, known)
	if !ok {
		return "", false
	}
	return b.gives(rest, b.assigned(known, named(s[at+1]), value))
}

// source is the text of some tokens.
func (b *block) source(list tokens) string {
	return b.text[list[0].Start:list[len(list)-1].End]
}

// known is an expression with what is known of the variables in their places.
func (b *block) known(list tokens, known map[string]string) (string, bool) {
	if len(list) == 0 {
		return "", false
	}
	return b.valued(b.source(list), known)
}

// valued is known of a text.
func (b *block) valued(text string, known map[string]string) (string, bool) {
	by := map[string]string{}
	for name, value := range known {
		by[name] = grouped(value)
	}
	for _, t := range sqltext.Lex(text) {
		if t.Kind == sqltext.Param {
			by[t.Text] = t.Text // an argument, which the call gives
		}
	}
	return replaced(text, "", by)
}
