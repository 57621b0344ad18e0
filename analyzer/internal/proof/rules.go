package proof

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// A node is a row whose owner is in question: a tuple of the formula, or a
// parent that no FROM names but whose key the formula knows.
type node struct {
	tuple *tuple           // nil for a parent that is not named
	table *catalogue.Table // never nil
	ref   termID           // of an unnamed parent: a term that equals its key
	key   string           // of an unnamed parent: the key's column
	terms []termID         // of a tuple: the columns that the atoms speak of
	arcs  []tie
	first []Alternative // what ties it by itself: [col], [root], [user], [key], [secret]
}

// A tie lets the owner of one row conclude that of another.
type tie struct {
	to      int
	rule    string
	assumes []Assumption
	cites   []sqltree.Expr
	cost    int
	// term is, towards or from a parent that is not named, the child's reference.
	term  termID
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
	p     *solver
	eq    *equalities
	nodes []*node
	index map[int]int // tuple -> node
	level level
	goal  target
	typed map[*catalogue.Edge][]sqltree.Expr // why a polymorphic reference is of its type
}

// level is which of the tenant columns is in question.
type level uint8

const (
	firstLevel level = iota
	secondLevel
)

// derive builds the graph of rows and rules over a conjunction of atoms. The row
// of the goal is in it even if no atom speaks of it.
func (p *solver) derive(atoms []atom, goal target) *derivation {
	d := &derivation{p: p, eq: p.equalities(atoms), index: map[int]int{}, level: goal.level, goal: goal}
	if goal.tuple != nil {
		d.addTuple(goal.tuple)
	}
	for _, a := range atoms {
		d.addTerm(a.a, a.kind)
		if a.kind == eqAtom {
			d.addTerm(a.b, a.kind)
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

// addTerm adds the row that a column is of.
func (d *derivation) addTerm(t termID, kind atomKind) {
	if kind == zeroAtom || kind == setAtom {
		return
	}
	tm := &d.p.terms[t]
	if tm.kind != columnTerm || !isOwned(tm.tuple.table) {
		return
	}
	d.addTuple(tm.tuple)
	n := d.nodes[d.index[tm.tuple.id]]
	if !slices.Contains(n.terms, t) {
		n.terms = append(n.terms, t)
	}
}

// addTuple adds a row of an owned table, once.
func (d *derivation) addTuple(t *tuple) {
	if _, ok := d.index[t.id]; ok || !isOwned(t.table) {
		return
	}
	d.index[t.id] = len(d.nodes)
	d.nodes = append(d.nodes, &node{tuple: t, table: t.table, ref: noTerm})
}

// tenantColumn is the column that says which tenant a row is of, "" if only a
// parent does.
func (d *derivation) tenantColumn(t *catalogue.Table) string {
	if d.level == secondLevel {
		return d.p.secondColumn(t)
	}
	return t.Column
}

// column is the term of a node's column, noTerm if nothing speaks of it.
func (d *derivation) column(n *node, name string) termID {
	if n.tuple == nil {
		if name == n.key {
			return n.ref
		}
		return noTerm
	}
	for _, t := range n.terms {
		if d.p.terms[t].column == name {
			return t
		}
	}
	return noTerm
}

// manyRows is from where on equal rows are connected to the first of them only,
// not each with each.
const manyRows = 12

// sameTenant is rule [same]: rows whose tenant columns are equal.
func (d *derivation) sameTenant(named int) {
	for i := range named {
		a := d.tenantTerm(d.nodes[i])
		if a == noTerm {
			continue
		}
		for j := i + 1; j < named; j++ {
			b := d.tenantTerm(d.nodes[j])
			if b == noTerm || !d.eq.same(a, b) || named > manyRows && d.chained(j, "same") {
				continue
			}
			cites, strict := d.eq.path(a, b)
			if !strict && !fresh(d.nodes[i]) && !fresh(d.nodes[j]) {
				continue // both may be NULL, and of nobody
			}
			d.connect(i, j, tie{rule: "same", cites: cites, cost: byDefinition})
			d.connect(j, i, tie{rule: "same", cites: cites, cost: byDefinition})
		}
	}
}

// chained tells whether a row is connected by a rule already.
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
			uniq := []Assumption{{Kind: Uniq, Table: qualified(a.table), Columns: k.Columns, Hard: hard}}
			d.connect(i, j, tie{rule: "key", cites: cites, cost: byHardKey, assumes: uniq})
			d.connect(j, i, tie{rule: "key", cites: cites, cost: byHardKey, assumes: uniq})
			return
		}
	}
}

// equalKey tells whether two rows of one table have equal keys, all columns of it.
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
		for _, x := range cites {
			out = citeAlso(out, x)
		}
	}
	return out, true
}

// tenantTerm is a row's tenant column, noTerm if nothing speaks of it.
func (d *derivation) tenantTerm(n *node) termID {
	c := d.tenantColumn(n.table)
	if c == "" || n.tuple == nil {
		return noTerm
	}
	return d.column(n, c)
}

