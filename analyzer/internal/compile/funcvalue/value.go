// Package funcvalue tells where function values come from and what becomes of them:
// which may be called, which are held by fields, which are taken.
//
// Terms. A function is *taken* where it is used other than by calling it: what becomes
// of it is seldom seen.
package funcvalue

import (
	"go/types"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/run"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Values are the function values of a function.
type Values struct {
	*source.Function
	Statements *run.Statements
	// Abstract are the methods of interfaces that are taken as values.
	Abstract map[string]bool
}

// HandsOver reports whether an argument is or contains a function of the module.
func (vs *Values) HandsOver(c *callsite.Call) bool {
	for _, a := range c.All() {
		if _, ok := a.Type().Underlying().(*types.Basic); ok {
			continue
		}
		if t := vs.Called(a, c.Instr); vs.ContainsFunc(t, 0) || source.IsFunction(a.Type()) && vs.FromElsewhere(t) {
			return true
		}
	}
	return false
}

// FromElsewhere reports whether a function value may be one that the function was
// given, or that is kept.
func (vs *Values) FromElsewhere(t term.Term) bool {
	for _, leaf := range term.Leaves(t) {
		switch leaf.(type) {
		case *term.Path, *term.Result:
			return true
		}
	}
	return false
}

func (vs *Values) ContainsFunc(t term.Term, depth int) bool {
	if depth > 4 {
		return false
	}
	switch t := t.(type) {
	case *term.Func:
		return vs.Ours(t.Symbol)
	case *term.List:
		return vs.anyFunc(t.Elems, depth)
	case *term.Join:
		return vs.anyFunc(t.Terms, depth)
	case *term.Struct:
		for _, f := range t.Fields {
			if vs.ContainsFunc(f.Term, depth+1) {
				return true
			}
		}
	}
	return false
}

func (vs *Values) anyFunc(ts []term.Term, depth int) bool {
	for _, t := range ts {
		if vs.ContainsFunc(t, depth+1) {
			return true
		}
	}
	return false
}

// FieldOf is field i of a named struct type, or of one that a pointer leads to.
func FieldOf(t types.Type, i int) (*types.Named, string) {
	t = types.Unalias(t)
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = types.Unalias(p.Elem())
	}
	n, ok := t.(*types.Named)
	if !ok {
		return nil, ""
	}
	st, ok := n.Underlying().(*types.Struct)
	if !ok {
		return nil, ""
	}
	return n, st.Field(i).Name()
}
