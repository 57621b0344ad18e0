package sqlwrite

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// part is a piece of a list of conditions, with the clause that says when it is there.
type part struct {
	text string
	when *term.Clause
}

// guards are the questions whose yes is the condition of a clause, each as a value and
// whether it is NULL then; ok is false if no text can ask them.
func (w *writer) guards(c *term.Clause) (list []guard, ok bool) {
	if c.Maybe {
		return nil, false
	}
	for _, f := range c.If {
		if f.Op != term.IsZero && f.Op != term.NonZero || !single(f.A) {
			return nil, false
		}
		list = append(list, guard{f.A, f.Op == term.IsZero})
	}
	return list, true
}

type guard struct {
	value term.Term
	zero  bool
}

func (w *writer) asks(g guard, yes bool) string {
	if g.zero == yes {
		return w.hole(g.value, true) + " IS NULL"
	}
	return w.hole(g.value, true) + " IS NOT NULL"
}

// within writes what stands in a clause, where its guards hold: a value that is not zero
// there is one that is NULL where it is zero.
func (w *writer) within(c *term.Clause, write func() (string, error)) (string, error) {
	before := w.guarded
	defer func() { w.guarded = before }()
	for _, f := range c.If {
		if f.Op == term.NonZero {
			w.guarded = append(w.guarded[:len(w.guarded):len(w.guarded)], f.A.String())
		}
	}
	return write()
}

// coin is a condition of which nothing is known.
const coin = "random() < 0.5"

// unless is the condition under which a clause is not there: alternatives.
func (w *writer) unless(c *term.Clause) string {
	list, ok := w.guards(c)
	if !ok {
		return coin
	}
	out := make([]string, len(list))
	for i, g := range list {
		out[i] = w.asks(g, false)
	}
	return strings.Join(out, " OR ")
}

// given is the condition under which a clause is there.
func (w *writer) given(c *term.Clause) string {
	list, ok := w.guards(c)
	if !ok {
		return coin
	}
	out := make([]string, len(list))
	for i, g := range list {
		out[i] = w.asks(g, true)
	}
	return strings.Join(out, " AND ")
}

// all joins conditions that all hold. Those that are sure are joined as the library
// does, without parentheses; one that is there only sometimes says when.
func (w *writer) all(parts []part) string {
	var out []string
	for i := 0; i < len(parts); {
		if n, text := w.exclusive(parts[i:]); n > 0 {
			out = append(out, text)
			i += n
			continue
		}
		p := parts[i]
		if p.when.Sure() {
			out = append(out, w.style.one(p.text))
		} else {
			out = append(out, "("+w.unless(p.when)+" OR ("+p.text+"))")
		}
		i++
	}
	return strings.Join(out, " AND ")
}

// exclusive writes two arms of a branch as one CASE: that one of them is taken, two
// conditions would not say. It gives how many parts they are, 0 if there are no two.
func (w *writer) exclusive(parts []part) (n int, text string) {
	first, ok := arm(parts)
	if !ok {
		return 0, ""
	}
	second, ok := arm(parts[first:])
	if !ok {
		return 0, ""
	}
	a, b := parts[0].when.If[0], parts[first].when.If[0]
	if a.Op == b.Op || a.A.String() != b.A.String() {
		return 0, ""
	}
	join := func(list []part) string {
		texts := make([]string, len(list))
		for i, p := range list {
			texts[i] = p.text
		}
		return strings.Join(texts, " AND ")
	}
	n = first + second
	return n, "CASE WHEN " + w.given(parts[0].when) + " THEN " + join(parts[:first]) + " ELSE " + join(parts[first:n]) + " END"
}

// arm is how many parts have the condition of the first one, if that is one guard.
func arm(parts []part) (n int, ok bool) {
	for n < len(parts) && len(parts[n].when.If) == 1 && !parts[n].when.Maybe && sameFacts(parts[n].when.If, parts[0].when.If) {
		n++
	}
	if n == 0 {
		return 0, false
	}
	f := parts[0].when.If[0]
	return n, single(f.A) && (f.Op == term.IsZero || f.Op == term.NonZero)
}

// any joins conditions of which one holds. One that is there only sometimes can only
// widen: it stands there as if it were sure. Within a text it may stand behind a NOT,
// and then says when it is there.
func (w *writer) any(parts []part) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = w.style.one(p.text)
		if !p.when.Sure() && w.texts > 0 {
			out[i] = "(" + w.given(p.when) + " AND (" + p.text + "))"
		}
	}
	return strings.Join(out, " OR ")
}

// stays tells a condition that is the same whatever stands beside it.
func (s style) stays(text string) bool {
	if s.each {
		return balanced(text)
	}
	return closed(text)
}

// balanced tells a text whose parentheses, quotes and comments are closed.
func balanced(text string) bool { return !loose(text) }

// closed tells a condition that stays one whatever stands beside it: it has no OR and no
// comma outside of parentheses, and its parentheses are balanced.
func closed(text string) bool { return !loose(text, "or", ",") }

// loose reports whether a text has one of the words outside of parentheses and quotes, or
// parentheses, quotes or comments that are not closed.
func loose(text string, words ...string) bool {
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
