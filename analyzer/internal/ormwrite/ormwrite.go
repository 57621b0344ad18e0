// Package ormwrite says what statements ORMs make of what a program builds with them, in the
// words of package sqlwrite, which writes them.
//
// In goes a [term.Build] whose structure is known, and the models of the program; out come
// the statements: one call may run several. What is a library's own stands in a package
// below this one, what they share in phrase.
//
// Terms. A *handle* is a connection at which statements begin, an *object* a statement that
// its calls change.
//
// Invariant: what is not understood is an error, which is the reason why nothing is proved.
//
// It cannot see settings of the connection.
package ormwrite

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/model"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/bun"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/gorm"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/gorm/callback"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/gorm/generic"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/gorm/removal"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/phrase"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/pop"
	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite/xorm"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// library is how an ORM's statements are made.
type library struct {
	handles    bool // they begin at handles
	statements func(*term.Build, *model.Models, phrase.Enforce) ([]*term.Build, error)
}

// of is the library of a style, nil if it is that of no ORM.
func of(style string) *library {
	switch style {
	case "gorm":
		return &library{handles: true, statements: classic}
	case "pop":
		return &library{statements: unenforced(pop.Statements)}
	case "xorm":
		return &library{statements: unenforced(xorm.Statements)}
	case "bun", "pg":
		return &library{statements: unenforced(bun.Statements)}
	}
	return nil
}

// classic are the statements of gorm, of its generic interface, too, with those by which it
// deletes what belongs to a row.
func classic(b *term.Build, models *model.Models, enforce phrase.Enforce) ([]*term.Build, error) {
	b = generic.Classic(b)
	with, err := removal.With(b, models)
	if err != nil {
		return nil, err
	}
	var out []*term.Build
	for _, x := range append(with, b) {
		list, err := gorm.Statements(x, models, enforce)
		if err != nil {
			return nil, err
		}
		out = append(out, list...)
	}
	return out, nil
}

// unenforced are the statements of a library that runs no functions with them.
func unenforced(statements func(*term.Build, *model.Models) ([]*term.Build, error)) func(*term.Build, *model.Models, phrase.Enforce) ([]*term.Build, error) {
	return func(b *term.Build, models *model.Models, _ phrase.Enforce) ([]*term.Build, error) {
		return statements(b, models)
	}
}

// Handles reports whether a style is that of a library whose statements begin at handles.
func Handles(style string) bool {
	lib := of(style)
	return lib != nil && lib.handles
}

// Writes reports whether a style is that of an ORM.
func Writes(style string) bool { return of(style) != nil }

// typing are the clauses of which the first value decides by its type what is built: the rows
// that a statement is about, or a condition that is a text or a row.
var typing = []string{
	"model", "find", "find one", "find or create", "find or init", "find key", "find again", "scan", "create", "save", "remove", "count", "exists",
	"insert row", "update row", "update columns", "filter", "or filter", "not filter",
}

// Untyped is what decides by its type what a build is and was handed to its function as any,
// so that only a caller can tell its type; nil if there is nothing of the kind. Where the
// table is named, the rows decide nothing.
func Untyped(b *term.Build) term.Term {
	if of(b.Style) == nil {
		return nil
	}
	named := slices.ContainsFunc(b.Clauses, func(c term.Clause) bool {
		if c.Word == "model" && len(c.Values) > 0 {
			v := c.Values[len(c.Values)-1]
			return v.Form != term.AsAny && !term.IsTypeParam(v.Type)
		}
		return c.Word == "raw text" || c.Word == "table of"
	})
	for i := range b.Clauses {
		c := &b.Clauses[i]
		filter := strings.HasSuffix(c.Word, "filter")
		if len(c.Values) == 0 || !slices.Contains(typing, c.Word) || named && !filter {
			continue
		}
		v := c.Values[0]
		if c.Word == "model" {
			v = c.Values[len(c.Values)-1]
		}
		if p, ok := v.Handed(); ok {
			return p
		}
		if term.IsTypeParam(v.Type) {
			return &term.Path{Root: term.Free, Name: v.Type}
		}
	}
	return nil
}

