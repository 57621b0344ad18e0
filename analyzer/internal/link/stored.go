package link

import (
	"fmt"

	"github.com/tenantvet/tenantvet/analyzer/internal/proof"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// storedMessage says of an insert or update that stores the key of a row which may
// be another tenant's: no filter of the statement would help, a look-up before it
// does. It is empty where the value is no such key.
func (a accusation) storedMessage() string {
	c := a.cause
	if c.kind != request || c.atom.kind != proof.Key {
		return ""
	}
	column := storedIn(a.stmt.tree, a.holesOf(c.atom))
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
func storedIn(tree sqltree.Statement, holes map[int]bool) string {
	switch x := tree.(type) {
	case *sqltree.Update:
		for _, s := range x.Set {
			if len(s.Columns) == 1 && isHole(s.Value, holes) {
				return s.Columns[0]
			}
		}
	case *sqltree.Insert:
		if x.Source == nil {
			return ""
		}
		rows, ok := x.Source.Body.(*sqltree.Values)
		if !ok {
			return ""
		}
		for _, row := range rows.Rows {
			for i, v := range row {
				if i < len(x.Columns) && isHole(v, holes) {
					return x.Columns[i]
				}
			}
		}
	}
	return ""
}

func isHole(e sqltree.Expr, holes map[int]bool) bool {
	h, ok := uncast(e).(*sqltree.Hole)
	return ok && holes[h.Number]
}
