// Package algebra holds the operations on terms and facts that need no function:
// lists, texts, numbers, rows, and what two facts say together.
//
// Invariant: a term that comes out names every value that the operation may give,
// or is unknown; nil stands for a value that is being evaluated further out.
package algebra

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Unknown reports whether a term says that nothing is known
func Unknown(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Unknown
}

// HasUnknown reports whether one of the values that a term may be is unknown
func HasUnknown(t term.Term) bool {
	for _, leaf := range term.Leaves(t) {
		if Unknown(leaf) {
			return true
		}
	}
	return false
}

// IsCount reports whether a term is the number of rows of a statement
func IsCount(t term.Term) bool {
	r, ok := t.(*term.Result)
	if !ok || len(r.Steps) == 0 {
		return false
	}
	last := r.Steps[len(r.Steps)-1]
	return last.Kind == term.PseudoStep && last.Name == "count"
}

// HasZeroLeaf reports whether a term may be zero, or something else
func HasZeroLeaf(t term.Term) bool {
	j, ok := t.(*term.Join)
	if !ok {
		return false
	}
	for _, x := range j.Terms {
		if IsZero(x) {
			return true
		}
	}
	return false
}

// IsRequest reports whether a term is a part of the request
func IsRequest(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return ok && o.Kind == term.Request
}

// all reports whether each of the values that a term may be is of a kind.
func all(t term.Term, is func(term.Term) bool) bool {
	for _, leaf := range term.Leaves(t) {
		if !is(leaf) {
			return false
		}
	}
	return true
}

// IsZero reports whether a term is zero, or none
func IsZero(t term.Term) bool {
	o, ok := t.(*term.Origin)
	return t == nil || ok && o.Kind == term.Zero
}

// HasLeaf reports whether one of the values that a term may be is of a kind
func HasLeaf(t term.Term, is func(term.Term) bool) bool {
	if t == nil {
		return false
	}
	for _, leaf := range term.Leaves(t) {
		if is(leaf) {
			return true
		}
	}
	return false
}

// OrLoop is a term, or unknown for one that is being evaluated further out
func OrLoop(t term.Term) term.Term {
	if t == nil {
		return term.Why("loop")
	}
	return t
}
