package asifalone

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// writes makes up statements that change rows, with what a query is made of.
type writes struct{ *grammar }

// write makes up a statement that changes rows.
func (g writes) write(depth int) string {
	if depth > 1 && g.chance(0.15) {
		return g.changing(depth)
	}
	sql, _ := g.change(depth, false)
	return sql
}

// change makes up one INSERT, UPDATE, DELETE or MERGE. With returning it gives
// columns, which the second result lists.
func (g writes) change(depth int, returning bool) (string, []column) {
	t := g.someTable()
	switch n := g.r.IntN(20); {
	case n < 3:
		return g.insertValues(t, depth, returning)
	case n < 7:
		return g.insertSelect(t, depth, returning)
	case n < 13:
		return g.update(t, depth, returning)
	case n < 18 || returning:
		return g.remove(t, depth, returning)
	default:
		return g.merge(t, depth), nil
	}
}

// changing is a statement around a data-modifying CTE.
func (g writes) changing(depth int) string {
	sql, cols := g.change(depth-1, true)
	g.names++
	name := fmt.Sprintf("q%d", g.names)
	if cols != nil {
		g.ctes = append(g.ctes, relation{alias: name, cols: cols})
	}
	rest := ""
	if g.chance(0.8) {
		rest, _ = g.body(depth-1, nil, shape{})
	} else {
		rest, _ = g.change(depth-1, false)
	}
	return "WITH " + name + " AS (" + sql + ") " + rest
}

// given lists the columns that an INSERT names: those that need a value, and
// some others.
func (g writes) given(t *catalogue.Table) []*schema.Column {
	var out []*schema.Column
	for _, c := range t.Columns {
		serverMade := c.Identity || c.Default != ""
		if !c.Generated && (notNull(t, c.Name) && !serverMade || !serverMade && g.chance(0.5) || g.chance(0.08)) {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		out = t.Columns[:1]
	}
	return out
}

// fresh is a value to be stored in a column of t.
func (g writes) fresh(t *catalogue.Table, c *schema.Column) string {
	if c.Name == t.Column && t.Tenancy != catalogue.Root {
		if g.chance(g.care) {
			return g.tenantHole()
		}
		return g.value()
	}
	for _, e := range t.Edges {
		if i := slices.Index(e.Columns, c.Name); i >= 0 {
			return g.reference(e, i)
		}
	}
	if g.chance(0.4) {
		return g.value()
	}
	return g.literal(baseType(c.Type))
}

// reference is a value for a foreign key: a key, NULL, or one looked up.
func (g writes) reference(e *catalogue.Edge, i int) string {
	if e.To.Tenancy == catalogue.Shared {
		return g.value()
	}
	if g.chance(0.1) {
		return "NULL"
	}
	if g.chance(0.15) {
		r := tableRelation(e.To, g.alias())
		tied := g.tie(r, scope{depth: 1})
		return "(SELECT " + r.byName(e.RefColumns[i]) + " FROM " + quotedName(e.To) + " " + r.alias + where("WHERE", tied) + " ORDER BY 1 LIMIT 1)"
	}
	return g.keyHole(e.To, e.RefColumns[i])
}

// names writes a column list.
func names(cols []*schema.Column) string {
	parts := make([]string, len(cols))
	for i, c := range cols {
		parts[i] = ident(c.Name)
	}
	return strings.Join(parts, ", ")
}

// insertValues makes INSERT … VALUES, at times without a column list and with DEFAULT.
func (g writes) insertValues(t *catalogue.Table, depth int, returning bool) (string, []column) {
	cols := g.given(t)
	list := " (" + names(cols) + ")"
	if positional := g.chance(0.1); positional {
		cols, list = t.Columns, ""
	}
	var rows []string
	for n := 1 + g.r.IntN(5)/4; n > 0; n-- {
		var values []string
		for _, c := range cols {
			if (c.Identity || c.Default != "") && g.chance(0.6) {
				values = append(values, "DEFAULT")
				continue
			}
			values = append(values, g.fresh(t, c))
		}
		rows = append(rows, "("+strings.Join(values, ", ")+")")
	}
	self := tableRelation(t, g.alias())
	sql := "INSERT INTO " + quotedName(t) + " AS " + self.alias + list + " VALUES " + strings.Join(rows, ", ") + g.onConflict(t, self)
	ret, out := g.returning(scope{peers: []relation{self}, depth: depth}, returning)
	return sql + ret, out
}

// insertSelect copies rows of the same table or of one that it refers to.
func (g writes) insertSelect(t *catalogue.Table, depth int, returning bool) (string, []column) {
	source := t
	if len(t.Edges) > 0 && g.chance(0.7) {
		source = one(g.r, t.Edges).To
	}
	b := &block{grammar: g.grammar, scope: scope{depth: depth}}
	b.from, b.peers = g.fromList(1+g.r.IntN(2), b.scope, shape{first: source})
	b.filter(shape{})
	b.having = nil
	cols := g.given(t)
	for _, c := range cols {
		b.items = append(b.items, g.copied(t, c, b.peers[0]))
	}
	self := tableRelation(t, g.alias())
	sql := "INSERT INTO " + quotedName(t) + " AS " + self.alias + " (" + names(cols) + ") " + b.text() + g.onConflict(t, self)
	ret, out := g.returning(scope{peers: []relation{self}, depth: depth}, returning)
	return sql + ret, out
}

// copied is the value that INSERT … SELECT stores in a column.
func (g writes) copied(t *catalogue.Table, c *schema.Column, from relation) string {
	for _, e := range t.Edges {
		if i := slices.Index(e.Columns, c.Name); i >= 0 && e.To == from.table && g.chance(0.9) {
			return from.byName(e.RefColumns[i])
		}
	}
	theirs, ok := from.tenantCol()
	if ok && c.Name == t.Column && g.chance(0.6) {
		return from.ref(theirs)
	}
	if x, ok := from.find(c.Name); ok && x.typ == baseType(c.Type) && !isUnique(t, c.Name) && g.chance(0.8) {
		return from.ref(x)
	}
	return g.fresh(t, c)
}

// isUnique tells columns that a copy of a row cannot keep.
func isUnique(t *catalogue.Table, name string) bool { return enforcedUnique(t, []string{name}) }

// onConflict makes ON CONFLICT on one of the keys, sometimes guarded.
func (g writes) onConflict(t *catalogue.Table, self relation) string {
	if !g.chance(0.4) || len(t.Keys) == 0 {
		return ""
	}
	k := one(g.r, t.Keys)
	parts := make([]string, len(k.Columns))
	for i, name := range k.Columns {
		parts[i] = ident(name)
	}
	target := " ON CONFLICT (" + strings.Join(parts, ", ") + ") DO "
	if g.chance(0.3) {
		return target + "NOTHING"
	}
	sql := target + "UPDATE SET " + g.assignments(t, scope{peers: []relation{self}, depth: 1})
	excluded := tableRelation(t, "excluded")
	if g.chance(0.6) {
		sql += where("WHERE", g.tie(self, scope{peers: []relation{excluded}, depth: 1}))
	}
	return sql
}
