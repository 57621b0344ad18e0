package algebra

import (
	"go/types"
	"reflect"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Column is a part of the rows that t stands for: a column, or a property such as
// whether there was one. Rows that come from elsewhere are extended by the step.
func Column(t term.Term, s term.Step) term.Term {
	switch x := t.(type) {
	case nil:
		return nil
	case *term.Result:
		if n := len(x.Steps); n > 0 && x.Steps[n-1].Kind == term.PseudoStep && x.Steps[n-1].Name == "rows" {
			return &term.Result{Call: x.Call, Steps: append(x.Steps[:n-1:n-1], s)}
		}
		return term.Select(x, s)
	case *term.Path:
		return term.Select(x, s)
	case *term.Join:
		out := make([]term.Term, len(x.Terms))
		for i, leaf := range x.Terms {
			out[i] = Column(leaf, s)
		}
		return term.JoinOf(out...)
	case *term.Origin:
		if x.Kind == term.Unknown {
			return x
		}
	}
	return term.Why("rows")
}

// Columns is a row as a struct: by the name of each column, or by position.
func Columns(rows term.Term, by string, t types.Type) term.Term {
	if rows == nil {
		return nil
	}
	if by == "func" {
		return term.Why("rows by function")
	}
	if _, open := types.Unalias(callsite.Deref(t)).(*types.TypeParam); open && by == "name" {
		return Column(rows, term.Step{Kind: term.PseudoStep, Name: "row"})
	}
	st, ok := callsite.StructOf(callsite.Deref(t))
	if !ok || by == "scalar" {
		return Column(rows, term.Step{Kind: term.ColumnStep, Index: 0})
	}
	r := row{rows: rows, by: by}
	return r.fields(callsite.Deref(t), st, "", maxNested)
}

// maxNested caps how deep structs lie in structs.
const maxNested = 4

// row is a row that is read into a struct: by the names of its columns, or by their
// places.
type row struct {
	rows term.Term
	by   string
	orm  *library.ORM // that reads it, nil if it is another library
	next int          // the place of the next column
}

// name is the column that a field is read from.
func (r *row) name(field, tag string) string {
	if r.orm != nil {
		if name := r.orm.ColumnOf(reflect.StructTag(tag)); name != "" {
			return name
		}
	}
	return columnName(field, tag)
}

// fields are the columns that the fields of a struct are read from. What is embedded
// without a name of its own is a part of the struct; by path, a struct in a field is
// read from the columns whose names begin with its name and a dot.
func (r *row) fields(t types.Type, st *types.Struct, prefix string, depth int) term.Term {
	var out []term.Field
	for i := range st.NumFields() {
		v := st.Field(i)
		name := r.name(v.Name(), st.Tag(i))
		related := r.orm != nil && r.orm.HoldsRows(reflect.StructTag(st.Tag(i)))
		if !v.Exported() && !v.Embedded() || name == "-" && !related {
			continue
		}
		inner, nested := callsite.StructOf(callsite.Deref(v.Type()))
		nested = nested && depth > 0 && !IsScalar(v.Type())
		switch {
		case nested && v.Embedded() && callsite.TagOf(st.Tag(i), "db") == "":
			out = append(out, term.Field{Name: v.Name(), Term: r.fields(callsite.Deref(v.Type()), inner, prefix, depth-1)})
		case related || r.by == "model" && (nested || IsRows(v.Type())):
			out = append(out, term.Field{Name: v.Name(), Term: term.Why(term.Related)})
		case nested && r.by == "path":
			out = append(out, term.Field{Name: v.Name(), Term: r.fields(callsite.Deref(v.Type()), inner, prefix+name+".", depth-1)})
		default:
			out = append(out, term.Field{Name: v.Name(), Term: Column(r.rows, r.column(prefix+name))})
		}
	}
	return term.StructOf(callsite.StructName(t), nil, out)
}

// column is the next column, or the one of a name.
func (r *row) column(name string) term.Step {
	if r.by != "position" {
		return term.Step{Kind: term.ColumnStep, Name: name}
	}
	r.next++
	return term.Step{Kind: term.ColumnStep, Index: r.next - 1}
}

// IsRows reports whether a type is a list of structs.
func IsRows(t types.Type) bool {
	elem := elemOf(callsite.Deref(t))
	return elem != nil && !IsScalar(elem)
}

// IsScalar reports whether one column fills a value of a type: it is no struct, has no
// field that a column could fill, or scans by itself.
func IsScalar(t types.Type) bool {
	t = callsite.Deref(t)
	st, ok := callsite.StructOf(t)
	if !ok {
		return true
	}
	if m, _, _ := types.LookupFieldOrMethod(types.NewPointer(t), true, nil, "Scan"); m != nil {
		if f, ok := m.(*types.Func); ok {
			return f.Signature().Params().Len() == 1
		}
	}
	for v := range st.Fields() {
		if v.Exported() || v.Embedded() {
			return false
		}
	}
	return true
}

// Loaded is what a library stores that reads rows by the names of their columns into
// a value of a type: one row, or the list of all of them. A struct in a field is read from
// columns; to an ORM it stands for another row. What the type is a wrapper does not know;
// its callers read the row by the names of their fields.
func Loaded(rows term.Term, t types.Type, many bool, orm *library.ORM) term.Term {
	if rows == nil {
		return nil
	}
	t = callsite.Deref(t)
	if elem := elemOf(t); many && elem != nil {
		t = elem
	}
	one := Column(rows, term.Step{Kind: term.ColumnStep, Index: 0})
	switch t := callsite.Deref(t); {
	case isOpen(t):
		one = Column(rows, term.Step{Kind: term.PseudoStep, Name: "row"})
	case !IsScalar(t):
		one = loaded(rows, t, orm)
	}
	if many {
		return &term.List{Elems: []term.Term{one}, Open: true}
	}
	return one
}

// loaded is a row as a struct, by the names of its columns.
func loaded(rows term.Term, t types.Type, orm *library.ORM) term.Term {
	st, _ := callsite.StructOf(callsite.Deref(t))
	r := row{rows: rows, by: "path"}
	if orm != nil {
		r.by, r.orm = "model", orm
	}
	return r.fields(callsite.Deref(t), st, "", maxNested)
}

func elemOf(t types.Type) types.Type {
	if s, ok := t.Underlying().(*types.Slice); ok {
		return s.Elem()
	}
	return nil
}

// isOpen reports whether the fields of a type's values are not told by it: any, a type
// parameter, a map.
func isOpen(t types.Type) bool {
	if _, param := types.Unalias(t).(*types.TypeParam); param {
		return true
	}
	switch t.Underlying().(type) {
	case *types.Interface, *types.Map:
		return true
	}
	return false
}

// columnName is the column that a field is read from: that of its db tag, or its
// name in lower case.
func columnName(field, tag string) string {
	if name := callsite.TagOf(tag, "db"); name != "" {
		return name
	}
	return lower(field)
}

func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}
