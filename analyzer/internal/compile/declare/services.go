package declare

import (
	"go/types"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Services whose type embeds nothing that is generated are told by their conversion to the
// interface of the service, beside which the function stands that registers one:
//
//	func RegisterInvoicesServer(s grpc.ServiceRegistrar, srv InvoicesServer)

// service notes the methods of a type that goes to a place of a service's interface: its
// messages are the client's. The methods may be of another package.
func (v *converter) service(from types.Type, to *types.Named) {
	for _, s := range v.Library.Services() {
		if !registered(&s, to) {
			continue
		}
		methods := types.NewMethodSet(from)
		for m := range to.Underlying().(*types.Interface).Methods() {
			sel := methods.Lookup(m.Pkg(), m.Name())
			if sel == nil {
				continue
			}
			f := sel.Obj().(*types.Func)
			if f.Pkg() == nil || !v.InModule(f.Pkg().Path()) || types.IsInterface(f.Signature().Recv().Type()) {
				continue
			}
			v.addEntry(unit.Entry{Symbol: library.Key(f), Kind: s.Kind, Request: messagesOf(f.Signature())})
		}
	}
}

// addEntry notes an entry, once.
func (v *converter) addEntry(e unit.Entry) {
	if !slices.ContainsFunc(v.Unit.Entries, func(x unit.Entry) bool { return x.Symbol == e.Symbol }) {
		v.Unit.Entries = append(v.Unit.Entries, e)
	}
}

// registered reports whether an interface is one of a service: the function that registers
// one stands beside it and takes it.
func registered(s *library.Service, to *types.Named) bool {
	if to.Obj().Pkg() == nil {
		return false
	}
	for _, name := range s.RegisteredBy(to.Obj().Name()) {
		f, ok := to.Obj().Pkg().Scope().Lookup(name).(*types.Func)
		if ok && takes(f.Signature(), to) {
			return true
		}
	}
	return false
}

// takes reports whether a function has a parameter of a type.
func takes(sig *types.Signature, t types.Type) bool {
	for p := range sig.Params().Variables() {
		if types.Identical(p.Type(), t) {
			return true
		}
	}
	return false
}

// messagesOf are the parameters that are pointers to structs, the receiver counted.
func messagesOf(sig *types.Signature) []int {
	var out []int
	for i := range sig.Params().Len() {
		p, ok := sig.Params().At(i).Type().(*types.Pointer)
		if !ok {
			continue
		}
		if _, ok := p.Elem().Underlying().(*types.Struct); ok {
			out = append(out, i+1)
		}
	}
	return out
}
