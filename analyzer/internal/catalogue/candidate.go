package catalogue

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue/naming"
	"github.com/tenantvet/tenantvet/analyzer/internal/trust"
)

// No list of names decides what a tenant is called: every column that could be
// meant is a candidate, and the schema votes. Names only weigh.

// decision is the state while one catalogue is made. It is thrown away afterwards;
// what a proof may see is in the catalogue alone.
type decision struct {
	*graph
	candidates []*candidate // that may be the tenant column, best first
	all        []*candidate // those that may be a second level, too
	aliens     []alien
	alien      map[*Table]string // the columns of aliens of the winner's root
	winner     *candidate        // of the tenant column, nil if there is none
	second     *candidate        // of the second level
}

// candidate is a column, under its several names, that could be the tenant's.
type candidate struct {
	noun    string
	class   trust.Class
	root    *Table             // the table that it refers to, nil if the schema has none
	columns map[*Table]*member // the tables that have it, the root left out
	people  bool               // users are joined to it, or have it
	score   float64
}

// member is how one table has a candidate: by which column, how firmly, and which
// other columns could have been meant.
type member struct {
	column string
	bare   string // without what all columns of the table begin with
	edge   *Edge  // nil where no table is referred to
	exact  bool   // the column is named after the candidate's noun, not by a role
	others []string
}

// rank tells which of two columns of one table is rather the tenant column. The
// name counts most: a table with org_id and invited_by_org_id has both as foreign
// keys, and only one of them owns.
func (m *member) rank(t *Table) int {
	n := 0
	if m.exact {
		n += 4
	}
	if m.edge != nil && !m.edge.Inferred {
		n += 2
	}
	if c := t.Table.Column(m.column); c != nil && c.NotNull {
		n += 2
	}
	if inKey(t, []string{m.column}) {
		n++
	}
	return n
}

// collect gathers the candidates from all columns, best first; equal scores stand
// by name, so that the order of tables decides nothing.
func (d *decision) collect() {
	groups := map[string]*candidate{}
	var order []*candidate
	for _, t := range d.cat.Tables {
		if t.PartitionOf != "" {
			continue
		}
		for _, c := range t.Columns {
			d.offer(groups, &order, t, c.Name)
		}
	}
	order = d.oneName(order)
	for _, c := range order {
		c.people = d.joinsPeople(c)
		c.score = d.score(c)
	}
	slices.SortStableFunc(order, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(a.name(), b.name()))
	})
	for _, c := range order {
		if d.plausible(c) {
			d.candidates = append(d.candidates, c)
		}
	}
	d.all = order
}

// oneName joins candidates that are one column by its name: the tables in which a
// foreign key says what it refers to, and those in which none does. Two groups would
// be rivals, and the tables of the one that loses nobody's.
func (d *decision) oneName(all []*candidate) []*candidate {
	for _, g := range all {
		if g.root != nil {
			continue
		}
		for _, t := range d.cat.Tables {
			m := g.columns[t]
			if m == nil {
				continue
			}
			i := slices.IndexFunc(all, func(r *candidate) bool { return r.root != nil && r.root != t && r.exactly(m.column) })
			if i >= 0 {
				all[i].join(t, m)
				all[i].class = min(all[i].class, g.class)
				delete(g.columns, t)
			}
		}
	}
	return slices.DeleteFunc(all, func(g *candidate) bool { return len(g.columns) == 0 })
}

// exactly reports whether a foreign key of some table has a column of that name.
func (g *candidate) exactly(column string) bool {
	for _, m := range g.columns {
		if m.edge != nil && !m.edge.Inferred && trust.Norm(m.column) == trust.Norm(column) {
			return true
		}
	}
	return false
}

// alien is a column that is called after a table and cannot hold its keys.
type alien struct {
	table, named *Table
	column       string
}

// offer puts a column into the candidate that it speaks for, if any. A foreign key
// speaks for the table that it leads to, whatever it is called; a name without one
// speaks for its noun. Columns that are called after a table but cannot hold its
// keys are ids of other systems, and are remembered as such.
func (d *decision) offer(groups map[string]*candidate, order *[]*candidate, t *Table, column string) {
	noun, isID := d.nounOf(t, column)
	edge := t.edgeOf(column)
	m := &member{column: column, bare: naming.Bare(column, d.columns[t]), edge: edge}
	var root *Table
	switch {
	case edge != nil:
		root = edge.To
		rootNoun := d.noun(root)
		m.exact = noun == rootNoun || isID && d.words.Class(noun) < trust.Unlisted && strings.HasSuffix(rootNoun, noun)
		if !isID && noun != rootNoun || d.words.Class(noun) == trust.Unlisted || !m.exact {
			noun = rootNoun
		}
	case isID && d.words.Class(noun) < trust.Unlisted:
		m.exact = true
		named := d.tableOf(noun, t.Schema)
		if named == t {
			return
		}
		if root = named; named != nil && d.words.Class(noun) > trust.Surely && !d.fits(t, column, named) {
			d.aliens = append(d.aliens, alien{t, named, column})
			return
		}
	default:
		return
	}
	// A table is not its own tenant, and people are principals.
	if root == t || d.isPeople(root, noun) {
		return
	}
	id := "noun " + noun
	if root != nil {
		id = "root " + root.FullName()
	}
	g := groups[id]
	if g == nil {
		g = &candidate{noun: noun, class: d.words.Class(noun), root: root, columns: map[*Table]*member{}}
		groups[id] = g
		*order = append(*order, g)
	}
	g.class = min(g.class, d.words.Class(noun))
	g.join(t, m)
}

