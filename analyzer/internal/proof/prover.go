package proof

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A prover holds what is learned of one statement.
type prover struct {
	cat    *catalogue.Catalogue
	terms  []term
	index  map[termKey]termID
	tuples []*tuple
	// links tells which column an output of a query copies.
	links map[termID]termID
	ofRow map[int]*query // the query that a row is given by

	found    []*occurrence // in the order of judgement
	byPlace  map[place]*occurrence
	ofTuple  map[int]*occurrence
	tied     map[int][]Alternative // what tied a row where it was judged last
	targets  map[int]bool          // rows that the statement writes
	blocked  map[int]string        // why a filter outside does not reach a row
	unproven []string
	notes    []string
	writes   []Written

	via         sqltree.Node // the outermost view being bound
	viewDepth   int
	instances   int
	derivations int
	work        int
	last        *derivation // memo of [prover.derivation]
	lastConj    *conj
	lastLevel   level
	depth       int
	inValue     int // sub-selects of expressions around what is judged
	dry         int // judging to learn what ties, not to report
	inBody      int // inside of a function's body, where $1 is an argument
	capped      []string
	transitions map[string]transition // in a trigger's body
	lost        []orClause            // disjunctions of which an arm says nothing
	shown       *sight
	outer       map[int]*source  // rows of the preserved side of an outer join
	secondEdge  **catalogue.Edge // memo of secondRoot
	unsure      string           // the first table whose tenancy only weak signs doubt
	seenTenant  bool             // some formula compares a tenant column with a bind value
}

// newProver starts with nothing known.
func newProver(cat *catalogue.Catalogue) *prover {
	return &prover{
		cat: cat, index: map[termKey]termID{}, links: map[termID]termID{}, ofRow: map[int]*query{},
		byPlace: map[place]*occurrence{}, ofTuple: map[int]*occurrence{},
		tied: map[int][]Alternative{}, targets: map[int]bool{}, blocked: map[int]string{}, outer: map[int]*source{},
	}
}

// ownHoles tells whether a hole in the text is a bind value of the statement.
func (p *prover) ownHoles() bool { return p.inBody == 0 }

// fail makes the statement unproven.
func (p *prover) fail(reason string) {
	if !slices.Contains(p.unproven, reason) {
		p.unproven = append(p.unproven, reason)
	}
}

// cap notes that a bound was met, and the result is weaker for it.
func (p *prover) cap(what string) {
	if !slices.Contains(p.capped, what) {
		p.capped = append(p.capped, what)
	}
}

// maxDepth bounds the nesting of judged queries.
const maxDepth = 60

// enter counts the nesting of judged queries.
func (p *prover) enter() { p.depth++ }

// leave ends what enter began.
func (p *prover) leave() { p.depth-- }

// written tells the rows that the statement changes: no sharing excuses those.
func (p *prover) written(t *tuple) bool { return p.targets[t.id] }

// An occurrence is one relation of the statement, in all its copies.
type occurrence struct {
	place  place
	table  *catalogue.Table
	alias  string
	at     sqltree.Node
	target bool
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
func (p *prover) occurrence(t *tuple) *occurrence {
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
	p.ofTuple[t.id] = o
	return o
}

// record judges a row under a formula, and adds what was found to the relation
// that it is a row of: all copies of a relation must be tied.
func (p *prover) record(t *tuple, formula *conj) {
	alts := p.solveLevels(t, formula)
	p.tied[t.id] = alts
	p.seenTenant = p.seenTenant || needsTenant(alts)
	if p.dry > 0 {
		return
	}
	o := p.occurrence(t)
	o.target = o.target || p.targets[t.id]
	p.conclude(o, alts)
	if len(alts) == 0 && o.gap == nil {
		o.gap = p.explainGap(t, formula)
	}
}

// solveLevels ties a row to the tenant and, where there is a second level, to it.
func (p *prover) solveLevels(t *tuple, formula *conj) []Alternative {
	if t.fresh && t.table.Column == "" && len(t.table.Owners) > 1 {
		return p.solveArc(t, formula)
	}
	alts := p.solve(formula, t, firstLevel)
	if len(alts) > 0 && p.hasSecond(t.table) {
		alts = both(alts, p.solve(formula, t, secondLevel))
	}
	return alts
}

// solveArc ties a new row of which each parent that is set must be the tenant's.
func (p *prover) solveArc(t *tuple, formula *conj) []Alternative {
	var out []Alternative
	certain := false // some parent is set
	for _, e := range t.table.Owners {
		column := p.known(t, e.Columns[0])
		if column == noTerm || setsNull(formula, column) {
			continue
		}
		t.arc = e
		alts := p.solve(formula, t, firstLevel)
		certain = certain || len(alts) > 0
		if len(alts) == 0 { // or there is nothing to tie
			alts = p.solve(and(formula, one(atom{kind: notNullAtom, a: column})), t, firstLevel)
		}
		t.arc = nil
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
func (p *prover) copiesArc(t *tuple, formula *conj) bool {
	eq := p.equalities(formula.atoms)
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
func (p *prover) conclude(o *occurrence, alts []Alternative) {
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
func (p *prover) relations() []*occurrence {
	list := slices.Clone(p.found)
	slices.SortStableFunc(list, func(a, b *occurrence) int {
		if a.order != b.order {
			return int(a.order - b.order)
		}
		return int(a.place.inside - b.place.inside)
	})
	return list
}
