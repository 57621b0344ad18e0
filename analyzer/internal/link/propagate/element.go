package propagate

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// aboutUse are the facts that speak of the row that is used, where operation n gave
// several: what is known of one of them is not known of another, or of all.
func aboutUse(facts []term.Fact, n int, used ...term.Term) []term.Fact {
	var out []term.Fact
	for i, x := range facts {
		about, ok := x, true
		if x.Op == term.Eq {
			about, ok = ofUse(x, n, used)
		}
		if out == nil && (!ok || about != x) {
			out = append(make([]term.Fact, 0, len(facts)), facts[:i]...)
		}
		if ok && out != nil {
			out = append(out, about)
		}
	}
	if out == nil {
		return facts
	}
	return out
}

// ofUse is a comparison without the marks of the element that it speaks of; ok is false
// if that is not the one that is used.
func ofUse(x term.Fact, n int, used []term.Term) (about term.Fact, ok bool) {
	ok = true
	plain := func(t term.Term) term.Term {
		r, isResult := t.(*term.Result)
		if !isResult || r.Call != n {
			return t
		}
		ok = ok && covers(r, n, used)
		return term.WithoutMarks(r)
	}
	about = term.MapFact(x, plain)
	if about.String() == x.String() {
		return x, ok
	}
	return about, ok
}

// covers reports whether what is used of operation n is of the element that a part of it
// is of.
func covers(part *term.Result, n int, used []term.Term) bool {
	for _, u := range used {
		if term.Any(u, func(x term.Term) bool {
			r, ok := x.(*term.Result)
			return ok && r.Call == n && !term.SameElement(part, r)
		}) {
			return false
		}
	}
	return true
}
