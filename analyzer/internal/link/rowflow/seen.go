package rowflow

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// SawRow reports whether facts imply that statement n gave a row.
func SawRow(facts []term.Fact, n int) bool {
	for _, f := range facts {
		if f.Op == term.Eq && (column(f.A, n) || column(f.B, n)) {
			return true
		}
		if r := pseudo(f.A, n); r != "" {
			switch {
			case r == "scan" && f.Op == term.Nil, r == "some" && f.Op == term.True,
				r == "count" && (f.Op == term.Positive || f.Op == term.NonZero || f.Op == term.Eq && isOne(f.B)):
				return true
			}
			continue
		}
		if (f.Op == term.True || f.Op == term.Positive || f.Op == term.NonZero) && FromRun(f.A, n) {
			return true
		}
	}
	return false
}

func isOne(t term.Term) bool {
	c, ok := t.(*term.Const)
	return ok && c.Text == "1"
}

func pseudo(t term.Term, n int) string {
	r, ok := t.(*term.Result)
	if !ok || r.Call != n || len(r.Steps) != 1 || r.Steps[0].Kind != term.PseudoStep {
		return ""
	}
	return r.Steps[0].Name
}

func column(t term.Term, n int) bool {
	r, ok := t.(*term.Result)
	return ok && r.Call == n && statement.IsRowPart(r)
}
