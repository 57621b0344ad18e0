package sqlwrite

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// OfVariables are clauses with the texts that package variables hold: the function that adds
// them was handed one. texts are those that a variable, or a field of what it holds, may be; of
// several, or of none, the clause stays as it is.
func OfVariables(clauses []term.Clause, texts func(*term.Path) []term.Term) []term.Clause {
	out := slices.Clone(clauses)
	for i := range out {
		for k, v := range out[i].Values {
			path, ok := v.Term.(*term.Path)
			if !ok || path.Root != term.Global || !Structural(&out[i], k) {
				continue
			}
			list := texts(path)
			if len(list) != 1 {
				continue
			}
			if text, ok := list[0].(*term.Const); ok {
				out[i].Values = slices.Clone(out[i].Values)
				out[i].Values[k] = Settled(out[i].Word, term.Value{Term: text, Form: v.Form, Type: v.Type})
			}
		}
	}
	return out
}
