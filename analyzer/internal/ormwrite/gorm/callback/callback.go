// Package callback tells when the functions run that a program registers at gorm, and what they
// find out of a statement.
//
// In go what a function was registered at, and what is known of a statement; out come the kind
// of statements with which it runs, and whether facts hold of what it asks.
//
// Terms. A *callback* is such a function. One that comes *before* a statement runs when that is
// not written yet: what it adds is there.
//
// Invariant: where an order is not known, it is an error.
//
// It cannot see callbacks of plugins, and what is matched by a function.
package callback

import (
	"errors"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// around are the library's own callbacks of each kind, up to the one that runs the statement.
var around = map[string][]string{
	"create": {"gorm:begin_transaction", "gorm:before_create", "gorm:save_before_associations", "gorm:create"},
	"query":  {"gorm:query"},
	"update": {"gorm:begin_transaction", "gorm:setup_reflect_value", "gorm:before_update", "gorm:save_before_associations", "gorm:update"},
	"delete": {"gorm:begin_transaction", "gorm:before_delete", "gorm:delete_before_associations", "gorm:delete"},
	"row":    {"gorm:row"},
	"raw":    {"gorm:raw"},
}

// after are those that come after the statement.
var after = []string{
	"gorm:save_after_associations", "gorm:after_create", "gorm:commit_or_rollback_transaction",
	"gorm:preload", "gorm:after_query", "gorm:after_update", "gorm:after_delete", "*",
}

// Registered is the kind of statement with which a callback runs, by what it was registered at,
// and whether it runs before the statement is written: without an order it comes last, and so
// does what comes after another one.
func Registered(on *term.Build) (kind string, before bool, err error) {
	if on.Base != nil || len(on.Clauses) == 0 || on.Clauses[0].Word != "callbacks" {
		return "", false, errors.New("what it is registered for is not known")
	}
	for i := range on.Clauses[1:] {
		c := &on.Clauses[1+i]
		if !c.Sure() {
			return "", false, errors.New("what it is registered for is not known")
		}
		name := ""
		if len(c.Values) > 0 {
			name, _ = phrase.Constant(c.Values[0].Term)
		}
		switch own := around[kind]; {
		case c.Word == "again":
		case c.Word == "callbacks of":
			kind = name
		case c.Word == "before callback" && (name == "*" || slices.Contains(own, name)):
			before = true
		case (c.Word == "after callback" || c.Word == "before callback") && (slices.Contains(after, name) || slices.Contains(own, name)):
		default:
			return kind, false, errors.New("when it runs is not known")
		}
	}
	if around[kind] == nil {
		return "", false, errors.New("what it is registered for is not known")
	}
	return kind, before, nil
}

// Statement is what callbacks find out of a statement.
type Statement struct {
	Table    *model.Table // of its rows, nil if there is none
	Unscoped bool
	NoHooks  bool           // methods of the rows may not be called
	Settings []*term.Clause // what is kept beside it
}

// Holds reports whether a fact holds of what a callback is handed, and whether that is known.
func (s *Statement) Holds(param int, f term.Fact) (holds, known bool) {
	if f.B != nil {
		return false, false
	}
	zero, known := s.answers(param, f.A)
	if !known {
		return false, false
	}
	switch f.Op {
	case term.NonZero, term.True, term.NotNil:
		return !zero, true
	case term.IsZero, term.False, term.Nil, term.Null:
		return zero, true
	}
	return false, false
}

// answers is whether what a callback asks of a statement is zero.
func (s *Statement) answers(param int, t term.Term) (zero, known bool) {
	switch x := t.(type) {
	case *term.Path:
		if x.Root == term.Param && x.Index == param {
			return s.partOf(x)
		}
	case *term.Build:
		if len(x.Clauses) != 1 || len(x.Clauses[0].Values) == 0 {
			break
		}
		name, ok := phrase.Constant(x.Clauses[0].Values[0].Term)
		switch {
		case !ok:
		case x.Clauses[0].Word == "looked up":
			return s.Table == nil || fieldOf(s.Table, name) == nil, true
		case x.Clauses[0].Word == "setting asked":
			return s.setting(name)
		}
	}
	return false, false
}

// partOf is whether a part of the statement is zero.
func (s *Statement) partOf(p *term.Path) (zero, known bool) {
	switch {
	case named(p, "Statement", "Schema"):
		return s.Table == nil, true
	case named(p, "Statement", "Unscoped"):
		return !s.Unscoped, true
	case named(p, "Statement", "SkipHooks"):
		return !s.NoHooks, true
	case named(p, "Statement"), named(p, "Statement", "Context"):
		return false, true
	case len(p.Steps) == 4 && p.Steps[1].Name == "Schema" && p.Steps[3].Kind == term.FieldStep:
		c := fieldNamed(s.Table, p.Steps[2].Name, p.Steps[3].Name)
		return c == nil, p.Steps[2].Name == "FieldsByDBName" || p.Steps[2].Name == "FieldsByName"
	case len(p.Steps) == 1 && p.Steps[0].Kind == term.PseudoStep: // its error
		return true, true
	}
	return false, false
}

// fieldNamed is a field in one of the maps that the library keeps of a struct's.
func fieldNamed(t *model.Table, by, name string) *model.Column {
	if t == nil {
		return nil
	}
	for _, c := range t.Columns {
		if by == "FieldsByDBName" && c.Name == name || by == "FieldsByName" && c.Path[len(c.Path)-1] == name {
			return c
		}
	}
	return nil
}

// fieldOf is a field by its own name or its column's.
func fieldOf(t *model.Table, name string) *model.Column {
	if c := fieldNamed(t, "FieldsByDBName", name); c != nil {
		return c
	}
	return fieldNamed(t, "FieldsByName", name)
}

// setting is whether what is kept beside the statement under a name is zero.
func (s *Statement) setting(name string) (zero, known bool) {
	for _, c := range slices.Backward(s.Settings) {
		key, ok := phrase.Constant(c.Values[0].Term)
		if !ok || key == name && !c.Sure() {
			return false, false
		}
		if key == name {
			return term.Zeroness(c.Values[1].Term)
		}
	}
	return true, true
}

// named reports whether a path leads through fields of these names.
func named(p *term.Path, names ...string) bool {
	return slices.EqualFunc(p.Steps, names, func(s term.Step, name string) bool {
		return s.Kind == term.FieldStep && s.Name == name
	})
}

var errExpression = errors.New("enforcer not understood: a condition that is not known")

// Compared is a condition of a struct type of the library's: a column that equals a value, or
// one of a list. Column is how a column of the statement's table is called.
func (s *Statement) Compared(t term.Term, column func(string) string) (term.Clause, error) {
	x, ok := t.(*term.Struct)
	if !ok {
		return term.Clause{}, errExpression
	}
	field := func(name string) term.Term { return term.Select(x, term.Step{Kind: term.FieldStep, Name: name}) }
	name, ok := s.columnOf(field("Column"), column)
	if !ok {
		return term.Clause{}, errExpression
	}
	switch KindName(x.Type) {
	case "Eq":
		return phrase.Compared(false, name, term.Value{Term: field("Value")}), nil
	case "Neq":
		return phrase.Compared(true, name, term.Value{Term: field("Value")}), nil
	case "IN":
		if list, ok := field("Values").(*term.List); ok {
			return phrase.Compared(false, name, term.Value{Term: list, Form: term.AsList}), nil
		}
	}
	return term.Clause{}, errExpression
}

// columnOf is a column by its name, or by that and its table's, which may be the statement's.
func (s *Statement) columnOf(t term.Term, column func(string) string) (string, bool) {
	if name, ok := phrase.Constant(t); ok {
		return phrase.Path(name), name != ""
	}
	name, ok := phrase.Constant(phrase.Field(t, []string{"Name"}))
	if !ok || name == "" {
		return "", false
	}
	of := phrase.Field(t, []string{"Table"})
	switch table, known := phrase.Constant(of); {
	case known && table == "":
		return phrase.Quoted(name), true
	case known && table == currentTable, isTable(of):
		return column(name), true
	case known:
		return phrase.Quoted(table, name), true
	}
	return "", false
}

// currentTable is how the library calls the table of a statement in what it builds.
const currentTable = "~~~ct~~~"

// isTable tells the name of the statement's table, as a callback asks for it.
func isTable(t term.Term) bool {
	p, ok := t.(*term.Path)
	return ok && p.Root == term.Param && (named(p, "Statement", "Table") || named(p, "Statement", "Schema", "Table"))
}

// KindName is the name of a type without its package.
func KindName(typ string) string {
	for i := len(typ) - 1; i >= 0; i-- {
		if typ[i] == '.' {
			return typ[i+1:]
		}
	}
	return typ
}
