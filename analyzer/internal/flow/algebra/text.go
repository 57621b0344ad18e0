package algebra

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// SameText compares two texts, of which one may be known only not to be empty.
func SameText(x, y term.Term) (equal, known bool) {
	a, okA := knownText(x)
	b, okB := knownText(y)
	switch {
	case okA && okB:
		return a == b, true
	case okA && a == "":
		return false, notEmpty(y)
	case okB && b == "":
		return false, notEmpty(x)
	}
	return false, false
}

func knownText(t term.Term) (string, bool) {
	switch t := t.(type) {
	case *term.Const:
		return t.Text, t.Kind == term.Text
	case *term.Origin:
		return "", t.Kind == term.Zero
	}
	return "", false
}

func notEmpty(t term.Term) bool {
	c, ok := t.(*term.Concat)
	if !ok {
		return false
	}
	for _, p := range c.Parts {
		if k, ok := p.(*term.Const); ok && k.Text != "" {
			return true
		}
	}
	return false
}

// Grown is the concatenation of two texts, of which one may be what the
// concatenation itself gave before, in a loop: then anything may stand between.
func Grown(x term.Term, cutX bool, y term.Term, cutY bool) term.Term {
	any := term.Why("text in a loop")
	switch {
	case x == nil && y == nil:
		return any
	case x == nil:
		return Cat(any, y)
	case y == nil:
		return Cat(x, any)
	case cutX || cutY:
		return Cat(Cat(x, any), y)
	}
	return Cat(x, y)
}

// Cat concatenates two texts; alternatives are kept apart as long as they are few. Many are
// one part of the text, which stands in each alternative of what comes next: a text that
// grows on some ways only would double with each of them, so that it is cut here.
func Cat(x, y term.Term) term.Term {
	xs, ys := term.Leaves(x), term.Leaves(y)
	if len(xs)*len(ys) > term.MaxLeaves {
		return Small(term.CatOf(x, y))
	}
	var out []term.Term
	for _, a := range xs {
		for _, b := range ys {
			out = append(out, term.CatOf(a, b))
		}
	}
	return term.JoinOf(out...)
}
