package place

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/algebra"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// KeepHidden is what was decoded, but for the fields that decoders leave out.
func (f *Places) KeepHidden(p Place, before, decoded term.Term) term.Term {
	st, ok := callsite.StructOf(f.TypeAt(p))
	if !ok || before == nil {
		return decoded
	}
	var kept []term.Field
	for i := range st.NumFields() {
		if callsite.TagOf(st.Tag(i), "json") == "-" {
			name := st.Field(i).Name()
			kept = append(kept, term.Field{Name: name, Term: Pick(before, []Step{{Field: name}})})
		}
	}
	if kept == nil {
		return decoded
	}
	return algebra.Override(callsite.StructName(f.TypeAt(p)), decoded, kept)
}

// FieldOf is the name of field i of the struct behind t; wrapped, if it is the
// field that the struct stands for.
func (f *Places) FieldOf(t types.Type, i int) (name string, wrapped bool) {
	st, ok := callsite.Deref(t).Underlying().(*types.Struct)
	if !ok || i >= st.NumFields() {
		return "?", false
	}
	name = st.Field(i).Name()
	if w := f.Program.Wrapper(callsite.Deref(t)); w != "" {
		return Valid, w == name
	}
	return name, false
}

// FieldModel is the library model of a field, or nil.
func (f *Places) FieldModel(t types.Type, i int) *library.Model {
	st, ok := callsite.Deref(t).Underlying().(*types.Struct)
	if !ok || i >= st.NumFields() {
		return nil
	}
	n := callsite.Named(t)
	if n == nil || n.Obj().Pkg() == nil {
		return nil
	}
	return f.Program.Lib.Field(callsite.TypeName(n) + "." + st.Field(i).Name())
}

// TypeAt is the type of what stands at a place, or of what a pointer there leads to, nil if
// it cannot be told.
func (f *Places) TypeAt(p Place) types.Type {
	if t := f.FieldTypeAt(p); t != nil {
		return callsite.Deref(t)
	}
	return nil
}

// FieldTypeAt is the type of what stands at a place, nil if it cannot be told.
func (f *Places) FieldTypeAt(p Place) types.Type {
	t := p.Base.Type()
	if _, ok := p.Base.(*ssa.Alloc); ok {
		t = callsite.Deref(t)
	}
	for _, s := range p.Path {
		t = callsite.Deref(t)
		switch u := t.Underlying().(type) {
		case *types.Struct:
			found := false
			for i := range u.NumFields() {
				if u.Field(i).Name() == s.Field {
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
	return t
}

// ModelAt is the library model of a field, or nil.
func (f *Places) ModelAt(fa *ssa.FieldAddr) *library.Model {
	return f.FieldModel(fa.X.Type(), fa.Field)
}
