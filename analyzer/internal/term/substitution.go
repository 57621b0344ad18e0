package term

import (
	"slices"
	"strconv"
	"strings"
)

// Substitution gives the parameters and captured variables of a function terms in
// another frame. A nil argument is one that nobody knows.
type Substitution struct {
	Args []Term
	Free []Field
	Rows []Rows
	// Types are those of the type parameters, by position; none where they are not known.
	Types []string
}

// Rows tells of an argument of which the parameter's type says nothing (any) that it is a
// row, or many rows, of a type.
type Rows struct {
	Arg  int // the receiver counted
	Type string
	Many bool
}

// RowsFrom are the rows where the arguments begin with a number of others: a bound receiver.
func RowsFrom(others int, rows []Rows) []Rows {
	out := slices.Clone(rows)
	for i := range out {
		out[i].Arg += others
	}
	return out
}

// Apply moves a term from the callee's frame into the caller's. Results of calls
// inside the callee mean nothing to the caller.
func (b Substitution) Apply(t Term) Term {
	if len(b.Rows)+len(b.Types) > 0 {
		t = b.typed(t)
	}
	return Map(t, func(x Term) Term {
		switch v := x.(type) {
		case *Path:
			return b.path(v)
		case *Result:
			return Why("result inside a callee")
		case *Origin:
			return outside(b.named(v))
		}
		return x
	})
}

// TypeParam is the type of rows that are what type parameter k of their function, or of its
// receiver, is.
func TypeParam(k int) string { return "$" + strconv.Itoa(k) }

// typeParamAt is the position of such a type.
func typeParamAt(name string) (int, bool) {
	digits, ok := strings.CutPrefix(name, "$")
	k, err := strconv.Atoi(digits)
	return k, ok && err == nil
}

// IsTypeParam tells the name of a type that only a caller knows.
func IsTypeParam(name string) bool {
	_, ok := typeParamAt(name)
	return ok
}

// typed says in builds what the parameters are that they were handed as rows of any type.
func (b Substitution) typed(t Term) Term {
	switch x := t.(type) {
	case *Join:
		terms, _ := mapEach(x.Terms, b.typed)
		return JoinOf(terms...)
	case *Build:
		out := &Build{Style: x.Style, Base: b.typed(x.Base), Clauses: slices.Clone(x.Clauses)}
		for i := range out.Clauses {
			values, _ := mapEach(out.Clauses[i].Values, b.typedValue)
			out.Clauses[i].Values = values
		}
		return out
	}
	return t
}

func (b Substitution) typedValue(v Value) Value {
	if k, ok := typeParamAt(v.Type); ok && k < len(b.Types) {
		if v.Type = b.Types[k]; v.Type == "" { // no row
			v.Form = AsAny
		}
	}
	if p, ok := v.Handed(); ok {
		for _, r := range b.Rows {
			if r.Arg == p.Index {
				v.Form, v.Type = AsModel, r.Type
				if r.Many {
					v.Form = AsModels
				}
			}
		}
	}
	v.Term = b.typed(v.Term)
	return v
}

// ApplyAll moves a list of terms; nil ones stay nil.
func (b Substitution) ApplyAll(ts []Term) []Term {
	out := make([]Term, len(ts))
	for i, t := range ts {
		if t != nil {
			out[i] = b.Apply(t)
		}
	}
	return out
}

func (b Substitution) path(v *Path) Term {
	switch v.Root {
	case Param:
		if v.Index < len(b.Args) && b.Args[v.Index] != nil {
			return Select(b.Args[v.Index], outward(v.Steps)...)
		}
		return Why(callbackArgument)
	case Free:
		for _, f := range b.Free {
			if f.Name == v.Name {
				return Select(f.Term, outward(v.Steps)...)
			}
		}
		return Why("captured variable")
	case Context:
		if IsOpenKey(v.Name) {
			return InContext(b.Key(v.Name), v.Steps...)
		}
	}
	return v
}

// callbackArgument is the reason of what a function literal is handed by who calls it back,
// where that is not its maker.
const callbackArgument = "callback argument"

// OfCallback tells such a term.
func OfCallback(t Term) bool {
	return Any(t, func(x Term) bool {
		o, ok := x.(*Origin)
		return ok && o.Kind == Unknown && o.Name == callbackArgument
	})
}

// Begun is the transaction that a library's call begins and hands to a function, its last
// argument.
func Begun(call int) Term {
	return &Result{Call: call, Steps: []Step{{Kind: PseudoStep, Name: "tx"}}}
}

// IsOpen reports whether a term speaks of parameters or captured variables.
func IsOpen(t Term) bool {
	return Any(t, func(x Term) bool {
		v, ok := x.(*Path)
		return ok && (v.Root == Param || v.Root == Free || v.Root == Context && IsOpenKey(v.Name))
	})
}

// HoldsResult reports whether a term speaks of what an operation gave: only the
// function that has the operation can name that.
func HoldsResult(t Term) bool {
	return Any(t, func(x Term) bool { _, ok := x.(*Result); return ok })
}

// Any reports whether f holds of a leaf of a term. It asks no leaf after the first
// one of which f holds.
func Any(t Term, f func(Term) bool) bool {
	found := false
	Visit(t, func(x Term) { found = found || f(x) })
	return found
}

