package body

import (
	"go/token"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
	"github.com/tenantvet/tenantvet/analyzer/internal/unit"
)

// A library's map may hold what each connection begins with. An entry that is written where the
// map stands in its field is known; a map that goes elsewhere may be given any.

// parameter covers an entry of such a map.
func (b *Body) parameter(up *ssa.MapUpdate) {
	if m := b.parametersIn(up.Map); m != nil {
		b.begins(m, up, b.Frame.At(up.Key, up), b.Frame.At(up.Value, up))
	}
}

// lendsParameters covers such a map that a value of the function is, where it goes elsewhere,
// and a pointer to its field.
func (b *Body) lendsParameters(v ssa.Value) {
	field, isAddress := v.(*ssa.FieldAddr)
	m := b.parametersIn(v)
	if isAddress {
		m = b.parameterField(field)
	}
	if m == nil {
		return
	}
	for _, use := range *v.Referrers() {
		if onlyReads(use, v) || isAddress && isPlain(use, field) {
			continue
		}
		b.begins(m, use, term.Why("a map that goes elsewhere"))
		return
	}
}

// begins writes down what a connection begins with: a name and a value, or something that is
// not known.
func (b *Body) begins(m *library.Model, at ssa.Instruction, args ...term.Term) {
	b.Fn.Calls = append(b.Fn.Calls, unit.Call{
		N: b.Frame.NextNumber(), Kind: unit.Library, Symbol: m.Key, Role: m.Role(), Args: args,
		Site: b.Sites.At(at.Pos(), at.Pos()), If: b.Frame.FactsAt(at),
	})
}

// parametersIn is the model of the field that a map of such parameters is loaded from, nil if
// it is another value.
func (b *Body) parametersIn(v ssa.Value) *library.Model {
	switch x := v.(type) {
	case *ssa.UnOp:
		if fa, ok := x.X.(*ssa.FieldAddr); ok && x.Op == token.MUL {
			return b.parameterField(fa)
		}
	case *ssa.Field:
		return b.parameterField(x)
	}
	return nil
}

// parameterField is the model of a field that holds such a map, nil if it is another one.
func (b *Body) parameterField(field ssa.Value) *library.Model {
	var m *library.Model
	switch x := field.(type) {
	case *ssa.FieldAddr:
		m = b.Frame.ModelAt(x)
	case *ssa.Field:
		m = b.Frame.FieldModel(x.X.Type(), x.Field)
	}
	if m == nil || m.Role() != library.Parameter {
		return nil
	}
	return m
}

// onlyReads reports whether an instruction reads a map, or writes an entry of it.
func onlyReads(use ssa.Instruction, m ssa.Value) bool {
	switch x := use.(type) {
	case *ssa.MapUpdate:
		return x.Map == m && x.Value != m
	case *ssa.Lookup, *ssa.Range, *ssa.DebugRef, *ssa.BinOp:
		return true
	case *ssa.Call:
		_, builtin := x.Call.Value.(*ssa.Builtin)
		return builtin
	}
	return false
}

// isPlain reports whether an instruction loads from a field, or stores into it.
func isPlain(use ssa.Instruction, field *ssa.FieldAddr) bool {
	switch x := use.(type) {
	case *ssa.UnOp:
		return x.Op == token.MUL
	case *ssa.Store:
		return x.Addr == field
	}
	return false
}
