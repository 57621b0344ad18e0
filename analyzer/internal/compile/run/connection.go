package run

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// connect writes down what a statement runs on: the receiver of the call, what a build
// began at, or, of a function, its first argument that is no context. Of a prepared
// statement, and of a batch, it is not seen.
func (s *Statements) connect(r *unit.Run, c *callsite.Call) {
	v := c.Recv
	switch {
	case c.Model.Kind == "batch", c.Model.Of == library.Recv && !c.Model.Built && c.Model.Ends == "":
		return
	case v == nil:
		for _, a := range c.Args[:max(0, min(c.Model.Of, len(c.Args)))] {
			if !library.IsContext(a.Type()) {
				v = callsite.Behind(a)
				break
			}
		}
	default:
		v = s.beginning(v)
	}
	if v == nil {
		return
	}
	v = s.whole(v)
	r.On, r.Kind = s.Frame.At(v, c.Instr), s.Library.RunsOn(v.Type())
}

// maxClauses caps the calls by which a statement is built.
const maxClauses = 40

// beginning is the connection that a build began at, nil where that is not seen; what is no
// build is one itself.
func (s *Statements) beginning(v ssa.Value) ssa.Value {
	for range maxClauses {
		call, ok := v.(*ssa.Call)
		if !ok {
			break
		}
		c := s.Frame.CallOf(call)
		if c.Model != nil && c.Model.Verb == library.Starts && c.Recv == nil && len(c.Args) > 0 && s.Library.Handle(c.Args[0].Type()) != "" {
			v = c.Args[0]
			continue
		}
		if c.Model == nil || c.Recv == nil || c.Model.Call.GivesConnection() {
			break
		}
		switch c.Model.Verb {
		case library.Starts:
			return c.Recv
		case library.Builds:
		case library.Same:
			if c.Model.At != library.Recv || len(c.Args) > 1 || len(c.Args) == 1 && !library.IsContext(c.Args[0].Type()) {
				return nil // another connection
			}
		default:
			return nil
		}
		v = c.Recv
	}
	if s.Library.Builder(v.Type()) != nil && s.Library.Handle(v.Type()) == "" {
		return nil // it was begun elsewhere
	}
	return v
}

// whole is what a value of a library is an embedded part of: the transaction of one library
// in that of another.
func (s *Statements) whole(v ssa.Value) ssa.Value {
	for {
		load, ok := v.(*ssa.UnOp)
		if !ok {
			return v
		}
		part, ok := load.X.(*ssa.FieldAddr)
		if !ok || s.Library.RunsOn(part.X.Type()) == library.NoType {
			return v
		}
		st, ok := callsite.Deref(part.X.Type()).Underlying().(*types.Struct)
		if !ok || !st.Field(part.Field).Embedded() {
			return v
		}
		v = part.X
	}
}

// unheeded reports whether the error of a call is thrown away.
func (s *Statements) unheeded(c *callsite.Call) bool {
	v, ok := c.Instr.(ssa.Value)
	if !ok { // it is deferred, or runs beside
		return false
	}
	results := c.Sig.Results()
	for i := range results.Len() {
		if !library.IsError(results.At(i).Type()) {
			continue
		}
		if results.Len() == 1 {
			return len(*v.Referrers()) == 0
		}
		for _, ref := range *v.Referrers() {
			if x, ok := ref.(*ssa.Extract); !ok || x.Index == i && len(*x.Referrers()) > 0 {
				return false
			}
		}
		return true
	}
	return results.Len() == 1 && s.Library.Handle(results.At(0).Type()) != "" && len(*v.Referrers()) == 0
}
