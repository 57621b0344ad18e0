package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A ledger holds what was found of each relation, why it is not tied, and what the
// statement owes to other proofs.
type ledger struct {
	*pusher
	rules *solver

	found   []*occurrence // in the order of judgement
	byPlace map[place]*occurrence
	ofTuple map[int]*occurrence
	tied    map[int][]Alternative // what tied a row where it was judged last
	outer   map[int]*source       // rows of the preserved side of an outer join
	notes   []Note
	writes  []owed
	moves   []moved

	inValue    int  // sub-selects of expressions around what is judged
	dry        int  // judging to learn what ties, not to report
	seenTenant bool // some formula compares a tenant column with a bind value
}

// newLedger is an empty ledger.
func newLedger(cat *catalogue.Catalogue) *ledger {
	r := newPusher(cat)
	return &ledger{
		pusher: r, rules: newSolver(cat, r.store, r),
		byPlace: map[place]*occurrence{}, ofTuple: map[int]*occurrence{},
		tied: map[int][]Alternative{}, outer: map[int]*source{},
	}
}

// An occurrence is one relation of the statement, in all its copies.
type occurrence struct {
	place  place
	table  *catalogue.Table
	alias  string
	at     sqltree.Node
	target bool
	grants bool // a row of it is given to a tenant
	alts   []Alternative
	judged bool
	gap    *Gap
	order  sqltree.Pos
}

// place tells occurrences apart: the table in the text, and inside of a view
// the place in the view's text.
type place struct {
	node   sqltree.Node
	inside sqltree.Pos
	table  *catalogue.Table
}

// occurrence is the relation that a row is of, new if it is the first.
func (p *ledger) occurrence(t *tuple) *occurrence {
	at := place{node: t.at, table: t.table}
	if t.via != nil {
		at.node, at.inside = t.via, t.at.At()
	}
	o, ok := p.byPlace[at]
	if !ok {
		o = &occurrence{place: at, table: t.table, alias: t.name, at: at.node, order: at.node.At()}
		p.byPlace[at] = o
		p.found = append(p.found, o)
	}
	o.grants = o.grants || t.written && !t.steady
	p.ofTuple[t.id] = o
	return o
}

// record judges a row under a formula, and adds what was found to the relation
// that it is a row of: all copies of a relation must be tied.
func (p *ledger) record(t *tuple, formula *conj) {
	alts := p.solveLevels(t, formula)
	p.tied[t.id] = alts
	p.seenTenant = p.seenTenant || needsTenant(alts)
	if p.dry > 0 {
		return
	}
	o := p.occurrence(t)
	o.target = o.target || t.written
	p.conclude(o, alts)
	if len(alts) == 0 && o.gap == nil {
		o.gap = p.explainGap(t, formula)
	}
}

// solveLevels ties a row to the tenant and, where there is a second level, to it.
func (p *ledger) solveLevels(t *tuple, formula *conj) []Alternative {
	if t.fresh && t.table.Column == "" && len(t.table.Owners) > 1 {
		return p.solveArc(t, formula)
	}
	alts := p.rules.solve(formula, t, firstLevel)
	if len(alts) > 0 && p.rules.hasSecond(t.table) {
		alts = both(alts, p.rules.solve(formula, t, secondLevel))
	}
	return alts
}

// solveArc ties a new row of which each parent that is set must be the tenant's.
func (p *ledger) solveArc(t *tuple, formula *conj) []Alternative {
	var out []Alternative
	certain := false // some parent is set
	for _, e := range t.table.Owners {
		column := p.known(t, e.Columns[0])
		if column == noTerm || setsNull(formula, column) {
			continue
		}
		alts := p.rules.solveThrough(formula, t, e)
		certain = certain || len(alts) > 0
		if len(alts) == 0 { // or there is nothing to tie
			alts = p.rules.solveThrough(and(formula, one(atom{kind: notNullAtom, a: column})), t, e)
		}
		if len(alts) == 0 {
			return nil
		}
		if out == nil {
			out = alts
		} else {
			out = both(out, alts)
		}
	}
	if !certain && !p.copiesArc(t, formula) {
		return nil
	}
	return out
}

// copiesArc tells a new row that has all parents of another row of its table,
// of which one is set.
func (p *ledger) copiesArc(t *tuple, formula *conj) bool {
	eq := p.rules.equalities(formula.atoms)
	return slices.ContainsFunc(p.tuples, func(s *tuple) bool {
		if s == t || s.table != t.table || s.fresh || s.nullable {
			return false
		}
		return !slices.ContainsFunc(t.table.Owners, func(e *catalogue.Edge) bool {
			a, b := p.known(t, e.Columns[0]), p.known(s, e.Columns[0])
			return a == noTerm || b == noTerm || !eq.same(a, b)
		})
	})
}

// setsNull tells that a column is given NULL.
func setsNull(c *conj, t termID) bool {
	for _, a := range c.atoms {
		if a.kind == nullAtom && a.a == t {
			return true
		}
	}
	return false
}

// conclude adds what one copy of a relation gave: all of them must be tied.
func (p *ledger) conclude(o *occurrence, alts []Alternative) {
	switch {
	case !o.judged:
		o.alts = alts
	case len(o.alts) == 0 || len(alts) == 0:
		o.alts = nil
	default:
		o.alts = both(o.alts, alts)
	}
	o.judged = true
}

// relations lists the relations in source order.
func (p *ledger) relations() []*occurrence {
	list := slices.Clone(p.found)
	slices.SortStableFunc(list, func(a, b *occurrence) int {
		if a.order != b.order {
			return int(a.order - b.order)
		}
		return int(a.place.inside - b.place.inside)
	})
	return list
}
