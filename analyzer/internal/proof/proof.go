// Package proof proves, relation by relation, that a statement stays inside a
// tenant: it shows how each relation of an owned table is tied to a bind value
// that must be the tenant, or names the gap.
//
// In go a statement and a catalogue; out comes a [Result]. It knows no Go, no
// SSA and no files. What "tied" guarantees ("as if alone") and the rules that
// may conclude it stand in docs/proof.md.
//
// Terms. A block is a SELECT, or the FROM and WHERE of a write. A tuple is a
// row variable: an occurrence of a relation, the row that a query gives, a row
// that a write stores. A formula (conj) is what must hold for a tuple's row to
// matter: a conjunction of atoms over columns and bind values, and of
// disjunctions. A layer is an item of FROM with its formula: the sides of an
// outer join have different ones. An alternative is one way to tie: what bind
// values must be, and what is assumed of the data.
//
// How. Names are resolved and every view, derived table and reference to a CTE
// becomes a block of its own, in its place (bind, scope, from, cte, view). From
// conditions come formulas (facts, equal, member, emptiness); what a row of a
// query implies is handed outwards (rows), what an outer filter may assume
// inside is handed inwards where it may be pushed (push, layer, judge). Then the
// rules conclude who owns a row, arm by arm (rules, edges, solve).
//
// Invariants. A formula is always a necessary condition, so that losing a part
// of it only loses proofs; every bound weakens, and is named in Result.Capped.
// An equality holds in its layer only. A relation is tied only if every copy of
// it is, in every arm.
//
// What it cannot see. Types beyond the declared ones, values of data, order and
// LIMIT as filters, arithmetic, ranges, operators that are not equality, JSON.
// A tenant that a session variable holds. Control flow in bodies of functions:
// each statement counts as run. Errors that a foreign row may raise. The cases
// that hold and are not seen are pinned in testdata/proof/limits.txtar.
//
// Why not search the text for the tenant column: a predicate in an arm of an OR,
// in ON of an outer join, behind DISTINCT ON or on another relation's column is
// there, and ties nothing. Why not one demand per statement: `id = $1 AND
// org_id = $2` is fine if either holds, and callers differ in which.
package proof

