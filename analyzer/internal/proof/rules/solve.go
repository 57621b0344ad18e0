package rules

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// The caps of one statement. Beyond them the result only gets weaker.
const (
	maxDerivations = 600   // conjunctions that the rules are applied to
	maxWork        = 60000 // atoms in them
	maxProduct     = 48    // arms of the disjunctions of one relation, multiplied out
)

// A Solver applies the rules to formulas.
type Solver struct {
	*formula.Store
	cat         *catalogue.Catalogue
	schema      nullability
	derivations int
	work        int
	last        *derivation // memo of [Solver.derivationOf]
	lastConj    *formula.Conj
	lastLevel   Level
	secondEdge  **catalogue.Edge // memo of secondRoot
}

// nullability is what the rules ask of the statement beside its formulas, and
// where they say that a limit was met.
type nullability interface {
	NotNull(formula.TermID) bool
	Cap(premise.Limit)
}

// NewSolver is a solver over the terms of a store.
func NewSolver(cat *catalogue.Catalogue, s *formula.Store, n nullability) *Solver {
	return &Solver{Store: s, cat: cat, schema: n}
}

// Solve ties a row under a formula: the alternatives of what must hold, none if
// the row may be another tenant's.
func (p *Solver) Solve(c *formula.Conj, t *formula.Tuple, lv Level) []premise.Alternative {
	if c.Never {
		return []premise.Alternative{{}} // no row meets it
	}
	goal := target{tuple: t, level: lv}
	return p.withOrs(p.tiesOf(p.derive(c, lv), goal), c.Atoms, c.Ors, goal)
}

// SolveThrough ties a new row that several parents may own, by the one that an
// edge names.
func (p *Solver) SolveThrough(c *formula.Conj, t *formula.Tuple, arc *catalogue.Edge) []premise.Alternative {
	if c.Never {
		return []premise.Alternative{{}}
	}
	return p.solveOrs(c.Atoms, c.Ors, target{tuple: t, level: FirstLevel, arc: arc})
}

// derive is the rules at work on the atoms of a formula, made once for all
// rows that share the formula.
func (p *Solver) derive(c *formula.Conj, lv Level) *derivation {
	if p.lastConj == c && p.lastLevel == lv {
		return p.last
	}
	p.last, p.lastConj, p.lastLevel = nil, c, lv
	if p.affords(c.Atoms) {
		p.last = p.derivationOf(c.Atoms, target{level: lv})
	}
	return p.last
}

// affords counts one more derivation against the bounds of the statement.
func (p *Solver) affords(atoms []formula.Atom) bool {
	p.derivations++
	p.work += len(atoms) + len(p.Terms)/8
	if p.derivations > maxDerivations || p.work > maxWork {
		p.schema.Cap(premise.Derivations)
		return false
	}
	return true
}

// solveOrs first uses the atoms alone, then each disjunction by itself, and all
// of them multiplied out only if nothing was found.
func (p *Solver) solveOrs(atoms []formula.Atom, ors []formula.OrClause, goal target) []premise.Alternative {
	return p.withOrs(p.tiesFor(atoms, goal), atoms, ors, goal)
}

// withOrs adds to what the atoms alone give.
func (p *Solver) withOrs(base []premise.Alternative, atoms []formula.Atom, ors []formula.OrClause, goal target) []premise.Alternative {
	out := base
	for i := range ors {
		out = append(out, p.armByArm(atoms, &ors[i], nil, base, goal)...)
	}
	out = premise.Minimal(out)
	if len(out) == 0 && len(ors) > 1 {
		budget := maxProduct
		out = premise.Minimal(p.product(atoms, ors, goal, &budget))
	}
	return out
}

// A target is the row in question, nil for any, and by which tenant column. arc is
// set where several parents may own the row, and only one of them is asked.
type target struct {
	tuple *formula.Tuple
	level Level
	arc   *catalogue.Edge
}

