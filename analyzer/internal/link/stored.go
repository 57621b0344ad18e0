package link

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// storedMessage says of an insert or update that stores the key of a row which may
// be another tenant's: no filter of the statement would help, a look-up before it
// does. It is empty where the value is no such key.
func (a accusation) storedMessage() string {
	c := a.cause
	if c.kind != request || c.atom.kind != proof.Key {
		return ""
	}
	column := a.stmt.storedIn(a.holesOf(c.atom))
	if column == "" {
		return ""
	}
	target := tableName(a.table())
	return fmt.Sprintf("%s.%s: set to %s, and nothing shows that this row of %s is the caller's; look it up with the caller's %s first",
		target, column, source(c.origin), c.atom.table, a.noun())
}

// holesOf are the holes of which the statement needs what the atom demands.
func (a accusation) holesOf(x atom) map[int]bool {
	holes := map[int]bool{}
	for _, w := range a.stmt.all() {
		for _, n := range w.needs {
			if n.Kind == x.kind && n.Table == x.table && n.Column == x.column {
				holes[n.Hole] = true
			}
		}
	}
	return holes
}

// storedIn is the column that one of the holes is stored in, "" if there is none.
func (s *stmt) storedIn(holes map[int]bool) string {
	for _, x := range s.proof.Shape.Stored {
		if holes[x.Hole] {
			return x.Column
		}
	}
	return ""
}
