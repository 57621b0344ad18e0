package bind

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A Query is a SELECT, VALUES, set operation or data-modifying CTE with its
// names resolved. Exactly one of block, op, values, write, loop is set.
type Query struct {
	Node    *sqltree.Query // nil for a write
	Env     *Env           // resolves ORDER BY, LIMIT
	CTEs    *CTEs          // what the query's own WITH defines, then what was defined around it
	Block   *Block
	Op      *SetOp
	Values  [][]sqltree.Expr
	Write   *Write
	Loop    *Loop
	Func    *sqltree.FuncTable // of an item of FROM that is a function
	Tuple   *formula.Tuple     // the row that the query gives
	Outputs []Output
	Open    bool          // the outputs are not known
	Shared  bool          // a second reference to one data-modifying CTE: its rows are strangers to the first's
	Rows    *formula.Conj // memo of [read.Reader.RowFormula]
}

// An Output is one column that a query gives. Its term is a column or hole of
// the query's own block, NoTerm if it is computed.
type Output struct {
	Name string
	Term formula.TermID
	Expr sqltree.Expr
}

// A Block is one SELECT, or the FROM and WHERE of a write.
type Block struct {
	Node  *sqltree.Select // nil for a write
	Env   *Env
	From  *Source
	Where sqltree.Expr
	Items []sqltree.Item
	Extra *formula.Conj // elements of arrays that the select list unnests

	aggregates map[string]bool // those that the schema defines
}

// A SetOp is UNION, INTERSECT or EXCEPT.
type SetOp struct {
	Op          string
	Left, Right *Query
}

// A CTE is a common table expression as it was defined. Every reference
// binds a copy of its body, as if it had been written in its place; the body of
// a data-modifying one is bound once.
type CTE struct {
	Node  *sqltree.CTE
	Outer *Scope
	CTEs  *CTEs
	uses  int
	Write *Query // bound, if data-modifying
	self  *Query // the recursive query whose step is being bound
}

// A CTEs is the chain of CTEs that are visible, the nearest first.
type CTEs struct {
	Def  *CTE
	Next *CTEs
}

// An Insertion is an INSERT: the new row, and where its values come from.
type Insertion struct {
	Stmt    *sqltree.Insert
	Columns []string
	Source  *Query
	Row     *formula.Tuple // the new row, "excluded" in ON CONFLICT
	Rows    *formula.Conj  // what RETURNING's row implies
	Values  *formula.Conj  // what is known of the new row
}

// MergedLinks equates the USING columns of a FULL JOIN with those of one side.
// They hold for the rows that a row of the side is part of, and, since rows that
// match have equal ones, for those that it takes the place of.
func (s *Source) MergedLinks(left bool) *formula.Conj {
	out := &formula.Conj{}
	for _, m := range s.full {
		side := m.sides.B
		if left {
			side = m.sides.A
		}
		out.Atoms = append(out.Atoms, formula.Atom{Kind: formula.EqAtom, A: m.term, B: side, Weak: true})
	}
	return out
}

// A Loop is a recursive query: its rows come from base, or from step applied to
// rows that it gave before.
//
// What holds for every row is shown by induction. A column that the step copies
// unchanged has in every row a value that base gave. Columns that base and step
// take from rows of one table, the step from another row of it each time, are
// those of some row of that table; and that row is the tenant's if base's is
// and if, given that the row before is, the step's is.
type Loop struct {
	Def   *CTE
	Body  *sqltree.Query
	Op    *sqltree.SetOp
	Base  *Query
	Step  *Query
	Prior *Query // the rows that the step refers to; nil unless exactly once
	many  bool   // the step refers to them more than once
}

// A Merging is a MERGE: the source, and the arms.
type Merging struct {
	Stmt   *sqltree.Merge
	Source *Source
	En     *Env // sees target and source
}

// A Scope is what names mean inside one block: its FROM, then the blocks
// around it.
type Scope struct {
	Parent *Scope
	From   *Source // nil if the block has no FROM
	// Values are names without a relation: arguments of a function.
	Values map[string]formula.TermID
}

// A Source is a node of the FROM tree: a leaf, or a join of two sources.
type Source struct {
	Kind        sqltree.JoinKind
	Left, Right *Source
	On          sqltree.Expr
	join        *sqltree.Join // nil for a comma and a leaf
	Using       []pair        // equalities of USING and NATURAL
	merged      map[string]formula.TermID
	names       []string       // of the merged columns, in the order of `*`
	alias       string         // (a JOIN b) AS alias hides what is inside
	renamed     bool           // the alias renames columns: no name inside is trusted
	Swapped     bool           // a RIGHT JOIN, turned round
	row         *formula.Tuple // of a FULL JOIN with USING: the row of its merged columns
	full        []mergedColumn
	Leaf        *Leaf
	Env         *Env // where ON is resolved
}

// A pair is two terms that a USING column makes equal.
type pair struct{ A, B formula.TermID }

// A mergedColumn is a USING column of a FULL JOIN, and what it has merged.
type mergedColumn struct {
	term  formula.TermID
	sides pair
}

// A Leaf is one item of FROM.
type Leaf struct {
	Alias   string
	schema  string // of the table, if no alias hides it
	Tuple   *formula.Tuple
	Columns []string // in order; empty and open if unknown
	open    bool     // the item may have columns that nothing lists
	Sub     *Query   // derived table, CTE or view
	Func    *sqltree.FuncTable
	Facts   *formula.Conj // what holds for every row of the item by itself
	lateral bool
}

// An Env resolves the names and sub-selects of the expressions of one block.
type Env struct {
	Scope *Scope
	CTEs  *CTEs
	subs  map[*sqltree.Query]*Query
	Facts map[sqltree.Expr]*formula.Conj
	// False, null and whens are memos of the same kind: what follows where a
	// condition is false, or NULL, and the comparisons that CASE x WHEN y makes.
	False map[sqltree.Expr]*formula.Conj
	Null  map[sqltree.Expr]*formula.Conj
	Whens map[sqltree.Expr]*sqltree.Binary
}

// A Write is INSERT, UPDATE, DELETE or MERGE with its names resolved. block is
// its FROM (the target and what is joined to it) and WHERE; for an INSERT its
// FROM is the row that was inserted, as RETURNING sees it.
type Write struct {
	Stmt      sqltree.Statement
	With      *sqltree.With
	CTEs      *CTEs
	Block     *Block
	Target    *Leaf
	Table     *catalogue.Table // nil if unknown
	Returning []sqltree.Item
	Set       []sqltree.Assign
	Insert    *Insertion
	Merge     *Merging
	Given     *formula.Conj // what is known where the write stands: in a body, of its arguments
}