// armByArm: the row must be tied in every arm of a disjunction, or the arm must
// be impossible. base is what holds without the disjunction: an arm that adds
// nothing to it makes the disjunction useless.
func (p *Solver) armByArm(atoms []formula.Atom, o *formula.OrClause, rest []formula.OrClause, base []premise.Alternative, t target) []premise.Alternative {
	var out []premise.Alternative
	for i, arm := range o.Arms {
		all := append(atoms[:len(atoms):len(atoms)], arm.Atoms...)
		alts := append(p.impossible(arm), p.contradiction(all)...)
		ors := append(rest[:len(rest):len(rest)], arm.Ors...)
		alts = append(alts, p.solveOrs(all, ors, t)...)
		if len(alts) == 0 || len(base) > 0 && premise.SameAlternatives(alts, base) {
			return nil
		}
		if i == 0 {
			out = alts
			continue
		}
		out = premise.Both(out, alts)
	}
	return out
}

// product multiplies the disjunctions out, the first one first.
func (p *Solver) product(atoms []formula.Atom, ors []formula.OrClause, t target, budget *int) []premise.Alternative {
	if len(ors) == 0 {
		return p.tiesFor(atoms, t)
	}
	var out []premise.Alternative
	for i, arm := range ors[0].Arms {
		*budget--
		if *budget < 0 {
			p.schema.Cap(premise.ArmProduct)
			return nil
		}
		all := append(atoms[:len(atoms):len(atoms)], arm.Atoms...)
		alts := append(p.impossible(arm), p.contradiction(all)...)
		rest := append(append([]formula.OrClause(nil), ors[1:]...), arm.Ors...)
		alts = premise.Minimal(append(alts, p.product(all, rest, t, budget)...))
		if len(alts) == 0 {
			return nil
		}
		if i == 0 {
			out = alts
			continue
		}
		out = premise.Both(out, alts)
	}
	return out
}

// contradiction needs nothing where no values meet all atoms: a bind value would
// be empty, and not, or a column NULL, and equal to something.
func (p *Solver) contradiction(atoms []formula.Atom) []premise.Alternative {
	for _, a := range atoms {
		if a.Kind != formula.ZeroAtom && a.Kind != formula.NullAtom {
			continue
		}
		for _, b := range atoms {
			if p.excludesEmpty(b, a) {
				return []premise.Alternative{{Cites: premise.CiteAlso(premise.CiteAlso(nil, a.Cite), b.Cite), Rules: []string{"optional"}}}
			}
		}
	}
	return nil
}

// excludesEmpty reports whether one atom says that what another says is empty, or
// NULL, is not.
func (p *Solver) excludesEmpty(b, empty formula.Atom) bool {
	if empty.Kind == formula.ZeroAtom {
		return b.Kind == formula.SetAtom && b.Holes[0] == empty.Holes[0] && (empty.NullOnly || !b.NullOnly)
	}
	t := empty.A
	switch b.Kind {
	case formula.NotNullAtom, formula.MemberAtom:
		return b.A == t && !b.Weak
	case formula.EqAtom:
		return (b.A == t || b.B == t) && (!b.Weak || p.schema.NotNull(b.A) || p.schema.NotNull(b.B))
	}
	return false
}

// OrNone adds to the ways in which a row is tied those in which there is no row at all,
// because a bind value is empty that must not be, or the other way round.
func (p *Solver) OrNone(ties []premise.Alternative, rows *formula.Conj) []premise.Alternative {
	if len(ties) == 0 {
		return nil
	}
	return premise.Minimal(append(ties, p.None(rows)...))
}

// None are the ways in which there is no row at all.
func (p *Solver) None(rows *formula.Conj) []premise.Alternative { return p.impossible(rows) }

// impossible lists what makes an arm impossible: the need that a bind value is
// not empty where the arm asks for an empty one, and the other way round.
func (p *Solver) impossible(arm *formula.Conj) []premise.Alternative {
	var out []premise.Alternative
	for _, a := range arm.Atoms {
		var need premise.Need
		switch a.Kind {
		case formula.ZeroAtom:
			need = premise.Need{Kind: premise.NonZero, Hole: a.Holes[0]}
		case formula.SetAtom:
			need = premise.Need{Kind: premise.Zero, Hole: a.Holes[0], Null: a.NullOnly}
		default:
			continue
		}
		alt := premise.Alternative{Needs: []premise.Need{need}, Rules: []string{"optional"}}
		alt.Cites = premise.CiteAlso(nil, a.Cite)
		out = append(out, alt)
	}
	return out
}

// Ties applies the rules to a conjunction of atoms.
func (p *Solver) Ties(atoms []formula.Atom, t *formula.Tuple, lv Level) []premise.Alternative {
	return p.tiesFor(atoms, target{tuple: t, level: lv})
}

