package declare

import (
	"go/types"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Services whose type embeds nothing that is generated are told by their conversion to the
// interface of the service, which stands beside what else the generator writes.

// service notes the methods of a type that goes to a place of a service's interface: its
// messages are the client's. The methods may be of another package.
func (v *converter) service(from types.Type, to *types.Named) {
	for _, s := range v.Library.Services() {
		if !s.IsInterface(to) {
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
			v.addEntry(unit.Entry{Symbol: library.Key(f), Kind: s.Kind, Request: s.Requests(f.Signature())})
		}
	}
}

// addEntry notes an entry, once.
func (v *converter) addEntry(e unit.Entry) {
	if !slices.ContainsFunc(v.Unit.Entries, func(x unit.Entry) bool { return x.Symbol == e.Symbol }) {
		v.Unit.Entries = append(v.Unit.Entries, e)
	}
}
