package driver

import (
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/finding"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// units are the units compiled so far and their package clauses, by import
// path; packages are compiled in parallel.
type units struct {
	mu      sync.Mutex
	byPath  map[string]*unit.Unit
	clauses map[string]finding.Place
}

// newUnits makes an empty set. Units are kept to the end of the run, because the
// link looks at all of them; syntax and types are not.
func newUnits() *units {
	return &units{byPath: map[string]*unit.Unit{}, clauses: map[string]finding.Place{}}
}

// put adds the unit of a package that was just compiled.
func (u *units) put(x *unit.Unit, clause finding.Place) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.byPath[x.Path], u.clauses[x.Path] = x, clause
}

// get is the unit of a package that is imported, nil if it is none of the
// project's. It was put before: packages are compiled after their imports.
func (u *units) get(path string) *unit.Unit {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.byPath[path]
}
