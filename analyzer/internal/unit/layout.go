package unit

import (
	"reflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// The binary form follows the declarations of the types by reflection. Code for
// each type would be faster, and would be one more place to forget a field in;
// decoding is not what takes time.

// value writes v by its type. The layout of structs is that of their declarations,
// so there is no list of fields that could be out of date.
func (w *encoder) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		w.text(v.String())
	case reflect.Int:
		w.num(int(v.Int()))
	case reflect.Uint8:
		w.tag(byte(v.Uint()))
	case reflect.Bool:
		w.tag(0)
		if v.Bool() {
			w.out[len(w.out)-1] = 1
		}
	case reflect.Slice:
		w.count(v.Len())
		for i := range v.Len() {
			w.value(v.Index(i))
		}
	case reflect.Pointer:
		w.pointer(v)
	case reflect.Struct:
		for i := range v.NumField() {
			w.value(v.Field(i))
		}
	case reflect.Interface:
		// Terms are the only interface in a unit; nil is no term.
		t, _ := v.Interface().(term.Term)
		w.term(t)
	default:
		panic("unit: no binary form for " + v.Type().String())
	}
}

// pointer writes whether there is something, and what. Only directives are
// optional in this way.
func (w *encoder) pointer(v reflect.Value) {
	if v.IsNil() {
		w.tag(0)
		return
	}
	w.tag(1)
	w.value(v.Elem())
}

// value reads into v what value wrote. Both switches have the same cases; a test
// holds that every kind that a unit uses is among them.
func (r *decoder) value(v reflect.Value) {
	if r.err != nil {
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(r.text())
	case reflect.Int:
		v.SetInt(int64(r.num()))
	case reflect.Uint8:
		v.SetUint(uint64(r.tag()))
	case reflect.Bool:
		v.SetBool(r.flag())
	case reflect.Slice:
		r.slice(v)
	case reflect.Pointer:
		if r.flag() {
			v.Set(reflect.New(v.Type().Elem()))
			r.value(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			r.value(v.Field(i))
		}
		r.checkFact(v)
	case reflect.Interface:
		if t := r.term(); t != nil {
			v.Set(reflect.ValueOf(t))
		}
	default:
		r.fail("kind of value")
	}
}

// checkFact refuses facts whose text form would panic.
func (r *decoder) checkFact(v reflect.Value) {
	f, ok := v.Interface().(term.Fact)
	if ok && r.err == nil && !validFact(f) {
		r.fail("fact")
	}
}

// validFact reports whether f has the sides that its kind has: comparisons have two, an
// implication two tests, everything else has one.
func validFact(f term.Fact) bool {
	if f.Op == term.Implies {
		_, when := f.A.(*term.Test)
		_, then := f.B.(*term.Test)
		return when && then
	}
	if f.Op == term.Every || f.Op == term.Left {
		_, holds := f.B.(*term.Test)
		return f.A != nil && holds
	}
	two := f.Op == term.Eq || f.Op == term.Ne || f.Op == term.In
	return f.Op <= term.Ran && f.A != nil && two == (f.B != nil)
}

// flag reads a boolean; anything but 0 and 1 was not written by value.
func (r *decoder) flag() bool {
	b := r.tag()
	if b > 1 {
		r.fail("flag")
	}
	return b == 1
}

// slice reads elements one by one, so that a wrong count fails before it
// allocates.
func (r *decoder) slice(v reflect.Value) {
	n := r.count()
	for i := 0; i < n && r.err == nil; i++ {
		// The capacity grows with what was read, not with what the input promises.
		v.Grow(1)
		v.SetLen(i + 1)
		r.value(v.Index(i))
	}
}

// eachSite visits the site indexes in v: the fields Site and ArgSites. It goes by
// the names of fields, so that an operation that is added is renumbered and
// checked without being listed. It looks into the directives of which first says so.
func eachSite(v reflect.Value, visit func(reflect.Value), first func(*Directive) bool) {
	switch v.Kind() {
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Struct && v.Type().Elem().Kind() != reflect.Pointer {
			return
		}
		for i := range v.Len() {
			eachSite(v.Index(i), visit, first)
		}
	case reflect.Pointer:
		d, ok := v.Interface().(*Directive)
		if !v.IsNil() && (!ok || first(d)) {
			eachSite(v.Elem(), visit, first)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			eachSiteField(v.Type().Field(i).Name, v.Field(i), visit, first)
		}
	}
}

// eachSiteField visits a field that holds sites, or looks into it.
func eachSiteField(name string, v reflect.Value, visit func(reflect.Value), first func(*Directive) bool) {
	switch name {
	case "Site":
		visit(v)
	case "ArgSites":
		for i := range v.Len() {
			visit(v.Index(i))
		}
	default:
		eachSite(v, visit, first)
	}
}
