package rls

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
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

// tiesApart tells how what ties the rows of a table to their tenant differs between the
// migrations and the database: foreign keys, unique keys, and whether the columns of both may be
// NULL. Names do not matter. Partitions have what their parents have.
func tiesApart(files, live *catalogue.Table) []Difference {
	if files.PartitionOf != "" || live.PartitionOf != "" {
		return nil
	}
	var out []Difference
	add := func(text string) { out = append(out, Difference{files.FullName(), text}) }
	for _, k := range files.ForeignKeys {
		switch o := sameReference(live, k); {
		case o == nil:
			add(sides(reference(k)+" is", true))
		case k.NotValid != o.NotValid:
			add(sides(reference(k)+" is validated", !k.NotValid))
		case k.OnDelete != o.OnDelete || k.OnUpdate != o.OnUpdate:
			add(reference(k) + " acts on rows otherwise in the database than in the migrations")
		}
	}
	for _, k := range live.ForeignKeys {
		if sameReference(files, k) == nil {
			add(sides(reference(k)+" is", false))
		}
	}
	for _, k := range files.Keys {
		if !slices.ContainsFunc(live.Keys, func(o *schema.Key) bool { return sameKey(k, o) }) {
			add(sides(uniqueKey(k)+" is", true))
		}
	}
	for _, c := range files.Columns {
		if i := slices.IndexFunc(live.Columns, func(o *schema.Column) bool { return o.Name == c.Name }); i >= 0 && c.NotNull && !live.Columns[i].NotNull && isTie(files, c.Name) {
			add(sides(c.Name+" is NOT NULL", true))
		}
	}
	return out
}

// isTie reports whether a column says whose a row is, or is one of a key.
func isTie(t *catalogue.Table, column string) bool {
	return t.Column == column ||
		slices.ContainsFunc(t.ForeignKeys, func(k *schema.ForeignKey) bool { return slices.Contains(k.Columns, column) }) ||
		slices.ContainsFunc(t.Keys, func(k *schema.Key) bool { return slices.Contains(k.Columns, column) })
}

// sameReference is the foreign key of a table that refers as another one does, nil if there is
// none.
func sameReference(t *catalogue.Table, k *schema.ForeignKey) *schema.ForeignKey {
	i := slices.IndexFunc(t.ForeignKeys, func(o *schema.ForeignKey) bool {
		return o.RefSchema == k.RefSchema && o.RefTable == k.RefTable && slices.Equal(o.Columns, k.Columns) &&
			(len(o.RefColumns) == 0 || len(k.RefColumns) == 0 || slices.Equal(o.RefColumns, k.RefColumns))
	})
	if i < 0 {
		return nil
	}
	return t.ForeignKeys[i]
}

func reference(k *schema.ForeignKey) string {
	to := k.RefTable
	if k.RefSchema != "" {
		to = k.RefSchema + "." + to
	}
	return fmt.Sprintf("the foreign key (%s) to %s (%s)", strings.Join(k.Columns, ", "), to, strings.Join(k.RefColumns, ", "))
}

// sameKey reports whether two keys are unique alike; one over expressions is known by its name.
func sameKey(k, o *schema.Key) bool {
	if k.Expressions || o.Expressions {
		return k.Expressions == o.Expressions && k.Name == o.Name
	}
	return sameSet(k.Columns, o.Columns) && k.NullsNotDistinct == o.NullsNotDistinct && sameExpression(k.Where, o.Where)
}

func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(x string) bool { return !slices.Contains(b, x) })
}

func uniqueKey(k *schema.Key) string {
	columns := strings.Join(k.Columns, ", ")
	switch {
	case k.Expressions:
		return "the unique key " + k.Name
	case k.Where != "":
		return "the unique key (" + columns + ") where " + k.Where
	}
	return "the unique key (" + columns + ")"
}
