package algebra

import (
	"go/types"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A struct that is handed to a statement as a whole binds its fields by their names:
// the one of the db tag, or the field's in lower case. What is embedded is a part of
// it; a struct in a field is reached by a dot.

// Unseen is the type of a struct of binds whose fields only a caller knows: a wrapper is
// handed it as any.
const Unseen = "any"

// NamedBinds is a value of a type as a struct of the values that it binds, by name. A
// map has them by name already. A list of structs is the statement run once for each.
// Of a value whose type is not told nothing is known but what it is: see [Unseen].
func NamedBinds(t term.Term, typ types.Type) term.Term {
	typ = callsite.Deref(typ)
	if _, open := typ.Underlying().(*types.Interface); open {
		return term.StructOf(Unseen, t, nil)
	}
	if elem := elemOf(typ); elem != nil {
		return NamedBinds(term.Elements(t), elem)
	}
	st, ok := callsite.StructOf(typ)
	if !ok {
		return t
	}
	return term.StructOf("", nil, namedFields(t, st, maxNested))
}

func namedFields(t term.Term, st *types.Struct, depth int) []term.Field {
	var out []term.Field
	for i := range st.NumFields() {
		v := st.Field(i)
		name := columnName(v.Name(), st.Tag(i))
		if !v.Exported() && !v.Embedded() || name == "-" {
			continue
		}
		value := term.Select(t, term.Step{Kind: term.FieldStep, Name: v.Name()})
		inner, nested := callsite.StructOf(callsite.Deref(v.Type()))
		nested = nested && depth > 0 && !IsScalar(v.Type())
		if nested && v.Embedded() && callsite.TagOf(st.Tag(i), "db") == "" {
			out = append(out, namedFields(value, inner, depth-1)...)
			continue
		}
		if nested {
			value = term.StructOf("", value, namedFields(value, inner, depth-1))
		}
		out = append(out, term.Field{Name: name, Term: value})
	}
	return out
}
