package driver

import (
	"sync"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// units are the units compiled so far, by import path; packages are compiled
// in parallel.
type units struct {
	mu     sync.Mutex
	byPath map[string]*unit.Unit
}

func newUnits() *units { return &units{byPath: map[string]*unit.Unit{}} }

func (u *units) put(x *unit.Unit) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.byPath[x.Path] = x
}

func (u *units) get(path string) *unit.Unit {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.byPath[path]
}
