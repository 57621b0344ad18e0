package link

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
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

// referenceMessage says of a write what it stores, and how many statements rest on that
// it is the caller's.
func (a findingBuilder) referenceMessage() string {
	w := a.reference
	rest := ""
	switch a.rest {
	case 0:
	case 1:
		rest = " (1 statement rests on it)"
	default:
		rest = fmt.Sprintf(" (%d statements rest on it)", a.rest)
	}
	part := ""
	if w.Value == proof.TakenValue {
		part = "a part of "
	}
	return fmt.Sprintf("%s.%s: set to %s%s, and nothing shows that this row of %s is the caller's%s; look it up with the caller's %s first",
		statement.TableName(w.Table), w.Column, part, source(a.cause.Origin), statement.TableName(w.Edge.To), rest, a.noun())
}

// movesRow reports whether a finding is about what a write makes of a row rather than
// about which rows it finds: it stores another tenant in the row, or overwrites a row
// that only a key names.
func (a findingBuilder) movesRow() bool {
	if a.stmt.Proof == nil {
		return false
	}
	return slices.ContainsFunc(a.stmt.Proof.Moves, func(m proof.Move) bool {
		if m.Kind == proof.Reassigns {
			return a.cause.Kind == obligation.Request && a.cause.Atom.IsTenant() && !a.findsBy(m.Holes)
		}
		if a.cause.Kind == obligation.Gap {
			return len(m.Alternatives) == 0 && a.stmt.Proof.Relations[m.Relation].Gap == a.cause.Gap && a.cause.Gap.Reason == proof.Overwritten
		}
		return a.cause.Kind == obligation.Request && a.cause.Atom.Kind == proof.Key && needsKey(m, a.cause.Atom)
	})
}

// findsBy reports whether the statement finds its rows by one of some bind values.
func (a findingBuilder) findsBy(holes []int) bool {
	return slices.ContainsFunc(a.stmt.Proof.Shape.Sources, func(s proof.Source) bool {
		return slices.ContainsFunc(s.Bound, func(b proof.Binding) bool { return slices.Contains(holes, b.Hole) })
	})
}

// needsKey reports whether a row stays the caller's only by a key.
func needsKey(m proof.Move, x obligation.Atom) bool {
	return slices.ContainsFunc(m.Alternatives, func(alt proof.Alternative) bool {
		return slices.ContainsFunc(alt.Needs, func(n proof.Need) bool { return n.Kind == proof.Key && n.Table == x.Table && n.Column == x.Column })
	})
}

// moveMessage says what the write may do to another tenant's row, or with the row.
func (a findingBuilder) moveMessage() string {
	if a.cause.Kind == obligation.Request && a.cause.Atom.IsTenant() {
		return fmt.Sprintf("%s: set to %s, which the client chose and nothing compares with the caller's: the row goes to any %s; set it to the caller's, or check the membership first",
			a.subject(), source(a.cause.Origin), a.noun())
	}
	key := ""
	for _, m := range a.stmt.Proof.Moves {
		if m.Kind == proof.Overwrites && len(m.Columns) > 0 {
			key = " (" + strings.Join(m.Columns, ", ") + ")"
		}
	}
	remedy := ""
	if t := a.table(); t != nil && t.Tenancy != catalogue.Root && t.Column != "" {
		remedy = "put " + t.Column + " into the key, or "
	}
	return fmt.Sprintf("%s: on conflict%s the row that is there is overwritten, whoever's it is; %sask for the caller's %s in DO UPDATE … WHERE",
		a.subject(), key, remedy, a.noun())
}
