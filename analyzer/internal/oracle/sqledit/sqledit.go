// Package sqledit copies, changes and compares SQL trees by their shape, for tests
// that ask what a predicate is needed for. It is for tests only.
package sqledit

import (
	"reflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Clone copies a statement with everything in it.
func Clone(s sqltree.Statement) sqltree.Statement {
	var c copier
	return c.copy(reflect.ValueOf(&s).Elem()).Interface().(sqltree.Statement)
}

// Without copies a statement with one of its nodes replaced: a predicate (or
// any other expression) becomes TRUE, a join with USING or NATURAL an inner or
// outer join ON TRUE. The node is told by identity, so it must be the very one
// of s; found is false, and the copy is complete, if it is not in s.
func Without(s sqltree.Statement, n sqltree.Node) (without sqltree.Statement, found bool) {
	c := copier{omit: n}
	without = c.copy(reflect.ValueOf(&s).Elem()).Interface().(sqltree.Statement)
	return without, c.found
}

// copier copies values of the tree by their shape, so that no field can be
// forgotten.
type copier struct {
	omit  sqltree.Node
	found bool
}

// copy goes by the kind of the value: the tree is made of interfaces, pointers,
// slices, structs and plain values, and nothing else.
func (c *copier) copy(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Interface:
		if !v.IsNil() {
			out.Set(c.dynamic(v))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(c.pointed(v))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		}
		for i := range v.Len() {
			out.Index(i).Set(c.copy(v.Index(i)))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(c.copy(v.Field(i)))
		}
	default:
		out.Set(v)
	}
	return out
}

// dynamic copies what stands where any expression may: there TRUE can stand.
func (c *copier) dynamic(v reflect.Value) reflect.Value {
	if e, ok := v.Interface().(sqltree.Expr); ok && c.omit != nil && sqltree.Node(e) == c.omit {
		c.found = true
		return reflect.ValueOf(&sqltree.Literal{Pos: e.At(), Kind: sqltree.Bool, Text: "true"})
	}
	return c.copy(v.Elem())
}

// pointed copies what a pointer points at. A join is the one node without a
// condition of its own to replace, so it is changed itself.
func (c *copier) pointed(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type().Elem())
	out.Elem().Set(c.copy(v.Elem()))
	if j, ok := out.Interface().(*sqltree.Join); ok && v.Interface() == c.omit {
		c.found = true
		j.Natural, j.Using = false, nil
		j.On = &sqltree.Literal{Pos: j.Pos, Kind: sqltree.Bool, Text: "true"}
	}
	return out
}

// Equal compares two nodes without their positions.
func Equal(a, b sqltree.Node) bool {
	return equal(reflect.ValueOf(&a).Elem(), reflect.ValueOf(&b).Elem())
}

// equal takes a missing list and an empty one for the same.
func equal(a, b reflect.Value) bool {
	if a.Type() != b.Type() || a.Type() == reflect.TypeFor[sqltree.Pos]() {
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
