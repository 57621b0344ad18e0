// Package library is what is known of libraries: which function runs SQL text,
// which one gives request data, which one hands a callback on. The knowledge is
// data, one YAML file per library in data/, keyed by functions as `go doc`
// prints them; this package reads it strictly and finds the entry of a
// [types.Func].
//
// Terms. A *model* is what one function does, by one verb of a small closed set
// (see [Verb]). An argument is counted from 0 without the receiver; the receiver
// is "recv". A *wrapper* is a struct type that stands for one of its fields
// (sql.NullString for String). A *handler* is a signature by which a framework
// calls user code with a request.
//
// Invariant: a function is matched by the identity of its package path, receiver
// and name as the type checker tells them, never by its bare name.
//
// It cannot see what a library really does: the data is trusted. It does not
// evaluate anything; flow and eval give the verbs their meaning. It is data and
// not code so that a new library is a file, and a user's file can have the same
// format.
package library

import (
	"go/types"
	"slices"
	"sort"
	"strings"
)

// Verb is what a function does with its arguments.
type Verb string

// The verbs. Every model has exactly one.
const (
	Runs    Verb = "runs"    // runs: query|queryrow|exec|prepare|batch|copy, text: k, args: k | named: k; or built: k, ends: clause; into: k — stores its rows into what argument k points to
	Binds   Verb = "binds"   // binds: k, args: j | named: j — gives text k and the list of what is bound to it
	Scans   Verb = "scans"   // scans: k — stores the columns of the receiver's row into arguments k…; from: j, the rows are argument j; by: path|all, by name
	Row     Verb = "row"     // row: some|scan|err|count|rows — a property of the receiver's rows
	Rows    Verb = "rows"    // rows: k — collects the rows of argument k into structs, by: name|path|position|func; with: j, behind those of list j
	Same    Verb = "same"    // same: k — gives argument k in another form; by: copy, another object of what it held; by: part, a piece of it; by: cut, the parts of a text
	Request Verb = "request" // request: group, name: k — gives a part of the request
	Fills   Verb = "fills"   // fills: k, from: j | request: group, name: j — stores into what argument k points to
	Puts    Verb = "puts"    // puts: k, value: j — stores value j under context key k
	Gets    Verb = "gets"    // gets: k — gives the value under context key k; value: j, stores the first of list j there if it has one
	Gives   Verb = "gives"   // gives: error|fresh|config|zero|claims|true|false
	Plays   Verb = "role"    // role: a [Role]; with handler: k, request: [i…] argument k is a handler, and its parameters i carry the request; of verifies, of: k is what is signed and with: j the key
	Tests   Verb = "tests"   // tests: eq|in|notnil|nonzero|iszero, of: k, with: j — a boolean that states a fact; one: a number that is 1 if both are equal
	Text    Verb = "text"    // text: a [TextKind]; of keyed, of: k is the key
	Changes Verb = "changes" // changes: k, by: order | request: group — changes what argument k holds: the order of its elements, or a part of the request, that argument name: j names
	Starts  Verb = "starts"  // starts: a word of [Clauses] — begins a build with that clause and the arguments
	Builds  Verb = "builds"  // builds: a word of [Clauses] — adds that clause to what the receiver builds
	Writes  Verb = "writes"  // writes: text — gives the text of what the receiver builds, and its bind values
	Refuses Verb = "refuses" // refuses: why — it may run a statement in a way that is not followed
	Ignore  Verb = "ignore"  // ignore — of no interest, gives nothing
)

// Recv is the position of the receiver, None an absent position.
const (
	Recv = -1
	None = -2
)

// Words by which same gives another value, and gives one that holds another.
const (
	Copy = "copy" // another object, which holds what the first one does
	Part = "part" // a piece of it
	Cut  = "cut"  // the parts of a text, by the other arguments

	Wraps = "wraps" // an error around those that a text names by %w
	Joins = "joins" // an error around all of a list, nil where all are
)

