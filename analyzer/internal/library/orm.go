package library

import (
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// ORM is how a library reads struct types as tables.
type ORM struct {
	Tag     string   // the key of the tags of its fields
	Naming  string   // by what it names tables and columns
	Column  string   // where a tag has the name of a column: first, option or quoted
	Rows    []string // the keys of tags of fields that hold rows of other tables, which no column fills
	Shared  bool     // others read its tag, too: a struct that has it is no model yet
	Field   string   // the field of a struct whose tag names its table
	Hooks   []Hook   // methods of models that it calls by itself
	Part    string   // the field of what a hook is handed that is the statement; "" if all of it is, none if nothing
	Reads   []string // what of that part only tells something
	Plugins []string // packages of plugins that change nothing of what statements say
	Names   string   // the field of its configuration that says how it names things, as pkg.T.Field; "" if none does
	Asks    []string // what of that part tells something to whoever does not change it
}

// Hook is a method of models that a library calls when it reads, inserts, updates or deletes
// rows, or whenever it runs a statement: any.
type Hook struct{ Name, At string }

// hookKinds are when hooks are called.
var hookKinds = []string{"any", "read", "insert", "update", "delete"}

// ModelOf is the clause that tells which rows a statement is about, Association the one that
// turns to rows which belong to them, Returning the one that gives back what a write has
// stored.
const (
	ModelOf     = "model"
	Association = "association"
	Returning   = "returning expr"
)

// ormClauses are the words for what a call adds to a statement about the rows of a model,
// beside those of handles.
var ormClauses = []string{
	"merge", "values of", "drop table", "drop column", "query named", "recursive", "in list",
	"tables", "table expr", "model table", "columns of", "column expr", "where key", "filter group", "only deleted", "forced",
	"group names", "order names", "order name", "distinct on", "union of", "union all of", "intersect of", "intersect all of", "except of", "except all of",
	"join and", "join or", "relation", "set expr", "set column expr", "value expr", "omit zero", "on conflict", "returning expr",
	"key is", "alias of", "not filter in", "all columns", "must columns", "use bool", "nullable columns", "no row filter", "order names asc", "order names desc",
	"with query", "with recursive query", "not followed", "filter in", "or filter in", "select names", "paginate", "belongs to", "belongs to as", "join table",
	// what ends a statement
	"scan and count", "exists", "write", "insert row", "update row", "update nonzero", "delete row", "delete for good", "find key", "find again", "update columns", "update matched", "remove matched",
}

// ormConditions are the words for conditions that only writers of ORMs know.
var ormConditions = []string{"is null", "not null", "not"}

// The places where a tag has the name of a column: its first word before a comma, the
// option "column", or what stands in quotes.
var columnPlaces = []string{"first", "option", "quoted"}

// ColumnOf is the column that the tags of a field name, "" if they name none.
func (o *ORM) ColumnOf(tags reflect.StructTag) string {
	tag := tags.Get(o.Tag)
	switch o.Column {
	case "first":
		name, _, _ := strings.Cut(tag, ",")
		if !strings.Contains(name, ":") {
			return name
		}
	case "quoted":
		if _, rest, ok := strings.Cut(tag, "'"); ok {
			name, _, _ := strings.Cut(rest, "'")
			return name
		}
		return ""
	}
	for _, option := range strings.FieldsFunc(tag, func(r rune) bool { return r == ',' || r == ';' }) {
		if key, name, ok := strings.Cut(option, ":"); ok && strings.EqualFold(strings.TrimSpace(key), "column") {
			return strings.TrimSpace(name)
		}
	}
	return ""
}

// HoldsRows reports whether the tags of a field say that it holds rows of another table.
func (o *ORM) HoldsRows(tags reflect.StructTag) bool {
	return slices.ContainsFunc(o.Rows, func(key string) bool { return tags.Get(key) != "" })
}

// Rows is how the library of a function reads struct types, nil if it does not.
func (s *Set) Rows(m *Model) *ORM { return s.packages[m.Package].ORM }

// namings are the ways to name tables and columns after types and fields.
var namings = []string{"gorm", "bun", "pg", "pop", "xorm", "ent"}

// Namings are the ways to name tables and columns after types and fields.
func Namings() []string { return namings }

// orm reads how a library reads struct types: {tag: gorm, naming: gorm,
// column: option, hooks: {insert: [M]}}, and other tags that say something of its fields.
func (r *reader) orm(n *yaml.Node) error {
	r.pkg.ORM = &ORM{}
	return r.file.Pairs(n, func(key string, k, v *yaml.Node) error {
		switch key {
		case "tag":
			r.pkg.ORM.Tag = v.Value
			r.set.tags[v.Value] = true
		case "naming":
			r.pkg.ORM.Naming = v.Value
			return r.oneOf(namings, v)
		case "column":
			r.pkg.ORM.Column = v.Value
			return r.oneOf(columnPlaces, v)
		case "marks":
			r.pkg.ORM.Shared = v.Value == "false"
			if r.pkg.ORM.Shared {
				r.set.shared[r.pkg.ORM.Tag] = true
			}
		case "also":
			return r.file.Each(v, "a list", func(x *yaml.Node) error {
				r.set.tags[x.Value], r.set.shared[x.Value] = true, true
				return nil
			})
		case "rows":
			if err := v.Decode(&r.pkg.ORM.Rows); err != nil {
				return err
			}
			for _, tag := range r.pkg.ORM.Rows {
				r.set.tags[tag], r.set.shared[tag] = true, true
			}
		case "field":
			r.pkg.ORM.Field = v.Value
			r.set.tableFields[v.Value] = true
		case "hooks":
			return r.hooks(v)
		case "names":
			r.pkg.ORM.Names = r.pkg.Path + "." + v.Value
			r.set.naming[r.pkg.ORM.Names] = r.pkg.ORM.Naming
		case "part":
			r.pkg.ORM.Part = v.Value
		case "reads":
			return v.Decode(&r.pkg.ORM.Reads)
		case "plugins":
			return v.Decode(&r.pkg.ORM.Plugins)
		case "asks":
			return v.Decode(&r.pkg.ORM.Asks)
		default:
			return r.file.Errorf(k, "unknown key %s", key)
		}
		return nil
	})
}

// hooks reads the methods that a library calls, by when it does.
func (r *reader) hooks(n *yaml.Node) error {
	return r.file.Pairs(n, func(_ string, k, v *yaml.Node) error {
		if err := r.oneOf(hookKinds, k); err != nil {
			return err
		}
		return r.file.Each(v, "a list", func(x *yaml.Node) error {
			r.pkg.ORM.Hooks = append(r.pkg.ORM.Hooks, Hook{x.Value, k.Value})
			return nil
		})
	})
}

// Hooks are when libraries call methods of models of a name, sorted; nil if none does.
func (s *Set) Hooks(name string) []string {
	var out []string
	for _, p := range s.packages {
		if p.ORM == nil {
			continue
		}
		for _, h := range p.ORM.Hooks {
			if h.Name == name {
				out = append(out, h.At)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// HookPart is the field of what a library's hook is handed that is the statement, and what of
// it only tells something: "" if all of it is.
func (s *Set) HookPart(path string) (part string, reads []string) {
	if p := s.packages[path]; p != nil && p.ORM != nil {
		return p.ORM.Part, p.ORM.Reads
	}
	return "", nil
}

// HookAsks is what of the statement in what a library's hook is handed tells something to
// whoever does not change it.
func (s *Set) HookAsks(path string) []string {
	if p := s.packages[path]; p != nil && p.ORM != nil {
		return p.ORM.Asks
	}
	return nil
}

// HarmlessPlugin reports whether a package is one of plugins of a library that change nothing of
// what statements say.
func (s *Set) HarmlessPlugin(library, path string) bool {
	p := s.packages[library]
	return p != nil && p.ORM != nil && slices.Contains(p.ORM.Plugins, path)
}

// NamesTable reports whether a field of a struct may name its table by its tag, whether it
// is exported or not.
func (s *Set) NamesTable(field string) bool { return s.tableFields[field] }

// SaysNames is the naming that a field, as pkg.T.Field, changes; "" if it changes none.
func (s *Set) SaysNames(field string) string { return s.naming[field] }

// Typed reports whether what a function adds to a statement is told by the types of its
// arguments, too: they may be rows.
func (s *Set) Typed(m *Model) bool {
	if m == nil {
		return false
	}
	p := s.packages[m.Package]
	return p.Handles || p.ORM != nil && p.ORM.Tag != "" // generated code has no tags
}

// Marks reports whether a tag says by itself that a struct stands for rows of an ORM's.
func (s *Set) Marks(tag string) bool { return !s.shared[tag] }

// ModelTags are the keys of the tags by which libraries read struct types as tables,
// sorted.
func (s *Set) ModelTags() []string { return sortedKeys(s.tags) }
