package flow

import (
	"go/constant"
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// step is one way into a place: a field, or an element with its index, -1 if
// that is not known.
type step struct {
	field string
	elem  bool
	index int
	tag   int // see accesses
}

// valid is the field of a wrapper that tells whether it holds a value.
const valid = "!valid"

// place is a base and the way from it. Pointers on the way are erased: the place
// of *p, where p was loaded from another place, is that place.
type place struct {
	base ssa.Value
	path []step
}

func (p place) then(s step) place {
	return place{base: p.base, path: append(p.path[:len(p.path):len(p.path)], s)}
}

// place is what an address denotes.
func (f *Frame) place(v ssa.Value) place {
	switch v := v.(type) {
	case *ssa.FieldAddr:
		p := f.place(v.X)
		field, wrapped := f.fieldOf(v.X.Type(), v.Field)
		if wrapped {
			return p
		}
		return p.then(step{field: field})
	case *ssa.IndexAddr:
		return f.place(v.X).then(f.elem(v, v.Index))
	case *ssa.UnOp:
		if _, ok := v.Type().Underlying().(*types.Pointer); ok && v.Op.String() == "*" {
			return f.place(v.X)
		}
	case *ssa.ChangeType:
		return f.place(v.X)
	case *ssa.MakeInterface:
		return f.place(v.X)
	case *ssa.ChangeInterface:
		return f.place(v.X)
	case *ssa.Slice:
		if _, ok := v.X.Type().Underlying().(*types.Pointer); ok {
			return f.place(v.X)
		}
	case *ssa.Call:
		if c := f.byCall[v]; c != nil && c.Model != nil && c.Model.Verb == library.Same {
			if arg := c.Arg(c.Model.At); arg != nil {
				return f.place(arg)
			}
		}
	}
	return place{base: v}
}

// fieldOf is the name of field i of the struct behind t; wrapped, if it is the
// field that the struct stands for.
func (f *Frame) fieldOf(t types.Type, i int) (name string, wrapped bool) {
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok || i >= st.NumFields() {
		return "?", false
	}
	name = st.Field(i).Name()
	if w := f.Program.Lib.Wrapper(deref(t)); w != "" {
		return valid, w == name
	}
	return name, false
}

// fieldModel is the library model of a field, or nil.
func (f *Frame) fieldModel(t types.Type, i int) *library.Model {
	st, ok := deref(t).Underlying().(*types.Struct)
	if !ok || i >= st.NumFields() {
		return nil
	}
	n := named(t)
	if n == nil || n.Obj().Pkg() == nil {
		return nil
	}
	return f.Program.Lib.Field(TypeName(n) + "." + st.Field(i).Name())
}

func constIndex(v ssa.Value) int {
	if c, ok := v.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.Int {
		if n, ok := constant.Int64Val(c.Value); ok && n >= 0 && n < 1<<20 {
			return int(n)
		}
	}
	return -1
}

// match compares the path of a write with the path that is read.
type match uint8

const (
	apart  match = iota // different places
	covers              // the write sets all that is read
	part                // the write sets a part of what is read
)

// compare tells how a write relates to what is read; weak, if it may be elsewhere.
func compare(written, read []step) (m match, weak bool) {
	for i, w := range written {
		if i == len(read) {
			return part, false
		}
		r := read[i]
		if w.elem != r.elem || w.field != r.field {
			return apart, false
		}
		if !w.elem || w.index == r.index && w.index >= 0 {
			continue
		}
		if w.index >= 0 && r.index >= 0 {
			return apart, false
		}
		weak = true
	}
	return covers, weak
}

// pick is the part of t that the steps lead to; nil stays nil.
func pick(t term.Term, steps []step) term.Term {
	for _, s := range steps {
		if t == nil {
			return nil
		}
		switch {
		case s.field == valid:
			return &term.Test{Fact: term.Fact{Op: term.NonZero, A: t}}
		case !s.elem:
			t = term.Select(t, term.Step{Kind: term.FieldStep, Name: s.field})
		default:
			if l, ok := t.(*term.List); ok && !l.Open && s.index >= 0 && s.index < len(l.Elems) {
				t = l.Elems[s.index]
				continue
			}
			if st, ok := t.(*term.Struct); ok { // a map with named entries
				t = anyField(st)
				continue
			}
			t = term.Select(t, term.Step{Kind: term.ElemStep, Index: s.tag})
		}
	}
	return t
}

func anyField(s *term.Struct) term.Term {
	terms := []term.Term{term.ZeroTerm()}
	for _, f := range s.Fields {
		terms = append(terms, f.Term)
	}
	if s.Base != nil {
		terms = append(terms, term.Why("map entry"))
	}
	return term.JoinOf(terms...)
}

// typeAt is the type of what stands at a place, nil if it cannot be told.
func (f *Frame) typeAt(p place) types.Type {
	t := p.base.Type()
	if _, ok := p.base.(*ssa.Alloc); ok {
		t = deref(t)
	}
	for _, s := range p.path {
		t = deref(t)
		switch u := t.Underlying().(type) {
		case *types.Struct:
			found := false
			for i := range u.NumFields() {
				if u.Field(i).Name() == s.field {
					t, found = u.Field(i).Type(), true
				}
			}
			if !found {
				return nil
			}
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Map:
			t = u.Elem()
		default:
			return nil
		}
	}
	return deref(t)
}
