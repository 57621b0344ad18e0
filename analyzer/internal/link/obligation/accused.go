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
// a gap before an id. Of two that weigh the same, that a row is not tied by which the other
// would do no harm: that one is accused, or asked about, where it is loaded.
func MostSignificant(fails []Cause) Cause {
	best := Cause{}
	for i, c := range fails {
		if d := weight(c) - weight(best); i == 0 || d > 0 || d == 0 && best.Row == nil && c.Row != nil {
			best = c
		}
	}
	return best
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
