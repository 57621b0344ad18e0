package rowflow

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// FromRun tells a value of the very row: it proves nothing about the row.
func FromRun(t term.Term, n int) bool {
	return term.Any(t, func(x term.Term) bool {
		r, ok := x.(*term.Result)
		return ok && r.Call == n
	})
}
