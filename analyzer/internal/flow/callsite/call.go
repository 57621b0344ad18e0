// Package callsite tells what the calls of a function are, and what SSA says of a
// value by itself: constants, types, wrappers, out parameters.
//
// In go instructions and the library knowledge; out comes a [Call], classified once.
//
// Invariant: everything here depends on the instruction and the library alone;
// nothing is evaluated.
package callsite

import (
	"go/types"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// Kind tells what a call is.
type Kind uint8

// The kinds of calls.
const (
	Builtin   Kind = iota // a builtin function
	Static                // a function of the module
	Interface             // a method of an interface of the module, or of an unnamed one
	Dynamic               // a function value
	Library               // a function outside the module, with a model or without
)

// Call is one classified call.
type Call struct {
	Instr  ssa.CallInstruction
	Kind   Kind
	Symbol string         // Static, Library; "pkg.I" of Interface
	Method string         // Interface
	Model  *library.Model // of a Library call, or of an interface method that is one by name and signature
	N      int            // its number, 0 if it has none
	Recv   ssa.Value      // the receiver, nil without one
	Args   []ssa.Value    // without the receiver
	Sig    *types.Signature
}

// Runs reports whether the call runs a statement.
func (c *Call) Runs() bool { return c.Model != nil && c.Model.Verb == library.Runs }

// Function is the function or method that the call names, nil if it names none.
func (c *Call) Function() *types.Func {
	common := c.Instr.Common()
	if common.IsInvoke() {
		return common.Method
	}
	fn := common.StaticCallee()
	if fn == nil {
		return nil
	}
	if origin := fn.Origin(); origin != nil {
		fn = origin
	}
	f, _ := fn.Object().(*types.Func)
	return f
}

// All is the receiver, if there is one, and the arguments.
func (c *Call) All() []ssa.Value {
	if c.Recv == nil {
		return c.Args
	}
	return append([]ssa.Value{c.Recv}, c.Args...)
}

// Arg is an argument by the position of a model, or nil.
func (c *Call) Arg(at int) ssa.Value {
	switch {
	case at == library.Recv:
		return c.Recv
	case at >= 0 && at < len(c.Args):
		return c.Args[at]
	}
	return nil
}

// RowsOf is the value whose rows a call scans: an argument, or the receiver.
func RowsOf(c *Call) ssa.Value {
	if c.Model.Of == library.None {
		return c.Recv
	}
	return c.Arg(c.Model.Of)
}

// Behind is a value without the interface that it is handed on as.
func Behind(v ssa.Value) ssa.Value {
	if mi, ok := v.(*ssa.MakeInterface); ok {
		return mi.X
	}
	return v
}

// MadeInterfaces are the conversions that may have made an interface value, as far as they
// are seen: also through the local variables in which it was kept.
func MadeInterfaces(v ssa.Value) []*ssa.MakeInterface {
	var out []*ssa.MakeInterface
	seen := map[ssa.Value]bool{}
	var from func(ssa.Value)
	from = func(v ssa.Value) {
		Back(v, func(v ssa.Value) ssa.Value {
			if seen[v] {
				return nil
			}
			seen[v] = true
			switch v := v.(type) {
			case *ssa.MakeInterface:
				out = append(out, v)
			case *ssa.ChangeInterface:
				return v.X
			case *ssa.UnOp:
				for _, kept := range KeptIn(v.X) {
					from(kept)
				}
			}
			return nil
		})
	}
	from(v)
	return out
}

// KeptIn are the values that the function stores at an address, a local variable or a
// field of one.
func KeptIn(addr ssa.Value) []ssa.Value {
	field, inField := addr.(*ssa.FieldAddr)
	root := addr
	if inField {
		root = field.X
	}
	if _, local := root.(*ssa.Alloc); !local {
		return nil
	}
	if !inField {
		return storedTo(root)
	}
	var out []ssa.Value
	for _, ref := range *root.Referrers() {
		if fa, ok := ref.(*ssa.FieldAddr); ok && fa.Field == field.Field {
			out = append(out, storedTo(fa)...)
		}
	}
	return out
}

// storedTo are the values that are stored to an address by that name of it.
func storedTo(addr ssa.Value) []ssa.Value {
	var out []ssa.Value
	for _, ref := range *addr.Referrers() {
		if st, ok := ref.(*ssa.Store); ok && st.Addr == addr {
			out = append(out, st.Val)
		}
	}
	return out
}

// Back visits a value and those that it comes from: over the edges of phis, and of any
// other value what step gives, nil for nothing. Each is visited once.
func Back(v ssa.Value, step func(ssa.Value) ssa.Value) {
	seen := map[ssa.Value]bool{}
	var follow func(ssa.Value)
	follow = func(v ssa.Value) {
		if v == nil || seen[v] {
			return
		}
		seen[v] = true
		phi, ok := v.(*ssa.Phi)
		if !ok {
			follow(step(v))
			return
		}
		for _, e := range phi.Edges {
			follow(e)
		}
	}
	follow(v)
}

// CutOff are the parts of lists, short of their end, that a list has grown from.
func CutOff(v ssa.Value) []*ssa.Slice {
	var out []*ssa.Slice
	Back(v, func(v ssa.Value) ssa.Value {
		switch v := v.(type) {
		case *ssa.Slice:
			if _, list := v.X.Type().Underlying().(*types.Slice); list && v.High != nil && v.Max == nil {
				out = append(out, v)
			}
		case *ssa.Call:
			if b, ok := v.Call.Value.(*ssa.Builtin); ok && b.Name() == "append" {
				return v.Call.Args[0]
			}
		}
		return nil
	})
	return out
}

// Listed are the values of a slice that is written out, nil if it is not.
func Listed(v ssa.Value) []ssa.Value { return Elements(v) }

// Spread lists the arguments from position at on; a variadic rest is taken apart
// if it is written out, and is nil otherwise.
func Spread(c *Call, at int) []ssa.Value {
	if at >= len(c.Args) {
		return nil
	}
	if c.Sig.Variadic() && at == len(c.Args)-1 {
		return Elements(c.Args[at])
	}
	return c.Args[at:]
}

// Elements are the values of a slice that is written out, by index; nil if it is
// not.
func Elements(v ssa.Value) []ssa.Value {
	s, ok := v.(*ssa.Slice)
	if !ok {
		return nil
	}
	alloc, ok := s.X.(*ssa.Alloc)
	if !ok || alloc.Referrers() == nil {
		return nil
	}
	array, ok := Deref(alloc.Type()).Underlying().(*types.Array)
	if !ok || array.Len() > MaxList {
		return nil
	}
	out := make([]ssa.Value, array.Len())
	for _, ref := range *alloc.Referrers() {
		ia, ok := ref.(*ssa.IndexAddr)
		if !ok || ia.Referrers() == nil {
			continue
		}
		i := ConstIndex(ia.Index)
		for _, use := range *ia.Referrers() {
			if st, ok := use.(*ssa.Store); ok && st.Addr == ssa.Value(ia) && i >= 0 && i < len(out) {
				out[i] = st.Val
			}
		}
	}
	return out
}

// Stored is the value that a call puts under a context key: an argument, or the first of a
// list that may be left out, of a function that gives the value under the key as well; nil if
// it puts none there.
func (c *Call) Stored() ssa.Value {
	if c.Model.Of == library.None {
		return nil
	}
	v := c.Arg(c.Model.Of)
	if !c.Sig.Variadic() || c.Model.Of != len(c.Args)-1 {
		return v
	}
	if none, ok := v.(*ssa.Const); ok && none.IsNil() {
		return nil
	}
	if list := Elements(v); len(list) > 0 {
		return list[0]
	}
	return v
}

// CalleeOf names what a call calls.
func CalleeOf(c *Call) string {
	switch {
	case c.Method != "":
		return c.Symbol + "." + c.Method
	case c.Symbol != "":
		return c.Symbol
	}
	return "a function value"
}

// GivesError reports whether the last result of a signature is an error.
func GivesError(sig *types.Signature) bool {
	n := sig.Results().Len()
	return n > 0 && library.IsError(sig.Results().At(n-1).Type())
}

// ErrorOf is the value of the error that a call gives last, nil if there is none or
// nobody takes it.
func ErrorOf(c *Call) ssa.Value {
	v, ok := c.Instr.(ssa.Value)
	if !ok || !GivesError(c.Sig) {
		return nil
	}
	n := c.Sig.Results().Len()
	if n == 1 {
		return v
	}
	return Extracted(c, n-1)
}

// Extracted is a result of a call that has several, nil where nobody takes it.
func Extracted(c *Call, i int) ssa.Value {
	v, ok := c.Instr.(ssa.Value)
	if !ok || v.Referrers() == nil {
		return nil
	}
	for _, ref := range *v.Referrers() {
		if x, ok := ref.(*ssa.Extract); ok && x.Index == i {
			return x
		}
	}
	return nil
}

// SaysFound reports whether the first result of a call says if its statement has found a
// row: that there is none is no error then.
func SaysFound(c *Call) bool {
	return c.Runs() && c.Model.Built && c.Model.Kind == "queryrow" && c.Model.By == "" &&
		c.Sig.Results().Len() == 2 && IsBasic(c.Sig.Results().At(0).Type(), types.IsBoolean)
}
