// Package schema replays migrations and schema files into a diagram: tables,
// columns, keys. It holds no opinion about tenants.
//
// In go the texts of the files of one database, in their order (package discover
// finds them); out comes a [Diagram], and a [Problem] for each statement that could
// not be read. A problem loses nothing but its own statement.
//
// Invariants: the same files give the same diagram; every table, column and key
// stands at the line that defines it; a name in one place is the same object in
// all places, whatever was renamed between. Of a file only what its tool runs on
// the way up counts.
//
// It cannot see data, what functions do when a migration calls them, DO blocks
// that build definitions as text (a problem says so), templates that choose
// between definitions (both are taken), and dialects other than PostgreSQL's, MySQL's
// and SQLite's.
// Asking a running server would see all that, and would need one.
package schema

import "github.com/tenantvet/tenantvet/analyzer/internal/sqltree"

// Position is a place in a schema file, relative to the module's root.
type Position struct {
	File string
	Line int
}

// Diagram is what the files of one database say, as plain data: it can be kept,
// compared and printed, and holds no opinion about tenants.
type Diagram struct {
	Name       string // where it came from: a sqlc entry or a migration directory, relative to the module's root
	Dialect    sqltree.Dialect
	Tables     []*Table
	Views      []*View
	Functions  []*Function
	Triggers   []*Trigger
	Rules      []*Rule
	Roles      []*Role
	Grants     []*Grant
	Defaults   []*Default // what sessions begin with, of the variables of the program's own
	Files      []string   // the files that were read, in order
	Packages   []string   // directories of the Go packages bound to this database, relative to the root; empty: every package that no other diagram names
	Notes      []Note     // what a person should know of the choice of files
	Problems   []Problem
	Domains    []*Domain
	Casts      []string // the functions that casts call
	Statements int      // how many statements were replayed, problems not among them
}

// Speaks is the dialect of a diagram; PostgreSQL's where there is no diagram.
func (d *Diagram) Speaks() sqltree.Dialect {
	if d == nil {
		return sqltree.Postgres
	}
	return d.Dialect
}

// Placeholder is how the first value of a statement is written in the dialect of a diagram: $1,
// or ? where they have no numbers.
func (d *Diagram) Placeholder() string {
	if d.Speaks() == sqltree.Postgres {
		return "$1"
	}
	return "?"
}

// Problem is a statement or file that could not be read, or could not have run.
// What it would have changed is missing from the diagram, and [Hides] says of which
// tables; everything else is there.
type Problem struct {
	Position
	Message string
	Hides
}

// Note is what a person should know: nothing is lost, but something may have been
// meant otherwise. Without a file there is no one to blame.
type Note struct {
	Position
	Message string
}

// Table is a table as the migrations leave it, at the line that first defined it.
type Table struct {
	Position
	Schema      string // "" or "public" are the same: always ""
	Name        string
	Columns     []*Column
	Keys        []*Key
	ForeignKeys []*ForeignKey
	Checks      []*Check
	PartitionOf string // the parent table, "" if none
	Inherits    []string
	Copies      []string // the tables that LIKE or AS made it from
	Security    Security
	OwnedBy     string // the role that OWNER TO names, "" if none does
	Indexes     []*Index
	PartitionBy string // the expressions by which its rows are parted, "" if there are none
}

// Index is an index over expressions, or of some rows: what the server evaluates when it
// stores a row.
type Index struct{ Name, Text string }

// Domain is a domain; Text is what is evaluated of it, checks and a default.
type Domain struct{ Name, Text string }

// Column is a column, with what decides about keys and tenants, and no more.
type Column struct {
	Position
	Name      string
	Type      string // normalised: "uuid", "text", "bigint", …
	NotNull   bool
	Default   string // the expression's text, "" if none
	Identity  bool   // identity, serial or auto-increment
	Generated bool
	Computed  string // the expression of a generated column
	Domain    string // the domain that it is of, "" if it is of none
}

// Key is a primary key, unique constraint or unique index. Which of them are
// unique over all tenants, the catalogue decides.
type Key struct {
	Position
	Name             string
	Columns          []string // plain columns only; a key over an expression has Expressions set
	Expressions      bool
	Primary          bool
	Where            string // predicate of a partial index, "" if none
	NullsNotDistinct bool
}

// Check is a CHECK constraint, or an exclusion: what is evaluated, and of which columns it
// says that they are not zero.
type Check struct {
	Name     string
	Text     string
	NonZero  []string
	NotValid bool
}

// ForeignKey is a declared foreign key. References are by name: the table may be
// in no file.
type ForeignKey struct {
	Position
	Name       string
	Columns    []string
	RefSchema  string
	RefTable   string
	RefColumns []string // resolved to the primary key where the DDL names none
	OnDelete   sqltree.Action
	OnUpdate   sqltree.Action
	MatchFull  bool
	NotValid   bool
}

// View is a view; Query is its text, for sqltree. Columns are those that the
// statement names, none where the query names them.
type View struct {
	Position
	Schema       string
	Name         string
	Columns      []string
	Query        string
	Materialized bool
	Invoker      bool   // who asks is who is held by the policies of its tables, not who made it
	OwnedBy      string // the role that OWNER TO names, "" if none does
}

// Function is a function or procedure with its body, which only the proof reads.
type Function struct {
	Position
	Schema   string
	Name     string
	Was      []string // the names that it had before, under which expressions call it
	Language string   // "sql", "plpgsql", …
	Args     []string // argument names, "" where unnamed
	Body     string
	Definer  bool   // SECURITY DEFINER
	OwnedBy  string // the role that OWNER TO names, "" if none does
	// FixedPath tells that it sets its own search_path.
	FixedPath bool
	// Sets are the variables that it sets for itself while it runs.
	Sets    []string
	Trigger bool // RETURNS trigger
	// Aggregate tells that the function is an aggregate; its Body lists the functions
	// that it is made of.
	Aggregate bool
	sqltree.Signature
}

// Trigger binds a trigger function to a table and says when it runs.
type Trigger struct {
	Position
	Name     string
	Table    string
	Function string
	Before   bool
	Events   []string // "INSERT", "UPDATE", "DELETE", "TRUNCATE"
	// NewTable and OldTable are the names under which a body sees the written rows.
	NewTable, OldTable string
	When               string // "" if it runs for each
}

// Rule says that a statement on a table runs others besides, or instead.
type Rule struct {
	Position
	Name  string
	Table string
	Event string // "SELECT", "INSERT", "UPDATE" or "DELETE"
}
