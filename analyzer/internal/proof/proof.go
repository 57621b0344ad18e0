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
// that a write stores. A formula is what must hold for a tuple's row to
// matter: a conjunction of atoms over columns and bind values, and of
// disjunctions. A layer is an item of FROM with its formula: the sides of an
// outer join have different ones. An alternative is one way to tie: what bind
// values must be, and what is assumed of the data.
//
// How, by package from the bottom up. premise and formula are the values: what a
// proof demands, and what is known of rows. bind resolves names; every view, derived
// table and reference to a CTE becomes a block of its own, in its place. read makes
// formulas of conditions, hands what a row of a query implies outwards, and says what
// an outer filter may assume inside. rules conclude who owns a row, arm by arm. judge
// goes through the statement and has the ledger record each row of an owned table.
// This package makes the result of it, and the shape: what else a statement says of
// itself.
//
// Invariants. A formula is always a necessary condition, so that losing a part
// of it only loses proofs; every bound weakens, and is named in Result.Capped.
// An equality holds in its layer only. A relation is tied only if every copy of
// it is, in every arm.
//
// What it cannot see. Types beyond the declared ones, values of data, order and
// LIMIT as filters, arithmetic, ranges, operators that are not equality, JSON.
// A tenant that a session variable holds, but where proofs may rest on that. Control flow in bodies of functions:
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
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

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
	// statement's conditions, and so Bounds. It is false for aggregates without
	// GROUP BY and for SELECT EXISTS (…), which give a row whatever there is.
	Certain bool
	// Holds is the index of the output whose being true (EXISTS, count(…) > 0) or
	// greater than zero (count) implies Bounds, -1 if there is none. Where it is not
	// -1, a row alone implies nothing: Certain is false.
	Holds int
	// Counts tells that the output Holds is a number: count(…) itself.
	Counts bool
	// Absent tells that it is the output Holds being false that implies Bounds: NOT EXISTS.
	Absent bool
	Write  bool
	// Writes are the references to owned rows that the statement stores and does not
	// copy from rows that are tied: the invariant Ref of those edges rests on them.
	// They are in the order in which they were judged. What a function's body stores
	// is not among them, nor a reference that only a join shows and no edge of the
	// catalogue.
	Writes []Written
	// Moves are the places where the statement may give a row to another tenant, or
	// overwrite another's. The relations' own alternatives contain theirs.
	Moves []Move
	// Notes are remarks that change no verdict.
	Notes []Note
	// Capped names the limits that were met: where a relation is not tied, the proof
	// may have been cut off.
	Capped []Limit
}

// Prove judges one statement against the catalogue.
func Prove(stmt sqltree.Statement, cat *catalogue.Catalogue) *Result {
	return prove(stmt, cat, nil)
}

// prove is Prove of a statement that reads variables of the session.
func prove(stmt sqltree.Statement, cat *catalogue.Catalogue, session *bind.Session) *Result {
	p := newProver(cat)
	p.Session = session
	r := &Result{Holds: -1}
	p.statement(stmt, r)
	p.finish(r)
	if p.Unsure != "" && len(r.Relations) == 0 {
		r.Unproven, r.Alternatives = append(r.Unproven, p.Unsure), nil
	}
	r.Shape = p.shape(stmt, r)
	return r
}
