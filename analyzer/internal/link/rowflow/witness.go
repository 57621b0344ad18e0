package rowflow

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// SawWitness reports whether facts say of the boolean or the count by which operation n speaks
// of other rows, as in SELECT EXISTS (…), that such rows are there.
func SawWitness(facts []term.Fact, n int, r *proof.Result) bool {
	return r.Holds >= 0 && slices.ContainsFunc(facts, func(f term.Fact) bool {
		out, ok := f.A.(*term.Result)
		if !ok || out.Call != n || len(out.Steps) != 1 || out.Steps[0].Kind != term.ColumnStep {
			return false
		}
		st := out.Steps[0]
		return (st.Name != "" || st.Index == r.Holds) && saysThere(f, r)
	})
}

// saysThere reports whether a fact about the boolean or the count of a query says that rows
// are there.
func saysThere(f term.Fact, r *proof.Result) bool {
	c, isConst := f.B.(*term.Const)
	if r.Absent {
		return f.Op == term.False || f.Op == term.IsZero || f.Op == term.Eq && isConst && c.Text == "false"
	}
	switch f.Op {
	case term.True, term.NonZero, term.Positive:
		return true
	case term.Eq:
		return isConst && (c.Text == "true" || r.Counts && c.Text != "0")
	}
	return false
}
