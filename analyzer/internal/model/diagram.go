package model

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Diagram is the schema that the models of a program are, by a naming; nil if there are
// none. A struct type that is only a part of others is no table.
func (m *Models) Diagram(naming string) *schema.Diagram {
	d := &schema.Diagram{Name: "models", Dialect: sqltree.Postgres}
	var list []*Table
	for _, name := range slices.Sorted(slices.Values(m.order)) {
		if t := m.Of(name, naming); m.isTable(t, naming) {
			list = append(list, t)
		}
	}
	tables := map[string]*schema.Table{}
	for _, t := range list {
		if tables[t.Name] == nil {
			tables[t.Name] = inSchema(t)
			d.Tables = append(d.Tables, tables[t.Name])
		} else {
			widen(tables[t.Name], inSchema(t))
		}
	}
	for _, t := range list {
		for _, r := range t.Relations {
			m.keys(d, tables, t, r, naming)
		}
	}
	for _, t := range list {
		if t.Place.File != "" && !slices.Contains(d.Files, t.Place.File) {
			d.Files = append(d.Files, t.Place.File)
		}
	}
	if len(d.Tables) == 0 {
		return nil
	}
	return d
}

// Handed are the tables whose struct types a program hands to the library, or that name their
// tables themselves.
func (m *Models) Handed(naming string) map[string]bool {
	out := map[string]bool{}
	for _, name := range m.order {
		if x := m.byName[name]; x.Used || x.Method {
			if t := m.Of(name, naming); t != nil {
				out[t.Name] = true
			}
		}
	}
	return out
}

// widen adds the columns that a second struct for the same rows names.
func widen(t, more *schema.Table) {
	for _, c := range more.Columns {
		if !slices.ContainsFunc(t.Columns, func(x *schema.Column) bool { return x.Name == c.Name }) {
			t.Columns = append(t.Columns, c)
		}
	}
}

// isTable reports whether a struct type stands for a table of its own: it is handed to
// the library, or it has a key and is no part of another one.
func (m *Models) isTable(t *Table, naming string) bool {
	if t == nil || t.Name == "" || len(t.Columns) == 0 {
		return false
	}
	x := m.byName[t.Type]
	if x.Used || x.Method {
		return true
	}
	return len(t.Key()) > 0 && !m.embedded(t.Type, naming)
}

// embedded reports whether a struct type is a part of another one.
func (m *Models) embedded(typ, naming string) bool {
	n := m.namingOf(naming)
	for _, name := range m.order {
		for i := range m.byName[name].Fields {
			f := &m.byName[name].Fields[i]
			if _, ok := n.part(f); ok && f.Type == typ && !n.extends(f) {
				return true
			}
		}
	}
	return false
}

// inSchema is a table with its columns and keys.
func inSchema(t *Table) *schema.Table {
	at := schema.Position{File: t.Place.File, Line: t.Place.Line}
	out := &schema.Table{Position: at, Name: t.Name}
	var primary []string
	unique := map[string]*schema.Key{}
	for _, c := range t.Columns {
		out.Columns = append(out.Columns, &schema.Column{Position: at, Name: c.Name, Type: c.Type, NotNull: c.NotNull, Identity: c.Counted, Default: c.Default})
		if c.Primary {
			primary = append(primary, c.Name)
		}
		for _, name := range c.Unique {
			k := unique[name]
			if k == nil || name == "" {
				k = &schema.Key{Position: at, Name: name}
				unique[name] = k
				out.Keys = append(out.Keys, k)
			}
			k.Columns = append(k.Columns, c.Name)
		}
	}
	if len(primary) > 0 {
		out.Keys = append([]*schema.Key{{Position: at, Columns: primary, Primary: true}}, out.Keys...)
	}
	return out
}

// keys adds the foreign keys of a relation.
func (m *Models) keys(d *schema.Diagram, tables map[string]*schema.Table, t *Table, r *Relation, naming string) {
	o := m.Of(r.To, naming)
	if o == nil || tables[t.Name] == nil || tables[o.Name] == nil || r.NoKey {
		return
	}
	at := schema.Position{File: t.Place.File, Line: t.Place.Line}
	key := func(from *schema.Table, columns []string, to string, refs []string) {
		fk := &schema.ForeignKey{Position: at, Columns: columns, RefTable: to, RefColumns: refs, OnDelete: actions[r.OnDelete]}
		same := func(x *schema.ForeignKey) bool {
			return x.RefTable == to && slices.Equal(x.Columns, columns)
		}
		if !slices.ContainsFunc(from.ForeignKeys, same) {
			from.ForeignKeys = append(from.ForeignKeys, fk)
		}
	}
	switch r.Kind {
	case BelongsTo:
		key(tables[t.Name], r.Own, o.Name, r.Other)
	case HasOne, HasMany:
		key(tables[o.Name], r.Other, t.Name, r.Own)
	case ManyToMany:
		between := tables[r.Between]
		if between == nil {
			between = &schema.Table{Position: at, Name: r.Between, Keys: []*schema.Key{{Position: at, Columns: slices.Concat(r.OwnRefs, r.OthRefs), Primary: true}}}
			holding(between, r.OwnRefs, t, r.Own)
			holding(between, r.OthRefs, o, r.Other)
			tables[r.Between] = between
			d.Tables = append(d.Tables, between)
		}
		key(between, r.OwnRefs, t.Name, r.Own)
		key(between, r.OthRefs, o.Name, r.Other)
	}
}

// holding adds columns that hold those of another table.
func holding(to *schema.Table, names []string, of *Table, held []string) {
	for i, name := range names {
		c := &schema.Column{Position: to.Position, Name: name, NotNull: true}
		if x := of.Column(held[i]); x != nil {
			c.Type = x.Type
		}
		to.Columns = append(to.Columns, c)
	}
}

// actions are what a foreign key does, as tags write it.
var actions = map[string]sqltree.Action{"CASCADE": sqltree.Cascade, "SET NULL": sqltree.SetNull, "SET DEFAULT": sqltree.SetDefault}
