package worlds

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// ColumnIndex finds a column of a table, -1 if it has none.
func ColumnIndex(t *catalogue.Table, name string) int {
	for i, c := range t.Columns {
		if c.Name == name {
			return i
		}
	}
	return -1
}

// TenantType is the type of the tenant's key.
func (w *World) TenantType() string {
	if w.Cat.Root != nil {
		if i := ColumnIndex(w.Cat.Root, w.Cat.Root.Column); i >= 0 {
			return w.Cat.Root.Columns[i].Type
		}
	}
	for _, t := range w.Order {
		if i := ColumnIndex(t, t.Column); i >= 0 {
			return t.Columns[i].Type
		}
	}
	return "bigint"
}

// Touched lists the tables that a text may read or change: those that it names,
// or all where views, triggers or functions may touch more.
func (w *World) Touched(sql string) []int {
	var out []int
	hidden := w.Cat.Diagram != nil && (len(w.Cat.Diagram.Triggers) > 0 || len(w.Cat.Diagram.Functions) > 0)
	for _, v := range w.Views {
		hidden = hidden || strings.Contains(sql, v.Alias)
	}
	if w.Cat.Diagram != nil {
		for _, v := range w.Cat.Diagram.Views {
			hidden = hidden || strings.Contains(sql, v.Name)
		}
	}
	for i, t := range w.Order {
		named := strings.Contains(sql, t.Name)
		for _, part := range w.Cat.Tables {
			named = named || part.PartitionOf == t.Name && strings.Contains(sql, part.Name)
		}
		if hidden || named {
			out = append(out, i)
		}
	}
	return out
}

// Named finds the table that holds the rows of a table or partition.
func (w *World) Named(name string) *catalogue.Table {
	name = Holder(w.Cat, name)
	for _, t := range w.Order {
		if domain.TableName(t) == name {
			return t
		}
	}
	return nil
}

// Holder is the name of the table that holds the rows: a partition's parent.
func Holder(cat *catalogue.Catalogue, name string) string {
	for _, t := range cat.Tables {
		if domain.TableName(t) == name && t.PartitionOf != "" {
			return Holder(cat, t.PartitionOf)
		}
	}
	return name
}

// World is a schema with what was decided about it.
type World struct {
	DDL   string
	Cat   *catalogue.Catalogue
	Order []*catalogue.Table // tables that hold rows, referenced ones first
	Views []Relation
}

// NewWorld orders the tables of a catalogue. Partitions are left out: their
// rows are their parent's.
func NewWorld(ddl string, cat *catalogue.Catalogue) *World {
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

// All lists every table.
func (w *World) All() []int {
	out := make([]int, len(w.Order))
	for i := range out {
		out[i] = i
	}
	return out
}

// Declared finds the foreign key behind an edge, nil if it was inferred.
func Declared(e *catalogue.Edge) *schema.ForeignKey {
	for _, fk := range e.From.ForeignKeys {
		if slices.Equal(fk.Columns, e.Columns) && fk.RefTable == e.To.Name {
			return fk
		}
	}
	return nil
}

// EnforcedUnique reports whether the database keeps the columns unique.
func EnforcedUnique(t *catalogue.Table, columns []string) bool {
	for _, k := range t.Keys {
		if !k.Expressions && k.Where == "" && isSubset(k.Columns, columns) {
			return true
		}
	}
	return false
}

// isSubset reports whether a key is part of some columns: then those are unique, too.
func isSubset(small, big []string) bool {
	for _, s := range small {
		if !slices.Contains(big, s) {
			return false
		}
	}
	return true
}

// OwnerKey reports whether children find their owner by these columns of t: such
// a key is unique in every data set, else it would be undefined whose they are.
func (w *World) OwnerKey(t *catalogue.Table, columns []string) bool {
	for _, child := range w.Order {
		for _, e := range OwnersOf(child) {
			if e.To == t && isSubset(columns, e.RefColumns) {
				return true
			}
		}
	}
	return false
}

// OwnersOf lists the edges by which rows of t may be owned; none if t has a
// tenant of its own.
func OwnersOf(t *catalogue.Table) []*catalogue.Edge {
	switch {
	case t.Tenancy != catalogue.Child || t.Owner == nil:
		return nil
	case len(t.Owners) > 0:
		return t.Owners
	}
	return []*catalogue.Edge{t.Owner}
}

// NotNull reports whether a column takes no NULL, as the server sees it.
func NotNull(t *catalogue.Table, name string) bool {
	for _, k := range t.Keys {
		if k.Primary && slices.Contains(k.Columns, name) {
			return true
		}
	}
	i := ColumnIndex(t, name)
	return i >= 0 && (t.Columns[i].NotNull || t.Columns[i].Identity)
}
