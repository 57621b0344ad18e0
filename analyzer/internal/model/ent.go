package model

import (
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/jinzhu/inflection"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// entNaming is that of code which entgo.io/ent generates: nothing is guessed, the
// declarations say it in tags that compile writes. An entity is told by its struct type,
// its edges by the package of its own, and the tables of the database by a third one.
type entNaming struct{ models *Models }

func entEntries(f *unit.ModelField) map[string]string {
	out := map[string]string{}
	for _, entry := range strings.Split(reflect.StructTag(f.Tag).Get("ent"), ";") {
		key, value, _ := strings.Cut(entry, ":")
		out[key] = value
	}
	return out
}

func (entNaming) word() string                                   { return "ent" }
func (entNaming) table(string) string                            { return "" }
func (entNaming) named(x *unit.Model) string                     { return x.Table }
func (entNaming) part(*unit.ModelField) (prefix string, ok bool) { return "", false }
func (entNaming) deletes(*unit.ModelField) bool                  { return false }
func (entNaming) extends(*unit.ModelField) bool                  { return false }
func (entNaming) alias(*unit.Model) string                       { return "" }
func (entNaming) complete(*Table)                                {}

func (entNaming) ignores(f *unit.ModelField) bool {
	_, enforces := entEntries(f)["enforces"]
	return enforces
}

func (entNaming) column(f *unit.ModelField) *Column {
	is := entEntries(f)
	if is["column"] == "" {
		return nil
	}
	c := &Column{Name: is["column"], Type: stored(f), Primary: has(is, "primary"), Counted: has(is, "counted"), NotNull: !has(is, "nullable")}
	if has(is, "default") {
		c.Default = "of the program"
	}
	c.Updated = has(is, "updated")
	if group, ok := is["unique"]; ok {
		c.Unique = append(c.Unique, group)
	}
	return c
}

// relation is an edge of an entity, or a foreign key of a table.
func (n entNaming) relation(t *Table, f *unit.ModelField, o *Table) *Relation {
	is := entEntries(f)
	r := &Relation{Field: f.Name, To: f.Type, OnDelete: entActions[is["delete"]]}
	if key, ok := is["key"]; ok {
		r.Kind, r.Own, r.Other = BelongsTo, names(key), names(is["refs"])
		return r
	}
	if !has(is, "edge") {
		return nil
	}
	step := n.step(t.Type, f.Name)
	columns := names(step["columns"])
	id, otherID := t.field("ID"), o.field("ID")
	if len(columns) == 0 || id == nil || otherID == nil {
		return nil
	}
	switch inverse := has(step, "inverse"); {
	case step["rel"] == "M2M" && len(columns) == 2:
		if inverse {
			slices.Reverse(columns)
		}
		r.Kind, r.Own, r.Other, r.Between = ManyToMany, []string{id.Name}, []string{otherID.Name}, step["table"]
		r.OwnRefs, r.OthRefs, r.Inverse = columns[:1], columns[1:], inverse
	case step["rel"] == "M2O" || step["rel"] == "O2O" && inverse:
		r.Kind, r.Own, r.Other = BelongsTo, columns, []string{otherID.Name}
	case step["rel"] == "O2M":
		r.Kind, r.Own, r.Other = HasMany, []string{id.Name}, columns
	case step["rel"] == "O2O":
		r.Kind, r.Own, r.Other = HasOne, []string{id.Name}, columns
	default:
		return nil
	}
	return r
}

var entActions = map[string]string{"Cascade": "CASCADE", "SetNull": "SET NULL", "SetDefault": "SET DEFAULT"}

// step is what an entity's own package says of an edge.
func (n entNaming) step(entity, edge string) map[string]string {
	part := n.models.byName[PartPath(entity)]
	if part == nil {
		return nil
	}
	for i := range part.Fields {
		if part.Fields[i].Name == edge {
			return entEntries(&part.Fields[i])
		}
	}
	return nil
}

// PartPath is the package of an entity.
func PartPath(entity string) string {
	at := strings.LastIndexByte(entity, '.')
	return entity[:at] + "/" + strings.ToLower(entity[at+1:])
}

// OfPart is the entity that has a package of its own, nil if none has it.
func (m *Models) OfPart(path string) *Table {
	if m.parts == nil {
		m.parts = map[string]string{}
		for name, x := range m.byName {
			if at := strings.LastIndexByte(name, '.'); x.Table != "" && at > 0 {
				m.parts[PartPath(name)] = name
			}
		}
	}
	if name := m.parts[path]; name != "" {
		return m.Of(name, "ent")
	}
	return nil
}

// Enforcers are the variables by which functions of the program run with each statement
// on an entity, with how many each holds.
func (m *Models) Enforcers(entity string) map[string]int {
	part := m.byName[PartPath(entity)]
	if part == nil {
		return nil
	}
	out := map[string]int{}
	for i := range part.Fields {
		if n, ok := entEntries(&part.Fields[i])["enforces"]; ok {
			out[part.Fields[i].Name], _ = strconv.Atoi(n)
		}
	}
	return out
}

// InSingular is the relation of a field that is called by one of its rows.
func (t *Table) InSingular(name string) *Relation {
	for _, r := range t.Relations {
		if inflection.Singular(r.Field) == inflection.Singular(name) || r.Field == name {
			return r
		}
	}
	return nil
}
