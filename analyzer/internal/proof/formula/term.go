package formula

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// Uncast takes off casts.
func Uncast(e sqltree.Expr) sqltree.Expr {
	for {
		c, ok := e.(*sqltree.Cast)
		if !ok {
			return e
		}
		e = c.X
	}
}

// MaxDepth bounds the nesting of judged queries.
const MaxDepth = 60

// A Tuple is a row variable: an occurrence of a relation in FROM, the row that
// a query gives, or a row that a statement writes. Every copy of an inlined CTE
// or view has tuples of its own, so that two references never share a row.
type Tuple struct {
	ID    int
	Name  string           // alias, for people
	Table *catalogue.Table // nil if it is no row of a known table
	At    sqltree.Node
	Via   sqltree.Node // the view through which the table is seen, nil otherwise
	// Nullable: an outer join may extend the row with NULLs, so that NOT NULL
	// columns of the table say nothing.
	Nullable bool
	// Written: a row that the statement changes or makes: no sharing excuses those.
	// steady: of those, one that stays whose it is.
	Written, Steady bool
	// Fresh: a row that the statement makes. Its owner is what is stored in it.
	Fresh bool
	// Met: the row that ON CONFLICT finds. Holding a secret of it is no excuse to
	// overwrite it.
	Met bool
	// Asked: the statement itself reads or writes the row, so that the policies of its
	// table are asked for it. What a foreign key does to rows, and what a view or a
	// routine sees as its owner, they are not asked for.
	Asked bool
	// Proved holds, for the row of a recursive query, what ties it by induction.
	Proved []premise.Alternative
}

// TermID names a term of the statement; NoTerm says that an expression is none.
type TermID int32

const NoTerm TermID = -1

// termKind tells the terms apart.
type termKind uint8

const (
	ColumnTerm   termKind = iota // a column of a tuple
	HoleTerm                     // a bind value
	ConstTerm                    // a literal, by its text
	ComputedTerm                 // an expression over bind values and literals only
)

// A Term is what equalities speak of.
type Term struct {
	Kind   termKind
	Tuple  *Tuple
	Column string
	Hole   int
	Text   string
	Given  bool // of a computed one: it is as hard to guess as a bind value
}

// termKey is the identity of a term.
type termKey struct {
	kind  termKind
	tuple int
	text  string
}

// A Store holds the terms and row variables of one statement.
type Store struct {
	Terms  []Term
	index  map[termKey]TermID
	Tuples []*Tuple
}

// NewStore is an empty store.
func NewStore() *Store { return &Store{index: map[termKey]TermID{}} }

// NewTuple makes a row variable.
func (p *Store) NewTuple(name string, table *catalogue.Table, at sqltree.Node) *Tuple {
	t := &Tuple{ID: len(p.Tuples), Name: name, Table: table, At: at}
	p.Tuples = append(p.Tuples, t)
	return t
}

// intern gives equal terms one number.
func (p *Store) intern(key termKey, t Term) TermID {
	if id, ok := p.index[key]; ok {
		return id
	}
	id := TermID(len(p.Terms))
	p.index[key] = id
	p.Terms = append(p.Terms, t)
	return id
}

// ColumnOf is the term of a row's column.
func (p *Store) ColumnOf(t *Tuple, column string) TermID {
	return p.intern(termKey{ColumnTerm, t.ID, column}, Term{Kind: ColumnTerm, Tuple: t, Column: column})
}

// Known is columnOf without making the term: NoTerm if no predicate speaks of it.
func (p *Store) Known(t *Tuple, column string) TermID {
	if id, ok := p.index[termKey{ColumnTerm, t.ID, column}]; ok {
		return id
	}
	return NoTerm
}

// HoleOf is the term of a bind value.
func (p *Store) HoleOf(number int) TermID {
	return p.intern(termKey{HoleTerm, number, ""}, Term{Kind: HoleTerm, Hole: number})
}

// ConstOf is the term of a literal: equal texts are equal values.
func (p *Store) ConstOf(text string) TermID {
	return p.intern(termKey{ConstTerm, 0, text}, Term{Kind: ConstTerm, Text: text})
}

// Computed makes a term for one occurrence of an expression; no two are equal. Of one
// that is given, only who knows the bind values knows the value.
func (p *Store) Computed(given bool) TermID {
	n := len(p.Terms)
	return p.intern(termKey{ComputedTerm, n, ""}, Term{Kind: ComputedTerm, Given: given})
}

// ColumnNotNull reports whether the schema forbids NULL in a column.
func ColumnNotNull(t *catalogue.Table, name string) bool {
	for _, c := range t.Columns {
		if c.Name == name {
			return c.NotNull
		}
	}
	return false
}

// Qualified is a table's name as people and needs write it.
func Qualified(t *catalogue.Table) string {
	if t.Schema == "" {
		return t.Name
	}
	return t.Schema + "." + t.Name
}

// IsOwned reports whether the rows of a table belong to tenants.
func IsOwned(t *catalogue.Table) bool { return t != nil && t.Tenancy != catalogue.Shared }
