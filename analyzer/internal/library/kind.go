package library

import "go/types"

// TypeKind is what values of a library's type are to a program.
type TypeKind string

// The kinds of types.
const (
	NoType   TypeKind = ""
	Buffer   TypeKind = "buffer"    // a text that grows by calls of its methods
	AnyValue TypeKind = "any value" // holds any value, functions, too
	BindMap  TypeKind = "binds"     // a map of named bind values
	NoKey    TypeKind = "no key"    // in the place of a key: no signature is asked for
	OneBind  TypeKind = "bind"      // one named bind value
	Moment   TypeKind = "moment"    // a time, which is no struct to a database
	Deleted  TypeKind = "deleted"   // of a field that says whether its row is deleted
)

var typeKinds = []string{string(Buffer), string(AnyValue), string(BindMap), string(OneBind), string(NoKey), string(Moment), string(Deleted)}

// ContextType is the type of call contexts, as signatures are written.
const ContextType = "context.Context"

// IsContext reports whether a type is that of call contexts.
func IsContext(t types.Type) bool { return nameOf(t) == ContextType }

// Kind is what values of a type are, NoType if nothing is known of them.
func (s *Set) Kind(t types.Type) TypeKind { return s.kinds[nameOf(t)] }

// nameOf is a named type as pkg.T, "" for any other.
func nameOf(t types.Type) string {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return n.Obj().Pkg().Path() + "." + n.Obj().Name()
}
