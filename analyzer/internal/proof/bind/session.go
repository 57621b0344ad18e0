package bind

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree/sqltext"
)

// Session has the variables of the session that a statement reads by itself. Each is a bind
// value which the connection gives, and no caller.
type Session struct {
	diagram *schema.Diagram
	names   []string
}

// NewSession has read nothing. The functions of a diagram may read for a statement.
func NewSession(d *schema.Diagram) *Session { return &Session{diagram: d} }

// firstVariable is the number of the first bind value that is a variable, above all that a
// program gives.
const firstVariable = 1 << 20

// Bound is a text with bind values in the place of the variables that it reads by name:
// current_setting('app.tenant', true).
func (s *Session) Bound(text string) string {
	if text = s.diagram.WithoutReaders(text); !ReadsSession(text) {
		return text
	}
	var out strings.Builder
	done := 0
	tokens := sqltext.Lex(text)
	for i := range tokens {
		name, last, ok := variableAt(tokens, i)
		if !ok {
			continue
		}
		start := tokens[i].Start
		if i > 1 && tokens[i-1].Text == "." && tokens[i-2].Is("PG_CATALOG") {
			start = tokens[i-2].Start
		}
		out.WriteString(text[done:start] + "$" + strconv.Itoa(s.number(name)))
		done = tokens[last].End
	}
	return out.String() + text[done:]
}

// ReadsSession reports whether a text may read a variable of the session.
func ReadsSession(text string) bool {
	return strings.Contains(strings.ToLower(text), "current_setting")
}

// variableAt reads a call of current_setting with a name that is written out.
func variableAt(tokens []sqltext.Lexeme, i int) (name string, last int, ok bool) {
	if !tokens[i].Is("CURRENT_SETTING") || i+3 >= len(tokens) || tokens[i+1].Text != "(" || tokens[i+2].Kind != sqltext.String {
		return "", 0, false
	}
	last = i + 3
	if tokens[last].Text == "," { // whether it may be missing
		last += 2
	}
	if last >= len(tokens) || tokens[last].Text != ")" {
		return "", 0, false
	}
	return strings.ToLower(strings.Trim(tokens[i+2].Text, "'")), last, true
}

// number is the bind value of a variable.
func (s *Session) number(name string) int {
	i := slices.Index(s.names, name)
	if i < 0 {
		i = len(s.names)
		s.names = append(s.names, name)
	}
	return firstVariable + i
}

// Variable is the variable that a bind value is, "" if it is none.
func (s *Session) Variable(hole int) string {
	if i := hole - firstVariable; i >= 0 && i < len(s.names) {
		return s.names[i]
	}
	return ""
}
