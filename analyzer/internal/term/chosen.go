package term

import "slices"

// A function may build one thing or another, by what it is handed. What it gives on one of
// its ways carries the facts of that way until somebody can tell whether they hold.

// Never is the word of a clause that is there where something is not built.
const Never = "never"

// OnlyIf is t, with the facts under which it is given, as far as they are about what the
// function was handed.
func OnlyIf(t Term, facts []Fact) Term {
	var not []Clause
	for _, x := range facts {
		if op, ok := negated[x.Op]; ok && (x.Op == IsZero || x.Op == NonZero) && IsOpen(x.A) && !HoldsResult(x.A) {
			not = append(not, Clause{Word: Never, If: []Fact{{Op: op, A: x.A}}})
		}
	}
	if len(not) == 0 {
		return t
	}
	leaves := Leaves(t)
	out := make([]Term, len(leaves))
	for i, leaf := range leaves {
		out[i] = leaf
		if b, ok := leaf.(*Build); ok {
			out[i] = BuildOf(b.Style, b, not...)
		}
	}
	return JoinOf(out...)
}

// Chosen is what is built, without the facts under which it is; false if they are known not
// to hold.
func Chosen(b *Build) (out *Build, ok bool) {
	out = &Build{Style: b.Style, Base: b.Base}
	for _, c := range b.Clauses {
		if c.Word == Never {
			if c.Sure() {
				return nil, false
			}
			continue
		}
		values := c.Values
		c.Values = nil
		for _, v := range values {
			if inner, isBuild := v.Term.(*Build); isBuild {
				if inner, ok = Chosen(inner); !ok {
					return nil, false
				}
				v.Term = inner
			}
			c.Values = append(c.Values, v)
		}
		out.Clauses = append(out.Clauses, c)
	}
	return out, true
}

// AllChosen leaves out what is known not to be built.
func AllChosen(list []Term) []Term {
	return slices.DeleteFunc(slices.Clone(list), func(t Term) bool {
		b, ok := t.(*Build)
		if !ok {
			return false
		}
		_, built := Chosen(b)
		return !built
	})
}
