package link

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// frame gives the parameters and captured variables of a function terms in
// another frame. A nil argument is one that nobody knows.
type frame struct {
	args []term.Term
	free []term.Field
}

// into moves a term from the callee's frame into the caller's. Results of calls
// inside the callee mean nothing to the caller.
func (b frame) into(t term.Term) term.Term {
	return term.Map(t, func(x term.Term) term.Term {
		switch v := x.(type) {
		case *term.Path:
			return b.path(v)
		case *term.Result:
			return term.Why("result inside a callee")
		}
		return x
	})
}

func (b frame) path(v *term.Path) term.Term {
	switch v.Root {
	case term.Param:
		if v.Index < len(b.args) && b.args[v.Index] != nil {
			return term.Select(b.args[v.Index], v.Steps...)
		}
		return term.Why("callback argument")
	case term.Free:
		for _, f := range b.free {
			if f.Name == v.Name {
				return term.Select(f.Term, v.Steps...)
			}
		}
		return term.Why("captured variable")
	}
	return v
}

// open tells whether a term speaks of parameters or captured variables.
func open(t term.Term) bool {
	found := false
	visit(t, func(x term.Term) {
		if v, ok := x.(*term.Path); ok && (v.Root == term.Param || v.Root == term.Free) {
			found = true
		}
	})
	return found
}

// visit calls f for every leaf of a term.
func visit(t term.Term, f func(term.Term)) {
	switch x := t.(type) {
	case nil:
	case *term.Struct:
		visit(x.Base, f)
		for _, field := range x.Fields {
			visit(field.Term, f)
		}
	case *term.Func:
		f(x)
		for _, b := range x.Bind {
			visit(b.Term, f)
		}
	case *term.List:
		visitAll(x.Elems, f)
	case *term.Concat:
		visitAll(x.Parts, f)
	case *term.Join:
		visitAll(x.Terms, f)
	case *term.Test:
		visit(x.Fact.A, f)
		visit(x.Fact.B, f)
	default:
		f(t)
	}
}

func visitAll(ts []term.Term, f func(term.Term)) {
	for _, t := range ts {
		visit(t, f)
	}
}

// same tells whether two terms are the same value.
func same(a, b term.Term) bool { return a != nil && b != nil && (a == b || a.String() == b.String()) }

// positions finds the ways to write the caller's term t in the callee's frame:
// a parameter that is t, a field of a struct argument that is t, or a part of
// a parameter of which t is the same part.
func (b frame) positions(t term.Term) []term.Term {
	var out []term.Term
	for i, a := range b.args {
		if a != nil {
			out = append(out, partsOf(&term.Path{Root: term.Param, Index: i}, a, t)...)
		}
	}
	for _, f := range b.free {
		if f.Name != "p0" {
			out = append(out, partsOf(&term.Path{Root: term.Free, Name: f.Name}, f.Term, t)...)
		}
	}
	return out
}

func partsOf(at, arg, t term.Term) []term.Term {
	if same(arg, t) {
		return []term.Term{at}
	}
	switch x := arg.(type) {
	case *term.Struct:
		var out []term.Term
		for _, f := range x.Fields {
			out = append(out, partsOf(term.Select(at, term.Step{Kind: term.FieldStep, Name: f.Name}), f.Term, t)...)
		}
		return out
	case *term.List:
		if len(x.Elems) == 1 && !x.Open {
			return partsOf(term.Select(at, term.Step{Kind: term.ElemStep}), x.Elems[0], t)
		}
	}
	if rest, ok := suffix(arg, t); ok {
		return []term.Term{term.Select(at, rest...)}
	}
	return nil
}

// suffix gives the steps from whole to t, where both have one root.
func suffix(whole, t term.Term) ([]term.Step, bool) {
	wr, ws := rootOf(whole)
	tr, ts := rootOf(t)
	if wr == "" || wr != tr || len(ts) <= len(ws) || !slices.Equal(ws, ts[:len(ws)]) {
		return nil, false
	}
	return ts[len(ws):], true
}

// rootOf splits a path, result or origin into root and steps.
func rootOf(t term.Term) (string, []term.Step) {
	switch x := t.(type) {
	case *term.Path:
		bare := *x
		bare.Steps = nil
		return bare.String(), x.Steps
	case *term.Result:
		bare := *x
		bare.Steps = nil
		return bare.String(), x.Steps
	case *term.Origin:
		bare := *x
		bare.Steps = nil
		return bare.String(), x.Steps
	}
	return "", nil
}
