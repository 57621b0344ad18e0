package rowflow

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// FromRun tells a value of the very row: it proves nothing about the row.
func FromRun(t term.Term, n int) bool {
	found := false
	term.Visit(t, func(x term.Term) {
		if r, ok := x.(*term.Result); ok && r.Call == n {
			found = true
		}
	})
	return found
}