import (
	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// NeedKind is what a bind value must be.
type NeedKind uint8

// The needs of a proof. Linking adds none of its own.
const (
	Tenant    NeedKind = iota // the value is the caller's tenant
	Principal                 // the value is the authenticated user
	Key                       // the value is a key of a row of Table that is the tenant's
	NonZero                   // the value is not NULL, empty or zero
	Zero                      // the value is NULL, empty or zero
)

// Need is a demand on one hole.
type Need struct {
	Kind   NeedKind
	Hole   int    // number of the hole, from 1
	Table  string // Key: the table whose key it is (schema-qualified unless default)
	Column string // Key: the key column; Tenant: the column that the hole is compared with
	// Element tells that the hole is an array whose every element must meet the need.
	Element bool
	// Second tells that the tenant of the second level is meant.
	Second bool
	// Null tells, with Zero, that only NULL will do.
	Null bool
}

// AssumptionKind is a class of facts about the data that a proof may rest on.
type AssumptionKind uint8

// The assumptions of proof.md.
const (
	Ref          AssumptionKind = iota // along Edge both rows have one tenant
	FixT                               // Table's tenant column never changes
	Uniq                               // Columns of Table are unique over all tenants
	NullShare                          // Table shares its rows with a NULL tenant (declared)
	TriggerFills                       // a trigger fills Table's tenant column
	PublicRows                         // Table is declared public
	Secret                             // Columns of Table hold secrets
)

// Assumption is one fact that the proof used and the schema does not enforce,
// or enforces (Hard).
type Assumption struct {
	Kind     AssumptionKind
	Table    string
	Columns  []string
	To       string // Ref: the table that the columns refer to
	Hard     bool   // the database enforces it
	Inferred bool   // rests on a name only: of an edge, or of a secret
}

// Excuse is why an alternative that ties nothing to the tenant is fine.
type Excuse string

// The excuses that SQL alone can give.
const (
	NoExcuse   Excuse = ""
	OwnRows    Excuse = "own rows"   // [user]
	Credential Excuse = "credential" // [secret]
	Public     Excuse = "public"
	NewTenant  Excuse = "new tenant" // INSERT into the tenants table
)

// Alternative is one way to tie; all of its needs must hold together.
// Alternatives are sorted, and no alternative contains another.
type Alternative struct {
	Needs   []Need
	Assumes []Assumption
	Cites   []sqltree.Expr // the predicates that it used, in source order
	Rules   []string       // the names of the rules, such as "col", "down"
	Excuse  Excuse
}

// Gap is why a relation is not tied.
type Gap struct {
	Reason  string       // a short stable name: "no predicate", "or arm", "outer join side", "sub-select not scoped", …
	Detail  string       // a phrase for people: "arm d.id = $2 of the CASE does not bind project_id"
	Partial bool         // the statement binds the tenant, but this relation or arm escapes
	At      sqltree.Node // the relation, arm or predicate that escapes
	Columns []string     // columns of the relation that the statement does compare with holes: what remains to tie by
}

// Relation is an occurrence of an owned, child, membership or root table.
type Relation struct {
	Table  *catalogue.Table
	Alias  string
	At     sqltree.Node
	Target bool // the relation is written
	// Grants tells that the statement gives a row of the relation to a tenant: it
	// inserts it, or sets what says whose it is.
	Grants       bool
	Alternatives []Alternative
	Gap          *Gap // non-nil iff Alternatives is empty
}

// Output is one column of the result: where its value comes from.
type Output struct {
	Name   string           // the column's name in the result
	Table  *catalogue.Table // nil if it is no plain column of a table
	Column string
	// Relation is the index into Result.Relations, -1 if the table is shared or unknown.
	Relation int
	// Source is the index into Shape.Sources of the row that the value is of, -1 if
	// it is of none of them: of what an outer join adds, or of a computed value.
	Source int
}

// Bound says that in every row of the result, or in every row that was written,
// a column of a relation equals a hole. A caller that has seen a row knows it.
type Bound struct {
	Relation int // index into Result.Relations
	Column   string
	Hole     int
}

// Result is what a proof says of one statement.
type Result struct {
	// Alternatives tie every relation together: the product of the relations'
	// alternatives, capped. Empty if there is a gap, and if Unproven is set.
	// One alternative without needs means: nothing to tie (Relations is empty)
	// or tied unconditionally.
	Alternatives []Alternative
	Relations    []Relation
	// Unproven is non-empty if the statement cannot be judged: "unknown table x",
	// "function body f", …; the relations seen so far are still listed.
	Unproven []string
	// Guessed tells that a table of the statement is taken for shared only because
	// another column was guessed to be the tenant's: nothing that is said of the
	// statement then is more than a guess.
	Guessed bool
	// Shape is what the statement asks and does, beside whose rows it touches.
	Shape   *Shape
	Outputs []Output
	Bounds  []Bound
	// Certain tells that a row in the result (or a changed row) implies the
	// statement's conditions: false for aggregates without GROUP BY and the like.
	Certain bool
	// Holds is the index of the output whose being true (EXISTS, count(…) > 0) or
	// greater than zero (count) implies Bounds, -1 if there is none.
	Holds int
	// Counts tells that the output Holds is a number: count(…) itself.
	Counts bool
	Write  bool
	// Writes are the references to owned rows that the statement stores from
	// bind values, or from a column that is no key of such a row (Need has no hole
	// then: nothing answers for it): the invariant Ref of those edges rests on them.
	Writes []Written
	// Notes are remarks that change no verdict.
	Notes []string
	// Capped names the bounds that were met; the result is weaker for each.
	Capped []string
}

// Written is a reference to an owned row that a write stores from a bind value.
type Written struct {
	Table  *catalogue.Table
	Column string
	Edge   *catalogue.Edge
	Need   Need // what the bind value must be for Ref to stand
	At     sqltree.Expr
}

// Prove judges one statement against the catalogue.
func Prove(stmt sqltree.Statement, cat *catalogue.Catalogue) *Result {
	p := newProver(cat)
	r := &Result{Holds: -1}
	p.statement(stmt, r)
	p.finish(r)
	r.Shape = p.shape(stmt, r)
	return r
}
