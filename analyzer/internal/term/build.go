package term

import (
	"slices"
	"sort"
	"strings"
)

// MaxLeaves is how many terms a Join may have, and MaxTexts how many texts; more
// are unknown for that reason. Texts are built in as many ways as there are branches.
const (
	MaxLeaves = 12
	MaxTexts  = 64
)

// Why makes an unknown term with its reason.
func Why(reason string) Term { return &Origin{Kind: Unknown, Name: reason} }

// Called is the function of a library that gave an unknown value, if that is its reason.
func (x *Origin) Called() (symbol string, ok bool) {
	symbol, ok = strings.CutPrefix(x.Name, "call ")
	return symbol, ok && x.Kind == Unknown
}

// PrintedNumber is the reason of a piece of a text that is a whole number in
// digits: which one is not known, but it can be no more than a number.
const PrintedNumber = "a printed number"

// Enforcer is the reason of a call that gives a library a function which it runs with each
// statement: it may add a condition to it, or take one away.
const Enforcer = "a callback that may change statements"

// EmptyContext is the reason of a context that holds nothing.
const EmptyContext = "an empty context"

// UnderKey begins the name of what was put into a context, before its key: of constants only.
const UnderKey = "under "

// Widener is the reason of a call that may widen the conditions of a statement.
const Widener = "a condition that may widen others"

// OwnCall is the number of the call itself in what it is handed: the rows that it gives are
// the bind values of further statements that it runs.
const OwnCall = 0

// OwnColumn is a column of the rows that the call itself gives.
func OwnColumn(name string) *Result {
	return &Result{Call: OwnCall, Steps: []Step{{Kind: ColumnStep, Name: name}}}
}

// AtCall is a term with a call's own number in the places of its own rows.
func AtCall(t Term, call int) Term {
	return Map(t, func(x Term) Term {
		if r, ok := x.(*Result); ok && r.Call == OwnCall {
			return &Result{Call: call, Steps: r.Steps}
		}
		return x
	})
}

// Related is the reason of rows that a library may have loaded with the row that they
// belong to.
const Related = "rows that belong to a row"

// ClaimsKey is the context key that the claims of a verified token stand under.
const ClaimsKey = "jwt"

// FromChannel is the reason of values that come out of a channel: who sends them is not
// seen.
const FromChannel = "channel"

// WrittenIn begins the reason of values that a closure or a method value may have written,
// which may be a handler.
const WrittenIn = "written in "

// ZeroTerm is the zero value.
func ZeroTerm() Term { return &Origin{Kind: Zero} }

// P is parameter i.
func P(i int) Term { return &Path{Root: Param, Index: i} }

// Of makes an origin without parts.
func Of(kind OriginKind) Term { return &Origin{Kind: kind} }

