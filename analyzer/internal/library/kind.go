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

	// What statements run on.
	Pool        TypeKind = "pool"        // each statement runs on some connection of it
	Connection  TypeKind = "connection"  // one connection
	Transaction TypeKind = "transaction" // one transaction
)

var typeKinds = []string{string(Buffer), string(AnyValue), string(BindMap), string(OneBind), string(NoKey), string(Moment), string(Deleted), string(Pool), string(Connection), string(Transaction)}

// ContextType is the type of call contexts, as signatures are written.
const ContextType = "context.Context"

// IsContext reports whether a type is that of call contexts.
func IsContext(t types.Type) bool { return nameOf(t) == ContextType }

// IsError reports whether a type is error.
func IsError(t types.Type) bool { return types.Identical(t, types.Universe.Lookup("error").Type()) }

// Kind is what values of a type are, NoType if nothing is known of them.
func (s *Set) Kind(t types.Type) TypeKind { return s.kinds[nameOf(t)] }

// RunsOn is what statements of a value of a type run on, NoType if that is not known.
func (s *Set) RunsOn(t types.Type) TypeKind {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	switch k := s.Kind(t); k {
	case Pool, Connection, Transaction:
		return k
	}
	return NoType
}

// nameOf is a named type as pkg.T, "" for any other.
func nameOf(t types.Type) string {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return n.Obj().Pkg().Path() + "." + n.Obj().Name()
}

// TextKind is what a function makes of texts. Package eval gives the kinds their
// meaning.
type TextKind string

// The kinds of text functions.
const (
	Format     TextKind = "format"   // fmt.Sprintf
	Print      TextKind = "print"    // fmt.Sprint
	Lines      TextKind = "lines"    // fmt.Sprintln
	Joined     TextKind = "join"     // strings.Join
	Repeated   TextKind = "repeat"   // strings.Repeat
	Held       TextKind = "string"   // what a buffer holds
	Pairs      TextKind = "pairs"    // makes a replacer of pairs of texts
	Replacer   TextKind = "replacer" // replaces by such pairs
	Replace    TextKind = "replace"  // replaces some
	ReplaceAll TextKind = "replace all"
	TrimSpace  TextKind = "trim space"
	Trim       TextKind = "trim"
	TrimLeft   TextKind = "trim left"
	TrimRight  TextKind = "trim right"
	TrimPrefix TextKind = "trim prefix"
	TrimSuffix TextKind = "trim suffix"
	Lower      TextKind = "lower"
	Upper      TextKind = "upper"
	Quote      TextKind = "quote"
	Spelled    TextKind = "spelled"      // another spelling, by a rule that is not followed
	Keyed      TextKind = "keyed"        // a buffer whose text is signed with a key
	Write      TextKind = "write"        // adds its argument to a buffer
	WriteRune  TextKind = "write letter" // adds one letter
	WriteFmt   TextKind = "write format" // formats into its first argument
	WritePrint TextKind = "write print"  // prints into its first argument
	Reset      TextKind = "reset"        // empties a buffer
)

var textKinds = []string{
	string(Format), string(Print), string(Lines), string(Joined), string(Repeated), string(Held), string(Pairs), string(Replacer),
	string(Replace), string(ReplaceAll), string(TrimSpace), string(Trim), string(TrimLeft), string(TrimRight), string(TrimPrefix),
	string(TrimSuffix), string(Lower), string(Upper), string(Quote), string(Spelled), string(Keyed), string(Write), string(WriteRune), string(WriteFmt),
	string(WritePrint), string(Reset),
}

// Text is what a text function makes, "" if the function is none.
func (m *Model) Text() TextKind {
	if m.Verb != Text {
		return ""
	}
	return TextKind(m.Kind)
}

// Writes reports whether a function changes what a buffer holds.
func (k TextKind) Writes() bool {
	switch k {
	case Write, WriteRune, WriteFmt, WritePrint, Reset:
		return true
	}
	return false
}

// Changes reports whether a function gives a text in another form.
func (k TextKind) Changes() bool {
	switch k {
	case Replacer, Replace, ReplaceAll, TrimSpace, Trim, TrimLeft, TrimRight, TrimPrefix, TrimSuffix, Lower, Upper, Quote, Spelled:
		return true
	}
	return false
}
