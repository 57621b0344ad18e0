package propagate

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/pathcond"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// unlessRefuted weakens what a text needs: a text that is built only where a value
// is zero needs nothing where that value is not. The filter that it lacks is an
// optional one, and it is the value that callers answer for.
func (p *Callers) unlessRefuted(e *pathcond.Env, r *unit.Run, s *statement.Statement, v obligation.Value) obligation.Value {
	if obligation.IsTrue(v) {
		return v
	}
	out, optional := v, false
	for _, x := range wayOf(r, s) {
		kind := proof.NonZero
		if x.Op == term.NonZero {
			kind = proof.Zero
		}
		got := p.solver.Prove(e, obligation.Atom{Kind: kind, T: x.A})
		if x.Op == term.NonZero {
			got.Fails = nil
		} else if !optional {
			optional, out = true, obligation.Value{Alts: out.Alts}
		}
		out = obligation.Or(out, got)
	}
	return out
}

// wayOf are the facts under which a text of a run is built; none if the text is
// not told from others.
func wayOf(r *unit.Run, s *statement.Statement) []term.Fact {
	if len(r.Ways) == 0 || slices.ContainsFunc(term.Leaves(r.Text), statement.Unresolved) {
		return nil
	}
	for _, w := range r.Ways {
		if c, ok := w.Text.(*term.Const); ok && c.Text == s.Text {
			return w.If
		}
	}
	return nil
}
