package schema

import (
	"fmt"
	"slices"
)

// finish completes the diagram: partitions and heirs get what they inherit,
// foreign keys without columns refer to primary keys. It comes last because a
// migration may alter a parent after its partitions were made.
func (r *replay) finish() {
	byName := map[string]*Table{}
	for _, t := range r.d.Tables {
		byName[t.FullName()] = t
	}
	done := map[*Table]bool{}
	for _, t := range r.d.Tables {
		inherit(t, byName, done)
	}
	told := map[string]bool{}
	for _, t := range r.d.Tables {
		for _, f := range t.ForeignKeys {
			r.tellMissing(t, f, byName, told)
			resolve(f, byName[fullName(f.RefSchema, f.RefTable)])
		}
	}
}

// tellMissing notes a foreign key to a table that no file defines, once a table.
// It is a note and no problem: the table may be another tool's, and everything
// else stands.
func (r *replay) tellMissing(t *Table, f *ForeignKey, byName map[string]*Table, told map[string]bool) {
	ref := fullName(f.RefSchema, f.RefTable)
	if byName[ref] == nil && !told[ref] {
		told[ref] = true
		r.d.Notes = append(r.d.Notes, Note{f.Position, fmt.Sprintf("%s refers to %s, which no file defines", t.FullName(), ref)})
	}
}

// inherit gives t what its parents have, after the parents got theirs. What was
// done is remembered, which also ends a cycle that only broken files could make.
func inherit(t *Table, byName map[string]*Table, done map[*Table]bool) {
	if done[t] {
		return
	}
	done[t] = true
	// Its parent may itself be a partition: of a year, then of a month.
	if p := byName[t.PartitionOf]; p != nil && t.PartitionOf != "" {
		inherit(p, byName, done)
		inheritColumns(t, p)
		inheritKeys(t, p)
	}
	for _, name := range t.Inherits {
		if p := byName[name]; p != nil {
			inherit(p, byName, done)
			inheritColumns(t, p)
		}
	}
}

// inheritColumns puts the columns of p that t lacks before its own, each as an
// object of its own: two tables never share one.
func inheritColumns(t, p *Table) {
	var cols []*Column
	for _, c := range p.Columns {
		if t.Column(c.Name) == nil {
			copied := *c
			cols = append(cols, &copied)
		}
	}
	t.Columns = append(cols, t.Columns...)
}

// inheritKeys gives a partition the keys and foreign keys of its parent. Heirs by
// INHERITS get none, as on the server.
func inheritKeys(t, p *Table) {
	for _, k := range p.Keys {
		if !slices.ContainsFunc(t.Keys, func(own *Key) bool { return slices.Equal(own.Columns, k.Columns) }) {
			copied := *k
			t.Keys = append(t.Keys, &copied)
		}
	}
	for _, f := range p.ForeignKeys {
		if !slices.ContainsFunc(t.ForeignKeys, func(own *ForeignKey) bool { return slices.Equal(own.Columns, f.Columns) }) {
			copied := *f
			t.ForeignKeys = append(t.ForeignKeys, &copied)
		}
	}
}

// resolve fills in the primary key where the DDL names no columns. A key that is
// dropped later was known to the server then; here the last one counts.
func resolve(f *ForeignKey, ref *Table) {
	if len(f.RefColumns) > 0 || ref == nil {
		return
	}
	if pk := ref.Primary(); pk != nil {
		f.RefColumns = pk.Columns
	}
}
