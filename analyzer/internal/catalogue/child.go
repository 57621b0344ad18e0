package catalogue

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Tables without the column are owned through a parent, and mostly could be by
// several. Which one owns matters: a proof ties the row through that edge by
// definition, and through any other only under an assumption.

// assignChildren gives the tables without tenant column an owner, over the
// firmest edges first: an edge that is weaker never takes a table that a firmer
// one reaches.
func (d *decision) assignChildren() {
	distance := map[*Table]int{}
	for _, t := range d.cat.Tables {
		if t.Tenancy == Owned || t.Tenancy == Membership || t.Tenancy == Root {
			distance[t] = 1
		}
	}
	for _, firm := range []func(*Edge) bool{
		func(e *Edge) bool { return !e.Inferred && e.notNull() && !e.ofPeople },
		func(e *Edge) bool { return !e.Inferred && e.notNull() },
		func(e *Edge) bool { return !e.Inferred && (e.notNull() || e.parentLike || e.inArc(distance)) },
		func(e *Edge) bool { return e.notNull() || !e.Inferred && e.parentLike },
		func(e *Edge) bool { return e.notNull() || e.parentLike },
	} {
		// Owners are chosen once all tables of this firmness are reached: the
		// nearest edge is not always the best.
		reached := d.spread(distance, firm)
		for _, t := range reached {
			d.makeChild(t, d.owning(t, distance, firm))
		}
	}
}

// spread finds the tables that edges of one firmness lead to owned ones, and how
// far they are, and gives each a first owner: the nearest. It goes in rounds, all
// of a distance at once, so that the order of tables decides nothing.
func (d *decision) spread(distance map[*Table]int, firm func(*Edge) bool) []*Table {
	var all []*Table
	for {
		var reached []*Table
		for _, t := range d.cat.Tables {
			// What a firmer edge reached stays as it is.
			if distance[t] > 0 || !d.mayBeChild(t) {
				continue
			}
			if edges := d.owning(t, distance, firm); len(edges) > 0 {
				t.Tenancy, t.Owner = Child, edges[0]
				reached = append(reached, t)
			}
		}
		for _, t := range reached {
			distance[t] = distance[t.Owner.To] + 1
		}
		if len(reached) == 0 {
			return all
		}
		all = append(all, reached...)
	}
}

// mayBeChild leaves out partitions, which follow their parent, and what the
// settings call shared, which stays so whatever it refers to.
func (d *decision) mayBeChild(t *Table) bool {
	return t.PartitionOf == "" && (t.Why == "" || t.Tenancy != Shared)
}

// owning lists the edges of t that may own it, best first: none that leads back to
// t, and to the table of users none that is weak. A user who is "owned" by a
// nullable column would make everything that names users a tenant's.
func (d *decision) owning(t *Table, distance map[*Table]int, firm func(*Edge) bool) []*Edge {
	var edges []*Edge
	for _, e := range t.Edges {
		weak := e.Inferred || !e.notNull()
		if distance[e.To] > 0 && firm(e) && !(weak && t == d.cat.Principal) && !e.To.ownedThrough(t) {
			edges = append(edges, e)
		}
	}
	slices.SortStableFunc(edges, func(a, b *Edge) int {
		return cmp.Or(
			cmp.Compare(preference(a), preference(b)),
			cmp.Compare(distance[a.To], distance[b.To]),
			cmp.Compare(keyPlace(a), keyPlace(b)),
		)
	})
	return edges
}

// ownedThrough tells that the owners of t lead through another table, or that both
// are one. Owners must come to an end at a table with the column.
func (t *Table) ownedThrough(other *Table) bool {
	seen := map[*Table]bool{}
	for ; t != nil && !seen[t]; t = t.Owner.To {
		if t == other {
			return true
		}
		if seen[t] = true; t.Owner == nil {
			return false
		}
	}
	return false
}

// inArc tells a nullable edge that is one of several to different owned tables,
// of which one is set: an exclusive arc.
func (e *Edge) inArc(distance map[*Table]int) bool {
	var nullable []*Edge
	for _, other := range e.From.Edges {
		if !other.Inferred && !other.notNull() && distance[other.To] > 0 {
			nullable = append(nullable, other)
		}
	}
	arc := arcOf(nullable)
	return len(arc) > 1 && slices.Contains(arc, e)
}

// preference ranks what an edge says of owning, 0 best: NOT NULL before nullable,
// declared before inferred, things before people and those who acted, part of a
// key before not. The weights are apart so far that a better sign beats all weaker
// ones together.
func preference(e *Edge) int {
	n := 0
	for _, bad := range []struct {
		weight int
		is     bool
	}{
		{16, !e.notNull()},
		{8, e.ofPeople},
		{4, e.Inferred},
		{1, !e.keyed()},
	} {
		if bad.is {
			n += bad.weight
		}
	}
	return n
}

// keyPlace is where an edge stands in the primary key: the parent comes first.
func keyPlace(e *Edge) int {
	if pk := e.From.Primary(); pk != nil {
		if i := slices.Index(pk.Columns, e.Columns[0]); i >= 0 {
			return i
		}
	}
	return len(e.From.Columns)
}

