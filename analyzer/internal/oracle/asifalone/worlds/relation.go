package worlds

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
)

// columnKind is what a column is good for when a statement is made up.
type columnKind uint8

const (
	PlainColumn columnKind = iota
	TenantColumn
	IdColumn // some id: of a row, or a reference
)

// Column is a column of a relation in scope.
type Column struct {
	Name string
	Typ  string
	Kind columnKind
}

// Relation is a table, view, CTE or derived table in scope under an alias.
type Relation struct {
	Alias string // "" for the merged columns of USING
	Cols  []Column
	Table *catalogue.Table // nil if it is no base table
}

// Ref writes a column with its qualifier.
func (r Relation) Ref(c Column) string {
	if r.Alias == "" {
		return domain.Ident(c.Name)
	}
	return r.Alias + "." + domain.Ident(c.Name)
}

// ByName writes a column of the relation by its name.
func (r Relation) ByName(name string) string { return r.Ref(Column{Name: name}) }

// KindOf sorts the columns of a table.
func KindOf(t *catalogue.Table, name string) columnKind {
	if name == t.Column {
		return TenantColumn
	}
	for _, k := range t.Keys {
		if k.Primary && slices.Contains(k.Columns, name) {
			return IdColumn
		}
	}
	for _, e := range t.Edges {
		if slices.Contains(e.Columns, name) {
			return IdColumn
		}
	}
	return PlainColumn
}

// TableRelation is a base table under an alias.
func TableRelation(t *catalogue.Table, alias string) Relation {
	r := Relation{Alias: alias, Table: t}
	for _, c := range t.Columns {
		r.Cols = append(r.Cols, Column{Name: c.Name, Typ: domain.BaseType(c.Type), Kind: KindOf(t, c.Name)})
	}
	return r
}

// Find gives a column of the relation by name.
func (r Relation) Find(name string) (Column, bool) {
	for _, c := range r.Cols {
		if c.Name == name {
			return c, true
		}
	}
	return Column{}, false
}

// TenantCol is the column that says whose a row is, if the relation shows it.
func (r Relation) TenantCol() (Column, bool) {
	for _, c := range r.Cols {
		if c.Kind == TenantColumn {
			return c, true
		}
	}
	return Column{}, false
}

// Owned reports whether a relation must be tied: a base table that is not shared,
// or a derived one that shows a tenant.
func (r Relation) Owned() bool {
	if r.Table != nil {
		return r.Table.Tenancy != catalogue.Shared
	}
	_, ok := r.TenantCol()
	return ok
}

// EdgesBetween lists conditions that join two relations along foreign keys.
func EdgesBetween(a, b Relation) []*catalogue.Edge {
	var out []*catalogue.Edge
	if a.Table == nil || b.Table == nil {
		return nil
	}
	for _, e := range a.Table.Edges {
		if e.To == b.Table {
			out = append(out, e)
		}
	}
	return out
}

// Along writes an edge as a condition: all columns, from and to under aliases.
func Along(e *catalogue.Edge, from, to Relation) string {
	cond := ""
	for i := range e.Columns {
		if i > 0 {
			cond += " AND "
		}
		cond += from.ByName(e.Columns[i]) + " = " + to.ByName(e.RefColumns[i])
	}
	return cond
}
