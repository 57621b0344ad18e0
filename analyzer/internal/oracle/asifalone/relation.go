package asifalone

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

// columnKind is what a column is good for when a statement is made up.
type columnKind uint8

const (
	plainColumn columnKind = iota
	tenantColumn
	idColumn // some id: of a row, or a reference
)

// column is a column of a relation in scope.
type column struct {
	name string
	typ  string
	kind columnKind
}

// relation is a table, view, CTE or derived table in scope under an alias.
type relation struct {
	alias string // "" for the merged columns of USING
	cols  []column
	table *catalogue.Table // nil if it is no base table
}

// ref writes a column with its qualifier.
func (r relation) ref(c column) string {
	if r.alias == "" {
		return ident(c.name)
	}
	return r.alias + "." + ident(c.name)
}

// byName writes a column of the relation by its name.
func (r relation) byName(name string) string { return r.ref(column{name: name}) }

// kindOf sorts the columns of a table.
func kindOf(t *catalogue.Table, name string) columnKind {
	if name == t.Column {
		return tenantColumn
	}
	for _, k := range t.Keys {
		if k.Primary && slices.Contains(k.Columns, name) {
			return idColumn
		}
	}
	for _, e := range t.Edges {
		if slices.Contains(e.Columns, name) {
			return idColumn
		}
	}
	return plainColumn
}

// tableRelation is a base table under an alias.
func tableRelation(t *catalogue.Table, alias string) relation {
	r := relation{alias: alias, table: t}
	for _, c := range t.Columns {
		r.cols = append(r.cols, column{name: c.Name, typ: baseType(c.Type), kind: kindOf(t, c.Name)})
	}
	return r
}

// find gives a column of the relation by name.
func (r relation) find(name string) (column, bool) {
	for _, c := range r.cols {
		if c.name == name {
			return c, true
		}
	}
	return column{}, false
}

// tenantCol is the column that says whose a row is, if the relation shows it.
func (r relation) tenantCol() (column, bool) {
	for _, c := range r.cols {
		if c.kind == tenantColumn {
			return c, true
		}
	}
	return column{}, false
}

// owned tells whether a relation must be tied: a base table that is not shared,
// or a derived one that shows a tenant.
func (r relation) owned() bool {
	if r.table != nil {
		return r.table.Tenancy != catalogue.Shared
	}
	_, ok := r.tenantCol()
	return ok
}

// edgesBetween lists conditions that join two relations along foreign keys.
func edgesBetween(a, b relation) []*catalogue.Edge {
	var out []*catalogue.Edge
	if a.table == nil || b.table == nil {
		return nil
	}
	for _, e := range a.table.Edges {
		if e.To == b.table {
			out = append(out, e)
		}
	}
	return out
}

// along writes an edge as a condition: all columns, from and to under aliases.
func along(e *catalogue.Edge, from, to relation) string {
	cond := ""
	for i := range e.Columns {
		if i > 0 {
			cond += " AND "
		}
		cond += from.byName(e.Columns[i]) + " = " + to.byName(e.RefColumns[i])
	}
	return cond
}
