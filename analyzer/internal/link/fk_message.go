package link

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/link/obligation"
	"github.com/tenantvet/tenantvet/analyzer/internal/link/statement"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
)

// storedMessage says of an insert or update that stores the key of a row which may
// be another tenant's: no filter of the statement would help, a look-up before it
// does. It is empty where the value is no such key.
func (a findingBuilder) storedMessage() string {
	c := a.cause
	if c.Kind != obligation.Request || c.Atom.Kind != proof.Key {
		return ""
	}
	column := a.stmt.StoredIn(a.holesOf(c.Atom))
	if column == "" {
		return ""
	}
	target := statement.TableName(a.table())
	return fmt.Sprintf("%s.%s: set to %s, and nothing shows that this row of %s is the caller's; look it up with the caller's %s first",
		target, column, source(c.Origin), c.Atom.Table, a.noun())
}

// holesOf are the holes of which the statement needs what the atom demands.
func (a findingBuilder) holesOf(x obligation.Atom) map[int]bool {
	holes := map[int]bool{}
	for _, w := range a.stmt.All() {
		for _, n := range w.Needs {
			if n.Kind == x.Kind && n.Table == x.Table && n.Column == x.Column {
				holes[n.Hole] = true
			}
		}
	}
	return holes
}