// connect adds a rule from one row to another.
func (d *derivation) connect(from, to int, t tie) {
	t.to = to
	if d.nodes[from].tuple != nil && d.nodes[to].tuple != nil {
		t.term = noTerm
	}
	d.nodes[from].arcs = append(d.nodes[from].arcs, t)
}

// anchors are the ways to tie a row by itself.
func (d *derivation) anchors(n *node) []Alternative {
	var out []Alternative
	if n.tuple != nil && n.tuple.proved != nil {
		out = append(out, n.tuple.proved...)
	}
	out = append(out, d.byColumn(n)...)
	if n.tuple != nil && n.tuple.fresh {
		return out
	}
	for _, k := range uniqueColumns(n.table) {
		if k.column != d.tenantColumn(n.table) {
			out = append(out, d.byKey(n, k)...)
		}
	}
	if n.tuple == nil {
		if n.table.Tenancy == catalogue.Root && n.key == n.table.Column && d.level == firstLevel {
			out = append(out, d.bound(n.ref, Need{Kind: Tenant, Column: n.key}, "root")...)
		}
		return out
	}
	out = append(out, d.byUser(n)...)
	return append(out, d.bySecret(n)...)
}

// byColumn is [col] and, for the tenants table itself, [root].
func (d *derivation) byColumn(n *node) []Alternative {
	name := d.tenantColumn(n.table)
	t := d.tenantTerm(n)
	if t == noTerm {
		return nil
	}
	rule := "col"
	if n.table.Tenancy == catalogue.Root && d.level == firstLevel || d.level == secondLevel && n.table.Level2 == "" {
		rule = "root"
	}
	need := Need{Kind: Tenant, Column: name, Second: d.level == secondLevel}
	return d.bound(t, need, rule)
}

// bound gives an alternative for each way in which a term equals bind values.
func (d *derivation) bound(t termID, need Need, rule string) []Alternative {
	var out []Alternative
	for _, h := range d.eq.holes(t) {
		cites, _ := d.eq.path(t, h)
		need.Hole = d.p.terms[h].hole
		out = append(out, Alternative{Needs: []Need{need}, Cites: cites, Rules: []string{rule}})
	}
	for _, m := range d.eq.members(t) {
		cites, strict := d.eq.path(t, m.a)
		if m.padded && !strict {
			continue // both may be NULL
		}
		alt := Alternative{Cites: citeAlso(cites, m.cite), Rules: []string{rule}}
		for _, h := range m.holes {
			need.Hole, need.Element = h, m.elem
			alt.Needs = append(alt.Needs, need)
		}
		out = append(out, alt)
	}
	return out
}

// citeAlso adds a predicate to a list, once, and leaves the list alone.
func citeAlso(cites []sqltree.Expr, e sqltree.Expr) []sqltree.Expr {
	if e == nil || slices.Contains(cites, e) {
		return cites
	}
	return append(cites[:len(cites):len(cites)], e)
}

// byKey is [key]: the one row with a key that must be of the tenant.
func (d *derivation) byKey(n *node, k uniqueColumn) []Alternative {
	t := d.column(n, k.column)
	if t == noTerm {
		return nil
	}
	need := Need{Kind: Key, Table: qualified(n.table), Column: k.column}
	alts := d.bound(t, need, "key")
	for i := range alts {
		alts[i].Assumes = []Assumption{{Kind: Uniq, Table: qualified(n.table), Columns: []string{k.column}, Hard: k.hard}}
	}
	return alts
}

// byUser is [user]: the memberships of the principal; and of other tables the
// rows that refer to the principal.
func (d *derivation) byUser(n *node) []Alternative {
	var out []Alternative
	for _, name := range d.userColumns(n.table) {
		t := d.column(n, name)
		if t == noTerm {
			continue
		}
		out = append(out, d.bound(t, Need{Kind: Principal, Column: name}, "user")...)
	}
	for i := range out {
		out[i].Excuse = OwnRows
	}
	return out
}

// userColumns are the columns that say whose personal row it is: of the
// membership table its user; of another a reference to the principals' table,
// or a person's e-mail address.
func (d *derivation) userColumns(t *catalogue.Table) []string {
	if t.User != "" {
		return []string{t.User}
	}
	var out []string
	principal := d.p.cat.Principal
	for _, e := range t.Edges {
		if principal != nil && e.To == principal && len(e.Columns) == 1 {
			out = append(out, e.Columns[0])
		}
	}
	for _, c := range t.Columns {
		if strings.HasSuffix(strings.ToLower(c.Name), "email") {
			out = append(out, c.Name)
		}
	}
	if t == principal {
		for _, k := range t.Keys {
			if k.Primary && len(k.Columns) == 1 {
				out = append(out, k.Columns[0])
			}
		}
	}
	return out
}