// tiesFor is ties of a target.
func (p *Solver) tiesFor(atoms []formula.Atom, goal target) []premise.Alternative {
	if !p.affords(atoms) {
		return nil
	}
	return p.tiesOf(p.derivationOf(atoms, goal), goal)
}

// tiesOf reads off what ties one row.
func (p *Solver) tiesOf(d *derivation, goal target) []premise.Alternative {
	if d == nil {
		return nil
	}
	var out []premise.Alternative
	if i, ok := d.index[goal.tuple.ID]; ok {
		out = d.reach(i)
	} else { // of which nothing is said
		out = d.byPolicy(&node{tuple: goal.tuple, table: goal.tuple.Table, ref: formula.NoTerm})
	}
	if !goal.tuple.Written && !goal.tuple.Fresh {
		out = append(out, d.sharedRow(goal.tuple)...)
	}
	return premise.Minimal(out)
}

// sharedRow ties a row that every tenant may read: of a table declared public,
// or a row without tenant of a table declared to share those. It ties only the
// row itself, not what refers to it.
func (d *derivation) sharedRow(t *formula.Tuple) []premise.Alternative {
	var out []premise.Alternative
	if t.Table.Public {
		a := premise.Assumption{Kind: premise.PublicRows, Table: formula.Qualified(t.Table)}
		out = append(out, premise.Alternative{Assumes: []premise.Assumption{a}, Rules: []string{"public"}, Excuse: premise.Public})
	}
	column := d.tenantColumn(t.Table)
	if column == "" || !t.Table.SharesNull || t.Nullable {
		return out
	}
	tenant := d.p.Known(t, column)
	for _, f := range d.eq.flags {
		if f.Kind == formula.NullAtom && tenant != formula.NoTerm && d.eq.Same(f.A, tenant) {
			a := premise.Assumption{Kind: premise.NullShare, Table: formula.Qualified(t.Table), Columns: []string{column}}
			out = append(out, premise.Alternative{Assumes: []premise.Assumption{a}, Cites: premise.CiteAlso(nil, f.Cite), Rules: []string{"null"}})
		}
	}
	return out
}

// reach collects, for a node, what ties any node that leads to it.
func (d *derivation) reach(target int) []premise.Alternative {
	var out []premise.Alternative
	for i, n := range d.nodes {
		if len(n.first) == 0 || i != target && d.coversAll(target, n.first) {
			continue
		}
		way, ok := d.way(i, target)
		if !ok {
			continue
		}
		way = d.direct(way)
		for _, a := range d.cited(n) {
			if a.Excuse != premise.OwnRows || n.table.User != "" || d.ownsOnly(i, way) {
				out = append(out, along(a, way))
			}
		}
	}
	return out
}

// coversAll reports whether what ties a row by itself demands and assumes no more than
// each of some alternatives: no way from there makes them lighter.
func (d *derivation) coversAll(target int, list []premise.Alternative) bool {
	return !slices.ContainsFunc(list, func(a premise.Alternative) bool {
		return !slices.ContainsFunc(d.nodes[target].first, func(own premise.Alternative) bool { return own.Covers(a) })
	})
}

// direct cites, for two children of a parent that is not named, why they equal
// each other, and not why each equals a third term.
func (d *derivation) direct(way []tie) []tie {
	for k := 0; k+1 < len(way); k++ {
		up, down := &way[k], &way[k+1]
		if up.rule == "up" && down.rule == "down" && up.term != formula.NoTerm && down.term != formula.NoTerm {
			between, _ := d.eq.Path(up.term, down.term)
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
	return c != "" && !formula.ColumnNotNull(t, c)
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
func along(a premise.Alternative, way []tie) premise.Alternative {
	out := a
	out.Needs = append([]premise.Need(nil), a.Needs...)
	out.Assumes = append([]premise.Assumption(nil), a.Assumes...)
	out.Rules = append([]string(nil), a.Rules...)
	var cites []sqltree.Expr
	for _, t := range way {
		out.Assumes = append(out.Assumes, t.assumes...)
		out.Rules = append(out.Rules, t.rule)
		cites = append(cites, t.cites...)
	}
	out.Cites = premise.CiteAll(out.Cites, cites)
	return out
}
