// Package sqltree is the one tree that SQL text and builder calls both become.
//
// In goes the text of one statement (or, later, the clauses of a builder); out
// comes a Statement whose nodes carry byte offsets into that text. Package sqlparse
// parses, sqlprint prints, and sqltext cuts a script into statements before. The tree keeps what decides who sees or touches
// a row, and folds the rest of a dialect into [Other] nodes that keep their
// operands, so that a walk still meets every sub-select and every column.
//
// A hole is a bind value: `$1`, `?`, `@name`. Identifiers are folded as the
// dialect folds them (PostgreSQL: unquoted to lower case), so that names
// compare with ==. A utility is a statement that is no query and no write; the
// statement that it wraps (EXPLAIN, DECLARE, CREATE TABLE AS …) is its inner one.
//
// Invariants: every sub-statement of the text is reachable by [Walk]; what the
// tree cannot express makes parsing fail, it is never dropped; what sqlprint
// writes parses to an equal tree, but for positions and the names of holes.
//
// It cannot see types, and it knows no catalogue and no scopes: a [Column] is a
// name, and a [Table] may be a CTE. It does not look into bodies of functions
// that are strings. A table or column with the name of its database before it is refused, too.
//
// Why not the grammar's own tree: it is of one dialect, young, without builders,
// and keeps a fact in many forms (a row, a list, an operator without a name).
// Why not a tree of tokens: the proof asks about conditions, not about text.
package sqltree

// Pos is a byte offset into the text of the statement; NoPos where unknown.
type Pos int

// NoPos is the position of a node that stands in no text.
const NoPos Pos = -1

// Node is anything that stands in a statement.
type Node interface{ At() Pos }

// Statement is *Query, *Insert, *Update, *Delete, *Merge, *Truncate, *Copy,
// *CallProc or *Utility.
type Statement interface {
	Node
	statement()
}

// Query is a SELECT, VALUES or set operation with what surrounds it.
type Query struct {
	Pos      Pos
	With     *With
	Body     Body
	OrderBy  []Order
	Limit    Expr
	Offset   Expr
	WithTies bool
	Lock     bool // FOR UPDATE, FOR SHARE …
	Locks    []Lock
}

// Lock is one locking clause; For is "UPDATE", "NO KEY UPDATE", "SHARE" or
// "KEY SHARE", Of the aliases it names (none: all), Wait "NOWAIT", "SKIP
// LOCKED" or "".
type Lock struct {
	For  string
	Of   []string
	Wait string
}

// Body is *Select, *SetOp or *Values.
type Body interface {
	Node
	body()
}

// Select is one SELECT block.
type Select struct {
	Pos        Pos
	Distinct   bool
	DistinctOn []Expr
	Items      []Item
	From       []From // comma list; an inner join without condition
	Where      Expr   // nil if absent
	GroupBy    []Grouping
	GroupSet   bool // GROUP BY DISTINCT
	Having     Expr
	Windows    []Window // the WINDOW clause
}

// Item is one element of a select list or of RETURNING.
type Item struct {
	Expr  Expr // a *Star for `*` and `t.*`
	Alias string
}

// Grouping is one element of GROUP BY: a plain expression (Kind GroupExpr, one
// Expr, no Sets), or ROLLUP, CUBE, GROUPING SETS over Sets.
type Grouping struct {
	Kind GroupKind
	Expr Expr
	Sets []Grouping // GroupRow: the expressions of one parenthesised set
}

// GroupKind tells the elements of GROUP BY apart.
type GroupKind uint8

// The kinds of grouping. GroupRow is a parenthesised list, also the empty one.
const (
	GroupExpr GroupKind = iota
	GroupRow
	GroupRollup
	GroupCube
	GroupSets
)

// SetOp is UNION, INTERSECT or EXCEPT.
type SetOp struct {
	Pos         Pos
	Op          string // "UNION", "INTERSECT", "EXCEPT"
	All         bool
	Left, Right *Query
}