// Model is what one function does.
type Model struct {
	Package string // the import path in the data
	Key     string // as go doc prints it: database/sql.(*DB).QueryContext
	Verb    Verb
	Kind    string // the verb's word: "query" of runs, "path" of request, "registers" of role

	At      int    // the verb's main argument: key of puts and gets, filled one, same one, collected rows, name of request
	Of      int    // the text of runs, the value of puts, the source of fills or the name of its part of the request, the first side of tests
	Args    int    // where the bind values of runs start; the second side of tests; the list that rows are added to
	Group   string // the request group of fills
	Name    string // the constant name of request
	By      string // how rows are collected, elements moved, or another value made
	Into    int    // runs: what its rows are stored into
	Named   int    // runs, binds: a struct or map that holds the bind values by their names
	Handler int    // registers: the argument that is a handler told by nothing else, and
	Request []int  // its parameters that carry the request
	Also    int    // same: an argument whose function value is called, too
	Call    Role   // the role under which the call is kept besides its verb, "" if none
	Dest    int    // runs: where the columns of its one row are stored, as scans does
	Built   bool   // runs: the text is that of what argument Of builds, with its bind values
	Panics  bool   // runs: a failure is a panic, and no error
	Resets  bool   // runs: what built the statement is empty afterwards
	Ends    string // runs: the clause that the call itself adds to what it runs
	Like    string // writes: the signature by which a method of that name is one, wherever it is declared

	Constants []string // starts, builds, runs: what a clause has before the arguments

	Dialect string
	File    string // where the data stands
	Line    int
}

// Role is the part that the function plays, NoRole if its verb is all.
func (m *Model) Role() Role {
	if m.Verb == Plays {
		return Role(m.Kind)
	}
	return m.Call
}

// Handler is a signature under which a framework calls user code.
type Handler struct {
	Kind    string   // net/http, gin …
	Params  []string // type texts: *net/http.Request
	Results []string // nil: any
	Request []int    // the parameters that carry the request
	Next    int      // the parameter that goes on with the request, 0 if none does
	// Among tells that the parameters may stand among others, in any order: a
	// handler of a router of the program's own. Request counts them as they are
	// listed here.
	Among  bool
	Method string // only methods of this name, "" for any function
	Type   string // only function literals that become one of this type, "" for any function
	Line   int
}

// Package is what is known of one library package.
type Package struct {
	Path     string
	Database bool // it runs SQL
	// Unmodelled: it is only known by name; no statement that its calls run is.
	Unmodelled bool
	unmodelled unmodelled
	Dialect    string    // of the statements, "" if unknown
	ORM        *ORM      // how it reads struct types as tables, nil if it does not
	Handles    bool      // its statements begin at handles
	Style      string    // how what its builders build is written, "" if it has none
	Resets     bool      // its objects are empty after each statement
	Fork       string    // the package that it is a copy of, "" if it is none
	BackEnd    bool      // a program that uses it is a back end, though it is of the standard library
	Requests   *Requests // how it hands a request over as a struct, nil if it does not
	Complete   []string  // the types of which every exported method has a line
	Asks       []string  // see [Set.Asks]
	File       string
}

// Set is all the knowledge. It is immutable once loaded.
type Set struct {
	models      map[string]*Model
	fields      map[string]*Model // struct field that gives a part of the request
	vars        map[string]*Model // package variable with a known value
	wrappers    map[string]string // struct type to the field that it stands for
	packages    map[string]*Package
	kinds       map[string]TypeKind
	builders    map[string]*Builder
	handles     map[string]string // types to the style of what is built upon them
	shared      map[string]bool   // tags of fields that other libraries read, too
	naming      map[string]string // fields that say how a library names things, and its naming
	tableFields map[string]bool   // fields of structs whose tags name their tables
	tags        map[string]bool   // of struct fields, by which libraries read them as columns
	likes       map[string]*Model // by the method's name and signature

	generated generated
	handlers  []Handler
	services  []Service
	messages  []Messages
}

// Key is the name of a function as go doc prints it, with its package path and
// the receiver as it was declared; of an instance it is that of the generic.
func Key(f *types.Func) string {
	f = f.Origin()
	path := ""
	if f.Pkg() != nil {
		path = f.Pkg().Path() + "."
	}
	recv := f.Signature().Recv()
	if recv == nil {
		return path + f.Name()
	}
	t := recv.Type()
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		if name := typeName(p.Elem()); name != "" {
			return path + "(*" + name + ")." + f.Name()
		}
	}
	return path + typeName(t) + "." + f.Name()
}

func typeName(t types.Type) string {
	if n, ok := types.Unalias(t).(*types.Named); ok {
		return n.Obj().Name()
	}
	return ""
}

// Find is the model of f, or nil. A method that a type takes over from an
// embedded one is found under the type that declares it.
func (s *Set) Find(f *types.Func) *Model {
	if f == nil {
		return nil
	}
	key := Key(f)
	if m := s.models[key]; m != nil {
		return m
	}
	if m := s.models[anyMajor(key)]; m != nil {
		return m
	}
	if g := s.Generated(f.Pkg()); g != nil {
		return g.model(f.Origin())
	}
	return nil
}

