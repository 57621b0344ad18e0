package obligation

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
)

// Definite reports whether every alternative failed for a reason that is known.
func Definite(fails []Cause) bool {
	for _, c := range fails {
		if !c.IsDefinite() {
			return false
		}
	}
	return len(fails) > 0
}

// Accused is the text that has the gap, or the first.
func Accused(t *statement.Texts, c Cause) *statement.Statement {
	for _, s := range t.List {
		for i := range s.Proof.Relations {
			if g := s.Proof.Relations[i].Gap; g != nil && g == c.Gap {
				return s
			}
		}
	}
	return t.List[0]
}

// MostSignificant picks the cause to report: the client's tenant before a missing one,
// a gap before an id. Of two ids it is that of a row which is not tied, since the other would
// do no harm beside one that is: that row is accused, or asked about, where it is loaded.
func MostSignificant(fails []Cause) Cause {
	best := Cause{}
	for i, c := range fails {
		if i == 0 || weight(c) > weight(best) || c.outdoes(best) {
			best = c
		}
	}
	return best
}

// outdoes reports whether two causes are ids that the client chose, of which that of d stands
// beside a row, which the other one finds.
func (c Cause) outdoes(d Cause) bool {
	chosenID := func(x Cause) bool { return x.Kind == Request && !x.Atom.IsTenant() }
	return chosenID(c) && chosenID(d) && c.Row != nil && d.Row == nil && c.Atom.String() != d.Atom.String()
}

func weight(c Cause) int {
	switch {
	case c.Kind == Request && c.Atom.IsTenant():
		return 5
	case c.Kind == ZeroValue && c.Accessor:
		return 4
	case c.Kind == Gap, c.OfPolicies():
		return 3
	case c.Kind == Request:
		return 2
	case c.Kind == ZeroValue:
		return 1
	}
	return 0
}
