package flow

import (
	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// appended is the list that append gives. A list that is being evaluated further
// out grows in a loop: open.
func (f *Frame) appended(c *Call) term.Term {
	if len(c.Args) < 2 {
		return f.Value(c.Args[0], c.Instr)
	}
	have, cut := f.tracked(c.Args[0], c.Instr)
	more := f.Value(c.Args[1], c.Instr)
	if more == nil {
		return nil
	}
	if cut || have == nil {
		return opened(have, more)
	}
	var out []term.Term
	for _, a := range term.Leaves(have) {
		for _, b := range term.Leaves(more) {
			out = append(out, concatLists(a, b))
		}
	}
	return term.JoinOf(out...)
}

// opened is a list of any number of the elements of the lists.
func opened(lists ...term.Term) term.Term {
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
	if isZero(t) {
		return nil
	}
	return []term.Term{term.Select(t, term.Step{Kind: term.ElemStep})}
}

func concatLists(a, b term.Term) term.Term {
	x, okX := asList(a)
	y, okY := asList(b)
	if okX && okY && !x.Open && !y.Open && len(x.Elems)+len(y.Elems) <= maxList {
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

// asList is t as a list; zero is the empty one.
func asList(t term.Term) (*term.List, bool) {
	if l, ok := t.(*term.List); ok {
		return l, true
	}
	return &term.List{}, isZero(t)
}

// loopList joins the lists that come into a loop's head: what was there before,
// followed by what the loop appends.
func loopList(terms []term.Term) term.Term {
	if len(terms) < 2 {
		return nil
	}
	open := false
	var elems []term.Term
	for _, t := range terms {
		for _, leaf := range term.Leaves(t) {
			l, ok := asList(leaf)
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

// Elements are the bind values or operands of a variadic argument; spread if it
// is one list that is handed on as a whole.
func (f *Frame) Elements(v ssa.Value, at ssa.Instruction) (elems []term.Term, spread bool) {
	t := f.At(v, at)
	if l, ok := asList(t); ok && !l.Open {
		return l.Elems, false
	}
	if call, ok := v.(*ssa.Call); ok { // append(known, rest...)
		if c := f.CallOf(call); c.Kind == Builtin && c.Symbol == "append" && len(c.Args) == 2 {
			if l, ok := asList(f.At(c.Args[0], c.Instr)); ok && !l.Open {
				return append(append([]term.Term{}, l.Elems...), f.At(c.Args[1], c.Instr)), true
			}
		}
	}
	return []term.Term{t}, true
}

// Listed are the values of a slice that is written out, nil if it is not.
func Listed(v ssa.Value) []ssa.Value { return elements(v) }

// Text is the text of a constant.
func Text(c *ssa.Const) (string, bool) { return constText(c) }
