package callsite

import "go/types"

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
