// Package model says which table a struct type stands for: its name, its columns and
// keys, what refers to what, as the library that reads it names them.
//
// In go the models of units, which are declarations, and a naming; out come tables, for
// whoever writes what a builder of that library builds, and, where a program has no
// other schema, a diagram.
//
// Terms. A *relation* is a field that holds rows of another table, or points to them. A
// *naming* is the word of library data for how a library names things.
//
// Invariant: a table whose name the declaration does not tell has none, and a field that
// is not understood is no column.
//
// It cannot see names that are computed. Of settings that change a library's naming it knows
// gorm's, where they are constants. It uses the libraries' own naming where they can be imported.
package model

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Models are the struct types of a program that stand for rows.
type Models struct {
	byName map[string]*unit.Model
	at     map[*unit.Model]Place
	order  []string
	tables map[[2]string]*Table

	strategy strategy          // how gorm names things
	parts    map[string]string // packages of entities to the entities
}

// Place is where a model is declared.
type Place struct {
	File string
	Line int
}

// New gathers the models of units.
func New(units []*unit.Unit) *Models {
	m := &Models{byName: map[string]*unit.Model{}, at: map[*unit.Model]Place{}, tables: map[[2]string]*Table{}, strategy: strategyOf(units)}
	for _, u := range units {
		for i := range u.Models {
			m.add(u, &u.Models[i])
		}
	}
	return m
}

// add takes what a unit says of a type: that of the package that declares it knows its
// place and its table, others may use it.
func (m *Models) add(u *unit.Unit, x *unit.Model) {
	have := m.byName[x.Name]
	if have == nil {
		m.order = append(m.order, x.Name)
		clone := *x
		have = &clone
		m.byName[x.Name] = have
	}
	have.Used = have.Used || x.Used
	if len(have.Hooks)+len(have.Sets) == 0 {
		have.Hooks, have.Sets = x.Hooks, x.Sets
	}
	if have.Table == "" {
		have.Table = x.Table
	}
	if x.Site != unit.NoSite {
		s := u.Sites[x.Site]
		m.at[have] = Place{File: u.Files[s.File].Name, Line: s.Line}
	}
}

// Table is what a struct type stands for.
type Table struct {
	Type      string
	Name      string // "" if it is computed
	Alias     string // by which statements call it, "" for its name
	Hooks     []Hook // methods of the type by which a statement about its rows may be changed
	Place     Place
	Columns   []*Column
	Relations []*Relation
	Unread    []string // fields that hold rows in a way that is not followed
	Deleted   *Column  // the time of deletion of rows that are not shown any more, nil if there is none
	used      bool
}

// Column is a field that is stored.
type Column struct {
	Path      []string // the fields that lead to it, embedded ones by their names
	Name      string
	Field     *unit.ModelField
	Type      string // as a database calls it
	Primary   bool
	Counted   bool // the server makes it
	NotNull   bool
	Default   string
	Updated   bool     // a change of the row sets it, if it does not say to what
	Unique    []string // the names of the unique keys that it is part of, "" of one of its own
	ReadOnly  bool
	Serialize bool     // it is written in another form
	NullZero  bool     // what is zero is stored as NULL
	Stays     bool     // an UPDATE of the whole row leaves it as it is
	Version   bool     // an UPDATE counts it, and asks for what it was
	Hooks     []string // when a method of the type sets it
}

// Kind is how rows of two tables belong together.
type Kind uint8

// The kinds of relations.
const (
	BelongsTo  Kind = iota // this row has the other's key
	HasOne                 // the other row has this one's key
	HasMany                // other rows have this one's key
	ManyToMany             // rows of a third table have both
)

// Relation is a field that holds rows of another table.
type Relation struct {
	Field    string
	Path     []string // the fields that lead to it, as those of a column
	Name     string   // by which statements call its rows, "" for that of the field
	Kind     Kind
	To       string   // the other type
	Own      []string // columns of this table
	Other    []string // columns of the other one, in the same order
	Between  string   // ManyToMany: the third table, with
	OwnRefs  []string // its columns that hold Own, and
	OthRefs  []string // those that hold Other
	Inverse  bool     // the third table names the other one first
	OnDelete string
	On       []string // further conditions under which rows belong together
	NoKey    bool     // the database knows nothing of it
}

