// Package ledger keeps what was found of each relation of a statement: the
// alternatives that tie it in all its copies, the gap if there is none, and what
// the statement owes to other proofs, the references that it stores and the rows
// that it may move.
package ledger

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/bind"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/read"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/rules"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A Ledger holds what was found of each relation, why it is not tied, and what the
// statement owes to other proofs.
type Ledger struct {
	*read.Pusher
	Rules *rules.Solver

	Found   []*Occurrence // in the order of judgement
	ByPlace map[Place]*Occurrence
	OfTuple map[int]*Occurrence
	Tied    map[int][]premise.Alternative // what tied a row where it was judged last
	outer   map[int]*bind.Source          // rows of the preserved side of an outer join
	Notes   []Note
	Writes  []owed
	Moves   []moved

	InValue    int  // sub-selects of expressions around what is judged
	Dry        int  // judging to learn what ties, not to report
	seenTenant bool // some formula compares a tenant column with a bind value
}

// NewLedger is an empty ledger.
func NewLedger(cat *catalogue.Catalogue) *Ledger {
	r := read.NewPusher(cat)
	return &Ledger{
		Pusher: r, Rules: rules.NewSolver(cat, r.Store, r),
		ByPlace: map[Place]*Occurrence{}, OfTuple: map[int]*Occurrence{},
		Tied: map[int][]premise.Alternative{}, outer: map[int]*bind.Source{},
	}
}

// An Occurrence is one relation of the statement, in all its copies.
type Occurrence struct {
	place  Place
	Table  *catalogue.Table
	Alias  string
	At     sqltree.Node
	Target bool
	Grants bool // a row of it is given to a tenant
	Alts   []premise.Alternative
	judged bool
	Gap    *Gap
	order  sqltree.Pos
}

// Place tells occurrences apart: the table in the text, and inside of a view
// the place in the view's text.
type Place struct {
	node   sqltree.Node
	inside sqltree.Pos
	table  *catalogue.Table
}

// Occurrence is the relation that a row is of, new if it is the first.
func (p *Ledger) Occurrence(t *formula.Tuple) *Occurrence {
	at := Place{node: t.At, table: t.Table}
	if t.Via != nil {
		at.node, at.inside = t.Via, t.At.At()
	}
	o, ok := p.ByPlace[at]
	if !ok {
		o = &Occurrence{place: at, Table: t.Table, Alias: t.Name, At: at.node, order: at.node.At()}
		p.ByPlace[at] = o
		p.Found = append(p.Found, o)
	}
	o.Grants = o.Grants || t.Written && !t.Steady
	p.OfTuple[t.ID] = o
	return o
}

// Record judges a row under a formula, and adds what was found to the relation
// that it is a row of: all copies of a relation must be tied.
func (p *Ledger) Record(t *formula.Tuple, given *formula.Conj) {
	alts := p.SolveLevels(t, given)
	p.Tied[t.ID] = alts
	p.seenTenant = p.seenTenant || needsTenant(alts)
	if p.Dry > 0 {
		return
	}
	o := p.Occurrence(t)
	o.Target = o.Target || t.Written
	p.Conclude(o, alts)
	if len(alts) == 0 && o.Gap == nil {
		o.Gap = p.explainGap(t, given)
	}
}

// SolveLevels ties a row to the tenant and, where there is a second level, to it.
func (p *Ledger) SolveLevels(t *formula.Tuple, given *formula.Conj) []premise.Alternative {
	if t.Fresh && t.Table.Column == "" && len(t.Table.Owners) > 1 {
		return p.solveArc(t, given)
	}
	alts := p.Rules.Solve(given, t, rules.FirstLevel)
	if len(alts) > 0 && p.Rules.HasSecond(t.Table) {
		alts = premise.Both(alts, p.Rules.Solve(given, t, rules.SecondLevel))
	}
	return alts
}

// solveArc ties a new row of which each parent that is set must be the tenant's.
func (p *Ledger) solveArc(t *formula.Tuple, given *formula.Conj) []premise.Alternative {
	var out []premise.Alternative
	certain := false // some parent is set
	for _, e := range t.Table.Owners {
		column := p.Known(t, e.Columns[0])
		if column == formula.NoTerm || setsNull(given, column) {
			continue
		}
		alts := p.Rules.SolveThrough(given, t, e)
		certain = certain || len(alts) > 0
		if len(alts) == 0 { // or there is nothing to tie
			alts = p.Rules.SolveThrough(formula.And(given, formula.One(formula.Atom{Kind: formula.NotNullAtom, A: column})), t, e)
		}
		if len(alts) == 0 {
			return nil
		}
		if out == nil {
			out = alts
		} else {
			out = premise.Both(out, alts)
		}
	}
	if !certain && !p.copiesArc(t, given) {
		return nil
	}
	return out
}

// copiesArc tells a new row that has all parents of another row of its table,
// of which one is set.
func (p *Ledger) copiesArc(t *formula.Tuple, given *formula.Conj) bool {
	eq := p.Rules.Equalities(given.Atoms)
	return slices.ContainsFunc(p.Tuples, func(s *formula.Tuple) bool {
		if s == t || s.Table != t.Table || s.Fresh || s.Nullable {
			return false
		}
		return !slices.ContainsFunc(t.Table.Owners, func(e *catalogue.Edge) bool {
			a, b := p.Known(t, e.Columns[0]), p.Known(s, e.Columns[0])
			return a == formula.NoTerm || b == formula.NoTerm || !eq.Same(a, b)
		})
	})
}

// setsNull tells that a column is given NULL.
func setsNull(c *formula.Conj, t formula.TermID) bool {
	for _, a := range c.Atoms {
		if a.Kind == formula.NullAtom && a.A == t {
			return true
		}
	}
	return false
}

// Conclude adds what one copy of a relation gave: all of them must be tied.
func (p *Ledger) Conclude(o *Occurrence, alts []premise.Alternative) {
	switch {
	case !o.judged:
		o.Alts = alts
	case len(o.Alts) == 0 || len(alts) == 0:
		o.Alts = nil
	default:
		o.Alts = premise.Both(o.Alts, alts)
	}
	o.judged = true
}

// Relations lists the relations in source order.
func (p *Ledger) Relations() []*Occurrence {
	list := slices.Clone(p.Found)
	slices.SortStableFunc(list, func(a, b *Occurrence) int {
		if a.order != b.order {
			return int(a.order - b.order)
		}
		return int(a.place.inside - b.place.inside)
	})
	return list
}
