package callsite

import (
	"go/constant"
	"go/token"
	"go/types"

	"golang.org/x/tools/go/ssa"
)

// BoolConst is the value of a boolean constant
func BoolConst(v ssa.Value) (value, ok bool) {
	c, isConst := v.(*ssa.Const)
	if !isConst || c.Value == nil || c.Value.Kind() != constant.Bool {
		return false, false
	}
	return constant.BoolVal(c.Value), true
}

// IntConst is the value of a constant whole number
func IntConst(v ssa.Value) (int64, bool) {
	c, ok := v.(*ssa.Const)
	if !ok || c.Value == nil || c.Value.Kind() != constant.Int {
		return 0, false
	}
	return constant.Int64Val(c.Value)
}

// LenOf is what a call of len measures, nil if v is none
func LenOf(v ssa.Value) ssa.Value {
	call, ok := v.(*ssa.Call)
	if !ok {
		return nil
	}
	if b, ok := call.Call.Value.(*ssa.Builtin); ok && b.Name() == "len" {
		return call.Call.Args[0]
	}
	return nil
}

// Text is the text of a constant.
func Text(c *ssa.Const) (string, bool) { return ConstText(c) }

// IsNilConst reports whether a value is the constant nil
func IsNilConst(v ssa.Value) bool {
	c, ok := v.(*ssa.Const)
	return ok && c.Value == nil
}

// ConstIndex is a constant that may be an index, -1 if v is none
func ConstIndex(v ssa.Value) int {
	if c, ok := v.(*ssa.Const); ok && c.Value != nil && c.Value.Kind() == constant.Int {
		if n, ok := constant.Int64Val(c.Value); ok && n >= 0 && n < 1<<20 {
			return int(n)
		}
	}
	return -1
}

// EmptyStruct reports whether a variable is a struct without fields
func EmptyStruct(a *ssa.Alloc) bool {
	st, ok := StructOf(Deref(a.Type()))
	return ok && st.NumFields() == 0
}

// ConstKey is the canonical text of a constant context key, "?" if it has none
func ConstKey(c *ssa.Const) string {
	n, isNamed := types.Unalias(c.Type()).(*types.Named)
	switch {
	case c.Value == nil && isNamed:
		return TypeName(n) + "{}"
	case c.Value == nil:
		return "?"
	case isNamed && n.Obj().Pkg() != nil:
		if name := constName(n, c.Value); name != "" {
			return n.Obj().Pkg().Path() + "." + name
		}
		return TypeName(n) + "(" + c.Value.ExactString() + ")"
	}
	return c.Value.ExactString()
}

// constName is the name of the constant that counts as a number of a type, as
// keys declared with iota do: the number says nothing, the name does. Other
// packages see exported constants only, so one of those goes first.
func constName(n *types.Named, v constant.Value) string {
	if v.Kind() != constant.Int {
		return ""
	}
	var exported, hidden []string
	scope := n.Obj().Pkg().Scope()
	for _, name := range scope.Names() {
		c, ok := scope.Lookup(name).(*types.Const)
		switch {
		case !ok || !types.Identical(c.Type(), n) || !constant.Compare(c.Val(), token.EQL, v):
		case c.Exported():
			exported = append(exported, name)
		default:
			hidden = append(hidden, name)
		}
	}
	switch {
	case len(exported) == 1:
		return exported[0]
	case len(exported) == 0 && len(hidden) == 1:
		return hidden[0]
	}
	return ""
}

// ConstText is the text of a string constant
func ConstText(c *ssa.Const) (string, bool) {
	if c.Value == nil || c.Value.Kind() != constant.String {
		return "", false
	}
	return constant.StringVal(c.Value), true
}

// IsConstant reports whether a value is a constant that says something by being there: one
// that is not false, or a struct without fields.
func IsConstant(v ssa.Value) bool {
	switch x := v.(type) {
	case *ssa.Const:
		if x.Value == nil {
			st, ok := StructOf(x.Type())
			return ok && st.NumFields() == 0
		}
		return x.Value.Kind() != constant.Bool || constant.BoolVal(x.Value)
	case *ssa.UnOp:
		a, ok := x.X.(*ssa.Alloc)
		return ok && EmptyStruct(a)
	}
	return false
}
