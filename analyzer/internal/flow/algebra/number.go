package algebra

import (
	"go/token"
	"strconv"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Number is a known whole number.
func Number(t term.Term) (int, bool) {
	if t == nil {
		return 0, false
	}
	if o, ok := t.(*term.Origin); ok && o.Kind == term.Zero {
		return 0, true
	}
	c, ok := t.(*term.Const)
	if !ok || c.Kind != term.Number {
		return 0, false
	}
	n, err := strconv.Atoi(c.Text)
	return n, err == nil
}

// NumberTerm is the term of a whole number
func NumberTerm(n int) term.Term {
	if n == 0 {
		return term.ZeroTerm()
	}
	return &term.Const{Kind: term.Number, Text: strconv.Itoa(n)}
}

// SizeOf is the length of a list or text that is known, nil if it is not
func SizeOf(t term.Term) term.Term {
	switch t := t.(type) {
	case *term.List:
		if !t.Open {
			return NumberTerm(len(t.Elems))
		}
	case *term.Const:
		if t.Kind == term.Text {
			return NumberTerm(len(t.Text))
		}
	}
	return nil
}

// Ordering reports whether a comparison of two numbers is true
func Ordering(op token.Token, a, b int) bool {
	switch op {
	case token.EQL:
		return a == b
	case token.NEQ:
		return a != b
	case token.LSS:
		return a < b
	case token.LEQ:
		return a <= b
	case token.GTR:
		return a > b
	case token.GEQ:
		return a >= b
	}
	return false
}
