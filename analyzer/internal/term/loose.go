package term

import "slices"

// Loose is a value without what is in the fields of named types: those are stores,
// or a library is handed them, each where it is written.
func Loose(t Term) Term {
	switch x := t.(type) {
	case *Struct:
		if x.Type != "" {
			return ZeroTerm()
		}
	case *List:
		return &List{Elems: looseAll(x.Elems), Open: x.Open}
	case *Join:
		return &Join{Terms: looseAll(x.Terms)}
	}
	return t
}

// Unbound is a value without what is in the fields of the objects that a function value has
// captured: nobody who is handed the function calls that.
func Unbound(t Term) Term {
	f, ok := t.(*Func)
	if !ok {
		return t
	}
	out := *f
	out.Bind = slices.Clone(f.Bind)
	for i, b := range out.Bind {
		out.Bind[i].Term = Loose(b.Term)
	}
	return &out
}

func looseAll(ts []Term) []Term {
	out := make([]Term, len(ts))
	for i, t := range ts {
		out[i] = Loose(t)
	}
	return out
}
