package unit

import "github.com/tenantvet/tenantvet/analyzer/internal/term"

// HoldsRow reports whether a term has a part that a statement or call gave, other
// than how it ended.
func HoldsRow(t term.Term) bool {
	found := false
	term.Map(t, func(x term.Term) term.Term {
		if r, ok := x.(*term.Result); ok {
			last := term.Step{}
			if n := len(r.Steps); n > 0 {
				last = r.Steps[n-1]
			}
			found = found || last.Kind != term.PseudoStep
		}
		return x
	})
	return found
}

// MayHoldRow reports whether a term has such a part, or one of a parameter or of what a
// closure has captured, which may be a row to whoever calls or made it.
func MayHoldRow(t term.Term) bool {
	return HoldsRow(t) || term.Any(t, func(x term.Term) bool {
		p, ok := x.(*term.Path)
		return ok && (p.Root == term.Param || p.Root == term.Free)
	})
}
