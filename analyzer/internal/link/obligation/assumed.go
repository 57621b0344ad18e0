package obligation

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Assumed is what readers take for granted of a context key: that what the steps lead to
// below it is the caller's tenant or user, or the key of the tenant's row.
type Assumed struct {
	Of    Atom // of no value
	Steps []term.Step
}

// Assumptions are what readers take for granted, by context key: whoever writes the key
// owes just that.
type Assumptions map[string][]Assumed

// Add adds what a path below the key that it names is taken for.
func (m Assumptions) Add(a Atom, t *term.Path) {
	of := a.On(nil)
	for _, x := range m[t.Name] {
		if x.Of == of && slices.Equal(x.Steps, t.Steps) {
			return
		}
	}
	m[t.Name] = append(m[t.Name], Assumed{of, t.Steps})
}
