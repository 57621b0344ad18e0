// Package place tells which place of memory an address denotes.
//
// A *place* is a base (allocation, parameter, package variable, result) and a path of
// fields and elements from it. Pointers on the way are erased.
//
// It cannot see that two bases are one object; package memory carries writes to the
// names that it finds.
package place

import (
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// MapStep is the way to a map's entry: a field if the key is a constant name.
func MapStep(key ssa.Value) Step {
	if c, ok := key.(*ssa.Const); ok {
		if text, ok := callsite.ConstText(c); ok && isIdent(text) {
			return Step{Field: text}
		}
	}
	return Step{Elem: true, Index: -1}
}

func isIdent(s string) bool {
	for i, r := range s {
		if r != '_' && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return s != ""
}

// Step is one way into a place: a field, or an element with its index, -1 if
// that is not known.
type Step struct {
	Field string
	Elem  bool
	Index int
	Tag   int       // see accesses
	Alone bool      // the list is read in no other way
	By    ssa.Value // the index of an element, nil if it is not known
}

// MaxPath is how long a path into a place may be.
const MaxPath = 12

// Valid is the field of a wrapper that reports whether it holds a value.
const Valid = "!valid"

// Place is a base and the way from it. Pointers on the way are erased: the place
// of *p, where p was loaded from another place, is that place.
type Place struct {
	Base ssa.Value
	Path []Step
	// Held are the loads on the way: what is stored where they read from, after they have,
	// is not what they lead to.
	Held []Load
}

// Load is where the object behind the first Depth steps of a place was read.
type Load struct {
	At    ssa.Instruction
	Depth int
}

// Then is the place one step further
func (p Place) Then(s Step) Place {
	return Place{Base: p.Base, Path: append(p.Path[:len(p.Path):len(p.Path)], s), Held: p.Held}
}

// Of is what an address denotes.
func (f *Places) Of(v ssa.Value) Place {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		p := f.Of(v.X)
		if recast(v.X) {
			return p.Then(Step{Elem: true, Index: -1})
		}
		field, wrapped := f.FieldOf(v.X.Type(), v.Field)
		if wrapped {
			return p
		}
		return p.Then(Step{Field: field})
	case *ssa.IndexAddr:
		if recast(v.X) {
			return f.Of(v.X).Then(Step{Elem: true, Index: -1})
		}
		return f.Of(v.X).Then(f.Elem(v, v.Index))
	case *ssa.UnOp:
		if v.Op == token.MUL && callsite.Refers(v.Type()) {
			p := f.Of(v.X)
			p.Held = append(p.Held[:len(p.Held):len(p.Held)], Load{v, len(p.Path)})
			return p
		}
	case *ssa.ChangeType:
		return f.Of(v.X)
	case *ssa.Convert:
		if isPointer(v.Type()) && isPointer(v.X.Type()) {
			return f.Of(v.X)
		}
	case *ssa.MakeInterface:
		return f.Of(v.X)
	case *ssa.ChangeInterface:
		return f.Of(v.X)
	case *ssa.TypeAssert:
		if f.asPointer(v) {
			return f.Of(v.X)
		}
	case *ssa.Extract: // d, ok := v.(*T)
		if x, ok := v.Tuple.(*ssa.TypeAssert); ok && v.Index == 0 && f.asPointer(x) {
			return f.Of(x.X)
		}
	case *ssa.Slice:
		if _, ok := v.X.Type().Underlying().(*types.Pointer); ok {
			return f.Of(v.X)
		}
	case *ssa.Phi:
		if f.Program.IsObject(v.Type()) {
			return f.object(v)
		}
	case *ssa.Call:
		if arg := f.handedBack(v); arg != nil {
			return f.Of(arg)
		}
	}
	return Place{Base: v}
}

// asPointer reports whether the pointer in an interface is taken out of what the function was
// handed, or has itself put there.
func (f *Places) asPointer(x *ssa.TypeAssert) bool {
	_, made := x.X.(*ssa.MakeInterface)
	return isPointer(x.AssertedType) && (made || f.Program.IsHanded(x.X))
}

// recast reports whether an address was made by unsafe.Pointer of one to another type: its
// fields and elements are some part of what stands there.
func recast(v ssa.Value) bool {
	_, ok := v.(*ssa.Convert)
	return ok && isPointer(v.Type())
}

// isPointer tells a pointer, also an unsafe one.
func isPointer(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	}
	return false
}

// handedBack is the argument that a library's call gives back, nil if it gives something
// else: it is the same in another form, or the builder that it has changed.
func (f *Places) handedBack(v *ssa.Call) ssa.Value {
	c := f.byCall[v]
	if c == nil || c.Model == nil {
		return nil
	}
	switch c.Model.Verb {
	case library.Same:
		return c.SameObject()
	case library.Builds:
		if f.Program.IsObject(v.Type()) {
			return c.Recv
		}
	}
	return nil
}

// match compares the path of a write with the path that is read.
type match uint8

const (
	Apart  match = iota // different places
	Covers              // the write sets all that is read
	Part                // the write sets a part of what is read
)

// Compare tells how a write relates to what is read; weak, if it may be elsewhere. In one
// turn of a loop its index stands at one element.
func Compare(written, read []Step, oneTurn bool) (m match, weak bool) {
	for i, w := range written {
		if i == len(read) {
			return Part, false
		}
		r := read[i]
		if w.Elem != r.Elem { // some entry of a map, and one by its name
			weak = true
			continue
		}
		if w.Field != r.Field {
			return Apart, false
		}
		if !w.Elem || w.Index == r.Index && w.Index >= 0 {
			continue
		}
		if w.Index >= 0 && r.Index >= 0 {
			return Apart, false
		}
		if oneTurn && w.By != nil && w.By == r.By {
			continue
		}
		weak = true
	}
	return Covers, weak
}

// Pick is the part of t that the steps lead to; nil stays nil.
func Pick(t term.Term, steps []Step) term.Term {
	for _, s := range steps {
		if t == nil {
			return nil
		}
		switch {
		case s.Field == Valid:
			return &term.Test{Fact: term.Fact{Op: term.NonZero, A: t}}
		case !s.Elem:
			t = term.Select(t, term.Step{Kind: term.FieldStep, Name: s.Field})
		default:
			if l, ok := t.(*term.List); ok && !l.Open && s.Index >= 0 && s.Index < len(l.Elems) {
				t = l.Elems[s.Index]
				continue
			}
			if st, ok := t.(*term.Struct); ok { // a map with named entries
				t = algebra.AnyField(st)
				continue
			}
			t = element(t, s)
		}
	}
	return t
}

// element is the element of a list that a step leads to. Of a list whose elements are
// known, but not which of them it is, they are told apart unless only one at a time is
// in hand.
func element(t term.Term, s Step) term.Term {
	step := term.Step{Kind: term.ElemStep, Index: s.Tag}
	l, isList := t.(*term.List)
	picked := term.Select(t, step)
	if !isList || !l.Open || s.Alone || s.Tag == 0 {
		return picked
	}
	return Marked(picked, s.Tag)
}

// Marked is a value that is one of several, told from the others by a number.
func Marked(t term.Term, number int) term.Term {
	step := term.Step{Kind: term.ElemStep, Index: term.RowTag + number}
	return term.Map(t, func(x term.Term) term.Term { return term.Select(x, step) })
}

// Local reports whether an address is in a local variable.
func (f *Places) Local(addr ssa.Value) bool {
	switch f.Of(addr).Base.(type) {
	case *ssa.Alloc, *ssa.MakeSlice, *ssa.MakeMap:
		return true
	}
	return false
}
