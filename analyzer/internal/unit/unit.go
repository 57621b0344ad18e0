// Package unit is what is known of one Go package: what each of its functions
// does by itself. A unit is the object file of tenantvet; link reads it, and
// only link knows the program, the schema and the settings.
//
// In goes nothing: compile makes units, tests write them as text. A unit has a
// text form ([Parse], [Unit.String]) for tests and for reading, and a binary
// form ([Encode], [Decode]) that travels as a fact. Both are deterministic.
//
// Terms. A function is a list of operations, in source order: it *runs*
// statements, *calls* functions, *gives* results, *puts* values into contexts,
// *stores* fields and *reads* from the request. Statements and calls share one
// numbering, 1, 2, 3 …, by which terms refer to their results.
//
// Invariant: every operation is conservative by itself. A term that is not
// known says so; a fact that is listed holds whenever the operation happens.
//
// It cannot see implementations of interfaces, callers, or other packages.
package unit

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/library"
	"github.com/tenantvet/tenantvet/analyzer/internal/term"
)

// Unit is what one package contributes to a program. Slices are sorted by
// symbol, name or position, and have no duplicates.
type Unit struct {
	Path   string // import path
	Name   string // package name; "main" makes a program
	Module string // module path

	Files       []File
	Sites       []Site
	Functions   []*Function
	Types       []Type
	Conversions []Conversion
	Entries     []Entry
	Directives  []Directive
	Libraries   []string // import paths of modelled and database libraries that it uses
	Columns     []Column // of struct fields, where a db tag names another than the field's
	Models      []Model  // struct types that stand for rows
	Problems    []Problem
	Unread      []Unread // calls of databases in code that was not compiled
}

// Unread is a call of a database, or what looks like one, in code that was not
// compiled: nothing is known of it but its place.
type Unread struct {
	Function string // the symbol, as far as it is known
	Why      string // the code was not compiled
	Site     int
}

// Function is the function of a symbol, nil if the unit has none: it is dull, or not declared
// in the package.
func (u *Unit) Function(symbol string) *Function {
	i, ok := slices.BinarySearchFunc(u.Functions, symbol, func(f *Function, symbol string) int { return strings.Compare(f.Symbol, symbol) })
	if !ok {
		return nil
	}
	return u.Functions[i]
}

// Column is the column that a struct's field of that name is read from.
type Column struct{ Field, Name string }

// File is a Go file of the package.
type File struct {
	Name      string // path below the module's root, with slashes
	Generated bool   // has the "Code generated … DO NOT EDIT." mark
}

// Site is a range in a file; lines and columns count from 1, columns in bytes.
type Site struct {
	File               int // index into Files
	Line, Column       int
	EndLine, EndColumn int
}

// NoSite is the index of an absent site.
const NoSite = -1

// Function is what one declared function, method or closure does.
//
// Symbols: pkg/path.F, pkg/path.T.M, pkg/path.(*T).M, and $1, $2 … for the
// closures in them; instances of a generic function have its symbol.
type Function struct {
	Symbol   string
	Receiver string   // "pkg.T" of a method, with or without pointer
	Params   []string // names, "" or "_" where there is none; the receiver first
	Results  int
	Variadic bool // the last parameter takes the rest as a list
	Site     int  // the name of the declaration
	Exported bool
	Allow    *Directive // a tenantvet:allow in its doc comment
	Over     string     // non-empty: a budget was exceeded, its operations are incomplete; the reason
	// Sends are the parameters, sorted, of which a part goes where units do not follow it.
	// Uses say so only of rows that the function itself has.
	Sends []int
	// Left is how many variables that a closure has captured it may write: the last results
	// of each Give are what it leaves there. Kept says that nobody tells when it runs.
	Left int
	Kept bool

	Runs   []Run
	Calls  []Call
	Gives  []Give
	Puts   []Put
	Stores []Store
	Reads  []Read
	Uses   []Use
	Takes  []Take
	Owners []Owner
	// Changes are writes to objects that calls have given which are handed a context: they
	// may have taken them out of it.
	Changes []Change
	Keeps   []Keep
	Finds   []Find
}

// Keep is where a row, a part of one, or what a parameter is, is put into a map, a cache or a
// channel that the function has not made: others may find it there. Key is that of an entry, nil
// of a channel.
type Keep struct {
	Into, Value term.Term
	Key         term.Term
	Place       string // the field or package variable that Into is in, "" for any other
	Site        int
	If          []term.Fact
}

// Find is where a function looks into a map or a cache that is in a field or a package variable.
// Key is that of the entry, nil if it goes through all of them.
type Find struct {
	In    term.Term
	Key   term.Term
	Place string // as of a [Keep]
	Site  int
}

