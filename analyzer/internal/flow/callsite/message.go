package callsite

import (
	"go/types"
	"iter"
	"slices"
	"strings"

	"golang.org/x/tools/go/ssa"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// A dispatcher calls functions by reflection with what it was given: a command bus.
// Which function that is, the type of the *message* tells: a value of a type of the
// module that becomes an empty interface among the arguments. A handler may answer
// by writing into the message, so what a message holds after the call is a result
// of the call, numbered after the out parameters.

// Message is a value that a call of a dispatcher is given.
type Message struct {
	Arg   int // the receiver counted
	Elem  int // its number among the messages, in a list of any; -1 if it is the argument
	Type  string
	Value ssa.Value
}

// Messages are the messages that a call sends, nil if what is called is no
// dispatcher. Behind an interface there may be one.
func (p *Program) Messages(c *Call) []Message {
	if c.Kind != Interface && (c.Kind != Static || p.Dispatches == nil || !p.Dispatches(c.Symbol)) {
		return nil
	}
	var out []Message
	args := c.All()
	for i, a := range args {
		values, elem := []ssa.Value{a}, -1
		if c.Sig.Variadic() && i == len(args)-1 {
			values, elem = Elements(a), 0
		}
		for _, v := range values {
			if m, ok := p.message(v); ok {
				m.Arg, m.Elem = i, elem
				out = append(out, m)
				if elem >= 0 {
					elem++
				}
			}
		}
	}
	return out
}

func (p *Program) message(v ssa.Value) (Message, bool) {
	mi, ok := v.(*ssa.MakeInterface)
	if !ok || mi.Type().Underlying().(*types.Interface).NumMethods() > 0 {
		return Message{}, false
	}
	n := Named(mi.X.Type())
	if n == nil || n.Obj().Pkg() == nil || !p.InModule(n.Obj().Pkg().Path()) {
		return Message{}, false
	}
	if _, ok := n.Underlying().(*types.Struct); !ok {
		return Message{}, false
	}
	return Message{Type: TypeName(mi.X.Type()), Value: mi.X}, true
}

// GetterOf is the field that a generated method of a message gives by its name.
func GetterOf(known []library.Messages, t types.Type, method string) (field string, ok bool) {
	for _, m := range known {
		if field, ok = strings.CutPrefix(method, m.Getter); ok && isMessage(t, m.Marker) {
			return field, true
		}
	}
	return "", false
}

// isMessage reports whether a type is the pointer to a generated message, by the
// method that all of them have.
func isMessage(t types.Type, marker string) bool {
	p, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	n, ok := types.Unalias(p.Elem()).(*types.Named)
	if !ok {
		return false
	}
	for m := range n.Methods() {
		if m.Name() == marker {
			return true
		}
	}
	return false
}

// HasField reports whether the message behind a pointer has a field of a name and a type
func HasField(t types.Type, name string, is types.Type) bool {
	st, ok := t.Underlying().(*types.Pointer).Elem().Underlying().(*types.Struct)
	if !ok {
		return false
	}
	for v := range st.Fields() {
		if v.Name() == name && types.Identical(v.Type(), is) {
			return true
		}
	}
	return false
}

// Rows are the arguments of a call of the module's that become any, where they are rows or
// lists of them: a helper over any model learns from its callers of which it is.
func (p *Program) Rows(c *Call) []term.Rows {
	if c.Kind != Interface && c.Kind != Static && c.Kind != Dynamic {
		return nil
	}
	var out []term.Rows
	for i, a := range c.All() {
		mi, ok := a.(*ssa.MakeInterface)
		if !ok || mi.Type().Underlying().(*types.Interface).NumMethods() > 0 {
			continue
		}
		if row := p.RowOf(mi.X.Type()); row != "" {
			out = append(out, term.Rows{Arg: i, Type: row, Many: Many(mi.X.Type())})
		}
	}
	return out
}

// RowOf is the type of the rows that a value is, or is a list of, "" if it is none: of a type
// parameter the name by which [term.TypeParam] tells it.
func (p *Program) RowOf(t types.Type) string {
	if k, ok := typeParam(t); ok {
		return term.TypeParam(k)
	}
	if row := RowType(t); row != nil && !Valuer(row) && p.Lib.Kind(row) != library.Moment {
		return TypeName(row)
	}
	return ""
}

// typeParam is the type parameter behind pointers and lists, by its position.
func typeParam(t types.Type) (int, bool) {
	switch u := types.Unalias(t).(type) {
	case *types.Pointer:
		return typeParam(u.Elem())
	case *types.Slice:
		return typeParam(u.Elem())
	case *types.TypeParam:
		return u.Index(), !OfBasics(u)
	}
	return 0, false
}

// OfBasics reports whether a type is a basic one, or a type parameter that stands for these
// alone: ~string | int.
func OfBasics(t types.Type) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return true
	case *types.Union:
		return u.Len() > 0 && !slices.ContainsFunc(slices.Collect(u.Terms()), func(x *types.Term) bool { return !OfBasics(x.Type()) })
	case *types.Interface:
		return slices.ContainsFunc(slices.Collect(u.EmbeddedTypes()), OfBasics)
	}
	return false
}

// TypeArgs are the types that a call gives the type parameters of what it calls, as far as
// they are rows; nil if none is.
func TypeArgs(c *Call) []string {
	if fn := c.Instr.Common().StaticCallee(); fn != nil {
		return typeArgs(slices.Values(fn.TypeArgs()))
	}
	return nil
}

// TypeArgsOf are those that the receiver of a method gives; nil where the type is not
// instantiated.
func TypeArgsOf(recv *types.Var) []string {
	if recv == nil || Named(recv.Type()) == nil {
		return nil
	}
	args := slices.Collect(Named(recv.Type()).TypeArgs().Types())
	if slices.ContainsFunc(args, func(t types.Type) bool { _, open := typeParam(t); return open }) {
		return nil
	}
	return typeArgs(slices.Values(args))
}

func typeArgs(list iter.Seq[types.Type]) []string {
	var out []string
	for t := range list {
		name := ""
		if k, ok := typeParam(t); ok {
			name = term.TypeParam(k)
		} else if row := RowType(t); row != nil && !Valuer(row) {
			name = TypeName(row)
		}
		out = append(out, name)
	}
	if strings.Join(out, "") == "" {
		return nil
	}
	return out
}

// TypeArg is the name of a type that is given a type parameter.
func TypeArg(t types.Type) string {
	if k, ok := typeParam(t); ok {
		return term.TypeParam(k)
	}
	return TypeName(t)
}
