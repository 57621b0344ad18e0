package phrase

import (
	"errors"
	"regexp"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// in is what stands before the place of a list.
var in = regexp.MustCompile(`(?i)(\bnot\s+)?\bin\s*(\(?)\s*$`)

// Listed puts a list in its place behind IN, where it is one value of the database's: it
// gives the text before it with the comparison, and what is left of the text behind it. ok
// is false if it does not stand behind IN.
func Listed(before, after string) (head, rest string, ok bool, err error) {
	m := in.FindStringSubmatchIndex(before)
	if m == nil {
		return before, after, false, nil
	}
	compare := "= ANY(?)"
	if m[2] >= 0 {
		compare = "<> ALL(?)"
	}
	if m[4] < m[5] {
		closed := false
		if after, closed = strings.CutPrefix(strings.TrimLeft(after, " "), ")"); !closed {
			return "", "", false, errors.New("a list among others behind IN")
		}
	}
	return before[:m[0]] + compare, after, true, nil
}

// Spread are values in which a list that is handed on as a whole, and known to its end, is
// taken apart: what a function is handed as its last arguments.
func Spread(values []term.Value) []term.Value {
	var out []term.Value
	for _, v := range values {
		l, ok := v.Term.(*term.List)
		if v.Form != term.AsRest || !ok || l.Open {
			out = append(out, v)
			continue
		}
		for _, t := range l.Elems {
			out = append(out, term.Value{Term: t, Form: term.AsAny})
		}
	}
	return out
}

// Variants are the statements that clauses are which a statement has or has not: each is
// made with and without, up to a number of them.
func Variants(b *term.Build, decides func(*term.Clause) bool, most int, one func(*term.Build) ([]*term.Build, error)) ([]*term.Build, error) {
	for i := range b.Clauses {
		c := &b.Clauses[i]
		if c.Sure() || !decides(c) {
			continue
		}
		if most == 0 {
			return nil, errors.New("too many optional clauses that change the statement")
		}
		with, err := Variants(decided(b, i, true), decides, most-1, one)
		if err != nil {
			return nil, err
		}
		without, err := Variants(decided(b, i, false), decides, most-1, one)
		return append(with, without...), err
	}
	return one(b)
}

// decided is a build with a clause for sure, and all that are there with it, or without.
func decided(b *term.Build, at int, there bool) *term.Build {
	out := &term.Build{Style: b.Style}
	for i := range b.Clauses {
		c := b.Clauses[i]
		if i == at || len(c.If) > 0 && sameFacts(c.If, b.Clauses[at].If) {
			if !there {
				continue
			}
			c.If, c.Maybe = nil, false
		}
		out.Clauses = append(out.Clauses, c)
	}
	return out
}

func sameFacts(a, b []term.Fact) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].String() != b[i].String() {
			return false
		}
	}
	return true
}
