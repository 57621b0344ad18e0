package formula

// Mentions reports whether a predicate speaks of a term.
func (c *Conj) Mentions(t TermID) bool {
	for _, a := range c.Atoms {
		if a.Cite != nil && a.Kind != ZeroAtom && a.Kind != SetAtom && (a.A == t || a.Kind == EqAtom && a.B == t) {
			return true
		}
	}
	for _, o := range c.Ors {
		for _, arm := range o.Arms {
			if arm.Mentions(t) {
				return true
			}
		}
	}
	return false
}
