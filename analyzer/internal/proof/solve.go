package proof

import "github.com/tenantvet/tenantvet/analyzer/internal/catalogue"

// The caps of one statement. Beyond them the result only gets weaker.
const (
	maxDerivations = 600   // conjunctions that the rules are applied to
	maxWork        = 60000 // atoms in them
	maxProduct     = 48    // arms of the disjunctions of one relation, multiplied out
)

// A solver applies the rules to formulas.
type solver struct {
	*store
	cat         *catalogue.Catalogue
	schema      nullability
	derivations int
	work        int
	last        *derivation // memo of [solver.derivation]
	lastConj    *conj
	lastLevel   level
	secondEdge  **catalogue.Edge // memo of secondRoot
}

// nullability is what the rules ask of the statement beside its formulas, and
// where they say that a limit was met.
type nullability interface {
	notNull(termID) bool
	cap(Limit)
}

// newSolver is a solver over the terms of a store.
func newSolver(cat *catalogue.Catalogue, s *store, n nullability) *solver {
	return &solver{store: s, cat: cat, schema: n}
}

// solve ties a row under a formula: the alternatives of what must hold, none if
// the row may be another tenant's.
func (p *solver) solve(c *conj, t *tuple, lv level) []Alternative {
	if c.never {
		return []Alternative{{}} // no row meets it
	}
	goal := target{tuple: t, level: lv}
	return p.withOrs(p.tiesOf(p.derivation(c, lv), goal), c.atoms, c.ors, goal)
}

// solveThrough ties a new row that several parents may own, by the one that an
// edge names.
func (p *solver) solveThrough(c *conj, t *tuple, arc *catalogue.Edge) []Alternative {
	if c.never {
		return []Alternative{{}}
	}
	return p.solveOrs(c.atoms, c.ors, target{tuple: t, level: firstLevel, arc: arc})
}

// derivation is the rules at work on the atoms of a formula, made once for all
// rows that share the formula.
func (p *solver) derivation(c *conj, lv level) *derivation {
	if p.lastConj == c && p.lastLevel == lv {
		return p.last
	}
	p.last, p.lastConj, p.lastLevel = nil, c, lv
	if p.affords(c.atoms) {
		p.last = p.derive(c.atoms, target{level: lv})
	}
	return p.last
}

// affords counts one more derivation against the bounds of the statement.
func (p *solver) affords(atoms []atom) bool {
	p.derivations++
	p.work += len(atoms) + len(p.terms)/8
	if p.derivations > maxDerivations || p.work > maxWork {
		p.schema.cap(Derivations)
		return false
	}
	return true
}

// solveOrs first uses the atoms alone, then each disjunction by itself, and all
// of them multiplied out only if nothing was found.
func (p *solver) solveOrs(atoms []atom, ors []orClause, goal target) []Alternative {
	return p.withOrs(p.tiesFor(atoms, goal), atoms, ors, goal)
}

// withOrs adds to what the atoms alone give.
func (p *solver) withOrs(base []Alternative, atoms []atom, ors []orClause, goal target) []Alternative {
	out := base
	for i := range ors {
		out = append(out, p.armByArm(atoms, &ors[i], nil, base, goal)...)
	}
	out = minimal(out)
	if len(out) == 0 && len(ors) > 1 {
		budget := maxProduct
		out = minimal(p.product(atoms, ors, goal, &budget))
	}
	return out
}

// A target is the row in question, nil for any, and by which tenant column. arc is
// set where several parents may own the row, and only one of them is asked.
type target struct {
	tuple *tuple
	level level
	arc   *catalogue.Edge
}

// armByArm: the row must be tied in every arm of a disjunction, or the arm must
// be impossible. base is what holds without the disjunction: an arm that adds
// nothing to it makes the disjunction useless.
func (p *solver) armByArm(atoms []atom, o *orClause, rest []orClause, base []Alternative, t target) []Alternative {
	var out []Alternative
	for i, arm := range o.arms {
		all := append(atoms[:len(atoms):len(atoms)], arm.atoms...)
		alts := p.impossible(arm)
		alts = append(alts, p.contradiction(all)...)
		ors := append(rest[:len(rest):len(rest)], arm.ors...)
		alts = append(alts, p.solveOrs(all, ors, t)...)
		if len(alts) == 0 || len(base) > 0 && sameAlternatives(alts, base) {
			return nil
		}
		if i == 0 {
			out = alts
			continue
		}
		out = both(out, alts)
	}
	return out
}