// Of is the table that a type stands for by a naming; nil if nothing is known of the
// type.
func (m *Models) Of(typ, naming string) *Table {
	key := [2]string{typ, naming}
	if t, ok := m.tables[key]; ok {
		return t
	}
	x := m.byName[typ]
	if x == nil {
		return nil
	}
	n := m.namingOf(naming)
	if g, ok := n.(gormNaming); ok && !g.columns {
		return nil // what is not named is not left out
	}
	t := &Table{Type: typ, Name: m.tableName(x, n), Place: m.at[x], used: x.Used}
	t.Alias = n.alias(x)
	if part := m.extended(x, n); part != nil {
		t.Name, t.Alias = m.tableName(part, n), n.alias(part)
	}
	m.tables[key] = t
	m.columns(t, n, x, nil, "")
	n.complete(t)
	m.hooks(t, x, 0)
	m.relations(t, n, x, nil)
	return t
}

// relations adds the relations that fields of a type are, and those of its parts: of one
// name, that which lies less deep.
func (m *Models) relations(t *Table, n naming, x *unit.Model, path []string) {
	for i := range x.Fields {
		f := &x.Fields[i]
		if !m.holdsRows(n, f) || t.Relation(f.Name) != nil {
			continue
		}
		if r := m.relation(t, n, f); r != nil {
			r.Path = append(path[:len(path):len(path)], f.Name)
			t.Relations = append(t.Relations, r)
		} else {
			t.Unread = append(t.Unread, f.Name)
		}
	}
	for i := range x.Fields {
		f := &x.Fields[i]
		part := m.byName[f.Type]
		if _, ok := n.part(f); ok && part != nil && part != x && len(path) < maxParts {
			m.relations(t, n, part, append(path[:len(path):len(path)], f.Name))
		}
	}
}

// hooks notes what the methods of a type do to statements, and those of its embedded parts.
func (m *Models) hooks(t *Table, x *unit.Model, depth int) {
	t.Hooks = append(t.Hooks, hooksOf(x.Hooks)...)
	sets := hooksOf(x.Sets)
	for _, c := range t.Columns {
		for _, h := range sets {
			if h.Name == unit.SetsAny || h.Name == unit.SetsButKey && !c.Primary || slices.Contains(c.Path, h.Name) {
				c.Hooks = append(c.Hooks, h.At)
			}
		}
	}
	for i := range x.Fields {
		if part := m.byName[x.Fields[i].Type]; x.Fields[i].Embedded && part != nil && part != x && depth < 4 {
			m.hooks(t, part, depth+1)
		}
	}
}

// Hook is a method of a type, or a field that one sets, and when a library calls it.
type Hook struct{ At, Name string }

func hooksOf(list []string) []Hook {
	out := make([]Hook, len(list))
	for i, x := range list {
		out[i].At, out[i].Name, _ = strings.Cut(x, " ")
	}
	return out
}

// HookAt is the method of the type that may change a statement of a kind, "" if none does.
func (t *Table) HookAt(kind string) string {
	for _, h := range t.Hooks {
		if h.At == kind || h.At == "any" {
			return h.Name
		}
	}
	return ""
}

// HookedAt reports whether a method of the type sets the field when a statement of a kind
// runs; of no kind, when any does that stores it.
func (c *Column) HookedAt(kind string) bool {
	return slices.ContainsFunc(c.Hooks, func(at string) bool {
		return at == kind || at == "any" || kind == "" && at != "read"
	})
}

// extended is the part of a type that says which table it stands for, nil if none does.
func (m *Models) extended(x *unit.Model, n naming) *unit.Model {
	for i := range x.Fields {
		if f := &x.Fields[i]; f.Embedded && n.extends(f) {
			return m.byName[f.Type]
		}
	}
	return nil
}

