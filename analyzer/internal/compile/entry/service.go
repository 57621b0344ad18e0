package entry

import (
	"go/ast"
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Services. What calls their methods is generated and goes through a description of
// the service; the methods themselves are told by the type that they belong to, which
// embeds a generated one that stands beside the interface of the service.

// IsDescription reports whether a function, or the one that it stands in, is a
// generated one by which a service is described: it stands between the library and
// the methods, and is left out.
func IsDescription(p *source.Package, fn *ssa.Function) bool {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	if fn.Signature.Recv() != nil || !generated(p, fn) {
		return false
	}
	text := source.SignatureText(fn.Signature)
	return slices.ContainsFunc(p.Library.Services(), func(s library.Service) bool { return slices.Contains(s.Descriptions, text) })
}

func generated(p *source.Package, fn *ssa.Function) bool {
	f := p.FileOf(fn.Pos())
	return f != nil && ast.IsGenerated(f)
}

// Hands reports whether a call is the one by which generated code hands a request to a service:
// its methods are entries, and what they get is the client's.
func (n *Entries) Hands(c *callsite.Call) bool {
	if c.Kind != callsite.Interface || c.Recv == nil {
		return false
	}
	to, ok := types.Unalias(c.Recv.Type()).(*types.Named)
	return ok && generated(n.Package, n.Frame.Fn) && slices.ContainsFunc(n.Library.Services(), func(s library.Service) bool { return s.IsInterface(to) })
}

// service notes a method of a service: its messages are the client's.
func (n *Entries) service(fn *ssa.Function) {
	sig := fn.Signature
	if sig.Recv() == nil {
		return
	}
	for _, s := range n.Library.Services() {
		if !serves(&s, sig.Recv().Type(), fn.Name()) {
			continue
		}
		e := unit.Entry{Symbol: n.Fn.Symbol, Kind: s.Kind}
		for i := range sig.Params().Len() {
			if isMessage(sig.Params().At(i).Type()) {
				e.Request = append(e.Request, i+1)
			}
		}
		n.Unit.Entries = append(n.Unit.Entries, e)
		return
	}
}

// serves reports whether the type is a service that has the method.
func serves(s *library.Service, t types.Type, method string) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if i := serviceOf(s, f); f.Embedded() && i != nil && source.HasMethod(i, method) {
			return true
		}
	}
	return false
}

// serviceOf is the interface of the service that an embedded type stands for, nil
// if it is none.
func serviceOf(s *library.Service, f *types.Var) *types.Interface {
	t := f.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return nil
	}
	name := s.InterfaceOf(n.Obj().Name())
	if name == "" {
		return nil
	}
	obj := n.Obj().Pkg().Scope().Lookup(name)
	if obj == nil {
		return nil
	}
	i, _ := obj.Type().Underlying().(*types.Interface)
	return i
}

// isMessage tells the pointer to a struct that a message is.
func isMessage(t types.Type) bool {
	p, ok := t.(*types.Pointer)
	if !ok {
		return false
	}
	_, ok = p.Elem().Underlying().(*types.Struct)
	return ok
}
