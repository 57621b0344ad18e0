package compile

import (
	"go/types"
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// entry notes that a framework may call the function with a request, told by its
// signature.
func (b *body) entry() {
	sig := b.f.Fn.Signature
	shift := 0
	if sig.Recv() != nil {
		shift = 1
	}
	for _, h := range b.c.prog.Lib.Handlers() {
		at, ok := handles(h, sig, b.f.Fn.Name())
		if !ok {
			continue
		}
		e := unit.Entry{Symbol: b.fn.Symbol, Kind: h.Kind}
		for _, i := range h.Request {
			e.Request = append(e.Request, at[i]+shift)
		}
		if h.Next > 0 {
			e.Next = at[h.Next] + shift
		}
		b.c.u.Entries = append(b.c.u.Entries, e)
		if !h.Among {
			return
		}
		b.c.loose[b.fn.Symbol] = true
		break
	}
	b.service(b.f.Fn)
}

// handles reports whether a function has the signature of a handler, and where it
// has the handler's parameters.
func handles(h library.Handler, sig *types.Signature, name string) (at []int, ok bool) {
	if h.Method != "" && (sig.Recv() == nil || h.Method != name) {
		return nil, false
	}
	params := handlerTexts(sig.Params())
	if !h.Among && len(params) != len(h.Params) || h.Results != nil && !slices.Equal(h.Results, typeTexts(sig.Results())) {
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

// handlerTexts are the types of parameters; those that are functions without the names
// of theirs.
func handlerTexts(t *types.Tuple) []string {
	out := typeTexts(t)
	for i := range out {
		if s, ok := types.Unalias(t.At(i).Type()).(*types.Signature); ok {
			out[i] = signatureText(s)
		}
	}
	return out
}

func typeTexts(t *types.Tuple) []string {
	out := make([]string, t.Len())
	for i := range t.Len() {
		out[i] = typeText(t.At(i).Type())
	}
	return out
}

func typeText(t types.Type) string {
	return types.TypeString(types.Unalias(t), func(p *types.Package) string { return p.Path() })
}
