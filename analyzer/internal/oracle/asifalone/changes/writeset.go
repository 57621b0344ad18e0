package changes

import (
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/queries"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// assignments makes SET: plain columns mostly, sometimes the tenant or a
// reference.
func (g writes) assignments(t *catalogue.Table, s queries.Scope) string {
	var parts []string
	for _, i := range g.Rand.Perm(len(t.Columns)) {
		c := t.Columns[i]
		if c.Generated || c.Identity || worlds.KindOf(t, c.Name) != worlds.PlainColumn && !g.Chance(0.08) {
			continue
		}
		parts = append(parts, domain.Ident(c.Name)+" = "+g.assigned(t, c, s))
		if g.Chance(0.6) {
			break
		}
	}
	if g.Chance(0.06) && len(parts) > 0 {
		name, value, _ := strings.Cut(parts[0], " = ")
		parts[0] = "(" + name + ") = ROW(" + value + ")"
	}
	if len(parts) == 0 {
		c := t.Columns[len(t.Columns)-1]
		parts = append(parts, domain.Ident(c.Name)+" = "+g.fresh(t, c))
	}
	return strings.Join(parts, ", ")
}

// assigned is the value for one column of SET: a bind value, a constant, or taken
// from another relation or a sub-select.
func (g writes) assigned(t *catalogue.Table, c *schema.Column, s queries.Scope) string {
	if worlds.KindOf(t, c.Name) != worlds.PlainColumn {
		return g.fresh(t, c)
	}
	typ := domain.BaseType(c.Type)
	switch n := g.Rand.IntN(10); {
	case n < 2:
		for _, r := range s.Peers[1:] {
			for _, x := range r.Cols {
				if x.Typ == typ {
					return r.Ref(x)
				}
			}
		}
	case n < 4 && s.Depth > 1:
		return "(" + g.AggregateOnly(s.Depth-1, s.Peers) + ")::" + typ
	case n == 4 && (typ == "integer" || typ == "int"):
		return s.Peers[0].ByName(c.Name) + " + 1"
	}
	return g.fresh(t, c)
}

// update makes up UPDATE, with FROM in two cases of five.
func (g writes) update(t *catalogue.Table, depth int, returning bool) (string, []worlds.Column) {
	b, self := g.target(t, depth)
	sql := "UPDATE " + g.through(t) + " AS " + self.Alias + " SET " + g.assignments(t, b.Scope)
	if b.From != "" {
		sql += " FROM " + b.From
	}
	ret, out := g.returning(b.Scope, returning)
	return sql + queries.Where("WHERE", queries.And(b.Where)) + ret, out
}

// remove makes up DELETE, with USING in two cases of five.
func (g writes) remove(t *catalogue.Table, depth int, returning bool) (string, []worlds.Column) {
	b, self := g.target(t, depth)
	sql := "DELETE FROM " + g.through(t) + " AS " + self.Alias
	if b.From != "" {
		sql += " USING " + b.From
	}
	ret, out := g.returning(b.Scope, returning)
	return sql + queries.Where("WHERE", queries.And(b.Where)) + ret, out
}

// through is the table, or at times a view over it that can be written.
func (g writes) through(t *catalogue.Table) string {
	for _, v := range g.World.Views {
		if v.Alias == "active_documents" && t.Name == "documents" && g.Chance(0.3) {
			return v.Alias
		}
	}
	return domain.QuotedName(t)
}

// target is the block that finds the rows to write: the target is its first
// relation, the others stand in FROM or USING.
func (g writes) target(t *catalogue.Table, depth int) (*queries.Block, worlds.Relation) {
	self := worlds.TableRelation(t, g.Alias())
	b := &queries.Block{Grammar: g.Grammar, Scope: queries.Scope{Depth: depth}}
	if g.Chance(0.4) {
		b.From, b.Peers = g.FromList(1+g.Rand.IntN(2), b.Scope, g.neighbour(t))
	}
	b.Peers = append([]worlds.Relation{self}, b.Peers...)
	for _, other := range b.Peers[1:] {
		if g.Chance(0.8) {
			b.Where = append(b.Where, joinedBy(self, other))
		}
	}
	b.Filter(queries.Shape{})
	b.Having = nil
	return b, self
}

// joinedBy links two relations along the first foreign key between them, "" if
// there is none.
func joinedBy(a, b worlds.Relation) string {
	if edges := worlds.EdgesBetween(a, b); len(edges) > 0 {
		return worlds.Along(edges[0], a, b)
	}
	if edges := worlds.EdgesBetween(b, a); len(edges) > 0 {
		return worlds.Along(edges[0], b, a)
	}
	return ""
}

// neighbour asks for a table that t refers to, or that refers to t.
func (g writes) neighbour(t *catalogue.Table) queries.Shape {
	var near []*catalogue.Table
	for _, e := range t.Edges {
		near = append(near, e.To)
	}
	for _, other := range g.World.Order {
		for _, e := range other.Edges {
			if e.To == t {
				near = append(near, other)
			}
		}
	}
	if len(near) == 0 || g.Chance(0.2) {
		return queries.Shape{}
	}
	return queries.Shape{First: domain.One(g.Rand, near)}
}

// returning makes RETURNING; it is empty in half of the cases if nothing asks.
func (g writes) returning(s queries.Scope, must bool) (string, []worlds.Column) {
	if !must && g.Chance(0.5) {
		return "", nil
	}
	b := &queries.Block{Grammar: g.Grammar, Scope: s}
	r := s.Peers[0]
	for _, c := range r.Cols {
		if c.Kind != worlds.PlainColumn || g.Chance(0.4) {
			b.Add(r.Ref(c), c)
		}
	}
	if len(b.Items) == 0 {
		b.Add(r.Ref(r.Cols[0]), r.Cols[0])
	}
	if s.Depth > 1 && g.Chance(0.15) {
		b.Add(g.Count(r, s), worlds.Column{Name: "n", Typ: "bigint"})
	}
	return " RETURNING " + strings.Join(b.Items, ", "), b.Cols
}

// merge makes up MERGE.
func (g writes) merge(t *catalogue.Table, depth int) string {
	self := worlds.TableRelation(t, g.Alias())
	from, rels := g.Leaf(queries.Scope{Depth: depth}, g.neighbour(t))
	source := rels[0]
	s := queries.Scope{Peers: []worlds.Relation{self, source}, Depth: depth}
	conds := []string{g.Tie(self, s), g.Tie(source, s)}
	conds = append(conds, joinedBy(self, source))
	sql := "MERGE INTO " + domain.QuotedName(t) + " AS " + self.Alias + " USING " + from + " ON " + queries.Or(queries.And(conds), "true")
	insert := g.Chance(0.5)
	if !insert || g.Chance(0.7) {
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
func (g writes) armCondition(self worlds.Relation, s queries.Scope) string {
	if !g.Chance(0.3) {
		return ""
	}
	return queries.Where("AND", queries.And([]string{g.Tie(self, s), g.Noise(self, s)}))
}

// matched is what MERGE does to a row that matches.
func (g writes) matched(t *catalogue.Table, s queries.Scope) string {
	if g.Chance(0.4) {
		return "DELETE"
	}
	return "UPDATE SET " + g.assignments(t, s)
}
