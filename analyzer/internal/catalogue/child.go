package catalogue

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// assignChildren gives the tables without tenant column an owner: the nearest
// first, so that every owning edge leads one step closer to the root.
func (d *decision) assignChildren() {
	distance := map[*Table]int{}
	for _, t := range d.cat.Tables {
		if t.Tenancy == Owned || t.Tenancy == Membership || t.Tenancy == Root {
			distance[t] = 1
		}
	}
	for _, inferred := range []bool{false, true} {
		for _, nullable := range []bool{false, true} {
			d.spread(distance, inferred, nullable)
		}
	}
}

// spread makes children until nothing changes, over edges of one firmness and
// all firmer ones.
func (d *decision) spread(distance map[*Table]int, inferred, nullable bool) {
	for step := 1; ; step++ {
		var reached []*Table
		for _, t := range d.cat.Tables {
			if distance[t] > 0 || t.PartitionOf != "" || t.Why != "" && t.Tenancy == Shared || t == d.cat.Principal && (inferred || nullable) {
				continue
			}
			if edges := d.owning(t, distance, inferred, nullable); len(edges) > 0 {
				d.makeChild(t, edges)
				reached = append(reached, t)
			}
		}
		if len(reached) == 0 {
			return
		}
		for _, t := range reached {
			distance[t] = distance[t.Owner.To] + 1
		}
	}
}

// owning lists the edges of t to owned tables that may own it, best first.
func (d *decision) owning(t *Table, distance map[*Table]int, inferred, nullable bool) []*Edge {
	var edges, roles []*Edge
	for _, e := range t.Edges {
		switch {
		case distance[e.To] == 0 || e.To == t || e.Inferred && !inferred || !e.notNull() && !nullable:
		case e.notNull() || e.parentLike():
			edges = append(edges, e)
		case !e.Inferred:
			roles = append(roles, e)
		}
	}
	if arc := arcOf(roles); len(edges) == 0 && len(arc) > 1 {
		edges = arc
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

// parentLike tells that an edge's column is called after the table that it
// refers to, as a parent's is, and not after a role: file_id, not logo_file_id.
func (e *Edge) parentLike() bool {
	if !e.single() {
		return true
	}
	noun, _ := columnNoun(e.Columns[0])
	return noun != "" && strings.HasSuffix(canonical(tableNoun(e.To.Name)), noun)
}

// preference ranks what an edge says of owning, 0 best: NOT NULL before
// nullable, declared before inferred, things before people and those who acted,
// part of a key before not.
func preference(e *Edge) int {
	n := 0
	for _, bad := range []struct {
		weight int
		is     bool
	}{
		{16, !e.notNull()},
		{8, actor(e.Columns[0])},
		{4, e.Inferred},
		{2, userNoun(canonical(tableNoun(e.To.Name)))},
		{1, !e.inKey()},
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

// makeChild gives a table its owner, or an exclusive arc of owners.
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
		if !known && !actor(e.Columns[0]) && !userNoun(canonical(tableNoun(e.To.Name))) {
			arc = append(arc, e)
		}
	}
	return arc
}

func arcText(arc []*Edge) string {
	var parts []string
	for _, e := range arc {
		parts = append(parts, fmt.Sprintf("%s (to %s)", strings.Join(e.Columns, ", "), e.To.FullName()))
	}
	return strings.Join(parts, ", ")
}

// mentionChoice prints the choice between several parents of a junction.
func (d *decision) mentionChoice(t *Table, edges []*Edge) {
	var others []string
	for _, e := range edges[1:] {
		if e.notNull() && e.To != edges[0].To && !actor(e.Columns[0]) && !userNoun(canonical(tableNoun(e.To.Name))) {
			others = append(others, strings.Join(e.Columns, ", "))
		}
	}
	if len(others) > 0 {
		t.Why += "; chosen before " + strings.Join(others, " and ")
	}
}

// ownedBy says how a parent is owned.
func (t *Table) ownedBy() string {
	switch t.Tenancy {
	case Child:
		return "a child"
	case Root:
		return "the root"
	}
	return "owned by " + t.Column
}
