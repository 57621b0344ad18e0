package schema

import (
	"slices"
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// PostgreSQL names constraints that have no name, by rules that migrations rely
// on: a later DROP CONSTRAINT invoices_org_id_fkey must find its key.

// maxName is the length at which PostgreSQL cuts names, in bytes.
const maxName = 63

// constraintName is the name that PostgreSQL gives to a constraint without one;
// later DROP CONSTRAINT statements rely on it.
func constraintName(t *Table, c *sqltree.ConstraintDef) string {
	if c.Name != "" {
		return c.Name
	}
	columns, label := strings.Join(c.Columns, "_"), ""
	switch c.Kind {
	case sqltree.PrimaryKey:
		columns, label = "", "pkey"
	case sqltree.UniqueKey:
		label = "key"
	case sqltree.ForeignKey:
		label = "fkey"
	case sqltree.CheckConstraint:
		label = "check"
		if len(c.Columns) == 0 && len(c.NonZero) == 1 {
			columns = c.NonZero[0]
		}
	}
	return freeName(t, columns, label)
}

// freeName joins table, columns and label, shortened to fit, with a number behind
// it if the table has the name already. The server does the same, and what it
// chose is what migrations write later.
func freeName(t *Table, columns, label string) string {
	for n := 0; ; n++ {
		suffix := "_" + label
		if n > 0 {
			suffix += strconv.Itoa(n)
		}
		if name := fitted(t.Name, columns, suffix); !t.hasName(name) {
			return name
		}
	}
}

// fitted cuts the longer of the two names until the whole fits, letter by letter
// as the server does.
func fitted(table, columns, suffix string) string {
	room := maxName - len(suffix)
	if columns == "" {
		return table[:min(len(table), room)] + suffix
	}
	room--
	for len(table)+len(columns) > room {
		if len(table) > len(columns) {
			table = table[:len(table)-1]
		} else {
			columns = columns[:len(columns)-1]
		}
	}
	return table + "_" + columns + suffix
}

// hasName tells that a constraint of the table has a name; the server
// keeps those of one table apart.
func (t *Table) hasName(name string) bool {
	for _, k := range t.Keys {
		if k.Name == name {
			return true
		}
	}
	for _, f := range t.ForeignKeys {
		if f.Name == name {
			return true
		}
	}
	return slices.ContainsFunc(t.Checks, func(c *Check) bool { return c.Name == name })
}

// Column finds a column by its exact name, nil if there is none. Names were folded
// to lower case where they stood without quotes.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// Nullable reports whether the table has the column, and it may be null.
func (t *Table) Nullable(name string) bool {
	c := t.Column(name)
	return c != nil && !c.NotNull
}

// Primary finds the primary key, nil if there is none.
func (t *Table) Primary() *Key {
	for _, k := range t.Keys {
		if k.Primary {
			return k
		}
	}
	return nil
}

// FullName is the name with its schema, as a person writes it.
func (t *Table) FullName() string { return fullName(t.Schema, t.Name) }

// fullName is a name with its schema; the default schema is not written.
func fullName(schema, name string) string {
	if schema == "" {
		return name
	}
	return schema + "." + name
}
