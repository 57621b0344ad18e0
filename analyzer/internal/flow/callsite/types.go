package callsite

import (
	"go/types"
	"reflect"
	"strings"
)

// Nilable tells the types whose zero value is nil, which a driver sends as NULL.
func Nilable(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Pointer, *types.Slice, *types.Interface:
		return true
	}
	return false
}

// StructOf is the struct behind a type
func StructOf(t types.Type) (*types.Struct, bool) {
	if t == nil {
		return nil, false
	}
	st, ok := t.Underlying().(*types.Struct)
	return st, ok
}

// StructName is the name of a type, "" if it has none
func StructName(t types.Type) string {
	if n := typeOrNil(t); n != nil {
		return TypeName(n)
	}
	return ""
}

func typeOrNil(t types.Type) *types.Named {
	if t == nil {
		return nil
	}
	n, _ := types.Unalias(t).(*types.Named)
	return n
}

// TypeName is the name of a type as in symbols: pkg.T, *pkg.T, error, or the text
// of an unnamed type. Type arguments are left out.
func TypeName(t types.Type) string {
	switch t := types.Unalias(t).(type) {
	case *types.Pointer:
		return "*" + TypeName(t.Elem())
	case *types.Named:
		if t.Obj().Pkg() == nil {
			return t.Obj().Name()
		}
		return t.Obj().Pkg().Path() + "." + t.Obj().Name()
	case *types.TypeParam:
		return TypeName(t.Constraint())
	}
	return types.TypeString(t, func(p *types.Package) string { return p.Path() })
}

// Named is the named type behind t and one pointer, or nil.
func Named(t types.Type) *types.Named {
	t = types.Unalias(t)
	if p, ok := t.(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, _ := t.(*types.Named)
	return n
}

// Deref is the type that a pointer points to, or t.
func Deref(t types.Type) types.Type {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		return p.Elem()
	}
	return t
}

// IsBasic reports whether a type is basic and of a kind
func IsBasic(t types.Type, info types.BasicInfo) bool {
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&info != 0
}

// IsFuncType reports whether values of a type are functions
func IsFuncType(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// TagOf is the name in a struct tag, "" without one.
func TagOf(tag, key string) string {
	name, _, _ := strings.Cut(reflect.StructTag(tag).Get(key), ",")
	return name
}

// SendsNull tells pointers, slices and the structs that say in a field Valid
// whether they hold a value: sql.NullString, pgtype.UUID, uuid.NullUUID and those
// that embed one.
func SendsNull(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Slice:
		return true
	case *types.Struct:
		field, _, _ := types.LookupFieldOrMethod(t, false, nil, "Valid")
		f, ok := field.(*types.Var)
		return ok && u.NumFields() > 0 && types.Identical(f.Type().Underlying(), types.Typ[types.Bool])
	}
	return false
}

// RowType is the named struct type behind pointers and lists, nil if there is none.
func RowType(t types.Type) *types.Named {
	for {
		switch u := types.Unalias(t).(type) {
		case *types.Pointer:
			t = u.Elem()
		case *types.Slice:
			t = u.Elem()
		case *types.Array:
			t = u.Elem()
		case *types.Named:
			if _, ok := u.Underlying().(*types.Struct); ok {
				return u
			}
			if s, ok := u.Underlying().(*types.Slice); ok {
				t = s.Elem()
				continue
			}
			return nil
		default:
			return nil
		}
	}
}

// Many reports whether a value of a type is a list, or a pointer to one.
func Many(t types.Type) bool {
	switch t.Underlying().(type) {
	case *types.Slice, *types.Array:
		return true
	case *types.Pointer:
		return Many(t.Underlying().(*types.Pointer).Elem())
	}
	return false
}
