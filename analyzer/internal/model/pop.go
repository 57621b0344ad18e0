package model

import (
	"strings"

	flect "github.com/gobuffalo/flect/name"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// popNaming is that of github.com/gobuffalo/pop: a column is what a tag names, the key is
// the field ID.
type popNaming struct{}

func (popNaming) word() string                  { return "pop" }
func (popNaming) table(typ string) string       { return flect.Tableize(typ) }
func (popNaming) named(*unit.Model) string      { return "" }
func (popNaming) alias(*unit.Model) string      { return "" }
func (popNaming) extends(*unit.ModelField) bool { return false }
func (popNaming) deletes(*unit.ModelField) bool { return false }

func (popNaming) ignores(f *unit.ModelField) bool {
	for _, rows := range []string{"has_many", "has_one", "belongs_to", "many_to_many"} {
		if tagOf(f, rows) != "" {
			return true
		}
	}
	return tagOf(f, "db") == "-"
}

func (popNaming) part(f *unit.ModelField) (prefix string, ok bool) {
	return "", f.Embedded && f.Kind == unit.ModelStruct && !f.List
}

func (n popNaming) column(f *unit.ModelField) *Column {
	if n.ignores(f) || f.Embedded {
		return nil
	}
	name, _, _ := strings.Cut(tagOf(f, "db"), ",")
	if name == "" {
		name = f.Name
	}
	return &Column{Name: name, Type: stored(f), Primary: f.Name == "ID", ReadOnly: tagOf(f, "rw") == "r"}
}

func (popNaming) complete(t *Table) {
	for _, c := range t.Key() {
		c.NotNull, c.Counted = true, c.Field.Kind == unit.ModelInt
	}
}

// relation is none that is followed.
func (popNaming) relation(*Table, *unit.ModelField, *Table) *Relation { return nil }