// Change is what an object that a call has given is after a write to it.
type Change struct {
	Of    term.Term // a result of the call
	Value term.Term
	Site  int
	If    []term.Fact
}

// Run is a statement that is handed to a database library. The text is one
// term: constant, Concat, Join of several texts, a parameter (a wrapper), or
// the result of a call. Args are the bind values in order; Spread tells that
// the last of them is a list that is handed on as a whole (`args...`), Nulls the
// positions, from 0, of those whose zero value is sent as NULL.
// Named binds (pgx.NamedArgs, sql.Named, struct binds) are one Struct term in
// Named, keyed by the bind's name.
type Run struct {
	N       int
	Verb    string // "query", "queryrow", "exec", "prepare", "batch", "copy"
	Library string // the function that runs it, as go doc prints it: database/sql.(*DB).QueryContext
	Dialect string // "" unknown, "postgres", "mysql", "sqlite"
	Text    term.Term
	Args    []term.Term
	Nulls   []int
	// Sorts are what the bind values are, as their Go types tell, of a statement that sets a
	// variable of the session: "integer", "uuid", "truth", "" where it is a text, or not known.
	Sorts  []string
	Spread bool
	Named  term.Term
	Copy   *CopyTarget
	Ways   []Way
	// Prepared tells that the text is that of a prepared statement, which may be
	// kept in a field and run many times.
	Prepared bool
	// On is the connection, transaction or pool that it runs on, nil where that is not
	// seen; Kind is which of them it is by its type, NoType where that does not say.
	On   term.Term
	Kind library.TypeKind
	// Unheeded tells that its error is thrown away.
	Unheeded bool
	Site     int
	If       []term.Fact
	Allow    *Directive
}

// Way tells of one of the texts of a run, or of a text that is an argument of a
// call, when it is built: only where the facts hold, beside those of the operation.
type Way struct {
	Text term.Term
	If   []term.Fact
}

// CopyTarget is the table and the columns of a CopyFrom; rows are in Run.Args.
type CopyTarget struct {
	Table   term.Term
	Columns term.Term
}

// CalleeKind tells how a callee is given.
type CalleeKind uint8

// The kinds of callees. A Library callee has no unit: it is outside the module.
const (
	Static    CalleeKind = iota // Symbol
	Interface                   // Symbol is "pkg.I" (or the literal's text), Method the name; the receiver is argument 0
	Dynamic                     // Value is the function value
	Library                     // Symbol, as go doc prints it: net/http.(*ServeMux).HandleFunc
)

// CallMode tells when a call happens.
type CallMode uint8

// The modes of calls.
const (
	Now CallMode = iota
	Deferred
	Spawned // go f()
)

// Call is a call of a function that is of interest: one of the module, or a
// library function that is handed a function value or that decides access.
type Call struct {
	N      int
	Kind   CalleeKind
	Mode   CallMode
	Symbol string
	Method string
	Value  term.Term
	// Signature is the type of a Dynamic callee, written as that of a [Take].
	Signature string
	Args      []term.Term  // the receiver first; one list for a variadic rest
	Role      library.Role // Library: the role of library data: "registers", "middleware", "runs job", "calls", "decides" …, "" if not modelled
	Site      int
	Ways      []Way // of a text that is an argument
	Messages  []Message
	Rows      []term.Rows // what arguments are that become any
	Types     []string    // what the type parameters of a generic callee are
	ArgSites  []int       // the sites of the arguments; nil where none is better than Site
	After     []int       // of a call that may register routes: the calls that add middlewares and have always happened before
	If        []term.Fact
	Allow     *Directive
}

// AsksAny reports whether the call asks the function that is its argument 1 about the
// elements of argument 0, and says whether it said yes of one.
func (c *Call) AsksAny() bool { return c.Role == library.AsksAny }

// RunsNow reports whether a library's function runs the one that it is handed, and hands its
// error on.
func (c *Call) RunsNow() bool { return c.Role.RunsNow() }

// Reflected is the Signature of a call by reflection: its Value is what is called.
const Reflected = "reflect"

// Message is a value of a type of the module that becomes an empty interface in an
// argument of a call: if what is called calls by reflection, its type chooses the
// function. What it holds afterwards is a result of the call: that of the
// argument, or, in a list, one numbered by Elem after those of all arguments.
type Message struct {
	Arg, Elem int // Elem is -1 where the message is the argument
	Type      string
	Value     term.Term
}

// Give is one way to return: the results, and the facts that hold then. A
// function that returns at three places has at least three.
type Give struct {
	Results []term.Term
	If      []term.Fact
	After   []int // the calls that have always happened before, of those that may stop a request or add a middleware
	Site    int
}

