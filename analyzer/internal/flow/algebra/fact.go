package algebra

import (
	"go/types"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Intersect keeps the facts of a that b has, too.
func Intersect(a, b []term.Fact) []term.Fact {
	return slices.DeleteFunc(slices.Clone(a), func(x term.Fact) bool {
		return !slices.ContainsFunc(b, func(y term.Fact) bool { return term.SameFact(x, y) })
	})
}

// Unique keeps the first of equal facts
func Unique(facts []term.Fact) []term.Fact {
	seen := map[string]bool{}
	out := facts[:0:0]
	for _, x := range facts {
		if s := x.String(); !seen[s] {
			seen[s] = true
			out = append(out, x)
		}
	}
	return out
}

// FactsOf are the facts of a boolean term.
func FactsOf(t term.Term) (yes, no []term.Fact) {
	switch t := t.(type) {
	case nil, *term.Const:
		return nil, nil
	case *term.Join:
		if !isFlag(t) {
			return nil, nil
		}
		return Sides(term.Fact{Op: term.NonZero, A: t})
	case *term.Test:
		return Sides(t.Fact)
	}
	if Unknown(t) {
		return nil, nil
	}
	return []term.Fact{{Op: term.True, A: t}}, []term.Fact{{Op: term.False, A: t}}
}

// isFlag tells what stands under a context key, if anything does.
func isFlag(t *term.Join) bool {
	if len(t.Terms) != 2 {
		return false
	}
	path, ok := t.Terms[0].(*term.Path)
	return ok && path.Root == term.Context && IsZero(t.Terms[1])
}

var Opposites = map[term.FactOp]term.FactOp{
	term.Eq: term.Ne, term.Ne: term.Eq, term.NonZero: term.IsZero, term.IsZero: term.NonZero,
	term.Nil: term.NotNil, term.NotNil: term.Nil, term.True: term.False, term.False: term.True,
}

// Sides are a fact and its opposite, if that can be said.
func Sides(x term.Fact) (yes, no []term.Fact) {
	yes = []term.Fact{x}
	if op, ok := Opposites[x.Op]; ok {
		no = []term.Fact{{Op: op, A: x.A, B: x.B}}
	}
	return yes, no
}

// Equality is what a comparison of two values says if it is true, and if it is false. Of a
// column that equals something unknown that much is said, for whoever meets it then knows
// more of the row than can be told here.
func Equality(a, b term.Term) (yes, no []term.Fact) {
	if HasUnknown(a) {
		a, b = b, a
	}
	switch {
	case HasUnknown(a):
		return nil, nil
	case HasUnknown(b):
		if r, ok := a.(*term.Result); ok && IsPart(r) {
			yes = []term.Fact{{Op: term.Met, A: a}}
		}
		return yes, nil
	}
	if IsCount(a) { // a number of rows equals a constant other than 0
		if c, ok := b.(*term.Const); ok && c.Kind == term.Number {
			return []term.Fact{{Op: term.Positive, A: a}}, nil
		}
	}
	return Sides(term.Fact{Op: term.Eq, A: a, B: b})
}

// IsPart reports whether a result is a column, or a field of what may be a row.
func IsPart(r *term.Result) bool {
	n := len(r.Steps)
	return n > 0 && (r.Steps[n-1].Kind == term.FieldStep || r.Steps[n-1].Kind == term.ColumnStep)
}

// Zeroness covers x == 0, "" and nil.
func Zeroness(a term.Term, t types.Type) (yes, no []term.Fact) {
	if Unknown(a) || IsZero(a) {
		return nil, nil
	}
	if library.IsError(t) {
		return Sides(term.Fact{Op: term.Nil, A: a})
	}
	if IsCount(a) {
		return []term.Fact{{Op: term.IsZero, A: a}}, []term.Fact{{Op: term.Positive, A: a}}
	}
	yes, no = Sides(term.Fact{Op: term.IsZero, A: a})
	if callsite.Nilable(t) {
		yes = append(yes, term.Fact{Op: term.Null, A: a})
	}
	return yes, no
}

// Refine drops zero from a join that is known not to be zero.
func Refine(t term.Term, facts []term.Fact) term.Term {
	for _, x := range facts {
		if x.Op == term.NonZero && HasZeroLeaf(x.A) {
			t = replace(t, x.A.String(), x.A)
		}
	}
	return t
}

// replace puts a join without its zero in the place of the join.
func replace(t term.Term, text string, whole term.Term) term.Term {
	switch x := t.(type) {
	case *term.Join:
		if x.String() != text {
			return t
		}
		var rest []term.Term
		for _, leaf := range whole.(*term.Join).Terms {
			if !IsZero(leaf) {
				rest = append(rest, leaf)
			}
		}
		return term.JoinOf(rest...)
	case *term.Struct:
		fields := make([]term.Field, len(x.Fields))
		for i, fl := range x.Fields {
			fields[i] = term.Field{Name: fl.Name, Term: replace(fl.Term, text, whole)}
		}
		return &term.Struct{Type: x.Type, Base: x.Base, Fields: fields}
	case *term.List:
		elems := make([]term.Term, len(x.Elems))
		for i, e := range x.Elems {
			elems[i] = replace(e, text, whole)
		}
		return &term.List{Elems: elems, Open: x.Open}
	case *term.Func:
		bind := make([]term.Field, len(x.Bind))
		for i, fl := range x.Bind {
			bind[i] = term.Field{Name: fl.Name, Term: replace(fl.Term, text, whole)}
		}
		return &term.Func{Symbol: x.Symbol, Bind: bind}
	}
	return t
}
