package piece

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Part is a piece of a list of conditions, with the clause that says when it is there.
type Part struct {
	Text string
	When *term.Clause
}

// guards are the questions whose yes is the condition of a clause, each as a value and
// whether it is NULL then; ok is false if no text can ask them.
func (w *Writer) guards(c *term.Clause) (list []guard, ok bool) {
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

func (w *Writer) asks(g guard, yes bool) string {
	if g.zero == yes {
		return w.Hole(g.value, true) + " IS NULL"
	}
	return w.Hole(g.value, true) + " IS NOT NULL"
}

// Within writes what stands in a clause, where its guards hold: a value that is not zero
// there is one that is NULL where it is zero.
func (w *Writer) Within(c *term.Clause, write func() (string, error)) (string, error) {
	before := w.guarded
	defer func() { w.guarded = before }()
	for _, f := range c.If {
		if f.Op == term.NonZero {
			w.guarded = append(w.guarded[:len(w.guarded):len(w.guarded)], f.A.String())
		}
	}
	return write()
}

// Coin is a condition of which nothing is known.
const Coin = "random() < 0.5"

// unless is the condition under which a clause is not there: alternatives.
func (w *Writer) unless(c *term.Clause) string {
	list, ok := w.guards(c)
	if !ok {
		return Coin
	}
	out := make([]string, len(list))
	for i, g := range list {
		out[i] = w.asks(g, false)
	}
	return strings.Join(out, " OR ")
}

// Given is the condition under which a clause is there.
func (w *Writer) Given(c *term.Clause) string {
	list, ok := w.guards(c)
	if !ok {
		return Coin
	}
	out := make([]string, len(list))
	for i, g := range list {
		out[i] = w.asks(g, true)
	}
	return strings.Join(out, " AND ")
}

// All joins conditions that all hold. Those that are sure are joined as the library
// does, without parentheses; one that is there only sometimes says when.
func (w *Writer) All(parts []Part) string {
	var out []string
	for i := 0; i < len(parts); {
		if n, text := w.exclusive(parts[i:]); n > 0 {
			out = append(out, text)
			i += n
			continue
		}
		p := parts[i]
		if p.When.Sure() {
			out = append(out, w.one(p.Text))
		} else {
			out = append(out, "("+w.unless(p.When)+" OR ("+p.Text+"))")
		}
		i++
	}
	return strings.Join(out, " AND ")
}

// exclusive writes two arms of a branch as one CASE: that one of them is taken, two
// conditions would not say. It gives how many parts they are, 0 if there are no two.
func (w *Writer) exclusive(parts []Part) (n int, text string) {
	first, ok := arm(parts)
	if !ok {
		return 0, ""
	}
	second, ok := arm(parts[first:])
	if !ok {
		return 0, ""
	}
	a, b := parts[0].When.If[0], parts[first].When.If[0]
	if a.Op == b.Op || a.A.String() != b.A.String() {
		return 0, ""
	}
	join := func(list []Part) string {
		texts := make([]string, len(list))
		for i, p := range list {
			texts[i] = w.one(p.Text)
		}
		return strings.Join(texts, " AND ")
	}
	n = first + second
	return n, "CASE WHEN " + w.Given(parts[0].When) + " THEN " + join(parts[:first]) + " ELSE " + join(parts[first:n]) + " END"
}

// arm is how many parts have the condition of the first one, if that is one guard.
func arm(parts []Part) (n int, ok bool) {
	for n < len(parts) && len(parts[n].When.If) == 1 && !parts[n].When.Maybe && SameFacts(parts[n].When.If, parts[0].When.If) {
		n++
	}
	if n == 0 {
		return 0, false
	}
	f := parts[0].When.If[0]
	return n, single(f.A) && (f.Op == term.IsZero || f.Op == term.NonZero)
}

// Any joins conditions of which one holds. One that is there only sometimes can only
// widen: it stands there as if it were sure. Within a text it may stand behind a NOT,
// and then says when it is there.
func (w *Writer) Any(parts []Part) string {
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = w.one(p.Text)
		if !p.When.Sure() && w.Texts > 0 {
			out[i] = "(" + w.Given(p.When) + " AND (" + p.Text + "))"
		}
	}
	return strings.Join(out, " OR ")
}

// one is a condition among others.
func (w *Writer) one(text string) string {
	if w.Each {
		return "(" + text + ")"
	}
	return text
}
