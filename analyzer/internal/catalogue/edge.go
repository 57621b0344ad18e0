package catalogue

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// link gives every table its edges: the declared ones, then those by name for
// columns that no foreign key covers.
func (d *decision) link() {
	for _, t := range d.cat.Tables {
		for _, f := range t.ForeignKeys {
			to := d.cat.exact(f.RefSchema, f.RefTable)
			if to == nil || len(f.Columns) != len(f.RefColumns) {
				continue
			}
			t.Edges = append(t.Edges, &Edge{From: t, Columns: f.Columns, To: to, RefColumns: f.RefColumns, declared: f})
		}
		for _, c := range t.Columns {
			if e := d.byName(t, c); e != nil {
				t.Edges = append(t.Edges, e)
			}
		}
	}
}

// byName infers an edge from a column called <table>_id; nil where a foreign
// key covers the column, no table has that name, or the types differ.
func (d *decision) byName(t *Table, c *schema.Column) *Edge {
	noun, isID := columnNoun(c.Name)
	if !isID || slices.ContainsFunc(t.Edges, func(e *Edge) bool { return slices.Contains(e.Columns, c.Name) }) {
		return nil
	}
	to := d.tableOf(noun, t.Schema)
	if to == nil || to == t {
		return nil
	}
	id := rowID(to)
	if id == nil || !compatible(c.Type, id.Type) {
		return nil
	}
	return &Edge{From: t, Columns: []string{c.Name}, To: to, RefColumns: []string{id.Name}, Inferred: true}
}

// tableOf finds the table that holds things of a noun: in the same schema, in
// the only one that has it, or the only one with the product's prefix before
// the noun (iam_organizations for "organization").
func (d *decision) tableOf(noun, schemaName string) *Table {
	exact := d.nouns[noun]
	if noun == "" || len(exact) == 0 {
		return sole(d.prefixed[noun])
	}
	var same []*Table
	for _, t := range exact {
		if t.Schema == schemaName {
			same = append(same, t)
		}
	}
	if len(same) == 1 {
		return same[0]
	}
	return sole(exact)
}

// indexNouns lists the tables by what they hold; partitions are left out.
func (d *decision) indexNouns() {
	d.nouns, d.prefixed = map[string][]*Table{}, map[string][]*Table{}
	first := map[string]int{}
	for _, t := range d.cat.Tables {
		if w := words(t.Name); len(w) > 1 {
			first[w[0]]++
		}
	}
	for _, t := range d.cat.Tables {
		if t.PartitionOf != "" {
			continue
		}
		noun := canonical(tableNoun(t.Name))
		d.nouns[noun] = append(d.nouns[noun], t)
		if w := words(t.Name); len(w) == 2 && first[w[0]] >= 5 && 5*first[w[0]] >= len(d.cat.Tables) {
			noun := canonical(singular(w[1]))
			d.prefixed[noun] = append(d.prefixed[noun], t)
		}
	}
}

func sole(tables []*Table) *Table {
	if len(tables) != 1 {
		return nil
	}
	return tables[0]
}

// rowID is the single column that identifies a row: the primary key, or the
// column id where the primary key has more.
func rowID(t *Table) *schema.Column {
	if pk := t.Primary(); pk != nil && len(pk.Columns) == 1 {
		return t.Table.Column(pk.Columns[0])
	}
	return t.Table.Column("id")
}

// single tells an edge of one column.
func (e *Edge) single() bool { return len(e.Columns) == 1 }

// notNull tells that every column of the edge is NOT NULL.
func (e *Edge) notNull() bool {
	for _, name := range e.Columns {
		if c := e.From.Table.Column(name); c == nil || !c.NotNull {
			return false
		}
	}
	return true
}

// inKey tells that the edge's columns are part of one key.
func (e *Edge) inKey() bool { return inKey(e.From, e.Columns) }

func inKey(t *Table, columns []string) bool {
	for _, k := range t.Keys {
		if contains(k.Columns, columns) {
			return true
		}
	}
	return false
}

func contains(all, some []string) bool {
	for _, s := range some {
		if !slices.Contains(all, s) {
			return false
		}
	}
	return true
}
