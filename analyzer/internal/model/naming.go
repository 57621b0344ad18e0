package model

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// naming is how a library names tables and columns, and what it reads in tags.
type naming interface {
	word() string
	table(typ string) string                          // the table of a type without any other name
	named(x *unit.Model) string                       // the table that a tag names, "" if none does
	alias(x *unit.Model) string                       // by which statements call the table, "" for its name
	extends(f *unit.ModelField) bool                  // an embedded part stands for the same table
	part(f *unit.ModelField) (prefix string, ok bool) // an embedded part, with what stands before its columns
	ignores(f *unit.ModelField) bool                  // it is not stored
	column(f *unit.ModelField) *Column                // nil if the field is no column
	complete(t *Table)                                // what the columns together tell
	deletes(f *unit.ModelField) bool                  // it tells that a row is deleted
	relation(t *Table, f *unit.ModelField, o *Table) *Relation
}

func (m *Models) namingOf(word string) naming {
	switch word {
	case "bun":
		return bunNaming{}
	case "pg":
		return pgNaming{}
	case "ent":
		return entNaming{m}
	case "pop":
		return popNaming{}
	case "xorm":
		return xormNaming{}
	}
	return gormNaming{m.strategy}
}

// stored is the type of a column by what its field holds, "" if the field does not tell.
func stored(f *unit.ModelField) string {
	if f.List && f.Kind != unit.ModelBytes {
		return ""
	}
	switch f.Kind {
	case unit.ModelText:
		return "text"
	case unit.ModelInt:
		return "bigint"
	case unit.ModelFloat:
		return "double precision"
	case unit.ModelBool:
		return "boolean"
	case unit.ModelTime, unit.ModelDeleted:
		return "timestamp with time zone"
	case unit.ModelBytes:
		return "bytea"
	case unit.ModelValue:
		if strings.Contains(strings.ToUpper(short(f.Type)), "UUID") {
			return "uuid"
		}
	}
	return ""
}

// plain is the type of a tag as a diagram has it: without its length.
func plain(typ string) string {
	typ, _, _ = strings.Cut(strings.ToLower(strings.TrimSpace(typ)), "(")
	return typ
}
