package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// unlessRefuted weakens what a text needs: a text that is built only where a value
// is zero needs nothing where that value is not. The filter that it lacks is an
// optional one, and it is the value that callers answer for.
func (p *program) unlessRefuted(e *env, r *unit.Run, s *stmt, v value) value {
	if isTrue(v) {
		return v
	}
	out, optional := v, false
	for _, x := range wayOf(r, s) {
		kind := proof.NonZero
		if x.Op == term.NonZero {
			kind = proof.Zero
		}
		got := p.prove(e, atom{kind: kind, t: x.A})
		if x.Op == term.NonZero {
			got.fails = nil
		} else if !optional {
			optional, out = true, value{alts: out.alts}
		}
		out = or(out, got)
	}
	return out
}

// wayOf are the facts under which a text of a run is built; none if the text is
// not told from others.
func wayOf(r *unit.Run, s *stmt) []term.Fact {
	if len(r.Ways) == 0 || slices.ContainsFunc(term.Leaves(r.Text), unresolved) {
		return nil
	}
	for _, w := range r.Ways {
		if c, ok := w.Text.(*term.Const); ok && c.Text == s.text {
			return w.If
		}
	}
	return nil
}
