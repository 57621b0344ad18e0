package model

import (
	"strings"

	"gorm.io/gorm/schema"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// gormNaming is that of gorm.io/gorm, by its own code where that is a function of names.
type gormNaming struct{ strategy }

func (gormNaming) word() string                    { return "gorm" }
func (gormNaming) named(*unit.Model) string        { return "" }
func (gormNaming) alias(*unit.Model) string        { return "" }
func (gormNaming) extends(*unit.ModelField) bool   { return false }
func (gormNaming) deletes(f *unit.ModelField) bool { return f.Kind == unit.ModelDeleted }

// table is the name by the naming, "" if that is not known.
func (g gormNaming) table(typ string) string {
	if !g.tables {
		return ""
	}
	return g.names.TableName(typ)
}

func settings(f *unit.ModelField) map[string]string {
	return schema.ParseTagSetting(tagOf(f, "gorm"), ";")
}

func (gormNaming) ignores(f *unit.ModelField) bool {
	_, ok := settings(f)["-"]
	return ok
}

func (g gormNaming) part(f *unit.ModelField) (prefix string, ok bool) {
	s := settings(f)
	_, embedded := s["EMBEDDED"]
	if f.Kind != unit.ModelStruct || f.List || g.ignores(f) || !embedded && !f.Embedded {
		return "", false
	}
	return s["EMBEDDEDPREFIX"], true
}

func (g gormNaming) column(f *unit.ModelField) *Column {
	s := settings(f)
	_, serialized := s["SERIALIZER"]
	typ, typed := s["TYPE"]
	kind := stored(f)
	if g.ignores(f) || kind == "" && f.Kind != unit.ModelValue && !serialized && !typed {
		return nil
	}
	if f.Kind == unit.ModelStruct && !serialized && !typed {
		return nil
	}
	c := &Column{Name: s["COLUMN"], Type: plain(typ), Serialize: serialized, Default: s["DEFAULT"], NotNull: has(s, "NOT NULL", "NOTNULL")}
	if c.Name == "" {
		c.Name = g.names.ColumnName("", f.Name)
	}
	if c.Type == "" {
		c.Type = kind
	}
	c.Primary = has(s, "PRIMARYKEY", "PRIMARY_KEY")
	c.Counted = has(s, "AUTOINCREMENT") && s["AUTOINCREMENT"] != "false"
	c.ReadOnly = s["<-"] == "false" || has(s, "->") && !has(s, "<-")
	if has(s, "UNIQUE") {
		c.Unique = append(c.Unique, "")
	}
	if name, ok := s["UNIQUEINDEX"]; ok {
		c.Unique = append(c.Unique, indexName(name))
	}
	if name, ok := s["INDEX"]; ok && strings.Contains(strings.ToLower(name), ",unique") {
		c.Unique = append(c.Unique, indexName(name))
	}
	return c
}

// indexName is the name of an index in a tag: idx_member,priority:1.
func indexName(setting string) string {
	name, _, _ := strings.Cut(setting, ",")
	if name == "UNIQUEINDEX" || name == "INDEX" || strings.Contains(name, ":") {
		return ""
	}
	return name
}

func has(s map[string]string, keys ...string) bool {
	for _, k := range keys {
		if _, ok := s[k]; ok {
			return true
		}
	}
	return false
}

// complete finds the key of a table that names none, and whether the server makes it.
func (gormNaming) complete(t *Table) {
	if len(t.Key()) == 0 {
		for _, name := range []string{"ID", "Id", "id"} {
			if c := t.field(name); c != nil {
				c.Primary = true
				break
			}
		}
	}
	key := t.Key()
	for _, c := range key {
		c.NotNull = true
	}
	if len(key) == 1 && key[0].Field.Kind == unit.ModelInt && !strings.Contains(tagOf(key[0].Field, "gorm"), "autoIncrement:false") {
		key[0].Counted = true
	}
}

// relation follows gorm's guesses: a struct may belong to its owner's row or be owned by
// it, a list is owned.
func (g gormNaming) relation(t *Table, f *unit.ModelField, o *Table) *Relation {
	s := settings(f)
	r := &Relation{Field: f.Name, To: f.Type, OnDelete: onDelete(s["CONSTRAINT"]), NoKey: s["CONSTRAINT"] == "-"}
	if between, ok := s["MANY2MANY"]; ok {
		return g.manyToMany(r, t, o, between)
	}
	if has(s, "POLYMORPHIC", "POLYMORPHICTYPE") {
		return nil
	}
	keys, refs := names(s["FOREIGNKEY"]), names(s["REFERENCES"])
	if !f.List {
		if own, other := g.guess(t, o, f.Name, keys, refs); own != nil {
			r.Kind, r.Own, r.Other = BelongsTo, own, other
			return r
		}
	}
	other, own := g.guess(o, t, short(t.Type), keys, refs)
	if other == nil {
		return nil
	}
	r.Kind, r.Own, r.Other = HasOne, own, other
	if f.List {
		r.Kind = HasMany
	}
	return r
}

// guess finds the columns of a table that hold the key of another one, by the names that
// are given, or by that of what they point to.
func (gormNaming) guess(holder, held *Table, by string, keys, refs []string) (columns, key []string) {
	pointed := held.Key()
	if len(refs) > 0 {
		pointed = nil
		for _, name := range refs {
			if c := held.Column(name); c != nil {
				pointed = append(pointed, c)
			}
		}
	}
	if len(keys) > 0 {
		for i, name := range keys {
			c := holder.Column(name)
			if c == nil || i >= len(pointed) {
				return nil, nil
			}
			columns, key = append(columns, c.Name), append(key, pointed[i].Name)
		}
		return columns, key
	}
	for _, p := range pointed {
		own := p.Path[len(p.Path)-1]
		candidates := []string{by + own}
		if len(pointed) == 1 {
			candidates = append(candidates, by+"ID", by+"Id")
		}
		for _, name := range candidates {
			if c := holder.field(name); c != nil {
				columns, key = append(columns, c.Name), append(key, p.Name)
				break
			}
		}
	}
	if len(columns) != len(pointed) || len(columns) == 0 {
		return nil, nil
	}
	return columns, key
}

// manyToMany is a relation over a third table.
func (g gormNaming) manyToMany(r *Relation, t, o *Table, between string) *Relation {
	if !g.tables {
		return nil
	}
	r.Kind, r.Between = ManyToMany, g.names.JoinTableName(between)
	for _, c := range t.Key() {
		r.Own = append(r.Own, c.Name)
		r.OwnRefs = append(r.OwnRefs, g.names.ColumnName("", short(t.Type)+c.Path[len(c.Path)-1]))
	}
	for _, c := range o.Key() {
		r.Other = append(r.Other, c.Name)
		r.OthRefs = append(r.OthRefs, g.names.ColumnName("", short(o.Type)+c.Path[len(c.Path)-1]))
	}
	return r
}

func names(setting string) []string {
	return strings.FieldsFunc(setting, func(r rune) bool { return r == ',' || r == ' ' })
}

// onDelete is the action in a constraint's setting: OnUpdate:CASCADE,OnDelete:SET NULL.
func onDelete(setting string) string {
	for _, part := range strings.Split(setting, ",") {
		if name, action, ok := strings.Cut(part, ":"); ok && strings.EqualFold(strings.TrimSpace(name), "OnDelete") {
			return strings.ToUpper(strings.TrimSpace(action))
		}
	}
	return ""
}
