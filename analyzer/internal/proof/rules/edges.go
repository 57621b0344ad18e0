package rules

import (
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/formula"
	"github.com/tenantvet/tenantvet/analyzer/internal/proof/premise"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
	"github.com/tenantvet/tenantvet/analyzer/internal/sqltree"
)

// edges finds what rules [down] and [up] connect a node with: rows of the
// parents that the formula names, and parents that it only knows the key of.
func (d *derivation) edges(i int) {
	n := d.nodes[i]
	for _, e := range n.table.Edges {
		if !formula.IsOwned(e.To) || !d.enabled(n, e) {
			continue
		}
		if !d.namedParents(i, e) {
			d.unnamedParent(i, e)
		}
	}
}

// enabled reports whether an edge may carry a proof. A second reference to the
// tenants table does not: two of them in one row mean two tenants.
func (d *derivation) enabled(n *node, e *catalogue.Edge) bool {
	if fresh(n) && (!d.owning(n.table, e) || n.tuple == d.goal.tuple && d.goal.arc != nil && d.goal.arc != e) {
		return false
	}
	toRoot := e.To.Tenancy == catalogue.Root && len(e.Columns) == 1
	if toRoot || d.level == SecondLevel && !(d.p.HasSecond(n.table) && d.p.HasSecond(e.To)) {
		return false
	}
	return true
}

// namedParents connects a row with the rows of the parent table whose key its
// foreign key equals; false if there is none.
func (d *derivation) namedParents(i int, e *catalogue.Edge) bool {
	any := false
	for j, parent := range d.nodes {
		if j == i || parent.tuple == nil || parent.table != e.To {
			continue
		}
		m, ok := d.match(d.nodes[i], parent, e)
		if !ok {
			continue
		}
		any = true
		down, up := d.alongEdge(d.nodes[i], e), d.against(d.nodes[i], e)
		down.cites = d.withType(e, m.cites)
		up.cites = down.cites
		down.assumes = append(down.assumes, m.assumes...)
		up.assumes = append(up.assumes, m.assumes...)
		d.connect(j, i, down)
		if !fresh(d.nodes[i]) {
			d.connect(i, j, up)
		}
	}
	return any
}

// matched is why a row's foreign key equals a parent's key.
type matched struct {
	cites   []sqltree.Expr
	assumes []premise.Assumption
}

// match compares all columns of an edge, or, of a composite one, a column that
// alone is unique in the parent.
func (d *derivation) match(n, parent *node, e *catalogue.Edge) (matched, bool) {
	var out matched
	all := true
	for i, c := range e.Columns {
		cites, ok := d.equalColumns(n, c, parent, e.RefColumns[i])
		all = all && ok
		out.cites = premise.CiteAll(out.cites, cites)
	}
	if all {
		return out, true
	}
	for i, c := range e.Columns {
		k, unique := UniqueColumnOf(e.To, e.RefColumns[i])
		cites, ok := d.equalColumns(n, c, parent, e.RefColumns[i])
		if ok && unique && len(e.Columns) > 1 {
			return matched{cites, []premise.Assumption{{Kind: premise.Uniq, Table: formula.Qualified(e.To), Columns: []string{k.column}, Hard: k.hard}}}, true
		}
	}
	return matched{}, false
}

// equalColumns reports whether two columns have one value that is not NULL: two
// NULLs name no common row.
func (d *derivation) equalColumns(n *node, c string, parent *node, ref string) ([]sqltree.Expr, bool) {
	a, b := d.column(n, c), d.column(parent, ref)
	if a == formula.NoTerm || b == formula.NoTerm || !d.eq.Same(a, b) {
		return nil, false
	}
	cites, strict := d.eq.Path(a, b)
	return cites, strict
}

// unnamedParent adds the parent row whose key equals something in the formula.
func (d *derivation) unnamedParent(i int, e *catalogue.Edge) {
	n := d.nodes[i]
	for k, c := range e.Columns {
		if len(e.Columns) > 1 {
			if _, unique := UniqueColumnOf(e.To, e.RefColumns[k]); !unique {
				continue
			}
		}
		t := d.column(n, c)
		if t == formula.NoTerm || d.p.Terms[t].Kind != formula.ColumnTerm {
			continue
		}
		j, cites := d.parent(e, e.RefColumns[k], t)
		down, up := d.alongEdge(n, e), d.against(n, e)
		down.cites = d.withType(e, cites)
		up.cites = down.cites
		down.term, up.term, down.typed, up.typed = t, t, e, e
		d.connect(j, i, down)
		if !e.Inferred && !fresh(n) {
			d.connect(i, j, up)
		}
		return
	}
}

