package model

import (
	"reflect"
	"strings"

	"github.com/jinzhu/inflection"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// bunNaming is that of github.com/uptrace/bun.
type bunNaming struct{}

func tagOf(f *unit.ModelField, key string) string { return reflect.StructTag(f.Tag).Get(key) }

func (bunNaming) word() string            { return "bun" }
func (bunNaming) table(typ string) string { return inflection.Plural(underscored(typ)) }

// underscored is a name with underscores before its capitals; a row of capitals is one
// word.
func underscored(s string) string {
	upper := func(c byte) bool { return c >= 'A' && c <= 'Z' }
	lower := func(c byte) bool { return c >= 'a' && c <= 'z' }
	var out strings.Builder
	for i := range len(s) {
		c := s[i]
		if upper(c) {
			if i > 0 && i+1 < len(s) && (lower(s[i-1]) || lower(s[i+1])) {
				out.WriteByte('_')
			}
			c += 'a' - 'A'
		}
		out.WriteByte(c)
	}
	return out.String()
}

// again separates the values of an option that stands there more than once.
const again = "\n"

// options are the parts of a tag: the name first, then those with or without a value.
func options(f *unit.ModelField, tag string) (name string, opts map[string]string) {
	parts := strings.Split(tagOf(f, tag), ",")
	opts = map[string]string{}
	for i, p := range parts {
		key, value, ok := strings.Cut(p, ":")
		switch {
		case i == 0 && !ok:
			name = p
		case opts[key] != "":
			opts[key] += again + strings.Trim(value, "'")
		default:
			opts[key] = strings.Trim(value, "'")
		}
	}
	return name, opts
}

func (b bunNaming) named(x *unit.Model) string {
	name, opts := b.base(x)
	if opts["table"] != "" {
		return opts["table"]
	}
	return name
}

// alias is that of a tag, or the name of the type.
func (b bunNaming) alias(x *unit.Model) string {
	if _, opts := b.base(x); opts["alias"] != "" {
		return opts["alias"]
	}
	return underscored(short(x.Name))
}

func (bunNaming) extends(f *unit.ModelField) bool {
	_, opts := options(f, "bun")
	return has(opts, "extend", "inherit")
}

// base is what the tag of the embedded base says of a type.
func (bunNaming) base(x *unit.Model) (name string, opts map[string]string) {
	for i := range x.Fields {
		if f := &x.Fields[i]; f.Embedded && short(f.Type) == "BaseModel" {
			return options(f, "bun")
		}
	}
	return "", nil
}

func (bunNaming) deletes(f *unit.ModelField) bool {
	_, opts := options(f, "bun")
	return has(opts, "soft_delete")
}

func (b bunNaming) ignores(f *unit.ModelField) bool {
	name, opts := options(f, "bun")
	return name == "-" || has(opts, "scanonly")
}

func (b bunNaming) part(f *unit.ModelField) (prefix string, ok bool) {
	_, opts := options(f, "bun")
	if f.Kind != unit.ModelStruct || f.List || b.ignores(f) || short(f.Type) == "BaseModel" {
		return "", false
	}
	if prefix, ok := opts["embed"]; ok {
		return prefix, true
	}
	return "", f.Embedded
}

func (b bunNaming) column(f *unit.ModelField) *Column {
	name, opts := options(f, "bun")
	kind := stored(f)
	if b.ignores(f) || has(opts, "rel", "m2m") || f.Embedded || kind == "" && opts["type"] == "" && f.Kind == unit.ModelStruct && name == "" {
		return nil
	}
	c := &Column{Name: name, Type: plain(opts["type"]), Default: opts["default"], Primary: has(opts, "pk"), Counted: has(opts, "autoincrement", "identity")}
	c.NotNull = has(opts, "notnull", "pk", "autoincrement")
	c.NullZero = has(opts, "nullzero", "autoincrement")
	c.Stays = has(opts, "skipupdate")
	if opts["column"] != "" {
		c.Name = opts["column"]
	}
	if c.Name == "" {
		c.Name = underscored(f.Name)
	}
	if c.Type == "" {
		c.Type = kind
	}
	if group, ok := opts["unique"]; ok {
		c.Unique = append(c.Unique, group)
	}
	return c
}

// complete has nothing to add: a key is only what a tag says is one.
func (bunNaming) complete(*Table) {}

// relation follows the columns that a tag joins, or those that are named after the field
// or the type.
func (bunNaming) relation(t *Table, f *unit.ModelField, o *Table) *Relation {
	name, opts := options(f, "bun")
	kind, known := map[string]Kind{"belongs-to": BelongsTo, "has-one": HasOne, "has-many": HasMany}[opts["rel"]]
	if !known || has(opts, "polymorphic") {
		return nil
	}
	r := &Relation{Field: f.Name, Name: name, Kind: kind, To: f.Type}
	if name == "" {
		r.Name = underscored(f.Name)
	}
	if on := opts["join_on"]; on != "" {
		r.On = strings.Split(on, again)
	}
	if joins, ok := opts["join"]; ok {
		for _, join := range strings.Split(joins, again) {
			own, other, _ := strings.Cut(join, "=")
			r.Own, r.Other = append(r.Own, strings.TrimSpace(own)), append(r.Other, strings.TrimSpace(other))
		}
		return r
	}
	holder, held, prefix := t, o, underscored(f.Name)
	if kind != BelongsTo {
		holder, held, prefix = o, t, underscored(short(t.Type))
	}
	var columns, key []string
	for _, k := range held.Key() {
		c := holder.Column(prefix + "_" + k.Name)
		if c == nil {
			c = holder.Column(k.Name)
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
