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