// makeChild gives a table its owner, or an exclusive arc of owners. Its confidence
// is never above its parent's; a nullable or a merely named edge makes it low,
// because a row without the parent is nobody's.
func (d *decision) makeChild(t *Table, edges []*Edge) {
	e := edges[0]
	t.Tenancy, t.Owner, t.Confidence = Child, e, min(d.cat.Confidence, e.To.Confidence)
	how := "a foreign key"
	if e.Inferred {
		how, t.Confidence = "by name only", Low
	}
	t.Why = fmt.Sprintf("through %s to %s (%s), %s", strings.Join(e.Columns, ", "), e.To.FullName(), e.To.ownedBy(), how)
	if e.notNull() {
		d.mentionChoice(t, edges)
		return
	}
	t.Confidence = Low
	if arc := arcOf(edges); len(arc) > 1 {
		t.Owners = arc
		t.Why = "through whichever is set of " + arcText(arc)
		return
	}
	t.Why += ", nullable: rows without it are nobody's"
}

// arcOf keeps the nullable edges of an exclusive arc: one for each parent, and
// none that only tells who acted, unless all do.
func arcOf(edges []*Edge) []*Edge {
	var arc []*Edge
	for _, e := range edges {
		known := slices.ContainsFunc(arc, func(o *Edge) bool { return o.To == e.To })
		if !known && !e.ofPeople {
			arc = append(arc, e)
		}
	}
	return arc
}

// arcText lists the parents of an arc with the columns that lead to them.
func arcText(arc []*Edge) string {
	var parts []string
	for _, e := range arc {
		parts = append(parts, fmt.Sprintf("%s (to %s)", strings.Join(e.Columns, ", "), e.To.FullName()))
	}
	return strings.Join(parts, ", ")
}

// mentionChoice prints the choice between several parents of a junction: the one
// owns, the others are references that somebody must keep in the tenant.
func (d *decision) mentionChoice(t *Table, edges []*Edge) {
	var others []string
	for _, e := range edges[1:] {
		if e.notNull() && e.To != edges[0].To && !e.ofPeople {
			others = append(others, strings.Join(e.Columns, ", "))
		}
	}
	if len(others) > 0 {
		t.Why += "; chosen before " + strings.Join(others, " and ")
	}
}

// ownedBy says how a parent is owned, for the reason of its child.
func (t *Table) ownedBy() string {
	switch t.Tenancy {
	case Child:
		return "a child"
	case Root:
		return "the root"
	}
	return "owned by " + t.Column
}

// A key of several columns often holds the parent's own reference: notes refer to
// (version, document) of versions, and document of versions refers to documents.
// Then the column document of a note is the key of a document, too, and the
// database says so: it is what owns the note, and what statements bind.

// ownThrough lets such children be owned by what owns their parents, from the top
// down. Only keys that the database has checked count, and of which no column is
// NULL: PostgreSQL does not check the others.
func (d *decision) ownThrough() {
	for range d.cat.Tables {
		changed := false
		for _, t := range d.cat.Tables {
			if e := t.grandparent(); e != nil {
				if have := t.edgeOf(e.Columns[0]); have != nil && have.To == e.To && slices.Equal(have.RefColumns, e.RefColumns) {
					e = have
				} else {
					t.Edges = append(t.Edges, e)
				}
				t.Why = fmt.Sprintf("through %s to %s (%s), by the key to %s", e.Columns[0], e.To.FullName(), e.To.ownedBy(), t.Owner.To.FullName())
				t.Owner, changed = e, true
			}
		}
		if !changed {
			return
		}
	}
}

// grandparent is the edge along which the owner of t's parent owns t, nil if the key
// to the parent does not hold it.
func (t *Table) grandparent() *Edge {
	if t.Tenancy != Child || len(t.Owners) > 0 || t.Owner.single() || !t.Owner.enforced() {
		return nil
	}
	up := t.Owner.To
	if up.Tenancy != Child || len(up.Owners) > 0 || !up.Owner.single() {
		return nil
	}
	i := slices.Index(t.Owner.RefColumns, up.Owner.Columns[0])
	if i < 0 {
		return nil
	}
	return &Edge{
		From: t, Columns: []string{t.Owner.Columns[i]}, To: up.Owner.To, RefColumns: up.Owner.RefColumns,
		Inferred: up.Owner.Inferred, parentLike: up.Owner.parentLike,
	}
}

// enforced tells a foreign key that holds for every row.
func (e *Edge) enforced() bool {
	return e.declared != nil && !e.declared.NotValid && (e.declared.MatchFull || e.notNull())
}

// sharesOwner tells a valid key of several columns of which one owns both rows: the
// database makes them rows of one parent.
func (e *Edge) sharesOwner() bool {
	a, b := e.From.Owner, e.To.Owner
	if e.single() || e.declared == nil || e.declared.NotValid || a == nil || b == nil || !a.single() || !b.single() ||
		len(e.From.Owners)+len(e.To.Owners) > 0 || a.To != b.To || !slices.Equal(a.RefColumns, b.RefColumns) {
		return false
	}
	i := slices.Index(e.Columns, a.Columns[0])
	return i >= 0 && e.RefColumns[i] == b.Columns[0] && (e.declared.MatchFull || columnNotNull(e.From, a.Columns[0]))
}