// typed is a build with the forms of what was handed on as any, as far as the value tells it,
// and the values of lists that were handed on as a whole.
func typed(b *term.Build) *term.Build {
	out := &term.Build{Style: b.Style, Base: b.Base, Clauses: slices.Clone(b.Clauses)}
	for i := range out.Clauses {
		c := &out.Clauses[i]
		c.Values = phrase.Spread(slices.DeleteFunc(slices.Clone(c.Values), isNone))
		if slices.Contains(typing, c.Word) {
			for k, v := range c.Values {
				c.Values[k] = typedValue(v)
			}
			continue
		}
		for k, v := range c.Values {
			if term.IsTypeParam(v.Type) { // of a bind value
				c.Values[k] = term.Value{Term: v.Term, Form: term.AsAny}
			}
		}
	}
	return out
}

// isNone tells the list of the last arguments where there are none.
func isNone(v term.Value) bool { return v.Form == term.AsRest && term.Same(v.Term, term.ZeroTerm()) }

func typedValue(v term.Value) term.Value {
	if v.Form != term.AsAny {
		return v
	}
	switch x := v.Term.(type) {
	case *term.Const:
		if x.Kind == term.Text {
			v.Form = term.AsText
		}
	case *term.Struct:
		if x.Type != "" {
			v.Form, v.Type = term.AsModel, x.Type
		}
	}
	return v
}

// Write writes the statements that a call runs, with what functions of the program add to each.
func Write(b *term.Build, models *model.Models, enforce phrase.Enforce) ([]sqlwrite.Statement, error) {
	list, err := of(b.Style).statements(typed(b), models, enforce)
	if err != nil {
		return nil, err
	}
	var out []sqlwrite.Statement
	for _, x := range list {
		x, beside := phrase.Unmarked(x)
		written, err := sqlwrite.Write(x)
		if err != nil {
			return nil, err
		}
		for i := range written {
			written[i].Beside = beside
		}
		out = append(out, written...)
	}
	return out, nil
}

// Registered is the kind of statement with which a function runs that is registered at what a
// build says, and whether it runs before the statement is written.
func Registered(on *term.Build) (kind string, before bool, err error) { return callback.Registered(on) }

// Begun reports whether something is built: the handle is no root.
func Begun(b *term.Build) bool {
	return b.Base != nil || slices.ContainsFunc(b.Clauses, func(c term.Clause) bool {
		return c.Word != "handle" && c.Word != "again" && c.Word != "session" && c.Word != "context of" && c.Word != term.Never
	})
}

// Either is what a function builds that builds one of several things: with the clauses that
// all of them begin with, and each other one that some have as one that may be there. ok is
// false if one of them is no build.
func Either(list []term.Term) (t term.Term, ok bool) {
	var out *term.Build
	for _, x := range list {
		b, built := x.(*term.Build)
		switch {
		case !built || out != nil && !sameBase(out, b):
			return nil, false
		case out == nil:
			out = b
			continue
		}
		n := 0
		for n < min(len(out.Clauses), len(b.Clauses)) && sameClause(out.Clauses[n], b.Clauses[n]) {
			n++
		}
		merged := &term.Build{Style: out.Style, Base: out.Base, Clauses: slices.Clone(out.Clauses[:n])}
		for _, c := range slices.Concat(out.Clauses[n:], b.Clauses[n:]) {
			merged.Clauses = append(merged.Clauses, term.Clause{Word: c.Word, Values: c.Values, Maybe: true})
		}
		out = merged
	}
	return out, out != nil
}

func sameClause(a, b term.Clause) bool {
	return term.Same(phrase.Build(a), phrase.Build(b))
}

func sameBase(a, b *term.Build) bool {
	return a.Style == b.Style && (a.Base == nil) == (b.Base == nil) && (a.Base == nil || term.Same(a.Base, b.Base))
}

// maxRelated is how far rows are followed that are loaded with others.
const maxRelated = 3

// SetOnRead are the fields that methods of the rows set once a statement has read them,
// sorted: what they hold is not what the columns hold.
func SetOnRead(b *term.Build, models *model.Models) []string {
	var out []string
	for i := range b.Clauses {
		for _, v := range b.Clauses[i].Values {
			if v.Form == term.AsModel || v.Form == term.AsModels {
				out = append(out, setOnRead(v.Type, b.Style, models, 0)...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func setOnRead(typ, style string, models *model.Models, depth int) []string {
	t := models.Of(typ, style)
	if t == nil || depth > maxRelated {
		return nil
	}
	var out []string
	for _, c := range t.Columns {
		if c.HookedAt("read") {
			out = append(out, c.Path[len(c.Path)-1])
		}
	}
	for _, r := range t.Relations {
		out = append(out, setOnRead(r.To, style, models, depth+1)...)
	}
	return out
}
