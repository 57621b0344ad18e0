package source

import (
	"go/types"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
)

// TypeTexts are the types of parameters or results, as they are written in signatures.
func TypeTexts(t *types.Tuple) []string {
	out := make([]string, t.Len())
	for i := range t.Len() {
		out[i] = TypeText(t.At(i).Type())
	}
	return out
}

// TypeText is a type as it is written in signatures.
func TypeText(t types.Type) string {
	return types.TypeString(types.Unalias(t), func(p *types.Package) string { return p.Path() })
}

// SignatureText is the text by which function values are compared across
// packages: parameters and results, without names.
func SignatureText(t types.Type) string {
	sig, ok := t.Underlying().(*types.Signature)
	if !ok {
		return ""
	}
	text := "func(" + strings.Join(TypeTexts(sig.Params()), ", ")
	if sig.Variadic() {
		text += "..."
	}
	text += ")"
	switch results := TypeTexts(sig.Results()); len(results) {
	case 0:
	case 1:
		text += " " + results[0]
	default:
		text += " (" + strings.Join(results, ", ") + ")"
	}
	return strings.ReplaceAll(text, "interface{}", "any")
}

// HasMethod reports whether an interface has a method of a name.
func HasMethod(iface *types.Interface, name string) bool {
	for i := range iface.NumMethods() {
		if iface.Method(i).Name() == name {
			return true
		}
	}
	return false
}

// IsAny tells an interface without methods.
func IsAny(t types.Type) bool {
	i, ok := t.Underlying().(*types.Interface)
	return ok && i.NumMethods() == 0
}

// IsFunction tells the type of a function.
func IsFunction(t types.Type) bool {
	_, ok := t.Underlying().(*types.Signature)
	return ok
}

// GivesBool tells a function that gives only a bool: a comparison uses no row.
func GivesBool(sig *types.Signature) bool {
	r := sig.Results()
	return r.Len() == 1 && types.Identical(r.At(0).Type(), types.Typ[types.Bool])
}

// Converts tells a function that makes a text of texts, bytes or numbers: what it is
// handed goes nowhere else.
func Converts(sig *types.Signature) bool {
	made := false
	for v := range sig.Results().Variables() {
		if text := isText(v.Type()); !text && !isBasic(v.Type()) && !library.IsError(v.Type()) {
			return false
		} else if text || sig.Recv() == nil && isBasic(v.Type()) {
			made = true
		}
	}
	for v := range sig.Params().Variables() {
		if !isText(v.Type()) && !isBasic(v.Type()) {
			return false
		}
	}
	return made
}

func isText(t types.Type) bool {
	if list, ok := t.Underlying().(*types.Slice); ok {
		return isBasic(list.Elem())
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

func isBasic(t types.Type) bool {
	_, ok := t.Underlying().(*types.Basic)
	return ok
}
