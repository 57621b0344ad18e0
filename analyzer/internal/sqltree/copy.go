package sqltree

import "reflect"

// Clone copies a statement with everything in it.
func Clone(s Statement) Statement {
	return copyOf(reflect.ValueOf(&s).Elem(), nil).Interface().(Statement)
}

// Without copies a statement with one of its nodes replaced: a predicate (or
// any other expression) becomes TRUE, a join with USING or NATURAL an inner or
// outer join ON TRUE. The node is told by identity, so it must be the very one
// of s; found is false if it is not in s.
func Without(s Statement, n Node) (without Statement, found bool) {
	Walk(s, func(m Node) bool {
		found = found || m == n
		return !found
	})
	return copyOf(reflect.ValueOf(&s).Elem(), n).Interface().(Statement), found
}

// Equal compares two nodes without their positions.
func Equal(a, b Node) bool {
	return equal(reflect.ValueOf(&a).Elem(), reflect.ValueOf(&b).Elem())
}

// copyOf copies a value of the tree by its shape, so that no field can be
// forgotten.
func copyOf(v reflect.Value, omit Node) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if !v.IsNil() {
			out.Set(copyPointed(v, omit))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		}
		for i := range v.Len() {
			out.Index(i).Set(copyOf(v.Index(i), omit))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(copyOf(v.Field(i), omit))
		}
	default:
		out.Set(v)
	}
	return out
}

func copyPointed(v reflect.Value, omit Node) reflect.Value {
	if v.Kind() == reflect.Interface {
		if e, ok := v.Interface().(Expr); ok && omit != nil && Node(e) == omit {
			return reflect.ValueOf(&Literal{Pos: e.At(), Kind: Bool, Text: "true"})
		}
		return copyOf(v.Elem(), omit)
	}
	out := reflect.New(v.Type().Elem())
	out.Elem().Set(copyOf(v.Elem(), omit))
	if j, ok := out.Interface().(*Join); ok && v.Interface() == omit {
		j.Natural, j.Using = false, nil
		j.On = &Literal{Pos: j.Pos, Kind: Bool, Text: "true"}
	}
	return out
}

func equal(a, b reflect.Value) bool {
	if a.Type() != b.Type() || a.Type() == reflect.TypeFor[Pos]() {
		return a.Type() == b.Type()
	}
	switch a.Kind() {
	case reflect.Interface, reflect.Pointer:
		if a.IsNil() || b.IsNil() {
			return a.IsNil() == b.IsNil()
		}
		return equal(a.Elem(), b.Elem())
	case reflect.Slice:
		same := a.Len() == b.Len()
		for i := 0; same && i < a.Len(); i++ {
			same = equal(a.Index(i), b.Index(i))
		}
		return same
	case reflect.Struct:
		same := true
		for i := 0; same && i < a.NumField(); i++ {
			same = equal(a.Field(i), b.Field(i))
		}
		return same
	}
	return a.Interface() == b.Interface()
}
