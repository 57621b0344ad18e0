package vary

import (
	"reflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// editor applies the n-th of all edits that make a tree smaller. Most edits give
// nonsense; the server and the proof refuse it.
type editor struct {
	left int // edits to pass by
	done bool
}

// Smaller gives a copy of the statement with its n-th edit, false if there are
// fewer.
func Smaller(stmt sqltree.Statement, n int) (sqltree.Statement, bool) {
	copied := clone(reflect.ValueOf(&stmt).Elem())
	e := &editor{left: n}
	root := reflect.New(copied.Type()).Elem()
	root.Set(copied)
	e.inside(root)
	return root.Interface().(sqltree.Statement), e.done
}

// clone copies a tree; nodes are pointers, so every copy is free to change.
func clone(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return out
		}
		inner := clone(v.Elem())
		if v.Kind() == reflect.Interface {
			out.Set(inner)
			return out
		}
		out.Set(reflect.New(v.Type().Elem()))
		out.Elem().Set(inner)
	case reflect.Slice:
		for i := range v.Len() {
			out = reflect.Append(out, clone(v.Index(i)))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out.Field(i).Set(clone(v.Field(i)))
		}
	default:
		out.Set(v)
	}
	return out
}

// turn reports whether the next edit is the one to apply.
func (e *editor) turn() bool {
	if e.done {
		return false
	}
	e.left--
	e.done = e.left < 0
	return e.done
}

// visit goes through a tree in the order of its fields, so that the n-th edit is
// the same one in every copy.
func (e *editor) visit(v reflect.Value) {
	if e.done {
		return
	}
	switch v.Kind() {
	case reflect.Interface:
		e.node(v)
	case reflect.Pointer:
		e.pointer(v)
	case reflect.Slice:
		e.list(v)
	case reflect.Struct:
		for i := range v.NumField() {
			e.visit(v.Field(i))
		}
	case reflect.Bool:
		if v.Bool() && e.turn() {
			v.SetBool(false)
		}
	}
}

// pointer drops what is optional, such as WITH or ON CONFLICT, or goes on inside.
func (e *editor) pointer(v reflect.Value) {
	if v.IsNil() {
		return
	}
	if e.turn() {
		v.SetZero()
		return
	}
	e.visit(v.Elem())
}

// node drops a node, or goes on inside.
func (e *editor) node(v reflect.Value) {
	if v.IsNil() {
		return
	}
	if e.turn() {
		v.SetZero()
		return
	}
	e.inside(v)
}

// inside replaces a node by one below it, or edits what it consists of.
func (e *editor) inside(v reflect.Value) {
	for _, inner := range below(v.Elem(), v.Type(), 3) {
		if e.turn() {
			v.Set(inner)
			return
		}
	}
	if v.Elem().Kind() == reflect.Pointer {
		e.visit(v.Elem().Elem())
	}
}

// below lists the nodes of a type that stand at most some levels under v.
func below(v reflect.Value, want reflect.Type, levels int) []reflect.Value {
	var out []reflect.Value
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() || levels == 0 {
			return nil
		}
		if v.Kind() == reflect.Interface && v.Type() == want {
			return append(out, v.Elem())
		}
		return below(v.Elem(), want, levels-1)
	case reflect.Slice:
		for i := range v.Len() {
			out = append(out, below(v.Index(i), want, levels)...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			out = append(out, below(v.Field(i), want, levels)...)
		}
	}
	return out
}

// list drops one element after the other, then edits the elements.
func (e *editor) list(v reflect.Value) {
	for i := range v.Len() {
		if e.turn() {
			rest := reflect.AppendSlice(v.Slice3(0, i, i), v.Slice(i+1, v.Len()))
			v.Set(rest)
			return
		}
	}
	for i := range v.Len() {
		e.visit(v.Index(i))
	}
}