// Put stores a value under a context key.
type Put struct {
	Key   string // canonical text, as in term.Path of root Context; see term.ComputedKey
	Value term.Term
	Site  int
	If    []term.Fact
}

// Store sets a field of an object of a type of the module, or a package
// variable (Type "", Field the variable's symbol). Struct literals count. One of the
// type [Naming] says how a library, by the word of its naming, names tables and columns, one of
// the type [Rewritten] which part of a request is written.
type Store struct {
	Type  string // "pkg.T"
	Field string
	Value term.Term
	Site  int
	If    []term.Fact
	// Of is whose field it is: Elsewhere, Made for an object that the function made and
	// has handed to nobody before, or parameter k as k+1: a field of what it points to.
	Of int
}

// Send notes that what a term holds of parameters goes where units do not follow it.
func (f *Function) Send(t term.Term) {
	term.Visit(t, func(x term.Term) {
		if p, ok := x.(*term.Path); ok && p.Root == term.Param {
			if i, known := slices.BinarySearch(f.Sends, p.Index); !known {
				f.Sends = slices.Insert(f.Sends, i, p.Index)
			}
		}
	})
}

// Naming stands for the type of a store that says how a library names things.
const Naming = "naming"

// Sole stands for the type of a store that says of a package variable, Field, that its type has
// one value only: as a key it is that type, which the store's value names like a variable.
const Sole = "sole"

// Rewritten stands for the type of a store that writes a part of a request, which its value is;
// Field says by what. A part without a name is the whole text of a path, one named "?" any.
const Rewritten = "request"

// What the field of a store is of, if it is no parameter's.
const (
	Elsewhere = 0
	Made      = -1
)

// Read says where a request origin of this function is read.
type Read struct {
	Origin term.Term // an Origin of kind Request
	Site   int
}

// Use is where a row, or a part of one, goes where units do not follow it: it is
// an argument of a call that is no operation (json.Encode(row)), or is written
// to the response. Link needs it to tell a comparison after the fetch that
// stands before every use from one that comes too late. Values that hold no
// result of a statement or call need no Use.
type Use struct {
	Value term.Term
	Site  int
	If    []term.Fact
}

// Take says that a function of the module is taken as a value: it is created,
// bound or named, and not called on the spot. What becomes of the value is
// seldom seen; link must not take such a function for one that nobody calls.
type Take struct {
	Symbol    string
	Signature string // the value's type, "func(*pkg.T) error": a bound method is without its receiver
	// Interface is set where it is the receiver of a method that is converted: to
	// an interface of a library, "pkg.I", or to "any". Then Signature is empty.
	Interface string
}

// Owner says whose field a term of the function is, where the field holds function
// values: a term does not tell the type of what its steps lead through, and link
// finds what may be in a field by the field.
type Owner struct {
	Value term.Term
	Type  string // "pkg.T"
	Field string
}

// Type is a concrete named type of the package and the functions behind its
// methods, promoted ones included.
type Type struct {
	Name    string // "pkg.T"
	Pointer bool   // the method set of *T
	Methods []Method
}

// Method is one method of a type. Path leads from the receiver to the embedded
// value whose method it is; empty for an own method. An embedded interface has
// Symbol "" and Interface set.
type Method struct {
	Name      string
	Symbol    string
	Interface string
	Path      []string
	Types     []string // what the type parameters of its type are, where that is generic
}

// Conversion is a conversion of a value to an interface type of the module.
// Types are written as in symbols: "pkg.T", "*pkg.T", "pkg.I".
type Conversion struct {
	From, To string
	Site     int
}

// Entry is a function that a framework may call with a request, told by its
// signature.
type Entry struct {
	Symbol string
	Kind   string // "net/http", "gin", "grpc", …
	// Request lists the parameters that are request data as a whole.
	Request []int
	// Given are those of them of which more is known.
	Given []Given
	// Next is the parameter by which a middleware goes on with the request, 0 if there
	// is none.
	Next int
}

// Given is what a parameter of an entry holds: a Struct with the fields of which it
// is known which part of the request they are.
type Given struct {
	Param int
	Value term.Term
}

// Misspelt is the verb of a comment that looks like a directive and is none; its
// text is the reason.
const Misspelt = "misspelt"

// Directive is a //tenantvet: comment, or a -- tenantvet: comment that sqlc
// carried into a doc comment.
type Directive struct {
	Verb   string // "allow"
	Reason string // "" is an error that link reports
	Site   int
	// Line is the code line that it speaks of: its own if code stands before
	// it, the next one otherwise.
	Line int
}

// Problem is what was wrong with the package: it does not type-check, a budget
// was exceeded.
type Problem struct {
	Kind    string // "type-check", "budget", "internal error"
	Message string
	Site    int
}
