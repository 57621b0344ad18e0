package algebra

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Opened is a list of any number of the elements of the lists.
func Opened(lists ...term.Term) term.Term {
	var elems []term.Term
	for _, l := range lists {
		if l == nil {
			continue
		}
		for _, leaf := range term.Leaves(l) {
			elems = append(elems, elemsOf(leaf)...)
		}
	}
	if len(elems) == 0 {
		return &term.List{}
	}
	return &term.List{Elems: term.Leaves(term.JoinOf(elems...)), Open: true}
}

func elemsOf(t term.Term) []term.Term {
	if l, ok := t.(*term.List); ok {
		if len(l.Elems) == 0 {
			return nil
		}
		return term.Leaves(term.JoinOf(l.Elems...))
	}
	if IsZero(t) {
		return nil
	}
	return []term.Term{term.Select(t, term.Step{Kind: term.ElemStep})}
}

// ConcatLists is one list followed by another
func ConcatLists(a, b term.Term) term.Term {
	x, okX := AsList(a)
	y, okY := AsList(b)
	if okX && okY && !x.Open && !y.Open && len(x.Elems)+len(y.Elems) <= callsite.MaxList {
		elems := append(append([]term.Term{}, x.Elems...), y.Elems...)
		return &term.List{Elems: elems}
	}
	if len(elemsOf(a)) == 0 && !x.Open {
		return b
	}
	all := append(append([]term.Term{}, elemsOf(a)...), elemsOf(b)...)
	if len(all) == 0 {
		return &term.List{}
	}
	return &term.List{Elems: term.Leaves(term.JoinOf(all...)), Open: true}
}

// AsList is t as a list; zero is the empty one.
func AsList(t term.Term) (*term.List, bool) {
	if l, ok := t.(*term.List); ok {
		return l, true
	}
	return &term.List{}, IsZero(t)
}

// LoopList joins the lists that come into a loop's head: what was there before,
// followed by what the loop appends.
func LoopList(terms []term.Term) term.Term {
	if len(terms) < 2 {
		return nil
	}
	open := false
	var elems []term.Term
	for _, t := range terms {
		for _, leaf := range term.Leaves(t) {
			l, ok := AsList(leaf)
			if !ok {
				return nil
			}
			open = open || l.Open
			elems = append(elems, l.Elems...)
		}
	}
	if !open || len(elems) == 0 {
		return nil
	}
	return &term.List{Elems: term.Leaves(term.JoinOf(elems...)), Open: true}
}

// SubList is some of a list's elements; they stand at other indexes there if the number of
// the part is not 0.
func SubList(t term.Term, part int) term.Term {
	switch l := t.(type) {
	case *term.List:
		return &term.List{Elems: l.Elems, Open: true}
	case *term.Path, *term.Result, *term.Origin:
		if part != 0 && !IsZero(t) {
			return term.Select(t, term.Step{Kind: term.ElemStep, Index: part})
		}
	}
	return t
}

// Collection is a map with named entries, or a list of any of the elements.
func Collection(named, others []term.Field) term.Term {
	switch {
	case others == nil && named == nil:
		return &term.List{}
	case others == nil:
		return term.StructOf("", nil, named)
	}
	var elems []term.Term
	for _, x := range append(others, named...) {
		elems = append(elems, x.Term)
	}
	return &term.List{Elems: term.Leaves(term.JoinOf(elems...)), Open: true}
}

// AddField adds a field, or another value to one that is there
func AddField(fields []term.Field, name string, t term.Term) []term.Field {
	for i := range fields {
		if fields[i].Name == name {
			fields[i].Term = term.JoinOf(fields[i].Term, t)
			return fields
		}
	}
	return append(fields, term.Field{Name: name, Term: t})
}
