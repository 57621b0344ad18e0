// Package entry tells which functions a framework may call with a request: by their
// signature, by the service that they belong to, or by the call that registers them.
package entry

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/funcvalue"
	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Entries are the entries of a package, as they are found function by function.
type Entries struct {
	*source.Function
	Values *funcvalue.Values
	// Loose are the entries told by a signature with more parameters.
	Loose map[string]bool
}

// BySignature notes that a framework may call the function with a request, told by its
// signature.
func (n *Entries) BySignature() {
	sig := n.Frame.Fn.Signature
	shift := 0
	if sig.Recv() != nil {
		shift = 1
	}
	for _, h := range n.Library.Handlers() {
		at, ok := handles(h, sig, n.Frame.Fn.Name())
		if !ok || h.Type != "" && !becomes(n.Frame.Fn, h.Type) {
			continue
		}
		e := unit.Entry{Symbol: n.Fn.Symbol, Kind: h.Kind}
		for _, i := range h.Request {
			e.Request = append(e.Request, at[i]+shift)
		}
		if h.Next > 0 {
			e.Next = at[h.Next] + shift
		}
		n.Unit.Entries = append(n.Unit.Entries, e)
		if !h.Among {
			return
		}
		n.Loose[n.Fn.Symbol] = true
		break
	}
	n.service(n.Frame.Fn)
}

// handles reports whether a function has the signature of a handler, and where it
// has the handler's parameters.
func handles(h library.Handler, sig *types.Signature, name string) (at []int, ok bool) {
	if h.Method != "" && (sig.Recv() == nil || h.Method != name) {
		return nil, false
	}
	params := handlerTexts(sig.Params())
	if !h.Among && len(params) != len(h.Params) || h.Results != nil && !slices.Equal(h.Results, source.TypeTexts(sig.Results())) {
		return nil, false
	}
	for i, t := range h.Params {
		n := i
		if h.Among { // the last one of the type
			n = len(params) - 1
			for n >= 0 && params[n] != t {
				n--
			}
		}
		if n < 0 || params[n] != t {
			return nil, false
		}
		at = append(at, n)
	}
	return at, true
}

// becomes reports whether a function literal is made a value of a named type, where it is made.
func becomes(fn *ssa.Function, typ string) bool {
	if fn.Parent() == nil || fn.Referrers() == nil {
		return false
	}
	refs := slices.Clone(*fn.Referrers())
	for _, ref := range *fn.Referrers() {
		if mc, ok := ref.(*ssa.MakeClosure); ok {
			refs = append(refs, *mc.Referrers()...)
		}
	}
	return slices.ContainsFunc(refs, func(ref ssa.Instruction) bool {
		as, ok := ref.(*ssa.ChangeType)
		return ok && callsite.TypeName(as.Type()) == typ
	})
}

// handlerTexts are the types of parameters; those that are functions without the names
// of theirs.
func handlerTexts(t *types.Tuple) []string {
	out := source.TypeTexts(t)
	for i := range out {
		if s, ok := types.Unalias(t.At(i).Type()).(*types.Signature); ok {
			out[i] = source.SignatureText(s)
		}
	}
	return out
}
