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
		if !handles(h, sig, b.f.Fn.Name()) {
			continue
		}
		e := unit.Entry{Symbol: b.fn.Symbol, Kind: h.Kind}
		for _, i := range h.Request {
			e.Request = append(e.Request, i+shift)
		}
		b.c.u.Entries = append(b.c.u.Entries, e)
		return
	}
	b.handlerLike(sig, shift)
	b.service(b.f.Fn)
}

// handlerLike notes a function that takes a response writer and a request among
// other parameters: a handler of a router of its own.
func (b *body) handlerLike(sig *types.Signature, shift int) {
	writer, request := -1, -1
	for i, t := range typeTexts(sig.Params()) {
		switch t {
		case "net/http.ResponseWriter":
			writer = i
		case "*net/http.Request":
			request = i
		}
	}
	if writer >= 0 && request >= 0 {
		b.c.loose[b.fn.Symbol] = true
		b.c.u.Entries = append(b.c.u.Entries, unit.Entry{Symbol: b.fn.Symbol, Kind: "net/http", Request: []int{request + shift}})
	}
}

func handles(h library.Handler, sig *types.Signature, name string) bool {
	if h.Method != "" && (sig.Recv() == nil || h.Method != name) {
		return false
	}
	return slices.Equal(h.Params, typeTexts(sig.Params())) && (h.Results == nil || slices.Equal(h.Results, typeTexts(sig.Results())))
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
