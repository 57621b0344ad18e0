package algebra

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// NotDecoded is what was there before something else than a request is decoded. What
// was handed in by a caller is taken to be empty.
func NotDecoded(before, wrote term.Term) term.Term {
	left := Untouched(before, wrote)
	if left == nil || all(wrote, IsRequest) {
		return nil
	}
	var known []term.Term
	for _, leaf := range term.Leaves(left) {
		if p, ok := leaf.(*term.Path); !ok || p.Root != term.Param {
			known = append(known, leaf)
		}
	}
	if known == nil {
		return nil
	}
	return term.JoinOf(known...)
}

// Unverified is what a token holds whose verification failed.
func Unverified(_, _ term.Term) term.Term {
	return term.Why("a token that is not known to be verified")
}

// Untouched is what was there before, as far as it matters: neither zero nor what the
// same call wrote in an earlier turn of a loop.
func Untouched(before, wrote term.Term) term.Term {
	if before == nil {
		return nil
	}
	known := map[string]bool{}
	for _, leaf := range term.Leaves(wrote) {
		known[leaf.String()] = true
	}
	var left []term.Term
	for _, leaf := range term.Leaves(before) {
		if !IsZero(leaf) && !known[leaf.String()] && !grows(leaf) {
			left = append(left, leaf)
		}
	}
	if left == nil {
		return nil
	}
	return term.JoinOf(left...)
}

// grows reports whether a term only says that a value grows in a loop.
func grows(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Unknown && o.Name == InLoop
}

// InLoop is the reason of a value that is cut where it depends on itself.
const InLoop = "text in a loop"