// product multiplies the disjunctions out, the first one first.
func (p *solver) product(atoms []atom, ors []orClause, t target, budget *int) []Alternative {
	if len(ors) == 0 {
		return p.tiesFor(atoms, t)
	}
	var out []Alternative
	for i, arm := range ors[0].arms {
		*budget--
		if *budget < 0 {
			p.schema.cap(ArmProduct)
			return nil
		}
		all := append(atoms[:len(atoms):len(atoms)], arm.atoms...)
		alts := p.impossible(arm)
		alts = append(alts, p.contradiction(all)...)
		rest := append(append([]orClause(nil), ors[1:]...), arm.ors...)
		alts = minimal(append(alts, p.product(all, rest, t, budget)...))
		if len(alts) == 0 {
			return nil
		}
		if i == 0 {
			out = alts
			continue
		}
		out = both(out, alts)
	}
	return out
}

// contradiction needs nothing where no values meet all atoms: a bind value would
// be empty, and not, or a column NULL, and equal to something.
func (p *solver) contradiction(atoms []atom) []Alternative {
	for _, a := range atoms {
		if a.kind != zeroAtom && a.kind != nullAtom {
			continue
		}
		for _, b := range atoms {
			if p.excludesEmpty(b, a) {
				return []Alternative{{Cites: citeAlso(citeAlso(nil, a.cite), b.cite), Rules: []string{"optional"}}}
			}
		}
	}
	return nil
}

// excludesEmpty tells whether one atom says that what another says is empty, or
// NULL, is not.
func (p *solver) excludesEmpty(b, empty atom) bool {
	if empty.kind == zeroAtom {
		return b.kind == setAtom && b.holes[0] == empty.holes[0] && (empty.nullOnly || !b.nullOnly)
	}
	t := empty.a
	switch b.kind {
	case notNullAtom, memberAtom:
		return b.a == t && !b.weak
	case eqAtom:
		return (b.a == t || b.b == t) && (!b.weak || p.schema.notNull(b.a) || p.schema.notNull(b.b))
	}
	return false
}

// impossible lists what makes an arm impossible: the need that a bind value is
// not empty where the arm asks for an empty one, and the other way round.
func (p *solver) impossible(arm *conj) []Alternative {
	var out []Alternative
	for _, a := range arm.atoms {
		var need Need
		switch a.kind {
		case zeroAtom:
			need = Need{Kind: NonZero, Hole: a.holes[0]}
		case setAtom:
			need = Need{Kind: Zero, Hole: a.holes[0], Null: a.nullOnly}
		default:
			continue
		}
		alt := Alternative{Needs: []Need{need}, Rules: []string{"optional"}}
		alt.Cites = citeAlso(nil, a.cite)
		out = append(out, alt)
	}
	return out
}

// ties applies the rules to a conjunction of atoms.
func (p *solver) ties(atoms []atom, t *tuple, lv level) []Alternative {
	return p.tiesFor(atoms, target{tuple: t, level: lv})
}

// tiesFor is ties of a target.
func (p *solver) tiesFor(atoms []atom, goal target) []Alternative {
	if !p.affords(atoms) {
		return nil
	}
	return p.tiesOf(p.derive(atoms, goal), goal)
}

// tiesOf reads off what ties one row.
func (p *solver) tiesOf(d *derivation, goal target) []Alternative {
	if d == nil {
		return nil
	}
	var out []Alternative
	if i, ok := d.index[goal.tuple.id]; ok {
		out = d.reach(i)
	}
	if !goal.tuple.written && !goal.tuple.fresh {
		out = append(out, d.sharedRow(goal.tuple)...)
	}
	return minimal(out)
}

