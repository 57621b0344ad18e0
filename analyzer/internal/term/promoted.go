package term

import (
	"slices"
	"strings"
)

// Promoted leads from a value to all fields that it has, those of what it embeds among them:
// p0.?.OrgID is p0.OrgID or p0.Person.OrgID, as the type of p0 has it.
var Promoted = Step{Kind: FieldStep, Name: "?"}

// promoted is a struct with the fields of what it embeds beside its own, which come first. An
// embedded field has the name of its type; a field that is not there is not known, for what is
// embedded may have it.
func promoted(s *Struct) *Struct {
	out := &Struct{Type: s.Type, Base: Why("a field of what is embedded")}
	if s.Base != nil {
		out.Base = Select(s.Base, Promoted)
	}
	out.Fields = append(out.Fields, s.Fields...)
	for _, f := range s.Fields {
		inner, ok := f.Term.(*Struct)
		if !ok || inner.Type[strings.LastIndexByte(inner.Type, '.')+1:] != f.Name {
			continue
		}
		for _, x := range promoted(inner).Fields {
			if i := fieldOf(out.Fields, x.Name); i < 0 {
				out.Fields = append(out.Fields, x)
			} else if i >= len(s.Fields) {
				out.Fields[i].Term = Why("a field of two that are embedded")
			}
		}
	}
	slices.SortFunc(out.Fields, func(a, b Field) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func fieldOf(fields []Field, name string) int {
	for i, f := range fields {
		if f.Name == name {
			return i
		}
	}
	return -1
}
