package unit

import (
	"reflect"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// fillWith sets every field of v: terms to before, lists of facts to one, operations'
// numbers to 1, and lists of numbers to 1 and 2.
func fillWith(v reflect.Value, before term.Term) {
	switch v.Kind() {
	case reflect.Interface:
		v.Set(reflect.ValueOf(before))
	case reflect.Int:
		v.SetInt(1)
	case reflect.Slice:
		switch v.Type() {
		case factsType:
			v.Set(reflect.ValueOf([]term.Fact{{Op: term.NonZero, A: before}}))
		case reflect.TypeFor[[]int]():
			v.Set(reflect.ValueOf([]int{1, 2}))
		default:
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			fillWith(v.Index(0), before)
		}
	case reflect.Pointer:
		if v.Type() != directiveType {
			v.Set(reflect.New(v.Type().Elem()))
			fillWith(v.Elem(), before)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fillWith(v.Field(i), before)
		}
	}
}

// holding counts what fillWith has set and is still there.
func holding(v reflect.Value, name string, before term.Term) int {
	switch v.Kind() {
	case reflect.Interface:
		if v.Interface() == before {
			return 1
		}
	case reflect.Slice:
		n := 0
		for i := range v.Len() {
			n += holding(v.Index(i), name, before)
		}
		return n
	case reflect.Pointer:
		if !v.IsNil() {
			return holding(v.Elem(), name, before)
		}
	case reflect.Struct:
		n := 0
		for i := range v.NumField() {
			n += holding(v.Field(i), v.Type().Field(i).Name, before)
		}
		return n
	case reflect.Int:
		if (name == "N" || name == "After") && v.Int() == 1 {
			return 1
		}
	}
	return 0
}

func TestRewriteReachesAllThatAFunctionHolds(t *testing.T) {
	before, after := term.P(7), term.Why("after")
	f := &Function{}
	fillWith(reflect.ValueOf(f).Elem(), before)
	assert.Greater(t, holding(reflect.ValueOf(f).Elem(), "", before), 20)
	r := Rewrite{
		Term:   func(term.Term) term.Term { return after },
		Facts:  func([]term.Fact) []term.Fact { return nil },
		Number: func(n int) (int, bool) { return n + 4, n == 1 },
	}
	r.Function(f)
	assert.Zero(t, holding(reflect.ValueOf(f).Elem(), "", before))
	assert.Equal(t, 5, f.Calls[0].N)
	assert.Equal(t, []int{5}, f.Calls[0].After, "the number of what is gone is left out")
	assert.Nil(t, f.Runs[0].If)
}
