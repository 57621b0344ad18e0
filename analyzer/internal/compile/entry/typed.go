package entry

import (
	"go/types"
	"reflect"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Typed handlers. Some frameworks take a function of any request type, func(ctx, *In)
// (*Out, error), and fill the request by its fields. No signature tells such a
// handler; its registration does, and the library's data says which parameter is the
// request and what its fields are.

// maxRequestDepth is how many structs may be embedded in each other in a request.
const maxRequestDepth = 4

// Registered notes the handlers that a call registers and that nothing else tells.
func (n *Entries) Registered(c *callsite.Call) {
	m := c.Model
	if m.Handler == library.None {
		return
	}
	handler := c.Arg(m.Handler)
	sig, ok := handler.Type().Underlying().(*types.Signature)
	if !ok {
		return
	}
	for _, leaf := range term.Leaves(n.Values.Called(handler, c.Instr)) {
		if f, ok := leaf.(*term.Func); ok && n.Ours(f.Symbol) {
			n.add(n.typedEntry(m, f, sig))
		}
	}
}

// add notes an entry, once.
func (n *Entries) add(e unit.Entry) {
	if !slices.ContainsFunc(n.Unit.Entries, func(x unit.Entry) bool { return x.Symbol == e.Symbol }) {
		n.Unit.Entries = append(n.Unit.Entries, e)
	}
}

// typedEntry is the entry that a function is which is registered by a model.
func (n *Entries) typedEntry(m *library.Model, f *term.Func, sig *types.Signature) unit.Entry {
	e := unit.Entry{Symbol: f.Symbol}
	known := n.Library.Package(m.Package).Requests
	if known != nil {
		e.Kind = known.Kind
	}
	bound := 0
	if slices.ContainsFunc(f.Bind, func(x term.Field) bool { return x.Name == "p0" }) {
		bound = 1 // the receiver
	}
	for _, i := range m.Request {
		e.Request = append(e.Request, i+bound)
		if i >= sig.Params().Len() || known == nil {
			continue
		}
		if fields := requestFields(known, sig.Params().At(i).Type(), maxRequestDepth); fields != nil {
			e.Given = append(e.Given, unit.Given{Param: i + bound, Value: term.StructOf("", nil, fields)})
		}
	}
	return e
}

// requestFields are the fields of a request struct of which it is known which part of
// the request they are, those of embedded structs included.
func requestFields(known *library.Requests, t types.Type, depth int) []term.Field {
	if p, ok := t.Underlying().(*types.Pointer); ok {
		t = p.Elem()
	}
	st, ok := t.Underlying().(*types.Struct)
	if !ok || depth == 0 {
		return nil
	}
	var out []term.Field
	for i := range st.NumFields() {
		v := st.Field(i)
		if part := requestPart(known, v.Name(), reflect.StructTag(st.Tag(i))); part != nil {
			out = append(out, term.Field{Name: v.Name(), Term: part})
			continue
		}
		if inner := requestFields(known, v.Type(), depth-1); v.Embedded() && inner != nil {
			out = append(out, term.Field{Name: v.Name(), Term: term.StructOf("", nil, inner)})
		}
	}
	return out
}

// requestPart is the part of the request that a field holds, nil if that is not
// known. The name in a tag is the part's own; a field that is told by its name holds
// all of a group.
func requestPart(known *library.Requests, field string, tag reflect.StructTag) term.Term {
	if group := known.Fields[field]; group != "" {
		return &term.Origin{Kind: term.Request, Group: group}
	}
	for _, key := range sorted(known.Tags) {
		if name, _, _ := strings.Cut(tag.Get(key), ","); name != "" {
			return &term.Origin{Kind: term.Request, Group: known.Tags[key], Name: name}
		}
	}
	return nil
}

func sorted(m map[string]string) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
