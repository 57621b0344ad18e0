package asifalone

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// assignments makes SET: plain columns mostly, sometimes the tenant or a
// reference.
func (g writes) assignments(t *catalogue.Table, s scope) string {
	var parts []string
	for _, i := range g.r.Perm(len(t.Columns)) {
		c := t.Columns[i]
		if c.Generated || c.Identity || kindOf(t, c.Name) != plainColumn && !g.chance(0.08) {
			continue
		}
		parts = append(parts, ident(c.Name)+" = "+g.assigned(t, c, s))
		if g.chance(0.6) {
			break
		}
	}
	if g.chance(0.06) && len(parts) > 0 {
		name, value, _ := strings.Cut(parts[0], " = ")
		parts[0] = "(" + name + ") = ROW(" + value + ")"
	}
	if len(parts) == 0 {
		c := t.Columns[len(t.Columns)-1]
		parts = append(parts, ident(c.Name)+" = "+g.fresh(t, c))
	}
	return strings.Join(parts, ", ")
}

// assigned is the value for one column of SET: a bind value, a constant, or taken
// from another relation or a sub-select.
func (g writes) assigned(t *catalogue.Table, c *schema.Column, s scope) string {
	if kindOf(t, c.Name) != plainColumn {
		return g.fresh(t, c)
	}
	typ := baseType(c.Type)
	switch n := g.r.IntN(10); {
	case n < 2:
		for _, r := range s.peers[1:] {
			for _, x := range r.cols {
				if x.typ == typ {
					return r.ref(x)
				}
			}
		}
	case n < 4 && s.depth > 1:
		return "(" + g.aggregateOnly(s.depth-1, s.peers) + ")::" + typ
	case n == 4 && (typ == "integer" || typ == "int"):
		return s.peers[0].byName(c.Name) + " + 1"
	}
	return g.fresh(t, c)
}

// update makes up UPDATE, with FROM in two cases of five.
func (g writes) update(t *catalogue.Table, depth int, returning bool) (string, []column) {
	b, self := g.target(t, depth)
	sql := "UPDATE " + g.through(t) + " AS " + self.alias + " SET " + g.assignments(t, b.scope)
	if b.from != "" {
		sql += " FROM " + b.from
	}
	ret, out := g.returning(b.scope, returning)
	return sql + where("WHERE", and(b.where)) + ret, out
}

// remove makes up DELETE, with USING in two cases of five.
func (g writes) remove(t *catalogue.Table, depth int, returning bool) (string, []column) {
	b, self := g.target(t, depth)
	sql := "DELETE FROM " + g.through(t) + " AS " + self.alias
	if b.from != "" {
		sql += " USING " + b.from
	}
	ret, out := g.returning(b.scope, returning)
	return sql + where("WHERE", and(b.where)) + ret, out
}

// through is the table, or at times a view over it that can be written.
func (g writes) through(t *catalogue.Table) string {
	for _, v := range g.w.Views {
		if v.alias == "active_documents" && t.Name == "documents" && g.chance(0.3) {
			return v.alias
		}
	}
	return quotedName(t)
}

// target is the block that finds the rows to write: the target is its first
// relation, the others stand in FROM or USING.
func (g writes) target(t *catalogue.Table, depth int) (*block, relation) {
	self := tableRelation(t, g.alias())
	b := &block{grammar: g.grammar, scope: scope{depth: depth}}
	if g.chance(0.4) {
		b.from, b.peers = g.fromList(1+g.r.IntN(2), b.scope, g.neighbour(t))
	}
	b.peers = append([]relation{self}, b.peers...)
	for _, other := range b.peers[1:] {
		if g.chance(0.8) {
			b.where = append(b.where, joinedBy(self, other))
		}
	}
	b.filter(shape{})
	b.having = nil
	return b, self
}

// joinedBy links two relations along the first foreign key between them, "" if
// there is none.
func joinedBy(a, b relation) string {
	if edges := edgesBetween(a, b); len(edges) > 0 {
		return along(edges[0], a, b)
	}
	if edges := edgesBetween(b, a); len(edges) > 0 {
		return along(edges[0], b, a)
	}
	return ""
}

// neighbour asks for a table that t refers to, or that refers to t.
func (g writes) neighbour(t *catalogue.Table) shape {
	var near []*catalogue.Table
	for _, e := range t.Edges {
		near = append(near, e.To)
	}
	for _, other := range g.w.Order {
		for _, e := range other.Edges {
			if e.To == t {
				near = append(near, other)
			}
		}
	}
	if len(near) == 0 || g.chance(0.2) {
		return shape{}
	}
	return shape{first: one(g.r, near)}
}

// returning makes RETURNING; it is empty in half of the cases if nothing asks.
func (g writes) returning(s scope, must bool) (string, []column) {
	if !must && g.chance(0.5) {
		return "", nil
	}
	b := &block{grammar: g.grammar, scope: s}
	r := s.peers[0]
	for _, c := range r.cols {
		if c.kind != plainColumn || g.chance(0.4) {
			b.add(r.ref(c), c)
		}
	}
	if len(b.items) == 0 {
		b.add(r.ref(r.cols[0]), r.cols[0])
	}
	if s.depth > 1 && g.chance(0.15) {
		b.add(g.count(r, s), column{name: "n", typ: "bigint"})
	}
	return " RETURNING " + strings.Join(b.items, ", "), b.cols
}

// merge makes up MERGE.
func (g writes) merge(t *catalogue.Table, depth int) string {
	self := tableRelation(t, g.alias())
	from, rels := g.leaf(scope{depth: depth}, g.neighbour(t))
	source := rels[0]
	s := scope{peers: []relation{self, source}, depth: depth}
	conds := []string{g.tie(self, s), g.tie(source, s)}
	conds = append(conds, joinedBy(self, source))
	sql := "MERGE INTO " + quotedName(t) + " AS " + self.alias + " USING " + from + " ON " + or(and(conds), "true")
	insert := g.chance(0.5)
	if !insert || g.chance(0.7) {
		sql += " WHEN MATCHED" + g.armCondition(self, s) + " THEN " + g.matched(t, s)
	}
	if insert {
		cols := g.given(t)
		values := make([]string, len(cols))
		for i, c := range cols {
			values[i] = g.copied(t, c, source)
		}
		sql += " WHEN NOT MATCHED THEN INSERT (" + names(cols) + ") VALUES (" + strings.Join(values, ", ") + ")"
	}
	return sql
}

// armCondition makes the AND of a WHEN arm, with another chance to tie.
func (g writes) armCondition(self relation, s scope) string {
	if !g.chance(0.3) {
		return ""
	}
	return where("AND", and([]string{g.tie(self, s), g.noise(self, s)}))
}

// matched is what MERGE does to a row that matches.
func (g writes) matched(t *catalogue.Table, s scope) string {
	if g.chance(0.4) {
		return "DELETE"
	}
	return "UPDATE SET " + g.assignments(t, s)
}