// join adds a column; where the table has two, the better one stands for it and
// the other is remembered.
func (g *candidate) join(t *Table, m *member) {
	old := g.columns[t]
	switch {
	case old == nil:
		g.columns[t] = m
	case m.rank(t) > old.rank(t):
		m.others = append(old.others, old.column)
		g.columns[t] = m
	default:
		old.others = append(old.others, m.column)
	}
}

// name is the spelling of the column that most tables have; of two equally common
// ones the first by alphabet.
func (g *candidate) name() string {
	count := map[string]int{}
	for _, m := range g.columns {
		count[m.column]++
		if m.bare != m.column {
			count[m.bare]++
		}
	}
	best := ""
	for name, n := range count {
		if n > count[best] || n == count[best] && (best == "" || name < best) {
			best = name
		}
	}
	return best
}

// score is the share of tables that have the column, by how firmly they do. The
// share counts most: what a program calls its tenants differs, that most of its
// tables name them does not. The other factors only decide between columns that
// are about as common.
func (d *decision) score(g *candidate) float64 {
	declared, notNull, keyed := 0, 0, 0
	for t, m := range g.columns {
		if m.edge != nil && !m.edge.Inferred {
			declared++
		}
		if c := t.Table.Column(m.column); c != nil && c.NotNull {
			notNull++
		}
		if d.composite(t, m.column) {
			keyed++
		}
	}
	n := float64(len(g.columns))
	firm := 0.5 + 0.3*float64(declared)/n + 0.1*float64(notNull)/n + 0.1*float64(keyed)/n
	score := n / float64(max(d.size, 1)) * firm * g.class.Weight()
	if g.people {
		score *= 1.2
	}
	return score
}

// joinsPeople tells that users belong to the candidate: a table has its column
// and the user's, both in one key or under a name that says so, or the table of
// users has the column.
func (d *decision) joinsPeople(g *candidate) bool {
	for t, m := range g.columns {
		if t == d.cat.Principal || d.membership(t, m.column, g.root) != "" {
			return true
		}
	}
	return false
}

// plausible leaves out what only looks like a tenant: the weaker the noun, the
// more the schema must say for it.
func (d *decision) plausible(g *candidate) bool {
	n, share := len(g.columns), float64(len(g.columns))/float64(max(d.size, 1))
	switch g.class {
	case trust.Surely:
		return g.root != nil || share >= 0.1
	case trust.Likely:
		return g.people || share >= 0.2
	case trust.Perhaps:
		return g.people || d.cat.Principal == nil && share >= 0.4 || n >= 5 && share >= 0.25 && d.standsAlone(g)
	}
	return g.people && share >= 0.3 || n >= 8 && share >= 0.5 && d.standsAlone(g)
}

// standsAlone tells that the root of a candidate is referred to by foreign keys
// and belongs to no user, as the projects of a person do. Without it, every
// product that is built around users would have a "tenant".
func (d *decision) standsAlone(g *candidate) bool {
	if g.root == nil {
		return false
	}
	for _, e := range g.root.Edges {
		if e.To == d.cat.Principal || d.words.Person(d.words.Noun(trust.TableNoun(e.To.Name))) {
			return false
		}
	}
	for _, m := range g.columns {
		if m.edge != nil && !m.edge.Inferred {
			return true
		}
	}
	return false
}

// public is the candidate as the catalogue shows it; the score is rounded, so that
// a machine's floating point is not part of a golden.
func (g *candidate) public() Candidate {
	why := "by name, no table of that name"
	if g.root != nil {
		why = "refers to " + g.root.FullName()
	}
	if g.people {
		why += ", users belong to it"
	}
	return Candidate{Column: g.name(), Tables: len(g.columns), Score: math.Round(g.score*1000) / 1000, Why: why}
}

// String names a candidate in the sentence that asks which one is right.
func (g *candidate) String() string { return fmt.Sprintf("%s (%s)", g.name(), tables(len(g.columns))) }

// tables is a number of tables in words.
func tables(n int) string {
	if n == 1 {
		return "1 table"
	}
	return fmt.Sprintf("%d tables", n)
}
