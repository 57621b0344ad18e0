package rls

import (
	"reflect"
	"regexp"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A server prints an expression in its own words: with types for constants, names in full,
// IN as = ANY. Two expressions are compared by their trees, past these words.

// sameExpression reports whether two expressions of policies say the same. Where one cannot
// be read they are the same only word by word.
func sameExpression(a, b string) bool {
	if a == b {
		return true
	}
	x, y := parsed(a), parsed(b)
	return a != "" && b != "" && x != nil && y != nil && sameTree(reflect.ValueOf(x), reflect.ValueOf(y))
}

// plain is an expression without what a server adds to it.
func plain(e sqltree.Expr) sqltree.Expr {
	for {
		switch x := e.(type) {
		case *sqltree.Cast:
			_, constant := x.X.(*sqltree.Literal)
			_, list := x.X.(*sqltree.Array)
			if !constant && !list && !isText(x.Type) {
				return x
			}
			e = x.X
		case *sqltree.In:
			if x.Query != nil {
				return x
			}
			op := "="
			if x.Not {
				op = "<>"
			}
			if len(x.List) == 1 {
				return &sqltree.Binary{Op: op, L: x.X, R: x.List[0]}
			}
			return &sqltree.Quantified{X: x.X, Op: op, All: x.Not, Array: &sqltree.Array{Items: x.List}}
		case *sqltree.Not:
			return plainNot(x)
		default:
			return e
		}
	}
}

// plainNot writes NOT into what it negates, where SQL has a word for that.
func plainNot(n *sqltree.Not) sqltree.Expr {
	switch x := n.X.(type) {
	case *sqltree.Binary:
		if x.Op == "IS DISTINCT FROM" {
			return &sqltree.Binary{Op: "IS NOT DISTINCT FROM", L: x.L, R: x.R}
		}
	case *sqltree.In:
		if x.Query != nil && !x.Not {
			return &sqltree.In{X: x.X, Not: true, Query: x.Query}
		}
	}
	return n
}

// sameTree compares two trees field by field.
func sameTree(a, b reflect.Value) bool {
	a, b = bareValue(a), bareValue(b)
	if a.IsValid() != b.IsValid() || a.IsValid() && a.Type() != b.Type() {
		return false
	}
	switch a.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Struct:
		return sameStruct(a, b)
	case reflect.Slice:
		if a.Len() != b.Len() {
			return false
		}
		for i := range a.Len() {
			if !sameTree(a.Index(i), b.Index(i)) {
				return false
			}
		}
		return true
	}
	return a.Interface() == b.Interface()
}

// bareValue goes through interfaces and pointers; expressions are made plain.
func bareValue(v reflect.Value) reflect.Value {
	for v.IsValid() && (v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer) {
		if v.Kind() == reflect.Pointer {
			if e, ok := v.Interface().(sqltree.Expr); ok && !v.IsNil() {
				if p := plain(e); p != e {
					v = reflect.ValueOf(p)
					continue
				}
			}
		}
		v = v.Elem()
	}
	return v
}

// sameStruct leaves out what a server fills in by itself. A qualifier counts where both
// expressions have one.
func sameStruct(a, b reflect.Value) bool {
	if _, ok := a.Interface().(sqltree.Literal); ok {
		return a.FieldByName("Text").String() == b.FieldByName("Text").String()
	}
	for i := range a.NumField() {
		x, y := a.Field(i), b.Field(i)
		switch a.Type().Field(i).Name {
		case "Pos":
		case "Alias":
			if a.Type() == reflect.TypeFor[sqltree.Item]() {
				continue
			}
			if !sameTree(x, y) {
				return false
			}
		case "Schema":
			if !sameName(x.String(), y.String()) {
				return false
			}
		case "Table":
			if x.Kind() == reflect.String && (x.String() == "" || y.String() == "") {
				continue
			}
			if !sameTree(x, y) {
				return false
			}
		default:
			if !sameTree(x, y) {
				return false
			}
		}
	}
	return true
}

// sameName compares schemas: the server's own and the usual one are not written.
func sameName(a, b string) bool {
	usual := []string{"", "public", "pg_catalog"}
	return a == b || slices.Contains(usual, a) && slices.Contains(usual, b)
}

// namesOne reports whether a text has a name as a word.
func namesOne(text, name string) bool {
	return regexp.MustCompile(`(?i)\b` + regexp.QuoteMeta(name) + `\b`).MatchString(text)
}
