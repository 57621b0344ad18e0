package model

import (
	"cmp"
	"strings"

	"github.com/gobuffalo/flect"
	"github.com/gobuffalo/flect/name"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// popNaming is that of github.com/gobuffalo/pop: a column is what a tag names, the key is
// the field ID.
type popNaming struct{}

func (popNaming) word() string                  { return "pop" }
func (popNaming) table(typ string) string       { return name.Tableize(typ) }
func (popNaming) named(*unit.Model) string      { return "" }
func (popNaming) alias(*unit.Model) string      { return "" }
func (popNaming) extends(*unit.ModelField) bool { return false }
func (popNaming) deletes(*unit.ModelField) bool { return false }

// related is the tag that says how a field's rows belong to those of its type, "" if none does.
func related(f *unit.ModelField) string {
	for _, how := range []string{"has_many", "has_one", "belongs_to", "many_to_many"} {
		if tagOf(f, how) != "" {
			return how
		}
	}
	return ""
}

func (popNaming) ignores(f *unit.ModelField) bool {
	return related(f) == "" && tagOf(f, "db") == "-"
}

func (popNaming) part(f *unit.ModelField) (prefix string, ok bool) {
	return "", f.Embedded && f.Kind == unit.ModelStruct && !f.List
}

func (n popNaming) column(f *unit.ModelField) *Column {
	if n.ignores(f) || related(f) != "" || f.Embedded {
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

// relation is what a field's tags say, with columns that are called after the types; the
// database need know nothing of it.
func (popNaming) relation(t *Table, f *unit.ModelField, o *Table) *Relation {
	r := &Relation{Field: f.Name, To: f.Type, NoKey: true}
	owner, other := flect.Underscore(short(t.Type))+"_id", flect.Underscore(short(o.Type))+"_id"
	id, otherID := t.field("ID"), o.field("ID")
	if id == nil || otherID == nil {
		return nil
	}
	switch how := related(f); how {
	case "has_many", "has_one":
		r.Kind, r.Own, r.Other = HasMany, []string{id.Name}, []string{cmp.Or(tagOf(f, "fk_id"), owner)}
		if how == "has_one" {
			r.Kind = HasOne
		}
	case "belongs_to":
		own, key := t.Column(cmp.Or(tagOf(f, "fk_id"), f.Name+"ID")), o.field(cmp.Or(tagOf(f, "primary_id"), "ID"))
		if own == nil || key == nil {
			return nil
		}
		r.Kind, r.Own, r.Other = BelongsTo, []string{own.Name}, []string{key.Name}
	case "many_to_many":
		r.Kind, r.Own, r.Other, r.Between = ManyToMany, []string{id.Name}, []string{otherID.Name}, tagOf(f, how)
		r.OwnRefs, r.OthRefs = []string{cmp.Or(tagOf(f, "primary_id"), owner)}, []string{cmp.Or(tagOf(f, "fk_id"), other)}
	default:
		return nil
	}
	return r
}
