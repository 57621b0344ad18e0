// Package rules concludes whose a row is from formulas: the rules of docs/proof.md.
//
// In go a formula and a row; out come the alternatives under which it is the
// tenant's. A derivation is the rules at work on one conjunction of atoms: a graph
// of rows, of which some are tied by themselves and the others by a chain of ties;
// disjunctions are solved arm by arm. It knows no SQL and no names: what it asks of
// the statement beside its formulas goes through one interface.
package rules

import (
	"slices"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A node is a row whose owner is in question: a tuple of the formula, or a
// parent that no FROM names but whose key the formula knows.
type node struct {
	tuple *formula.Tuple   // nil for a parent that is not named
	table *catalogue.Table // never nil
	ref   formula.TermID   // of an unnamed parent: a term that equals its key
	key   string           // of an unnamed parent: the key's column
	terms []formula.TermID // of a tuple: the columns that the atoms speak of
	arcs  []tie
	// first is what ties it by itself: [col], [root], [policy], [user], [key], [secret]. Which
	// predicates say so is looked up when it is used (see [derivation.cited]).
	first []premise.Alternative
	cited bool // first has its predicates
}

// A tie lets the owner of one row conclude that of another.
type tie struct {
	to      int
	rule    string
	assumes []premise.Assumption
	cites   []sqltree.Expr
	cost    int
	// term is, towards or from a parent that is not named, the child's reference.
	term  formula.TermID
	typed *catalogue.Edge // the edge, if a column beside it types it
}

// The cost of relying on an edge; the cheapest way is taken.
const (
	byDefinition = 1
	byHardKey    = 2
	bySoftKey    = 10
	byName       = 20
)

// derivation is the rules at work on one conjunction of atoms.
type derivation struct {
	p     *Solver
	eq    *Equalities
	nodes []*node
	index map[int]int // tuple -> node
	level Level
	goal  target
	typed map[*catalogue.Edge][]sqltree.Expr // why a polymorphic reference is of its type
	cites bool                               // predicates are looked up, too
}

// Level is which of the tenant columns is in question.
type Level uint8

const (
	FirstLevel Level = iota
	SecondLevel
)

// derivationOf builds the graph of rows and rules over a conjunction of atoms. The row
// of the goal is in it even if no atom speaks of it.
func (p *Solver) derivationOf(atoms []formula.Atom, goal target) *derivation {
	d := &derivation{p: p, eq: p.Equalities(atoms), index: map[int]int{}, level: goal.level, goal: goal}
	if goal.tuple != nil {
		d.addTuple(goal.tuple)
	}
	for _, a := range atoms {
		d.addTerm(a.A, a.Kind)
		if a.Kind == formula.EqAtom {
			d.addTerm(a.B, a.Kind)
		}
	}
	named := len(d.nodes)
	for i := range named {
		d.edges(i)
		d.polymorphic(i)
	}
	d.joined(named)
	d.sameTenant(named)
	d.sameRow(named)
	for _, n := range d.nodes {
		n.first = d.anchors(n)
	}
	return d
}

// cited is what ties a row by itself, with the predicates that say so.
func (d *derivation) cited(n *node) []premise.Alternative {
	if !n.cited && len(n.first) > 0 {
		d.cites = true
		n.first, n.cited = d.anchors(n), true
		d.cites = false
	}
	return n.first
}

// addTerm adds the row that a column is of.
func (d *derivation) addTerm(t formula.TermID, kind formula.AtomKind) {
	if kind == formula.ZeroAtom || kind == formula.SetAtom {
		return
	}
	tm := &d.p.Terms[t]
	if tm.Kind != formula.ColumnTerm || !formula.IsOwned(tm.Tuple.Table) {
		return
	}
	d.addTuple(tm.Tuple)
	n := d.nodes[d.index[tm.Tuple.ID]]
	if !slices.Contains(n.terms, t) {
		n.terms = append(n.terms, t)
	}
}

// addTuple adds a row of an owned table, once.
func (d *derivation) addTuple(t *formula.Tuple) {
	if _, ok := d.index[t.ID]; ok || !formula.IsOwned(t.Table) {
		return
	}
	d.index[t.ID] = len(d.nodes)
	d.nodes = append(d.nodes, &node{tuple: t, table: t.Table, ref: formula.NoTerm})
}

// tenantColumn is the column that says which tenant a row is of, "" if only a
// parent does.
func (d *derivation) tenantColumn(t *catalogue.Table) string {
	if d.level == SecondLevel {
		return d.p.SecondColumn(t)
	}
	return t.Column
}

// column is the term of a node's column, NoTerm if nothing speaks of it.
func (d *derivation) column(n *node, name string) formula.TermID {
	if n.tuple == nil {
		if name == n.key {
			return n.ref
		}
		return formula.NoTerm
	}
	for _, t := range n.terms {
		if d.p.Terms[t].Column == name {
			return t
		}
	}
	return formula.NoTerm
}

// manyRows is from where on equal rows are connected to the first of them only,
// not each with each.
const manyRows = 12

// sameTenant is rule [same]: rows whose tenant columns are equal.
func (d *derivation) sameTenant(named int) {
	for i := range named {
		a := d.tenantTerm(d.nodes[i])
		if a == formula.NoTerm {
			continue
		}
		for j := i + 1; j < named; j++ {
			b := d.tenantTerm(d.nodes[j])
			if b == formula.NoTerm || !d.eq.Same(a, b) || named > manyRows && d.chained(j, "same") {
				continue
			}
			cites, strict := d.eq.Path(a, b)
			if !strict && !fresh(d.nodes[i]) && !fresh(d.nodes[j]) {
				continue // both may be NULL, and of nobody
			}
			d.connect(i, j, tie{rule: "same", cites: cites, cost: byDefinition})
			d.connect(j, i, tie{rule: "same", cites: cites, cost: byDefinition})
		}
	}
}

// chained reports whether a row is connected by a rule already.
func (d *derivation) chained(i int, rule string) bool {
	return slices.ContainsFunc(d.nodes[i].arcs, func(t tie) bool { return t.rule == rule })
}

// sameRow is rule [key] between two relations of one table: rows with equal keys
// are one row.
func (d *derivation) sameRow(named int) {
	for i := range named {
		for j := i + 1; j < named; j++ {
			a, b := d.nodes[i], d.nodes[j]
			if a.table == b.table && !fresh(a) && !fresh(b) && (named <= manyRows || !d.chained(j, "key")) {
				d.equalKeys(i, j)
			}
		}
	}
}

// equalKeys connects two rows of one table if a whole key of theirs is equal.
func (d *derivation) equalKeys(i, j int) {
	a, b := d.nodes[i], d.nodes[j]
	for _, hard := range []bool{true, false} {
		keys := a.table.Unique
		if !hard {
			keys = a.table.SoftUnique
		}
		for _, k := range keys {
			cites, ok := d.equalKey(a, b, k)
			if !ok {
				continue
			}
			uniq := []premise.Assumption{{Kind: premise.Uniq, Table: formula.Qualified(a.table), Columns: k.Columns, Hard: hard}}
			d.connect(i, j, tie{rule: "key", cites: cites, cost: byHardKey, assumes: uniq})
			d.connect(j, i, tie{rule: "key", cites: cites, cost: byHardKey, assumes: uniq})
			return
		}
	}
}

// equalKey reports whether two rows of one table have equal keys, all columns of it.
func (d *derivation) equalKey(a, b *node, k *schema.Key) ([]sqltree.Expr, bool) {
	if k.Where != "" || k.Expressions || len(k.Columns) == 0 {
		return nil, false
	}
	var out []sqltree.Expr
	for _, c := range k.Columns {
		cites, ok := d.equalColumns(a, c, b, c)
		if !ok {
			return nil, false
		}
		out = premise.CiteAll(out, cites)
	}
	return out, true
}

// tenantTerm is a row's tenant column, NoTerm if nothing speaks of it.
func (d *derivation) tenantTerm(n *node) formula.TermID {
	c := d.tenantColumn(n.table)
	if c == "" || n.tuple == nil {
		return formula.NoTerm
	}
	return d.column(n, c)
}

// connect adds a rule from one row to another.
func (d *derivation) connect(from, to int, t tie) {
	t.to = to
	if d.nodes[from].tuple != nil && d.nodes[to].tuple != nil {
		t.term = formula.NoTerm
	}
	d.nodes[from].arcs = append(d.nodes[from].arcs, t)
}

// anchors are the ways to tie a row by itself.
func (d *derivation) anchors(n *node) []premise.Alternative {
	var out []premise.Alternative
	if n.tuple != nil && n.tuple.Proved != nil {
		out = append(out, n.tuple.Proved...)
	}
	out = append(out, d.byColumn(n)...)
	out = append(out, d.byPolicy(n)...)
	if n.tuple != nil && n.tuple.Fresh {
		return out
	}
	for _, k := range uniqueColumns(n.table) {
		if k.column != d.tenantColumn(n.table) {
			out = append(out, d.byKey(n, k)...)
		}
	}
	if n.tuple == nil {
		if n.table.Tenancy == catalogue.Root && n.key == n.table.Column && d.level == FirstLevel {
			out = append(out, d.bound(n.ref, premise.Need{Kind: premise.Tenant, Column: n.key}, "root")...)
		}
		return out
	}
	out = append(out, d.byUser(n)...)
	return append(out, d.bySecret(n)...)
}

// byPolicy is [policy]: the policies of the row's table let nobody see or write it whose
// session does not know its tenant. As its owner, a view or a routine sees what is held
// from the owner, too.
func (d *derivation) byPolicy(n *node) []premise.Alternative {
	held := d.p.cat.HeldBy(n.table)
	if held == nil || n.tuple == nil || !n.tuple.Asked || d.level == SecondLevel {
		return nil
	}
	if n.tuple.Via != nil && (!held.Owner || len(held.Past) > 0) {
		return nil
	}
	need := premise.Need{Kind: premise.Setting, Column: held.Setting}
	a := premise.Alternative{Needs: []premise.Need{need}, Rules: []string{"policy"}}
	for _, e := range held.Rests {
		a.Assumes = append(a.Assumes, premise.Assumption{Kind: premise.Ref, Table: formula.Qualified(e.From), Columns: e.Columns, To: formula.Qualified(e.To)})
	}
	return []premise.Alternative{a}
}

// byColumn is [col] and, for the tenants table itself, [root].
func (d *derivation) byColumn(n *node) []premise.Alternative {
	name := d.tenantColumn(n.table)
	t := d.tenantTerm(n)
	if t == formula.NoTerm {
		return nil
	}
	rule := "col"
	if n.table.Tenancy == catalogue.Root && d.level == FirstLevel || d.level == SecondLevel && n.table.Level2 == "" {
		rule = "root"
	}
	need := premise.Need{Kind: premise.Tenant, Column: name, Second: d.level == SecondLevel}
	return d.bound(t, need, rule)
}

// bound gives an alternative for each way in which a term equals bind values.
func (d *derivation) bound(t formula.TermID, need premise.Need, rule string) []premise.Alternative {
	var out []premise.Alternative
	for _, h := range d.eq.Holes(t) {
		var cites []sqltree.Expr
		if d.cites {
			cites, _ = d.eq.Path(t, h)
		}
		need.Hole = d.p.Terms[h].Hole
		out = append(out, premise.Alternative{Needs: []premise.Need{need}, Cites: cites, Rules: []string{rule}})
	}
	for _, m := range d.eq.Members(t) {
		cites, strict := d.eq.Path(t, m.A)
		if m.Padded && !strict {
			continue // both may be NULL
		}
		alt := premise.Alternative{Cites: premise.CiteAlso(cites, m.Cite), Rules: []string{rule}}
		for _, h := range m.Holes {
			need.Hole, need.Element = h, m.Elem
			alt.Needs = append(alt.Needs, need)
		}
		out = append(out, alt)
	}
	return out
}

// byKey is [key]: the one row with a key that must be of the tenant.
func (d *derivation) byKey(n *node, k uniqueColumn) []premise.Alternative {
	t := d.column(n, k.column)
	if t == formula.NoTerm {
		return nil
	}
	need := premise.Need{Kind: premise.Key, Table: formula.Qualified(n.table), Column: k.column}
	alts := d.bound(t, need, "key")
	for i := range alts {
		alts[i].Assumes = []premise.Assumption{{Kind: premise.Uniq, Table: formula.Qualified(n.table), Columns: []string{k.column}, Hard: k.hard}}
	}
	return alts
}

// byUser is [user]: the memberships of the principal; and of other tables the
// rows that refer to the principal.
func (d *derivation) byUser(n *node) []premise.Alternative {
	var out []premise.Alternative
	for _, name := range n.table.Users {
		t := d.column(n, name)
		if t == formula.NoTerm {
			continue
		}
		out = append(out, d.bound(t, premise.Need{Kind: premise.Principal, Column: name}, "user")...)
	}
	for i := range out {
		out[i].Excuse = premise.OwnRows
	}
	return out
}