// Visit calls f for every leaf of a term.
func Visit(t Term, f func(Term)) {
	switch x := t.(type) {
	case nil:
	case *Struct:
		Visit(x.Base, f)
		for _, field := range x.Fields {
			Visit(field.Term, f)
		}
	case *Func:
		f(x)
		for _, b := range x.Bind {
			Visit(b.Term, f)
		}
	case *List:
		VisitAll(x.Elems, f)
	case *Concat:
		VisitAll(x.Parts, f)
	case *Join:
		VisitAll(x.Terms, f)
	case *Test:
		Visit(x.Fact.A, f)
		Visit(x.Fact.B, f)
	case *Build:
		Visit(x.Base, f)
		for i := range x.Clauses {
			for _, v := range x.Clauses[i].Values {
				Visit(v.Term, f)
			}
		}
	default:
		f(t)
	}
}

// Functions are the function values in a term, in its order.
func Functions(t Term) []*Func {
	var out []*Func
	Visit(t, func(x Term) {
		if v, ok := x.(*Func); ok {
			out = append(out, v)
		}
	})
	return out
}

func VisitAll(ts []Term, f func(Term)) {
	for _, t := range ts {
		Visit(t, f)
	}
}

// Same reports whether two terms are the same value. It says what a comparison of their
// texts would, without writing these: most terms that are compared differ at once.
func Same(a, b Term) bool {
	if a == nil || b == nil {
		return false
	}
	if a == b {
		return true
	}
	switch x := a.(type) {
	case *Const:
		y, ok := b.(*Const)
		return ok && *x == *y
	case *Result:
		y, ok := b.(*Result)
		return ok && x.Call == y.Call && slices.Equal(x.Steps, y.Steps)
	case *Path:
		y, ok := b.(*Path)
		return ok && x.Root == y.Root && x.Index == y.Index && x.Name == y.Name && slices.Equal(x.Steps, y.Steps)
	case *Origin:
		y, ok := b.(*Origin)
		return ok && x.Kind == y.Kind && x.Group == y.Group && x.Name == y.Name && slices.Equal(x.Steps, y.Steps)
	case *Test:
		y, ok := b.(*Test)
		return ok && SameFact(x.Fact, y.Fact)
	case *Join:
		y, ok := b.(*Join)
		return ok && sameTerms(x.Terms, y.Terms)
	case *Concat:
		y, ok := b.(*Concat)
		return ok && sameTerms(x.Parts, y.Parts)
	case *List:
		y, ok := b.(*List)
		return ok && x.Open == y.Open && sameTerms(x.Elems, y.Elems)
	case *Struct:
		y, ok := b.(*Struct)
		return ok && x.Type == y.Type && sameOrNone(x.Base, y.Base) && sameFields(x.Fields, y.Fields)
	case *Func:
		y, ok := b.(*Func)
		return ok && x.Symbol == y.Symbol && sameFields(x.Bind, y.Bind)
	}
	return a.String() == b.String()
}

// SameFact reports whether two facts say the same.
func SameFact(a, b Fact) bool {
	return a.Op == b.Op && sameOrNone(a.A, b.A) && sameOrNone(a.B, b.B)
}

// sameOrNone reports whether two terms are the same, or neither is there.
func sameOrNone(a, b Term) bool { return a == nil && b == nil || Same(a, b) }

func sameTerms(a, b []Term) bool { return slices.EqualFunc(a, b, Same) }

func sameFields(a, b []Field) bool {
	return slices.EqualFunc(a, b, func(x, y Field) bool { return x.Name == y.Name && Same(x.Term, y.Term) })
}

// Positions finds the ways to write the caller's term t in the callee's frame:
// a parameter that is t, a field of a struct argument that is t, or a part of
// a parameter of which t is the same part.
func (b Substitution) Positions(t Term) []Term {
	var out []Term
	for i, a := range b.Args {
		if a != nil {
			out = append(out, partsOf(&Path{Root: Param, Index: i}, a, t)...)
		}
	}
	for _, f := range b.Free {
		if f.Name != "p0" {
			out = append(out, partsOf(&Path{Root: Free, Name: f.Name}, f.Term, t)...)
		}
	}
	return out
}

func partsOf(at, arg, t Term) []Term {
	if Same(arg, t) {
		return []Term{at}
	}
	switch x := arg.(type) {
	case *Struct:
		var out []Term
		for _, f := range x.Fields {
			out = append(out, partsOf(Select(at, Step{Kind: FieldStep, Name: f.Name}), f.Term, t)...)
		}
		return out
	case *List:
		if len(x.Elems) == 1 && !x.Open {
			return partsOf(Select(at, Step{Kind: ElemStep}), x.Elems[0], t)
		}
	}
	if rest, ok := StepsTo(arg, t); ok {
		return []Term{Select(at, inward(rest)...)}
	}
	return nil
}

// StepsTo gives the steps from whole to t, where both have one root.
func StepsTo(whole, t Term) ([]Step, bool) {
	wr, ws := RootOf(whole)
	tr, ts := RootOf(t)
	if wr == "" || wr != tr || len(ts) <= len(ws) || !slices.Equal(ws, ts[:len(ws)]) {
		return nil, false
	}
	return ts[len(ws):], true
}

// RootOf splits a path, result or origin into root and steps.
func RootOf(t Term) (string, []Step) {
	switch x := t.(type) {
	case *Path:
		bare := *x
		bare.Steps = nil
		return bare.String(), x.Steps
	case *Result:
		bare := *x
		bare.Steps = nil
		return bare.String(), x.Steps
	case *Origin:
		bare := *x
		bare.Steps = nil
		return bare.String(), x.Steps
	}
	return "", nil
}

// Elsewhere is a term in words that mean the same in every function: what its own was handed,
// has captured or has called is not known there.
func Elsewhere(t Term) Term {
	return Map(t, func(x Term) Term {
		switch v := x.(type) {
		case *Result:
			return Why("a value of another function")
		case *Path:
			if v.Root == Param || v.Root == Free {
				return Why("a value of another function")
			}
		}
		return x
	})
}

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
