package library

import (
	"go/types"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Builders. A library that puts statements together by calls has types whose values are
// statements or conditions in the making. What each call adds is a clause, named by a
// word of a closed list; how clauses become a text, only the writer knows.

// Builder is what a type of a builder library is.
type Builder struct {
	Style  string // how its texts are written
	Begins string // the clause that a value of the type begins with, "" of a statement
	Object bool   // a pointer to what each call changes, as against a value that each call gives anew

	Entity string // of generated code: whose rows it is about, "" if its type does not tell

	pointer bool // the type is a pointer to the one that is named
}

// styles are the ways to write what is built: conditions are joined as they stand, or each
// in parentheses, or as they stand in one pair of them; those of ORMs, package ormwrite
// knows.
var styles = []string{"bare", "parens", "list", "gorm", "bun", "pg", "pop", "xorm", "ent", "tokens", "chunks"}

// HasTexts reports whether the conditions of a style are texts of the program in which
// placeholders stand.
func HasTexts(style string) bool { return style == "tokens" }

// IsCondition reports whether a clause of that word is a condition, which narrows what a
// statement reads.
func IsCondition(word string) bool {
	return word == "filter" || word == "where" || word == "where text"
}

// Entry and Item are the clauses that a condition gets which is a map or a list: no
// function adds them.
const (
	Eq    = "eq"     // of a map that no type names
	List  = "list"   // of a list of conditions
	Begun = "handle" // a handle is made
	Again = "again"  // a handle has been used before

	Scopes  = "scopes"  // functions that give a builder with more
	Applied = "applied" // functions that change one

	Session = "session" // a handle is made a root

	Generic = "generic"  // a statement about rows of a type is begun at a handle
	RowsAre = "rows are" // what a statement is about, by the type of its builder

	InContext    = "context of"    // a handle is made a root that hands on a context
	Setting      = "setting of"    // something is kept beside a statement
	SettingAsked = "setting asked" // what is kept beside a statement
	WhereOf      = "where of"      // conditions of an entity, which its first value names
	Stopped      = "stopped"       // a hook refuses the statement
	Handed       = "handed"        // a hook hands it to a function of the program
	LookedUp     = "looked up"     // a field of the rows, by its name or its column's

	Entry = "entry"
	Item  = "item"
)

// clauses are the words for what a call adds to a build, or begins it with.
var clauses = []string{
	// statements
	"statement", "select", "insert", "replace", "update", "delete",
	"columns", "column", "from", "from select", "table", "into", "join", "inner join", "left join", "right join", "cross join", "join clause",
	"where", "having", "group", "order", "order clause", "limit", "offset", "distinct", "options", "values", "set", "set map", "values of select",
	"prefix", "prefix of", "suffix", "suffix of", "no columns", "no limit", "no offset",
	"raw", "union", "union all", "join on", "left join on", "right join on", "full join on", "order asc", "order desc", "order dir", "page",
	"record", "pair", "ignoring", "increase", "decrease", "returning",
	"truncate", "as insert", "as update", "as delete", "as truncate", "from self", "compound from self", "as", "select distinct",
	"where all", "having all", "no where", "more group", "more order", "order before", "no order",
	"with", "with recursive", "intersect", "intersect all", "lock",
	"natural join", "natural left join", "natural right join", "natural full join",
	"columns set", "values of lists", "no values", "rows", "no rows", "set row", "conflict", "no conflict",
	"join texts", "where texts", "having texts", "join option", "where clause", "conditions", "where with", "order direction", "lock for", "injected", "values selected", "set all", "set more",
	"insert ignoring", "into ignoring", "into replacing", "ctes", "with ctes", "select with", "delete with", "update with",
	"cte query", "cte table", "cte name", "as query", "in tables", "struct", "select of struct", "insert of struct", "update of struct",
	"verb", "from text", "with statement", "select text", "update text", "insert text", "delete text", "set text", "set expression", "where text", "in values",
	"join text", "order texts", "group text", "having text", "returning text", "expression text", "enclosed", "union of statement", "clause text",
	"row", "row set", "row expression", "read into", "bound columns",
	// conditions and expressions
	"eq", "ne", "lt", "le", "gt", "ge", "like", "not like", "ilike", "not ilike", "and", "or",
	"text", "concat", "alias", "cast", "case", "when", "else", "ident",
	"ex", "ex or", "op", "record map", "list", "in", "not in", "is", "operator", "prefixed", "between", "not between", "range",
	"asc", "desc", "nulls first", "nulls last", "func", "func of", "over", "window", "partition",
	"hole", "list of", "tuple", "names", "tested", "bounds", "negation", "holding", "quantified", "format", "formatted", "named format",
	"aliased", "wrapped", "lateral of", "assigned", "counted", "calculated",
	"name", "dot", "dot before", "all of", "more", "case value", "case when", "case else", "on", "using", "lateral", "do nothing", "do update",
}

// Clauses are the words for clauses.
func Clauses() []string { return clauses }

// Builder is what a type builds, nil if it is no type of a builder.
func (s *Set) Builder(t types.Type) *Builder {
	p, pointer := types.Unalias(t).(*types.Pointer)
	if pointer {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if b := s.condition(t); b != nil && !pointer {
		return b
	}
	if !ok || n.Obj().Pkg() == nil {
		return nil
	}
	if g := s.Generated(n.Obj().Pkg()); g != nil && pointer {
		return g.builder(n.Obj().Name())
	}
	if known := s.packages[n.Obj().Pkg().Path()]; known == nil || known.Style == "" {
		return nil
	}
	if b := s.builders[nameOf(n)]; b != nil && b.pointer == pointer {
		return b
	}
	return nil
}

// StyleOf is how what a function of a builder library begins or adds to is written.
func (s *Set) StyleOf(m *Model) string { return s.packages[m.Package].Style }

// Builders are the types of builders, sorted.
func (s *Set) Builders() []string { return sortedKeys(s.builders) }

// builder reads how a library's statements are built: {joins: bare, types: [T], objects: [T]};
// the objects may be interfaces. Those of a library that resets them are empty after each
// statement.
func (r *reader) builder(n *yaml.Node) error {
	return r.file.Pairs(n, func(key string, k, v *yaml.Node) error {
		switch key {
		case "joins":
			r.pkg.Style = v.Value
			return r.oneOf(styles, v)
		case "handles":
			return r.file.Each(v, "a list", func(x *yaml.Node) error {
				r.set.handles[r.pkg.Path+"."+x.Value], r.pkg.Handles = r.pkg.Style, true
				return nil
			})
		case "resets":
			r.pkg.Resets = v.Value == "true"
			return nil
		case "types", "objects", "interfaces":
			return r.file.Each(v, "a list", func(x *yaml.Node) error {
				name, pointer := strings.CutPrefix(x.Value, "*")
				r.set.builders[r.pkg.Path+"."+name] = &Builder{Style: r.pkg.Style, Object: key != "types", pointer: pointer || key == "objects"}
				return nil
			})
		}
		return r.file.Errorf(k, "unknown key %s", key)
	})
}

// conditions reads the types whose values are conditions, with the clause that each
// begins with.
func (r *reader) conditions(n *yaml.Node) error {
	return r.file.Pairs(n, func(name string, k, v *yaml.Node) error {
		if r.pkg.Style == "" {
			return r.file.Errorf(k, "want builder first")
		}
		r.set.builders[r.pkg.Path+"."+name] = &Builder{Style: r.pkg.Style, Begins: v.Value}
		return r.oneOf(slices.Concat(clauses, ormConditions), v)
	})
}

// Like is the model that a method of a name and signature stands for wherever it is
// declared, nil if there is none. The signature is written without names:
// func() (string, []any, error).
func (s *Set) Like(name, signature string) *Model { return s.likes[name+signature] }
