package model

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// pgNaming is that of github.com/go-pg/pg, which bun's comes from.
type pgNaming struct{}

func (pgNaming) word() string            { return "pg" }
func (pgNaming) table(typ string) string { return bunNaming{}.table(typ) }

func (pgNaming) tagged(f *unit.ModelField) (name string, opts map[string]string) {
	name, opts = options(f, "pg")
	return strings.Trim(name, `'"`), opts
}

// base is what the tag of the field says that names the table.
func (n pgNaming) base(x *unit.Model) (name string, opts map[string]string) {
	for i := range x.Fields {
		if f := &x.Fields[i]; f.Name == "tableName" {
			return n.tagged(f)
		}
	}
	return "", nil
}

func (n pgNaming) named(x *unit.Model) string {
	name, _ := n.base(x)
	return name
}

func (n pgNaming) alias(x *unit.Model) string {
	if _, opts := n.base(x); opts["alias"] != "" {
		return strings.Trim(opts["alias"], `'"`)
	}
	return underscored(short(x.Name))
}

func (n pgNaming) extends(f *unit.ModelField) bool {
	_, opts := n.tagged(f)
	return has(opts, "inherit")
}

func (n pgNaming) deletes(f *unit.ModelField) bool {
	_, opts := n.tagged(f)
	return has(opts, "soft_delete")
}

func (n pgNaming) ignores(f *unit.ModelField) bool {
	name, _ := n.tagged(f)
	return name == "-" || f.Name == "tableName"
}

func (n pgNaming) part(f *unit.ModelField) (prefix string, ok bool) {
	return "", f.Embedded && f.Kind == unit.ModelStruct && !f.List && !n.ignores(f)
}

func (n pgNaming) column(f *unit.ModelField) *Column {
	name, opts := n.tagged(f)
	kind := stored(f)
	rows := f.Kind == unit.ModelStruct && name == "" && opts["type"] == ""
	if n.ignores(f) || has(opts, "rel", "many2many", "fk", "join_fk") || f.Embedded || rows {
		return nil
	}
	c := &Column{Name: name, Type: plain(strings.Trim(opts["type"], `'"`)), Default: opts["default"], NotNull: has(opts, "notnull", "pk"), Primary: has(opts, "pk"), NullZero: !has(opts, "use_zero")}
	if c.Name == "" {
		c.Name = underscored(f.Name)
	}
	if c.Type == "" {
		c.Type = kind
	}
	if group, ok := opts["unique"]; ok {
		c.Unique = append(c.Unique, strings.Trim(group, `'"`))
	}
	return c
}

// complete finds the key of a table that names none.
func (n pgNaming) complete(t *Table) {
	if len(t.Key()) == 0 {
		for _, c := range t.Columns {
			_, opts := n.tagged(c.Field)
			if !has(opts, "nopk") && (c.Name == "id" || c.Name == "uuid" || c.Name == "pk_"+underscored(short(t.Type))) {
				c.Primary = true
				break
			}
		}
	}
	for _, c := range t.Key() {
		c.NotNull = true
		c.Counted = len(t.Key()) == 1 && c.Field.Kind == unit.ModelInt
	}
}

// relation follows the columns that a tag names, or those that are named after the field or
// the type. Who has one holds its key; who is one another belongs to is held.
func (n pgNaming) relation(t *Table, f *unit.ModelField, o *Table) *Relation {
	name, opts := n.tagged(f)
	kind, known := map[string]Kind{"has-one": BelongsTo, "belongs-to": HasOne, "has-many": HasMany}[opts["rel"]]
	if !known || has(opts, "polymorphic") {
		return nil
	}
	r := &Relation{Field: f.Name, Name: name, Kind: kind, To: f.Type}
	if name == "" {
		r.Name = underscored(f.Name)
	}
	holder, held, prefix, own := t, o, underscored(f.Name)+"_", opts["fk"]
	if kind != BelongsTo {
		holder, held, prefix, own = o, t, underscored(short(t.Type))+"_", opts["join_fk"]
	}
	var columns, key []string
	for _, k := range held.Key() {
		var c *Column
		for _, candidate := range []string{own, prefix + k.Name, k.Name} {
			if c = holder.Column(candidate); candidate != "" && c != nil {
				break
			}
		}
		if c == nil {
			return nil
		}
		columns, key = append(columns, c.Name), append(key, k.Name)
	}
	if len(columns) == 0 {
		return nil
	}
	r.Own, r.Other = columns, key
	if kind != BelongsTo {
		r.Own, r.Other = key, columns
	}
	return r
}
