package algebra

import (
	"go/types"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
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
	var fields []term.Field
	for i := range st.NumFields() {
		v := st.Field(i)
		s := term.Step{Kind: term.ColumnStep, Index: i}
		if by == "name" {
			s = term.Step{Kind: term.ColumnStep, Name: columnName(v.Name(), st.Tag(i))}
		}
		if v.Exported() && s.Name != "-" {
			fields = append(fields, term.Field{Name: v.Name(), Term: Column(rows, s)})
		}
	}
	return term.StructOf(callsite.StructName(callsite.Deref(t)), nil, fields)
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
