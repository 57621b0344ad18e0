package ledger

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A Note is a remark that changes no verdict.
type Note string

// The notes.
const (
	// KeyOracle: whoever may choose the key learns whether another tenant has it.
	KeyOracle Note = "ON CONFLICT DO NOTHING … RETURNING tells whether any tenant has the key"
)

// A ValueKind is what a write stores.
type ValueKind uint8

// The kinds of value. NULL and DEFAULT are none of them: they name no row, or one
// that the schema chose.
const (
	BoundValue    ValueKind = iota // a bind value, or an element of one, as it is
	StrayColumn                    // a column of a row, that is no key of the table referred to
	ConstantValue                  // a constant of the text
	ComputedValue                  // anything else; what it names is not known
	TakenValue                     // a part of a bind value, or the same written in another way
	keyColumn                      // a column of a row that is, or refers to, such a key
)

// Written is a reference to an owned row that a write stores.
type Written struct {
	Table  *catalogue.Table // the table that is written
	Column string
	Edge   *catalogue.Edge // the column is one of its Columns; Edge.To owns the row that it names
	Value  ValueKind
	// Need is, of a BoundValue, what the bind value must be for Ref to stand. Of a
	// TakenValue it says who chose the value: what is known of the whole holds of no
	// part. Of another value it names the key, and no hole: nothing answers for it.
	Need premise.Need
	// Alternatives are the ways in which the row that a BoundValue names is the
	// caller's: that of Need, and what the statement itself asks of the row, as in
	// INSERT … SELECT … WHERE EXISTS (…).
	Alternatives []premise.Alternative
	// Rests tells that proofs may assume Ref along the edge. They do not where the
	// database sees to it, and along a second reference to the tenants table.
	Rests bool
	At    sqltree.Expr // the value in the text
}

// A MoveKind is how a row may come to another tenant.
type MoveKind uint8

// The kinds of move.
const (
	// Reassigns: SET stores something in a column that says whose the row is.
	Reassigns MoveKind = iota
	// Overwrites: ON CONFLICT DO UPDATE, or REPLACE, changes a row that was there
	// and that only a key names.
	Overwrites
)

// A Move is a place where a write may give a row to another tenant, or overwrite
// a row of another.
type Move struct {
	Kind     MoveKind
	Relation int // index into Result.Relations: the row that is written
	// Columns are those that say whose the row is, or the conflict's key; of a key
	// that no column of the statement names there are none.
	Columns []string
	// Holes are, where SET stores bind values in Columns, their numbers.
	Holes []int
	// Alternatives are the ways in which the row stays, or is, the caller's. Without
	// any nothing sees to it; one without needs holds whatever is bound.
	Alternatives []premise.Alternative
	At           sqltree.Node
}

// moved is a move before relations have their numbers.
type moved struct {
	Move
	Of *Occurrence
}

// owed is a reference with what is known where it is stored.
type owed struct {
	Written
	rows *formula.Conj
}

// NamedRow is what makes the row that a bind value names the caller's. It is asked
// last, so that it takes nothing from the bounds of the proof.
func (p *Ledger) NamedRow(w owed) []premise.Alternative {
	own := premise.Alternative{Needs: []premise.Need{w.Need}, Rules: []string{"key"}}
	if w.Value == TakenValue {
		return []premise.Alternative{own}
	}
	row := p.NewTuple("", w.Edge.To, w.At)
	key := formula.Atom{Kind: formula.EqAtom, A: p.ColumnOf(row, w.Need.Column), B: p.HoleOf(w.Need.Hole)}
	if w.Need.Element {
		key = formula.Atom{Kind: formula.MemberAtom, A: key.A, Holes: []int{w.Need.Hole}, Elem: true}
	}
	alts := append(p.SolveLevels(row, formula.And(w.rows, formula.One(key))), own)
	return premise.Minimal(alts)
}

// NoteMove notes that a write may change whose a row is.
func (p *Ledger) NoteMove(o *Occurrence, m Move) {
	if p.Dry == 0 && p.OwnHoles() {
		p.Moves = append(p.Moves, moved{m, o})
	}
}

// noteReassigned notes a SET that stores in columns which say whose a row is.
func (p *Ledger) noteReassigned(w *bind.Write, set []sqltree.Assign, at Assignment, alts []premise.Alternative) {
	m := Move{Kind: Reassigns, Alternatives: alts}
	for _, a := range set {
		for i, c := range a.Columns {
			if !p.decidesOwner(w.Table, c) {
				continue
			}
			m.Columns = append(m.Columns, c)
			for _, v := range p.assignedValues(at.Env, a, i) {
				if v.kind == BoundValue && !slices.Contains(m.Holes, v.need.Hole) {
					m.Holes = append(m.Holes, v.need.Hole)
				}
			}
			if m.At == nil {
				m.At = a.Value
			}
		}
	}
	p.NoteMove(p.Occurrence(at.Target), m)
}
