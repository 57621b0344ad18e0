package sqltree

// Expr is any value expression.
type Expr interface {
	Node
	expr()
}

// Column is a column reference, qualified or not. A name alone may also be an
// alias of FROM: its whole row as a value.
type Column struct {
	Pos    Pos
	Schema string
	Table  string // alias or table name, "" if unqualified
	Name   string
}

// Star is `*` or `t.*`.
type Star struct {
	Pos    Pos
	Schema string
	Table  string
}

// Hole is a bind value. Number counts from 1 ($1, or the first `?`); Name is
// set for named binds (@name, :name), and every name has one number.
type Hole struct {
	Pos    Pos
	Number int
	Name   string
	Null   bool // sqlc.narg: may be bound to NULL
	Slice  bool // sqlc.slice: a list of values in the place of one
}

// LiteralKind is the kind of a literal.
type LiteralKind uint8

// The kinds of literal.
const (
	Null LiteralKind = iota
	Bool
	Number
	String
	Bits // B'01' and X'1f'; Text begins with b or x
)

// Literal is a constant; Text is its value without quotes ("true", "12", "abc").
type Literal struct {
	Pos  Pos
	Kind LiteralKind
	Text string
}

// Default is DEFAULT in VALUES or SET.
type Default struct{ Pos Pos }

// Logic is an AND or OR of two or more arguments, flattened.
type Logic struct {
	Pos  Pos
	Or   bool
	Args []Expr
}

// Not is NOT x.
type Not struct {
	Pos Pos
	X   Expr
}

// Binary is an operator with two operands; Op is the operator ("=", "<>",
// "<", "+", "||", "~~" for LIKE, "@>", …). IS [NOT] DISTINCT FROM has Op
// "IS DISTINCT FROM" and "IS NOT DISTINCT FROM".
type Binary struct {
	Pos  Pos
	Op   string
	L, R Expr
}

// Unary is a prefix operator other than NOT.
type Unary struct {
	Pos Pos
	Op  string
	X   Expr
}

// IsNull is x IS [NOT] NULL.
type IsNull struct {
	Pos Pos
	X   Expr
	Not bool
}

// IsBool is x IS [NOT] TRUE, FALSE or UNKNOWN; Value is "TRUE", "FALSE", "UNKNOWN".
type IsBool struct {
	Pos   Pos
	X     Expr
	Value string
	Not   bool
}

// In is x [NOT] IN (list) or x [NOT] IN (query); exactly one of List, Query is set.
type In struct {
	Pos   Pos
	X     Expr
	Not   bool
	List  []Expr
	Query *Query
}

// Quantified is x op ANY/ALL (array) or (query); exactly one of Array, Query is set.
type Quantified struct {
	Pos   Pos
	X     Expr
	Op    string
	All   bool
	Array Expr
	Query *Query
}

// Exists is EXISTS (query).
type Exists struct {
	Pos   Pos
	Query *Query
}

// Subquery is a sub-select as a value; Array for ARRAY(query).
type Subquery struct {
	Pos   Pos
	Query *Query
	Array bool
}

// Case is CASE; Operand is nil for the searched form, Else nil for ELSE NULL.
type Case struct {
	Pos     Pos
	Operand Expr
	Whens   []When
	Else    Expr
}

// When is one arm of CASE.
type When struct{ Cond, Then Expr }

// Coalesce is COALESCE(args…).
type Coalesce struct {
	Pos  Pos
	Args []Expr
}

// Call is a function or aggregate call, with a window if Over is set.
type Call struct {
	Pos      Pos
	Schema   string
	Name     string
	Args     []Expr
	Star     bool // count(*)
	Distinct bool
	Filter   Expr
	OrderBy  []Order
	Over     *Window
	Variadic bool // the last argument is VARIADIC
	Within   bool // OrderBy stands in WITHIN GROUP
}

// Window is a window definition, or a reference to one by Name.
type Window struct {
	Name        string // in OVER: the referenced window; in WINDOW: the defined one
	Base        string // the window that it extends
	PartitionBy []Expr
	OrderBy     []Order
	Frame       []Expr   // bounds that are expressions
	FrameText   []string // the frame clause around them, len(Frame)+1; nil for the default
}

// Cast is x::type.
type Cast struct {
	Pos  Pos
	X    Expr
	Type string
}

// Row is (a, b, …) as a value.
type Row struct {
	Pos   Pos
	Items []Expr
}

// Array is ARRAY[a, b, …].
type Array struct {
	Pos   Pos
	Items []Expr
}

// Other is any expression that decides nothing by itself; Args are its operands,
// all of them. Kind names it ("BETWEEN", "subscript", "GREATEST", "XMLELEMENT", …)
// and Parts is the text around the operands, len(Args)+1.
type Other struct {
	Pos   Pos
	Kind  string
	Args  []Expr
	Parts []string
}

// BareQuery is the Kind of an [Other] whose operand is a query without parentheses
// of its own.
const BareQuery = "JSON_ARRAY of a query"
