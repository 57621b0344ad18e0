// Package undecided tells what of a text, or of the structure of a build, is not known.
//
// In go terms; out comes the first part of them that decides what the database is sent and
// is not known, nil if there is none. Bind values decide nothing and are not looked at.
package undecided

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/ormwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// In is the first part of a text, or of a build's structure, that is not known,
// nil if all of it is.
func In(t term.Term) term.Term {
	switch x := t.(type) {
	case *term.Const:
		return nil
	case *term.Concat:
		return part(x)
	case *term.Build:
		return Clauses(x)
	case *term.List: // of what is built, one after the other
		for _, elem := range x.Elems {
			if y := In(elem); y != nil {
				return y
			}
		}
		return nil
	case *term.Struct: // whoever makes it, its type writes what it likes
		if x.Type == "" { // the columns of a row
			return nil
		}
		return term.Why("a fragment that " + unit.Short(x.Type) + " writes")
	}
	return t
}

// part is the first part of a text that is not known: besides constants it may
// have one build, whose bind values are then its own.
func part(c *term.Concat) term.Term {
	if !term.Built(c) {
		return c
	}
	builds := 0
	for _, part := range c.Parts {
		if x := In(part); x != nil {
			return x
		}
		if term.Built(part) {
			builds++
		}
	}
	if builds > 1 {
		return term.Why("several built texts in one")
	}
	return nil
}

// Clauses is the first part of what a build is made of that is not known.
func Clauses(b *term.Build) term.Term {
	if b.Base != nil {
		return b.Base
	}
	for i := range b.Clauses {
		if x := Clause(&b.Clauses[i]); x != nil {
			return x
		}
	}
	return ormwrite.Untyped(b)
}

// Clause is the first part of a clause that is not known.
func Clause(c *term.Clause) term.Term {
	for k, v := range c.Values {
		if !sqlwrite.Structural(c, k) {
			continue
		}
		if text, ok := v.Term.(*term.Concat); ok { // with any number of builds: they are written where they stand
			for _, part := range text.Parts {
				if x := In(part); x != nil {
					return x
				}
			}
			continue
		}
		if x := In(v.Term); x != nil {
			return x
		}
	}
	return nil
}

// Conditional reports whether a build has a clause that is there only where something
// holds of what its function was handed or has called.
func Conditional(t term.Term) bool {
	b, ok := t.(*term.Build)
	if !ok {
		return false
	}
	return slices.ContainsFunc(b.Clauses, func(c term.Clause) bool {
		return len(c.If) > 0 && c.Word != term.Never || slices.ContainsFunc(c.Values, func(v term.Value) bool { return Conditional(v.Term) })
	})
}

// Statement tells what is no build of which everything is known.
func Statement(t term.Term) bool {
	_, ok := t.(*term.Build)
	return !ok || In(t) != nil
}
