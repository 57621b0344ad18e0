package unit

import (
	"reflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A Rewrite changes what the operations of a function hold. It follows the
// declarations of the types, as the binary form does, so that a field that is added
// is rewritten without being listed.
type Rewrite struct {
	Term  func(term.Term) term.Term     // a term that is there
	Facts func([]term.Fact) []term.Fact // a list of facts, whole
	// Number is the new number of an operation, and whether there is still one. What
	// is gone is left out of lists of numbers.
	Number func(n int) (int, bool)
}

// Function rewrites f in place.
func (r *Rewrite) Function(f *Function) { r.value(reflect.ValueOf(f).Elem()) }

// The types that a Rewrite does not look into.
var (
	factsType     = reflect.TypeFor[[]term.Fact]()
	directiveType = reflect.TypeFor[*Directive]()
)

func (r *Rewrite) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.Interface:
		if t, ok := v.Interface().(term.Term); ok && t != nil {
			v.Set(reflect.ValueOf(r.Term(t)))
		}
	case reflect.Slice:
		if v.Type() == factsType {
			v.Set(reflect.ValueOf(r.Facts(v.Interface().([]term.Fact))))
			return
		}
		for i := range v.Len() {
			r.value(v.Index(i))
		}
	case reflect.Pointer:
		if v.Type() != directiveType && !v.IsNil() {
			r.value(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.field(v.Type().Field(i).Name, v.Field(i))
		}
	}
}

// field rewrites a field: N is the number of its operation, After a list of numbers.
func (r *Rewrite) field(name string, v reflect.Value) {
	switch name {
	case "N":
		n, _ := r.Number(int(v.Int()))
		v.SetInt(int64(n))
	case "After":
		var kept []int
		for _, n := range v.Interface().([]int) {
			if to, ok := r.Number(n); ok {
				kept = append(kept, to)
			}
		}
		v.Set(reflect.ValueOf(kept))
	default:
		r.value(v)
	}
}

// EachSite calls f for every site number in the unit, in the order of the
// declarations. A directive that several operations share is visited once.
func EachSite(u *Unit, f func(*int)) {
	seen := map[*Directive]bool{}
	eachSite(reflect.ValueOf(u).Elem(), func(v reflect.Value) {
		n := int(v.Int())
		f(&n)
		v.SetInt(int64(n))
	}, func(d *Directive) bool {
		again := seen[d]
		seen[d] = true
		return !again
	})
}