// parent finds or makes the unnamed row of e.To whose key equals t.
func (d *derivation) parent(e *catalogue.Edge, key string, t formula.TermID) (int, []sqltree.Expr) {
	for j, n := range d.nodes {
		if n.tuple != nil || n.table != e.To || n.key != key || !d.eq.Same(n.ref, t) {
			continue
		}
		// Two references that may both be NULL name no common parent.
		if cites, strict := d.eq.Path(n.ref, t); strict || n.ref == t {
			return j, cites
		}
	}
	// Seen from a bind value that it equals, each child cites its own way there.
	ref := t
	if holes := d.eq.Holes(t); len(holes) > 0 {
		ref = holes[0]
	}
	d.nodes = append(d.nodes, &node{table: e.To, ref: ref, key: key})
	cites, _ := d.eq.Path(ref, t)
	return len(d.nodes) - 1, cites
}

// alongEdge is [down]: the child is the parent's. By definition where the edge is
// what makes the child owned, else by the invariant Ref.
func (d *derivation) alongEdge(n *node, e *catalogue.Edge) tie {
	out := tie{rule: "down"}
	out.assumes, out.cost = d.reliance(n, e)
	return out
}

// against is [up]: the parent of a row of mine is mine.
func (d *derivation) against(n *node, e *catalogue.Edge) tie {
	out := tie{rule: "up"}
	out.assumes, out.cost = d.reliance(n, e)
	return out
}

// fresh tells a row that the statement makes: what it refers to is not the
// tenant's for that reason.
func fresh(n *node) bool { return n.tuple != nil && n.tuple.Fresh }

// owning tells the edges that make a child owned: the owning edge, and those of
// an exclusive arc.
func (d *derivation) owning(t *catalogue.Table, e *catalogue.Edge) bool {
	return d.tenantColumn(t) == "" && (t.Owner == e || slices.Contains(t.Owners, e))
}

// reliance is what an edge asks to be assumed, and at what cost.
func (d *derivation) reliance(n *node, e *catalogue.Edge) ([]premise.Assumption, int) {
	if d.owning(n.table, e) && !e.Inferred {
		return nil, byDefinition
	}
	a := premise.Assumption{Kind: premise.Ref, Table: formula.Qualified(n.table), Columns: e.Columns, To: formula.Qualified(e.To), Hard: e.SameTenant, Inferred: e.Inferred}
	if e.Inferred && !hardKey(e.To, e.RefColumns) { // no foreign key vouches for it
		u := premise.Assumption{Kind: premise.Uniq, Table: formula.Qualified(e.To), Columns: e.RefColumns}
		return []premise.Assumption{a, u}, byName
	}
	switch {
	case e.SameTenant:
		return []premise.Assumption{a}, byHardKey
	case e.Inferred:
		return []premise.Assumption{a}, byName
	}
	return []premise.Assumption{a}, bySoftKey
}

// hardKey reports whether the database keeps columns of a table unique.
func hardKey(t *catalogue.Table, columns []string) bool {
	return slices.ContainsFunc(t.Keys, func(k *schema.Key) bool {
		return k.Where == "" && !k.Expressions && slices.Equal(k.Columns, columns)
	})
}

// A uniqueColumn is a column that identifies a row among all tenants'.
type uniqueColumn struct {
	column string
	hard   bool
}

// uniqueColumns lists the single columns that are unique over all tenants:
// by a key, or softly where the database makes the value.
func uniqueColumns(t *catalogue.Table) []uniqueColumn {
	var out []uniqueColumn
	add := func(c string, hard bool) {
		for _, have := range out {
			if have.column == c {
				return
			}
		}
		out = append(out, uniqueColumn{c, hard})
	}
	for _, k := range t.Unique {
		if plainKey(k) {
			add(k.Columns[0], true)
		}
	}
	for _, k := range t.SoftUnique {
		if plainKey(k) {
			add(k.Columns[0], false)
		}
	}
	return out
}

// plainKey tells the keys of one whole column.
func plainKey(k *schema.Key) bool { return len(k.Columns) == 1 && k.Where == "" && !k.Expressions }

// UniqueColumnOf finds a unique column by name.
func UniqueColumnOf(t *catalogue.Table, name string) (uniqueColumn, bool) {
	for _, k := range uniqueColumns(t) {
		if k.column == name {
			return k, true
		}
	}
	return uniqueColumn{}, false
}

// ServerMade tells the columns whose values the database makes up: identity,
// serial, uuid by default.
func ServerMade(t *catalogue.Table, name string) bool {
	for _, c := range t.Columns {
		if c.Name == name {
			return c.Identity || madeUUID(c.Default)
		}
	}
	return false
}

// madeUUID tells defaults that make up an identifier.
func madeUUID(def string) bool {
	def = strings.ToLower(def)
	for _, f := range []string{"gen_random_uuid(", "uuid_generate_v", "uuidv7(", "uuidv4(", "uuid_v7(", "generate_ulid(", "gen_ulid(", "uuid_generate_v7("} {
		if strings.Contains(def, f) {
			return true
		}
	}
	return false
}
