package dataset

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqlwrite/piece"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Some statements get their columns at run time: a filter or an order that the client names.
// A name is quoted, so whatever it is, it is one. A condition on it stands in parentheses
// and is one of a list of which all must hold: it can only narrow, and one of which nothing
// is known is written in its place.

// ordering are the words of clauses that change no row.
var ordering = []string{"order", "more order", "order before"}

// Settled is a value of a clause whose names are not known, where that makes no difference.
func Settled(word string, v term.Value) term.Value {
	b := v.Term.(*term.Build)
	switch {
	case !nameless(b):
		return v
	case word == "where all" && narrows(b):
		return term.Value{Term: plainText(piece.Coin)}
	case slices.Contains(ordering, word):
		return term.Value{Term: plainText("NULL")}
	}
	return v
}

func plainText(text string) *term.Build {
	return &term.Build{Style: "list", Clauses: []term.Clause{{Word: "text", Values: []term.Value{{Term: &term.Const{Kind: term.Text, Text: text}}}}}}
}

// comparing are the words of conditions that stand in parentheses of their own.
var comparing = []string{"eq", "ne", "lt", "le", "gt", "ge", "like", "not like", "ilike", "not ilike", "in", "not in", "is", "between", "not between", "operator", "ex", "ex or"}

// narrows reports whether an expression is a condition that stands by itself.
func narrows(b *term.Build) bool { return slices.Contains(comparing, b.Clauses[0].Word) }

// nameless reports whether an expression is known but for names of columns, and one is
// missing.
func nameless(b *term.Build) bool {
	missing := false
	return b.Base == nil && len(b.Clauses) > 0 && onlyNames(b, &missing) && missing
}

// naming are the words whose texts are names.
var naming = []string{"ident", "name", "dot", "dot before", "entry"}

func onlyNames(b *term.Build, missing *bool) bool {
	if b.Base != nil {
		return false
	}
	for i := range b.Clauses {
		c := &b.Clauses[i]
		for k, v := range c.Values {
			inner, built := v.Term.(*term.Build)
			switch _, known := v.Term.(*term.Const); {
			case built && isDataset(inner), v.Form == term.AsPart && !built:
				return false
			case built && !onlyNames(inner, missing):
				return false
			case !built && !known && slices.Contains(naming, c.Word) && (c.Word != "entry" || k == 0):
				*missing = true
			case !built && !known && (c.Word == "text" || c.Word == "cast" || c.Word == "func" || c.Word == "func of" || c.Word == "alias"):
				return false
			}
		}
	}
	return true
}
