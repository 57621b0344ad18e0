package asifalone

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

// shown is a reference that only a join of the statement shows: columns of one
// table that equal a key of another.
type shown struct {
	table, to string
	columns   []string
}

// prune takes out rows until every reference that only a join shows stays in
// its tenant; rows that refer to one that is taken out go with it.
func (f *filler) prune() {
	for _, s := range f.keep.Shown {
		from, to := f.w.named(s.table), f.w.named(s.to)
		if from == nil || to == nil {
			continue
		}
		for _, row := range slices.Clone(f.data[from]) {
			if f.strays(from, row, to, s.columns) {
				f.remove(from, row)
			}
		}
	}
}

// strays tells whether the columns of a row equal a key of a row of another
// owner.
func (f *filler) strays(from *catalogue.Table, row Row, to *catalogue.Table, columns []string) bool {
	values, ok := pick(from, row, columns)
	if !ok {
		return false
	}
	mine := f.data.ownerOf(from, row)
	for _, key := range slices.Concat(to.Unique, to.SoftUnique) {
		if len(key.Columns) != len(columns) {
			continue
		}
		for _, target := range f.data[to] {
			if matches(to, target, key.Columns, values) && f.data.ownerOf(to, target) != mine {
				return true
			}
		}
	}
	return false
}

// remove takes a row out, and before it those that refer to it.
func (f *filler) remove(t *catalogue.Table, row Row) {
	for _, from := range f.w.Order {
		for _, e := range from.Edges {
			values, ok := pick(t, row, e.RefColumns)
			if e.To != t || !ok {
				continue
			}
			for _, other := range slices.Clone(f.data[from]) {
				if other.key() != row.key() && matches(from, other, e.Columns, values) {
					f.remove(from, other)
				}
			}
		}
	}
	f.data[t] = slices.DeleteFunc(slices.Clone(f.data[t]), func(r Row) bool { return r.key() == row.key() })
}

// named finds the table that holds the rows of a table or partition.
func (w *World) named(name string) *catalogue.Table {
	name = holder(w.Cat, name)
	for _, t := range w.Order {
		if tableName(t) == name {
			return t
		}
	}
	return nil
}

// holder is the name of the table that holds the rows: a partition's parent.
func holder(cat *catalogue.Catalogue, name string) string {
	for _, t := range cat.Tables {
		if tableName(t) == name && t.PartitionOf != "" {
			return holder(cat, t.PartitionOf)
		}
	}
	return name
}
