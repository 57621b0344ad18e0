package compile

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Services of gRPC. What calls their methods is generated and goes through a
// description of the service; the methods themselves are told by the type that they
// belong to, which embeds UnimplementedXServer or UnsafeXServer as generated beside
// the interface XServer.

// dispatchers are the signatures of the generated functions by which a service is
// described: they are what stands between the library and the methods.
var dispatchers = []string{
	"func(any, context.Context, func(any) error, google.golang.org/grpc.UnaryServerInterceptor) (any, error)",
	"func(any, google.golang.org/grpc.ServerStream) error",
}

// isDescription tells whether a function, or the one that it stands in, is such a
// function, which is left out.
func (c *compiler) isDescription(fn *ssa.Function) bool {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	return fn.Signature.Recv() == nil && slices.Contains(dispatchers, signatureText(fn.Signature)) && c.generated(fn)
}

func (c *compiler) generated(fn *ssa.Function) bool {
	for _, f := range c.files {
		if within([]*ast.File{f}, fn.Pos()) {
			return ast.IsGenerated(f)
		}
	}
	return false
}

// service notes a method of a service: its messages are the client's.
func (b *body) service(fn *ssa.Function) {
	sig := fn.Signature
	if sig.Recv() == nil || !serves(sig.Recv().Type(), fn.Name()) {
		return
	}
	e := unit.Entry{Symbol: b.fn.Symbol, Kind: "grpc"}
	for i := range sig.Params().Len() {
		if isMessage(sig.Params().At(i).Type()) {
			e.Request = append(e.Request, i+1)
		}
	}
	b.c.u.Entries = append(b.c.u.Entries, e)
}

// serves tells whether the type is a service that has the method.
func serves(t types.Type, method string) bool {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for f := range st.Fields() {
		if i := serviceOf(f); f.Embedded() && i != nil && hasMethod(i, method) {
			return true
		}
	}
	return false
}

// serviceOf is the interface of the service that an embedded type stands for, nil
// if it is none.
func serviceOf(f *types.Var) *types.Interface {
	t := f.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return nil
	}
	name, isUnimplemented := strings.CutPrefix(n.Obj().Name(), "Unimplemented")
	if !isUnimplemented {
		if name, ok = strings.CutPrefix(name, "Unsafe"); !ok {
			return nil
		}
	}
	if !strings.HasSuffix(name, "Server") {
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