// Values is a VALUES list.
type Values struct {
	Pos  Pos
	Rows [][]Expr
}

// Order is one element of ORDER BY.
type Order struct {
	Expr  Expr
	Desc  bool
	Using string // the operator of ORDER BY … USING
	Nulls string // "FIRST", "LAST" or ""
}

// With is a WITH clause.
type With struct {
	Recursive bool
	CTEs      []*CTE
}

// CTE is one common table expression; Body is any statement.
type CTE struct {
	Pos          Pos
	Name         string
	Columns      []string
	Materialized string // "MATERIALIZED", "NOT MATERIALIZED" or ""
	Body         Statement
	Search       *Search
	Cycle        *Cycle
}

// Search is the SEARCH clause of a recursive CTE: it adds the column Set.
type Search struct {
	Breadth bool
	By      []string
	Set     string
}

// Cycle is the CYCLE clause of a recursive CTE: it adds Mark and Path.
type Cycle struct {
	Columns []string
	Mark    string
	To      Expr
	Default Expr
	Path    string
}

// Insert is INSERT. Source is nil for DEFAULT VALUES. A DEFAULT in VALUES is a
// [Default] expression.
type Insert struct {
	Pos       Pos
	With      *With
	Target    *Table
	Columns   []string // empty: all columns in order
	Paths     []Expr   // parallel to Columns where one has subscripts or fields, else nil
	Override  string   // "USER", "SYSTEM" or ""
	Source    *Query
	Conflict  *Conflict
	Returning []Item
	OldNew    OldNew
	Replace   bool // MySQL's REPLACE
}

// OldNew holds the names that RETURNING WITH (OLD AS o, NEW AS n) gives to the
// row before and after the write. Without it they are named old and new, and
// may stand in RETURNING as tables.
type OldNew struct{ Old, New string }

// Conflict is ON CONFLICT (or ON DUPLICATE KEY, with no target). In Set and
// SetWhere the table excluded holds the row that was to be inserted.
type Conflict struct {
	Pos        Pos
	Columns    []string // the plain columns of the target
	Exprs      []Expr   // index expressions of the target that are no plain column
	Constraint string
	Where      Expr // predicate of a partial index
	DoUpdate   bool
	Set        []Assign
	SetWhere   Expr // WHERE of DO UPDATE
}

// Anything reports whether a conflict names no key: any of the table's counts.
func (c *Conflict) Anything() bool {
	return len(c.Columns) == 0 && len(c.Exprs) == 0 && c.Constraint == ""
}

// Assign is one assignment; several columns take a row or a sub-select.
type Assign struct {
	Pos     Pos
	Columns []string
	Paths   []Expr // parallel to Columns where one has subscripts or fields, else nil
	Multi   bool   // written (a, b) = …, also with one column
	Value   Expr
}

// Update is UPDATE … SET … FROM … WHERE. Under a Cursor there is no Where: the
// row is the one that the cursor has fetched.
type Update struct {
	Pos       Pos
	With      *With
	Target    *Table
	Set       []Assign
	From      []From
	Where     Expr
	Returning []Item
	OldNew    OldNew
	OrderBy   []Order // MySQL, SQLite
	Limit     Expr
	Cursor    string // WHERE CURRENT OF
}

// Delete is DELETE … USING … WHERE.
type Delete struct {
	Pos       Pos
	With      *With
	Target    *Table
	Using     []From
	Where     Expr
	Returning []Item
	OldNew    OldNew
	OrderBy   []Order
	Limit     Expr
	Cursor    string
}

// Merge is MERGE INTO … USING … ON … WHEN.
type Merge struct {
	Pos       Pos
	With      *With
	Target    *Table
	Source    From
	On        Expr
	Whens     []MergeWhen
	Returning []Item
	OldNew    OldNew
}

// MergeMatch tells which rows a WHEN arm sees.
type MergeMatch uint8

