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

// options are the parts of a tag: the name first, then those with or without a value.
func options(f *unit.ModelField) (name string, opts map[string]string) {
	parts := strings.Split(tagOf(f, "bun"), ",")
	opts = map[string]string{}
	for i, p := range parts {
		key, value, ok := strings.Cut(p, ":")
		switch {
		case i == 0 && !ok:
			name = p
		default:
			opts[key] = strings.Trim(value, "'")
		}
	}
	return name, opts
}

func (bunNaming) named(x *unit.Model) string {
	for i := range x.Fields {
		if f := &x.Fields[i]; f.Embedded && short(f.Type) == "BaseModel" {
			name, opts := options(f)
			if opts["table"] != "" {
				return opts["table"]
			}
			return name
		}
	}
	return ""
}

func (bunNaming) deletes(f *unit.ModelField) bool {
	_, opts := options(f)
	return has(opts, "soft_delete")
}

func (b bunNaming) ignores(f *unit.ModelField) bool {
	name, opts := options(f)
	return name == "-" || has(opts, "scanonly")
}

func (b bunNaming) part(f *unit.ModelField) (prefix string, ok bool) {
	_, opts := options(f)
	if f.Kind != unit.ModelStruct || f.List || b.ignores(f) || short(f.Type) == "BaseModel" {
		return "", false
	}
	if prefix, ok := opts["embed"]; ok {
		return prefix, true
	}
	return "", f.Embedded
}

func (b bunNaming) column(f *unit.ModelField) *Column {
	name, opts := options(f)
	kind := stored(f)
	if b.ignores(f) || has(opts, "rel", "m2m") || f.Embedded || kind == "" && opts["type"] == "" && f.Kind == unit.ModelStruct && name == "" {
		return nil
	}
	c := &Column{Name: name, Type: plain(opts["type"]), Default: opts["default"], NotNull: has(opts, "notnull", "pk"), Primary: has(opts, "pk")}
	if c.Name == "" {
		c.Name = underscored(f.Name)
	}
	if c.Type == "" {
		c.Type = kind
	}
	c.Counted = has(opts, "autoincrement", "identity")
	if group, ok := opts["unique"]; ok {
		c.Unique = append(c.Unique, group)
	}
	return c
}

func (bunNaming) complete(t *Table) {
	if len(t.Key()) > 0 {
		return
	}
	for _, name := range []string{"id", "uuid", "pk_" + t.Name} {
		if c := t.Column(name); c != nil && c.Name == name {
			c.Primary, c.NotNull, c.Counted = true, true, c.Counted || c.Field.Kind == unit.ModelInt
			return
		}
	}
}

func (bunNaming) relation(_ *Table, f *unit.ModelField, _ *Table) *Relation {
	_, opts := options(f)
	own, other, ok := strings.Cut(opts["join"], "=")
	kind, known := map[string]Kind{"belongs-to": BelongsTo, "has-one": HasOne, "has-many": HasMany}[opts["rel"]]
	if !ok || !known {
		return nil
	}
	return &Relation{Field: f.Name, Kind: kind, To: f.Type, Own: []string{own}, Other: []string{other}}
}
