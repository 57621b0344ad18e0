// Package term is the vocabulary of values: what a function knows, by itself,
// about a value that it passes on, binds, compares or gives back.
//
// A [Term] is written in the frame of one function: its parameters, captured
// variables and numbered calls are symbols, and linking substitutes them.
// Conversions (string to uuid, pointer, pgtype wrapper, interface) are erased
// when a term is built: a term says which value, not in which form.
//
// Terms are immutable. Their text form (String, [Parse]) is canonical: two
// terms are equal iff their texts are.
//
// It cannot see positions, types or facts about the program; a term that is not
// known is an [Origin] of kind Unknown with its reason, never an absent one.
package term

// Term is *Path, *Result, *Origin, *Const, *Struct, *List, *Func, *Concat,
// *Test, *Join or *Build.
type Term interface {
	String() string
	term()
}

// MaxDepth is how many steps a path may have; a longer one is Unknown("depth").
const MaxDepth = 6

// RootKind is what a path starts from.
type RootKind uint8

// The roots of paths. A method's receiver is parameter 0.
const (
	Param   RootKind = iota // p0, p1 …
	Free                    // fv.x: a captured variable of a closure
	Global                  // global(pkg.V): a package variable
	Context                 // ctx(K): the value under a context key
	This                    // this(pkg.T): an object of type T, no matter which; only linking makes it
)

// StepKind is one way from a value to a part of it.
type StepKind uint8

// The steps of a path.
const (
	FieldStep  StepKind = iota // .Name
	ElemStep                   // [] [1] : an element of a slice, array, map or channel
	ResultStep                 // .r0 : result of a call
	ColumnStep                 // .col(0), .col(org_id): column of a row of a statement
	PseudoStep                 // .!some .!err .!scan .!count .!rows: see Result
)

// Step is one step of a path.
type Step struct {
	Kind  StepKind
	Name  string // field, pseudo result, or column by name
	Index int    // result; column by position (Name is ""); of an element, what tells it from others of the list in the same function, 0 if nothing need
}

// Path is a root and the steps from it.
type Path struct {
	Root  RootKind
	Index int    // Param
	Name  string // Free, Global, Context (the key's canonical text), This
	Steps []Step
}

// Result is a part of what call Call gave. The first step of a function call's
// result is a ResultStep. A statement (`runs`) has instead
//
//	.col(k)  column k of a row it returned, by select-list position or name
//	.!some   true iff there was a row: rows.Next(), RowsAffected() > 0
//	.!scan   an error that is nil only if a row was read (Row.Scan)
//	.!err    an error that is nil if the statement ran (Exec, Query, rows.Err)
//	.!count  the number of rows affected
//	.!rows   the handle itself
type Result struct {
	Call  int
	Steps []Step
}

// OriginKind is where a value comes from when it comes from nowhere in the code.
type OriginKind uint8

// The origins. Request carries where in the request, Unknown carries why.
const (
	Tenant OriginKind = iota
	Principal
	Request // request(group, name): group is body, path, query, header, cookie, form, message, argument
	Zero    // the zero value of its type, nil included
	Fresh   // made by the program: uuid.New, time.Now, a generated secret
	Config  // environment, flags, configuration files
	Unknown // unknown(reason)
)

// Origin is a value by its origin.
type Origin struct {
	Kind  OriginKind
	Group string // Request
	Name  string // Request: name in the group, "" for all of it, see [NameBy]; Unknown: the reason
	Steps []Step // parts of it: request(body, "").OrgID
}

// ConstKind is the kind of a constant.
type ConstKind uint8

// The kinds of constants. Zero constants ("", 0, false, nil) are Origin Zero,
// except where text matters: an empty string in a Concat.
const (
	Text ConstKind = iota
	Number
	Bool
)

// Const is a constant; Text is its value without quotes.
type Const struct {
	Kind ConstKind
	Text string
}

// Struct is a struct value (or a pointer to one) with known fields; Type is
// "pkg.T" or "" if unnamed. Fields that are not listed are zero, unless Base is
// set: then they are those of Base.
type Struct struct {
	Type   string
	Base   Term
	Fields []Field // sorted by name
}

// Field is a named part.
type Field struct {
	Name string
	Term Term
}

// List is a slice or array. Open: any number of any of the elements (appended
// in a loop); otherwise exactly these in this order.
type List struct {
	Elems []Term
	Open  bool
}

// Func is a function value: a declared function, a closure with what it
// captured (by the name of the captured variable), or a bound method, whose
// receiver is bound as "p0".
type Func struct {
	Symbol string
	Bind   []Field // sorted by name
}

// Concat is a text made of pieces in order.
type Concat struct{ Parts []Term }

// Test is a boolean that is true iff the fact holds.
type Test struct{ Fact Fact }

// Join is a value that may be any of several: two or more terms, sorted by
// text, no two equal, none a Join.
type Join struct{ Terms []Term }

func (*Path) term()   {}
func (*Result) term() {}
func (*Origin) term() {}
func (*Const) term()  {}
func (*Struct) term() {}
func (*List) term()   {}
func (*Func) term()   {}
func (*Concat) term() {}
func (*Test) term()   {}
func (*Join) term()   {}

// FactOp is the kind of a fact.
type FactOp uint8

// The facts. Those on results of calls say how a call ended: nil(#2.r1),
// true(#1.r0), positive(#3.!count).
const (
	Eq       FactOp = iota // A equals B
	Ne                     // A differs from B
	In                     // A is an element of B
	NonZero                // A is not zero, empty or nil
	IsZero                 // A is zero, empty or nil
	Nil                    // A (an error or a pointer) is nil
	NotNil                 // A is not nil
	True                   // A is true
	False                  // A is false
	Positive               // A > 0
	Null                   // A is nil of a type that has a NULL: a driver sends it as NULL
	Met                    // A, of a row, equals something that is not understood
	Ran                    // operation A was run since the function began; stands only before an implication
	Checked                // a function whose name is B, which may decide access, was handed A and said yes
	Implies                // if the test A holds, the test B does: what a branch checked, after it has met the other
	Left                   // the test B, which speaks of A that a loop had in hand, holds of it wherever it is spoken of behind the loop
	Every                  // the test B, which speaks of the element A of a list, holds of each of them: what a loop checked that ran to its end
)

// Fact is a condition that holds where it is listed. B is nil except for Eq, Ne, In,
// Implies, Every, Left and Checked, which link derives and no unit holds.
type Fact struct {
	Op   FactOp
	A, B Term
}
