// Package rewrite finds where a function writes a part of a request anew. What is written there
// is what everybody reads from then on: that the part was checked before says nothing of it then.
//
// In goes a function; its unit's function gets a store for each part. It does not see what
// functions outside of the module write, but for those that library data describes.
package rewrite

import (
	"go/types"
	"slices"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/compile/source"
	"github.com/tenantvet/tenantvet/analyzer/internal/flow/callsite"
	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// Function is a function that may write to requests.
type Function struct{ *source.Function }

// Call covers a library's call that writes a part of a request.
//
//	r.SetPathValue("id", other)
func (b Function) Call(c *callsite.Call) {
	m := c.Model
	if m.Verb != library.Changes || m.Group == "" || m.Of == len(c.Args)-1 && m.Name == "" { // one that names a part and no value takes it away
		return
	}
	on := c.Arg(m.At)
	if b.isAnswer(on) || b.isCopy(on) && !b.writesQuery(on) {
		return
	}
	name := m.Name
	if name == "" {
		name = b.partName(m.Group, c.Arg(m.Of), c.Instr)
	}
	b.rewritten(on, m.Group, name, m.Key, c.Instr)
}

// Field covers a field of a request that is set.
//
//	r.URL.RawQuery = other
func (b Function) Field(fa *ssa.FieldAddr, st *ssa.Store) {
	m := b.Frame.ModelAt(fa)
	if m == nil || m.Verb != library.Request || b.onlyNamed(fa, st.Val) {
		return
	}
	name := anyPart
	if m.Kind == "path" { // the text of the path: what a router has found there stays
		name = ""
	}
	b.rewritten(fa, m.Kind, name, m.Key, st)
}

// Entry covers an entry of a map of a request that is set.
//
//	r.Form["org"] = []string{other}
func (b Function) Entry(up *ssa.MapUpdate) {
	o, ok := b.Frame.At(up.Map, up).(*term.Origin)
	if !ok || o.Kind != term.Request || o.Name != "" || len(o.Steps) > 0 || b.isCopy(up.Map) && !b.writesQuery(up.Map) {
		return
	}
	b.rewritten(up.Map, o.Group, b.partName(o.Group, up.Key, up), "a map of the request", up)
}

// anyPart names a part of the request that is not known.
const anyPart = "?"

func (b Function) partName(group string, v ssa.Value, at ssa.Instruction) string {
	if v == nil {
		return anyPart
	}
	return term.NameBy(group, b.Frame.At(v, at))
}

// rewritten notes that a part of the request that v is of was written by a library's function
// or field, unless the function has made that request for others.
func (b Function) rewritten(v ssa.Value, group, name, by string, at ssa.Instruction) {
	if group == "body" {
		return // it is read once
	}
	of := unit.Elsewhere
	switch request := b.copied(b.Frame.RequestOf(v)).(type) {
	case *ssa.Parameter:
		of = slices.Index(request.Parent().Params, request) + 1
	case *ssa.Alloc, *ssa.MakeMap:
		return
	case *ssa.Call:
		if !takesOne(request, request.Type()) {
			return
		}
	case *ssa.Extract:
		if call, ok := request.Tuple.(*ssa.Call); ok && !takesOne(call, request.Type()) {
			return
		}
	}
	b.Fn.Stores = append(b.Fn.Stores, unit.Store{
		Type: unit.Rewritten, Field: by, Value: &term.Origin{Kind: term.Request, Group: group, Name: name}, Of: of,
		Site: b.Sites.At(at.Pos(), at.Pos()), If: b.Frame.Facts(at.Block()),
	})
}

// takesOne reports whether a call is handed a value of the type that it gives.
func takesOne(call *ssa.Call, t types.Type) bool {
	return slices.ContainsFunc(call.Call.Args, func(a ssa.Value) bool { return types.Identical(a.Type(), t) })
}

// copied is what a variable of the function is a copy of, the variable itself if of nothing.
//
//	other := new(http.Request)
//	*other = *r
func (b Function) copied(v ssa.Value) ssa.Value {
	variable, ok := v.(*ssa.Alloc)
	if !ok {
		return v
	}
	for _, ref := range *variable.Referrers() {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == variable {
			if from := b.Frame.RequestOf(st.Val); from != v {
				return from
			}
		}
	}
	return v
}

// isAnswer reports whether a value is what a library gives that is of no interest: the headers of
// an answer.
func (b Function) isAnswer(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	c := b.callOf(call)
	return c != nil && c.Model != nil && c.Model.Verb == library.Ignore
}

// isCopy reports whether a library has copied a map out of a request.
func (b Function) isCopy(v ssa.Value) bool {
	call, ok := v.(*ssa.Call)
	if !ok {
		return false
	}
	c := b.callOf(call)
	return c != nil && c.Model != nil && c.Model.Verb == library.Same && c.Model.By == library.Copy
}

// writesQuery reports whether the function puts a copy of a part of a request back, or hands
// it to somebody who may.
func (b Function) writesQuery(copied ssa.Value) bool {
	for _, ref := range *copied.Referrers() {
		call, ok := ref.(*ssa.Call)
		if !ok {
			continue
		}
		c := b.callOf(call)
		if c == nil || c.Model == nil {
			return true
		}
		if c.Model.Verb == library.Same && slices.ContainsFunc(*call.Referrers(), func(x ssa.Instruction) bool {
			st, ok := x.(*ssa.Store)
			if !ok {
				return false
			}
			fa, ok := st.Addr.(*ssa.FieldAddr)
			return ok && b.Frame.ModelAt(fa) != nil && b.Frame.RequestOf(fa) == b.Frame.RequestOf(copied)
		}) {
			return true
		}
	}
	return false
}

// onlyNamed reports whether a field of a request is set to what it holds, but for what is
// changed there by name.
//
//	q := r.URL.Query(); q.Set("page", "1"); r.URL.RawQuery = q.Encode()
func (b Function) onlyNamed(fa *ssa.FieldAddr, v ssa.Value) bool {
	encoded, ok := v.(*ssa.Call)
	if !ok || b.Frame.RequestOf(v) != b.Frame.RequestOf(fa) {
		return false
	}
	c := b.callOf(encoded)
	if c == nil || c.Recv == nil || !b.isCopy(c.Recv) {
		return false
	}
	for _, ref := range *c.Recv.Referrers() {
		switch ref := ref.(type) {
		case *ssa.DebugRef, *ssa.MapUpdate, *ssa.Lookup, *ssa.Range:
		case *ssa.Call:
			if by := b.callOf(ref); by == nil || by.Kind != callsite.Builtin && by.Model == nil {
				return false
			}
		default:
			return false
		}
	}
	return true
}

func (b Function) callOf(v *ssa.Call) *callsite.Call {
	calls := b.Frame.Calls()
	i := slices.IndexFunc(calls, func(c *callsite.Call) bool { return c.Instr == ssa.CallInstruction(v) })
	if i < 0 {
		return nil
	}
	return calls[i]
}