// The matches of a WHEN arm.
const (
	Matched            MergeMatch = iota
	NotMatched                    // by target: the arm may insert
	NotMatchedBySource            // the arm sees target rows that nothing matches
)

// MergeWhen is one WHEN arm. Action is "UPDATE", "DELETE", "INSERT" or "NOTHING".
type MergeWhen struct {
	Pos      Pos
	Match    MergeMatch
	Cond     Expr
	Action   string
	Set      []Assign
	Columns  []string
	Paths    []Expr // as in Insert
	Override string
	Values   []Expr // empty for INSERT DEFAULT VALUES
}

// Truncate is TRUNCATE.
type Truncate struct {
	Pos     Pos
	Tables  []*Table
	Restart bool // RESTART IDENTITY
	Cascade bool
}

// Copy is COPY; Query is set for COPY (query) TO.
type Copy struct {
	Pos     Pos
	Table   *Table
	Columns []string
	Query   Statement
	From    bool // COPY … FROM
	Program bool
	File    string // "" for STDIN and STDOUT
	Options string // what stands in WITH (…)
	Where   Expr
}

// CallProc is CALL f(…), or DO (Call nil and Body the block's text).
type CallProc struct {
	Pos      Pos
	Call     *Call
	Body     string
	Language string // of DO, "" if not said
}

// Utility is a statement that reads and writes no table row by itself: SET,
// BEGIN, LOCK, NOTIFY, LISTEN, VACUUM, DDL … Inner is the statement of EXPLAIN,
// DECLARE CURSOR, PREPARE, CREATE TABLE AS and CREATE VIEW. Kind is its leading
// words, such as "SET", "CREATE TABLE AS", "ALTER TABLE".
//
// Its text is Head, or Head, Inner, Tail; for EXECUTE Head, the list Args, Tail.
// Otherwise Args and Bodies hold the expressions and statements that stand in it
// (defaults, checks, policies, bodies in SQL), for walks only: text has them.
type Utility struct {
	Pos    Pos
	Kind   string
	Tables []*Table
	// Removes tells that the statement drops its Tables, or columns or partitions of
	// them, with all that is stored there.
	Removes bool
	Inner   Statement
	Args    []Expr
	Bodies  []Statement
	Head    string
	Tail    string
}

// From is *Table, *Derived, *FuncTable or *Join.
type From interface {
	Node
	from()
}

// Table is a table, view or CTE under an alias. Which of them is a matter of
// scope: the name of a CTE that is in force hides a table without schema.
type Table struct {
	Pos     Pos
	Schema  string
	Name    string
	Alias   string   // "" if none
	Columns []string // column aliases
	Only    bool
	Sample  *Sample
}

// Sample is TABLESAMPLE method (args…) REPEATABLE (seed).
type Sample struct {
	Method string
	Args   []Expr
	Seed   Expr
}

// Derived is a sub-select in FROM.
type Derived struct {
	Pos     Pos
	Lateral bool
	Query   *Query
	Alias   string
	Columns []string
}

// FuncTable is a function in FROM, ROWS FROM(…) if there are several, such as
// unnest($1, $2). XMLTABLE and JSON_TABLE are an [Other] here, whose columns
// stand in its text.
type FuncTable struct {
	Pos        Pos
	Lateral    bool
	Calls      []Expr
	Alias      string
	Columns    []string
	Types      []string // parallel to Columns where they are defined with types, else nil
	Ordinality bool
}

// JoinKind is the kind of a join.
type JoinKind uint8

// The kinds of join. A cross join is an inner join without condition.
const (
	Inner JoinKind = iota
	Left
	Right
	Full
)

// Join is a join of two items. On is nil for CROSS, NATURAL and USING. Under an
// Alias the names inside are hidden.
type Join struct {
	Pos         Pos
	Kind        JoinKind
	Natural     bool
	Using       []string
	Left, Right From
	On          Expr
	Alias       string // (a JOIN b) AS alias
	Columns     []string
	UsingAlias  string // USING (…) AS alias
}
