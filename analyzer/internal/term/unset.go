package term

// Refilled is a value whose parts that are empty somebody may have set since: they are not
// known, for a reason. What was there is taken to have stayed.
func Refilled(t Term, reason string) Term {
	switch x := t.(type) {
	case *Origin:
		if x.Kind == Zero {
			return Why(reason)
		}
	case *Struct:
		fields := make([]Field, len(x.Fields))
		for i, f := range x.Fields {
			fields[i] = Field{Name: f.Name, Term: Refilled(f.Term, reason)}
		}
		base := Why(reason)
		if x.Base != nil {
			base = Refilled(x.Base, reason)
		}
		return StructOf(x.Type, base, fields)
	case *Join:
		parts := make([]Term, len(x.Terms))
		for i, p := range x.Terms {
			parts[i] = Refilled(p, reason)
		}
		return JoinOf(parts...)
	}
	return t
}