// JoinOf is the term that may be any of the given ones; nil terms are dropped.
func JoinOf(terms ...Term) Term {
	seen := map[string]Term{}
	var add func(t Term)
	add = func(t Term) {
		if t == nil {
			return
		}
		if j, ok := t.(*Join); ok {
			for _, x := range j.Terms {
				add(x)
			}
			return
		}
		seen[t.String()] = t
	}
	for _, t := range terms {
		add(t)
	}
	switch {
	case len(seen) == 0:
		return Why("no value")
	case len(seen) > MaxLeaves && (len(seen) > MaxTexts || !allTexts(seen)):
		return Why("too many values may come here")
	}
	keys := make([]string, 0, len(seen))
	for k := range seen {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	out := make([]Term, len(keys))
	for i, k := range keys {
		out[i] = seen[k]
	}
	if len(out) == 1 {
		return out[0]
	}
	return &Join{Terms: out}
}

// allTexts reports whether all terms are texts that are written out, put together or built.
func allTexts(terms map[string]Term) bool {
	for _, t := range terms {
		switch x := t.(type) {
		case *Concat, *Build:
		case *Const:
			if x.Kind != Text {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// Leaves are the terms that t may be: those of a Join, or t itself.
func Leaves(t Term) []Term {
	if j, ok := t.(*Join); ok {
		return j.Terms
	}
	return []Term{t}
}

// CatOf concatenates texts: nested concatenations are flattened, neighbouring
// constants merged, and a Join stays a part.
func CatOf(parts ...Term) Term {
	var out []Term
	for _, p := range parts {
		if c, ok := p.(*Concat); ok {
			for _, x := range c.Parts {
				out = appendPart(out, x)
			}
			continue
		}
		out = appendPart(out, p)
	}
	switch len(out) {
	case 0:
		return &Const{Kind: Text}
	case 1:
		return out[0]
	}
	return &Concat{Parts: out}
}

func appendPart(parts []Term, t Term) []Term {
	if o, ok := t.(*Origin); ok && o.Kind == Zero {
		return parts // the empty text
	}
	c, ok := t.(*Const)
	if !ok {
		return append(parts, t)
	}
	if c.Text == "" {
		return parts
	}
	if n := len(parts); n > 0 {
		if last, ok := parts[n-1].(*Const); ok {
			parts[n-1] = &Const{Kind: Text, Text: last.Text + c.Text}
			return parts
		}
	}
	return append(parts, &Const{Kind: Text, Text: c.Text})
}

// StructOf makes a struct; fields are sorted by name.
func StructOf(typ string, base Term, fields []Field) Term {
	fields = slices.Clone(fields)
	sort.SliceStable(fields, func(i, j int) bool { return fields[i].Name < fields[j].Name })
	return &Struct{Type: typ, Base: base, Fields: fields}
}

// Select is the part of t that the steps lead to. It descends structs, lists
// and joins, and extends paths, results and origins; a path that grows beyond
// MaxDepth is Unknown("depth").
func Select(t Term, steps ...Step) Term {
	for i, s := range steps {
		switch x := t.(type) {
		case *Path:
			return deepen(t, x.Steps, steps[i:])
		case *Result:
			return deepen(t, x.Steps, steps[i:])
		case *Origin:
			return selectOrigin(x, steps[i:])
		case *Join:
			out := make([]Term, len(x.Terms))
			for k, leaf := range x.Terms {
				out[k] = Select(leaf, steps[i:]...)
			}
			return JoinOf(out...)
		default:
			t = selectOne(t, s)
		}
	}
	return t
}

func deepen(t Term, have, more []Step) Term {
	if len(have)+len(more) > MaxDepth {
		return Why("depth")
	}
	all := append(throughHandle(have, more), more...)
	switch x := t.(type) {
	case *Path:
		return &Path{Root: x.Root, Index: x.Index, Name: x.Name, Steps: all}
	case *Result:
		return &Result{Call: x.Call, Steps: all}
	}
	return t
}

// throughHandle drops the step to the handle of a statement's rows before a
// step to a column or outcome: a helper that scans `rows` scans the statement.
func throughHandle(have, more []Step) []Step {
	out := slices.Clone(have)
	if n := len(out); n > 0 && isHead(out[n-1]) && more[0].Kind == ElemStep && more[0].Index > 0 && more[0].Index < LoopTag {
		return out[:n-1] // the same element of the whole list
	}
	if n := len(out); n > 0 && out[n-1].Kind == PseudoStep && out[n-1].Name == "rows" && more[0].Kind != FieldStep {
		return out[:n-1]
	}
	return out
}

// selectOrigin keeps the origin of the whole: a field of a request body is of
// the request, a part of a zero value is zero.
func selectOrigin(o *Origin, more []Step) Term {
	if o.Kind == Zero || o.Kind == Unknown || o.Kind == Fresh || o.Kind == Config {
		return o
	}
	if len(o.Steps)+len(more) > MaxDepth {
		return Why("depth")
	}
	return &Origin{Kind: o.Kind, Group: o.Group, Name: o.Name, Steps: append(throughHandle(o.Steps, more), more...)}
}

func selectOne(t Term, s Step) Term {
	switch x := t.(type) {
	case *Struct:
		if isMade(s) {
			return Map(x, func(part Term) Term { return Select(part, s) })
		}
		if s.Kind != FieldStep {
			return Why("part of a struct")
		}
		if s == Promoted {
			return promoted(x)
		}
		for _, f := range x.Fields {
			if f.Name == s.Name {
				return f.Term
			}
		}
		if x.Base != nil {
			return Select(x.Base, s)
		}
		return ZeroTerm()
	case *List:
		if isSub(s) {
			return &List{Elems: x.Elems, Open: true}
		}
		if isMade(s) {
			return Map(x, func(part Term) Term { return Select(part, s) })
		}
		if s.Kind != ElemStep {
			return Why("part of a list")
		}
		if len(x.Elems) == 0 {
			return ZeroTerm()
		}
		return JoinOf(x.Elems...)
	case *Func:
		if s.Kind == FieldStep {
			for _, f := range x.Bind {
				if f.Name == s.Name {
					return f.Term
				}
			}
		}
	}
	return Why("part of " + strings.SplitN(t.String(), "(", 2)[0])
}

// Map rebuilds t with f applied to every path, result and origin in it; f gives
// the replacement, which Select then descends (f sees the term without steps
// being cut: it handles them itself). Where f changes nothing it is t itself, no copy.
func Map(t Term, f func(Term) Term) Term {
	switch x := t.(type) {
	case *Path, *Result, *Origin:
		return f(t)
	case *Struct:
		fields, changed := mapFields(x.Fields, f)
		base := x.Base
		if base != nil {
			base = Map(base, f)
		}
		if changed || base != x.Base {
			return &Struct{Type: x.Type, Fields: fields, Base: base}
		}
	case *List:
		if elems, changed := mapAll(x.Elems, f); changed {
			return &List{Elems: elems, Open: x.Open}
		}
	case *Func:
		if bind, changed := mapFields(x.Bind, f); changed {
			return &Func{Symbol: x.Symbol, Bind: bind}
		}
	case *Concat:
		if parts, changed := mapAll(x.Parts, f); changed {
			return CatOf(parts...)
		}
	case *Test:
		if fact := MapFact(x.Fact, f); fact != x.Fact {
			return &Test{Fact: fact}
		}
	case *Join:
		if terms, changed := mapAll(x.Terms, f); changed {
			return JoinOf(terms...)
		}
	case *Build:
		return x.mapped(f)
	}
	return t
}

// MapFact maps both sides of a fact.
func MapFact(x Fact, f func(Term) Term) Fact {
	x.A = Map(x.A, f)
	if x.B != nil {
		x.B = Map(x.B, f)
	}
	return x
}

// mapAll maps terms, and reports whether one of them changed; otherwise they are as they were.
func mapAll(ts []Term, f func(Term) Term) ([]Term, bool) {
	return mapEach(ts, func(t Term) Term { return Map(t, f) })
}

// mapFields maps the terms of fields, and reports whether one of them changed.
func mapFields(fields []Field, f func(Term) Term) ([]Field, bool) {
	return mapEach(fields, func(x Field) Field { return Field{Name: x.Name, Term: Map(x.Term, f)} })
}

// mapEach maps values, into a copy from the first on that changes.
func mapEach[T comparable](in []T, f func(T) T) (out []T, changed bool) {
	out = in
	for i, x := range in {
		m := f(x)
		if m != x && !changed {
			out, changed = slices.Clone(in), true
		}
		if changed {
			out[i] = m
		}
	}
	return out, changed
}