// tableName is the name that a method, a tag or the naming gives, "" if it is computed.
func (m *Models) tableName(x *unit.Model, n naming) string {
	if named := n.named(x); named != "" {
		return named
	}
	if !x.Method {
		return n.table(short(x.Name))
	}
	if x.Table != "" {
		return x.Table
	}
	for _, f := range x.Fields { // the method of an embedded part
		if part := m.byName[f.Type]; f.Embedded && part != nil && part.Method {
			return part.Table
		}
	}
	return ""
}

// short is the name of a type without its package.
func short(name string) string { return name[strings.LastIndexByte(name, '.')+1:] }

// maxParts caps how deep parts lie in parts.
const maxParts = 4

// columns adds the columns of a model, and those of its parts.
func (m *Models) columns(t *Table, n naming, x *unit.Model, path []string, prefix string) {
	if len(path) > maxParts {
		return
	}
	for i := range x.Fields {
		f := &x.Fields[i]
		at := append(path[:len(path):len(path)], f.Name)
		if inner, ok := n.part(f); ok {
			if part := m.byName[f.Type]; part != nil && part != x {
				m.columns(t, n, part, at, prefix+inner)
			}
			continue
		}
		c := n.column(f)
		if c == nil {
			continue
		}
		c.Path, c.Field = at, f
		if f.Name != "" {
			c.Name = prefix + c.Name
		}
		t.add(c)
		if n.deletes(f) && t.Deleted == nil {
			t.Deleted = c
		}
	}
}

// add adds a column, but where a field that lies less deep is stored under its name: that
// one hides it, as in Go.
func (t *Table) add(c *Column) {
	i := slices.IndexFunc(t.Columns, func(x *Column) bool { return x.Name == c.Name && c.Name != "" })
	switch {
	case i < 0:
		t.Columns = append(t.Columns, c)
	case len(c.Path) < len(t.Columns[i].Path):
		t.Columns[i] = c
	}
}

// Column is the column of a name, or of a field; nil if there is none.
func (t *Table) Column(name string) *Column {
	for _, c := range t.Columns {
		if c.Name == name {
			return c
		}
	}
	return t.field(name)
}

// HasField reports whether a type has a field of a name, in a part of it or of its own;
// of one that is not known it may.
func (m *Models) HasField(typ, name string) bool { return m.hasField(typ, name, 0) }

func (m *Models) hasField(typ, name string, depth int) bool {
	x := m.byName[typ]
	if x == nil || depth > 4 {
		return true
	}
	return slices.ContainsFunc(x.Fields, func(f unit.ModelField) bool {
		return f.Name == name || f.Embedded && m.hasField(f.Type, name, depth+1)
	})
}

func (t *Table) field(name string) *Column {
	for _, c := range t.Columns {
		if c.Path[len(c.Path)-1] == name {
			return c
		}
	}
	return nil
}

// Key are the columns of the primary key.
func (t *Table) Key() []*Column {
	var out []*Column
	for _, c := range t.Columns {
		if c.Primary {
			out = append(out, c)
		}
	}
	return out
}

// Relation is the relation of a field, nil if there is none.
func (t *Table) Relation(field string) *Relation {
	for _, r := range t.Relations {
		if r.Field == field {
			return r
		}
	}
	return nil
}

// holdsRows reports whether a field is no column, and holds rows of another table.
func (m *Models) holdsRows(n naming, f *unit.ModelField) bool {
	_, part := n.part(f)
	return !part && f.Kind == unit.ModelStruct && n.column(f) == nil && m.byName[f.Type] != nil && !n.ignores(f)
}

// relation is the relation that a field is, nil if it is none that is followed.
func (m *Models) relation(t *Table, n naming, f *unit.ModelField) *Relation {
	other := m.Of(f.Type, n.word())
	if other == nil {
		return nil
	}
	return n.relation(t, f, other)
}