// anyMajor is a key with vN for the major version in its path: libraries that
// count their versions fast are described once for all.
func anyMajor(key string) string {
	at := strings.Index(key, "/v")
	if at < 0 {
		return key
	}
	rest := strings.TrimLeft(key[at+2:], "0123456789")
	if rest == key[at+2:] || !strings.HasPrefix(rest, "/") && !strings.HasPrefix(rest, ".") {
		return key
	}
	return key[:at] + "/vN" + rest
}

// Field is the model of a field of a library struct, or nil. The key is
// pkg.T.Field.
func (s *Set) Field(key string) *Model { return s.fields[key] }

// Var is the model of a package variable, or nil.
func (s *Set) Var(v types.Object) *Model {
	if v == nil || v.Pkg() == nil {
		return nil
	}
	return s.vars[v.Pkg().Path()+"."+v.Name()]
}

// Wrapper is the field that a struct type stands for, "" if it is no wrapper.
func (s *Set) Wrapper(t types.Type) string {
	n, ok := types.Unalias(t).(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return ""
	}
	return s.wrappers[n.Obj().Pkg().Path()+"."+n.Obj().Name()]
}

// Package is what is known of a package, or nil.
func (s *Set) Package(path string) *Package { return s.packages[path] }

// Asks are the methods for which a package asks what it is handed by its interfaces, beside
// those of other interfaces of it.
func (s *Set) Asks(path string) []string {
	if p := s.packages[path]; p != nil {
		return p.Asks
	}
	return nil
}

// Handlers are the signatures by which frameworks call user code.
func (s *Set) Handlers() []Handler { return s.handlers }

// Fields are the keys of the fields that are described, sorted.
func (s *Set) Fields() []string { return sortedKeys(s.fields) }

// Vars are the keys of the package variables that are described, sorted.
func (s *Set) Vars() []string { return sortedKeys(s.vars) }

// Wrappers are the struct types that stand for one of their fields, each with
// the field, as pkg.T.Field, sorted.
func (s *Set) Wrappers() []string {
	var out []string
	for t, field := range s.wrappers {
		out = append(out, t+"."+field)
	}
	sort.Strings(out)
	return out
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Models are all models, sorted by key.
func (s *Set) Models() []*Model {
	out := make([]*Model, 0, len(s.models))
	for _, m := range s.models {
		out = append(out, m)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Key < out[j].Key })
	return out
}

// Packages are all package paths that have data, sorted.
func (s *Set) Packages() []string { return sortedKeys(s.packages) }

// Libraries that are not modelled. Of a database's library of which only the name is known,
// each call that may run a statement is one that is not understood. Which may is told by
// the signature: what runs a statement takes a context, or may fail.

// unmodelled is what is known of such a library beside its name.
type unmodelled struct {
	runs  []string // functions and methods that run statements, whatever their signatures
	quiet []string // those that run none: what opens, closes and ends
}

// Below is what is known of a package or, if nothing is, of the nearest one above it.
func (s *Set) Below(path string) *Package {
	for {
		if p := s.packages[path]; p != nil {
			return p
		}
		i := strings.LastIndexByte(path, '/')
		if i < 0 {
			return nil
		}
		path = path[:i]
	}
}

// NotModelled is the library that a package is or is a part of, of which only the name is
// known; nil for any other package.
func (s *Set) NotModelled(path string) *Package {
	if p := s.Below(path); p != nil && p.Unmodelled {
		return p
	}
	return nil
}

// Unread is the library of a function that may run a statement of which nothing is known,
// "" for any other function.
func (s *Set) Unread(f *types.Func) string {
	if f == nil || f.Pkg() == nil {
		return ""
	}
	p := s.NotModelled(f.Pkg().Path())
	switch {
	case p == nil || slices.Contains(p.unmodelled.quiet, f.Name()):
		return ""
	case slices.Contains(p.unmodelled.runs, f.Name()), mayFail(f.Signature()), takesContext(f.Signature()):
		return p.Path
	}
	return ""
}

func mayFail(sig *types.Signature) bool {
	n := sig.Results().Len()
	return n > 0 && IsError(sig.Results().At(n-1).Type())
}

func takesContext(sig *types.Signature) bool {
	for v := range sig.Params().Variables() {
		if IsContext(v.Type()) {
			return true
		}
	}
	return false
}
