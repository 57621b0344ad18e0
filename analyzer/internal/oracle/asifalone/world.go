package asifalone

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// World is a schema with what was decided about it.
type World struct {
	DDL   string
	Cat   *catalogue.Catalogue
	Order []*catalogue.Table // tables that hold rows, referenced ones first
	Views []relation
}

// newWorld orders the tables of a catalogue. Partitions are left out: their
// rows are their parent's.
func newWorld(ddl string, cat *catalogue.Catalogue) *World {
	w := &World{DDL: ddl, Cat: cat}
	placed := map[*catalogue.Table]bool{}
	var place func(t *catalogue.Table)
	place = func(t *catalogue.Table) {
		if placed[t] || t.PartitionOf != "" {
			return
		}
		placed[t] = true
		for _, e := range t.Edges {
			place(e.To)
		}
		w.Order = append(w.Order, t)
	}
	for _, t := range cat.Tables {
		place(t)
	}
	return w
}

// all lists every table.
func (w *World) all() []int {
	out := make([]int, len(w.Order))
	for i := range out {
		out[i] = i
	}
	return out
}

// declared finds the foreign key behind an edge, nil if it was inferred.
func declared(e *catalogue.Edge) *schema.ForeignKey {
	for _, fk := range e.From.ForeignKeys {
		if slices.Equal(fk.Columns, e.Columns) && fk.RefTable == e.To.Name {
			return fk
		}
	}
	return nil
}

// enforcedUnique tells whether the database keeps the columns unique.
func enforcedUnique(t *catalogue.Table, columns []string) bool {
	for _, k := range t.Keys {
		if !k.Expressions && k.Where == "" && isSubset(k.Columns, columns) {
			return true
		}
	}
	return false
}

// isSubset tells whether a key is part of some columns: then those are unique, too.
func isSubset(small, big []string) bool {
	for _, s := range small {
		if !slices.Contains(big, s) {
			return false
		}
	}
	return true
}

// ownerKey tells whether children find their owner by these columns of t: such
// a key is unique in every data set, else it would be undefined whose they are.
func (w *World) ownerKey(t *catalogue.Table, columns []string) bool {
	for _, child := range w.Order {
		for _, e := range ownersOf(child) {
			if e.To == t && isSubset(columns, e.RefColumns) {
				return true
			}
		}
	}
	return false
}

// ownersOf lists the edges by which rows of t may be owned; none if t has a
// tenant of its own.
func ownersOf(t *catalogue.Table) []*catalogue.Edge {
	switch {
	case t.Tenancy != catalogue.Child || t.Owner == nil:
		return nil
	case len(t.Owners) > 0:
		return t.Owners
	}
	return []*catalogue.Edge{t.Owner}
}

// notNull tells whether a column takes no NULL, as the server sees it.
func notNull(t *catalogue.Table, name string) bool {
	for _, k := range t.Keys {
		if k.Primary && slices.Contains(k.Columns, name) {
			return true
		}
	}
	i := columnIndex(t, name)
	return i >= 0 && (t.Columns[i].NotNull || t.Columns[i].Identity)
}