// sharedRow ties a row that every tenant may read: of a table declared public,
// or a row without tenant of a table declared to share those. It ties only the
// row itself, not what refers to it.
func (d *derivation) sharedRow(t *tuple) []Alternative {
	var out []Alternative
	if t.table.Public {
		a := Assumption{Kind: PublicRows, Table: qualified(t.table)}
		out = append(out, Alternative{Assumes: []Assumption{a}, Rules: []string{"public"}, Excuse: Public})
	}
	column := d.tenantColumn(t.table)
	if column == "" || !t.table.SharesNull || t.nullable {
		return out
	}
	tenant := d.p.known(t, column)
	for _, f := range d.eq.flags {
		if f.kind == nullAtom && tenant != noTerm && d.eq.same(f.a, tenant) {
			a := Assumption{Kind: NullShare, Table: qualified(t.table), Columns: []string{column}}
			out = append(out, Alternative{Assumes: []Assumption{a}, Cites: citeAlso(nil, f.cite), Rules: []string{"null"}})
		}
	}
	return out
}

// reach collects, for a node, what ties any node that leads to it.
func (d *derivation) reach(target int) []Alternative {
	var out []Alternative
	for i, n := range d.nodes {
		if len(n.first) == 0 {
			continue
		}
		way, ok := d.way(i, target)
		if !ok {
			continue
		}
		way = d.direct(way)
		for _, a := range n.first {
			if a.Excuse != OwnRows || n.table.User != "" || d.ownsOnly(i, way) {
				out = append(out, along(a, way))
			}
		}
	}
	return out
}

// direct cites, for two children of a parent that is not named, why they equal
// each other, and not why each equals a third term.
func (d *derivation) direct(way []tie) []tie {
	for k := 0; k+1 < len(way); k++ {
		up, down := &way[k], &way[k+1]
		if up.rule == "up" && down.rule == "down" && up.term != noTerm && down.term != noTerm {
			between, _ := d.eq.path(up.term, down.term)
			up.cites, down.cites = d.withType(up.typed, nil), d.withType(down.typed, between)
		}
	}
	return way
}

// ownsOnly tells the ways along which what is a person's own stays so: from a
// row to its children. A membership leads everywhere in its tenant. That both
// have one tenant says nothing where both may have none.
func (d *derivation) ownsOnly(from int, way []tie) bool {
	for _, t := range way {
		if t.rule != "down" || len(t.assumes) > 0 && d.mayHaveNone(from) && d.mayHaveNone(t.to) {
			return false
		}
		from = t.to
	}
	return true
}

// mayHaveNone tells a row whose own tenant column may be NULL.
func (d *derivation) mayHaveNone(i int) bool {
	t := d.nodes[i].table
	c := d.tenantColumn(t)
	return c != "" && !columnNotNull(t, c)
}

// way is the cheapest chain of ties from one node to another.
func (d *derivation) way(from, to int) ([]tie, bool) {
	const far = 1 << 30
	cost := make([]int, len(d.nodes))
	done := make([]bool, len(d.nodes))
	last := make([]tie, len(d.nodes))
	prev := make([]int, len(d.nodes))
	for i := range cost {
		cost[i] = far
	}
	cost[from] = 0
	for {
		at := -1
		for i := range cost {
			if !done[i] && cost[i] < far && (at < 0 || cost[i] < cost[at]) {
				at = i
			}
		}
		if at < 0 {
			return nil, false
		}
		if at == to {
			return chain(last, prev, from, to), true
		}
		done[at] = true
		for _, t := range d.nodes[at].arcs {
			if c := cost[at] + t.cost; c < cost[t.to] {
				cost[t.to], last[t.to], prev[t.to] = c, t, at
			}
		}
	}
}

// chain is the way that the search took, from the first tie on.
func chain(last []tie, prev []int, from, to int) []tie {
	var out []tie
	for at := to; at != from; at = prev[at] {
		out = append(out, last[at])
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}

// along is the alternative of a row that a chain of ties leads to from one that a
// ties.
func along(a Alternative, way []tie) Alternative {
	out := a
	out.Needs = append([]Need(nil), a.Needs...)
	out.Assumes = append([]Assumption(nil), a.Assumes...)
	out.Rules = append([]string(nil), a.Rules...)
	for _, t := range way {
		out.Assumes = append(out.Assumes, t.assumes...)
		out.Rules = append(out.Rules, t.rule)
		for _, c := range t.cites {
			out.Cites = citeAlso(out.Cites, c)
		}
	}
	return out
}
