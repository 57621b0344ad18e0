package changes

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/queries"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
	"github.com/tenantvet/tenantvet/analyzer/internal/schema"
)

// writes makes up statements that change rows, with what a query is made of.
type writes struct{ *queries.Grammar }

// write makes up a statement that changes rows.
func (g writes) write(depth int) string {
	if depth > 1 && g.Chance(0.15) {
		return g.changing(depth)
	}
	sql, _ := g.change(depth, false)
	return sql
}

// change makes up one INSERT, UPDATE, DELETE or MERGE. With returning it gives
// columns, which the second result lists.
func (g writes) change(depth int, returning bool) (string, []worlds.Column) {
	t := g.SomeTable()
	switch n := g.Rand.IntN(20); {
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
	g.Names++
	name := fmt.Sprintf("q%d", g.Names)
	if cols != nil {
		g.Ctes = append(g.Ctes, worlds.Relation{Alias: name, Cols: cols})
	}
	rest := ""
	if g.Chance(0.8) {
		rest, _ = g.Body(depth-1, nil, queries.Shape{})
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
		if !c.Generated && (worlds.NotNull(t, c.Name) && !serverMade || !serverMade && g.Chance(0.5) || g.Chance(0.08)) {
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
		if g.Chance(g.Care) {
			return g.TenantHole()
		}
		return g.Value()
	}
	for _, e := range t.Edges {
		if i := slices.Index(e.Columns, c.Name); i >= 0 {
			return g.reference(e, i)
		}
	}
	if g.Chance(0.4) {
		return g.Value()
	}
	return g.Literal(domain.BaseType(c.Type))
}

// reference is a value for a foreign key: a key, NULL, or one looked up.
func (g writes) reference(e *catalogue.Edge, i int) string {
	if e.To.Tenancy == catalogue.Shared {
		return g.Value()
	}
	if g.Chance(0.1) {
		return "NULL"
	}
	if g.Chance(0.15) {
		r := worlds.TableRelation(e.To, g.Alias())
		tied := g.Tie(r, queries.Scope{Depth: 1})
		return "(SELECT " + r.ByName(e.RefColumns[i]) + " FROM " + domain.QuotedName(e.To) + " " + r.Alias + queries.Where("WHERE", tied) + " ORDER BY 1 LIMIT 1)"
	}
	return g.KeyHole(e.To, e.RefColumns[i])
}

// names writes a column list.
func names(cols []*schema.Column) string {
	parts := make([]string, len(cols))
	for i, c := range cols {
		parts[i] = domain.Ident(c.Name)
	}
	return strings.Join(parts, ", ")
}

// insertValues makes INSERT … VALUES, at times without a column list and with DEFAULT.
func (g writes) insertValues(t *catalogue.Table, depth int, returning bool) (string, []worlds.Column) {
	cols := g.given(t)
	list := " (" + names(cols) + ")"
	if positional := g.Chance(0.1); positional {
		cols, list = t.Columns, ""
	}
	var rows []string
	for n := 1 + g.Rand.IntN(5)/4; n > 0; n-- {
		var values []string
		for _, c := range cols {
			if (c.Identity || c.Default != "") && g.Chance(0.6) {
				values = append(values, "DEFAULT")
				continue
			}
			values = append(values, g.fresh(t, c))
		}
		rows = append(rows, "("+strings.Join(values, ", ")+")")
	}
	self := worlds.TableRelation(t, g.Alias())
	sql := "INSERT INTO " + domain.QuotedName(t) + " AS " + self.Alias + list + " VALUES " + strings.Join(rows, ", ") + g.onConflict(t, self)
	ret, out := g.returning(queries.Scope{Peers: []worlds.Relation{self}, Depth: depth}, returning)
	return sql + ret, out
}

// insertSelect copies rows of the same table or of one that it refers to.
func (g writes) insertSelect(t *catalogue.Table, depth int, returning bool) (string, []worlds.Column) {
	source := t
	if len(t.Edges) > 0 && g.Chance(0.7) {
		source = domain.One(g.Rand, t.Edges).To
	}
	b := &queries.Block{Grammar: g.Grammar, Scope: queries.Scope{Depth: depth}}
	b.From, b.Peers = g.FromList(1+g.Rand.IntN(2), b.Scope, queries.Shape{First: source})
	b.Filter(queries.Shape{})
	b.Having = nil
	cols := g.given(t)
	for _, c := range cols {
		b.Items = append(b.Items, g.copied(t, c, b.Peers[0]))
	}
	self := worlds.TableRelation(t, g.Alias())
	sql := "INSERT INTO " + domain.QuotedName(t) + " AS " + self.Alias + " (" + names(cols) + ") " + b.Text() + g.onConflict(t, self)
	ret, out := g.returning(queries.Scope{Peers: []worlds.Relation{self}, Depth: depth}, returning)
	return sql + ret, out
}

// copied is the value that INSERT … SELECT stores in a column.
func (g writes) copied(t *catalogue.Table, c *schema.Column, from worlds.Relation) string {
	for _, e := range t.Edges {
		if i := slices.Index(e.Columns, c.Name); i >= 0 && e.To == from.Table && g.Chance(0.9) {
			return from.ByName(e.RefColumns[i])
		}
	}
	theirs, ok := from.TenantCol()
	if ok && c.Name == t.Column && g.Chance(0.6) {
		return from.Ref(theirs)
	}
	if x, ok := from.Find(c.Name); ok && x.Typ == domain.BaseType(c.Type) && !isUnique(t, c.Name) && g.Chance(0.8) {
		return from.Ref(x)
	}
	return g.fresh(t, c)
}

// isUnique tells columns that a copy of a row cannot keep.
func isUnique(t *catalogue.Table, name string) bool { return worlds.EnforcedUnique(t, []string{name}) }

// onConflict makes ON CONFLICT on one of the keys, sometimes guarded.
func (g writes) onConflict(t *catalogue.Table, self worlds.Relation) string {
	if !g.Chance(0.4) || len(t.Keys) == 0 {
		return ""
	}
	k := domain.One(g.Rand, t.Keys)
	parts := make([]string, len(k.Columns))
	for i, name := range k.Columns {
		parts[i] = domain.Ident(name)
	}
	target := " ON CONFLICT (" + strings.Join(parts, ", ") + ") DO "
	if g.Chance(0.3) {
		return target + "NOTHING"
	}
	sql := target + "UPDATE SET " + g.assignments(t, queries.Scope{Peers: []worlds.Relation{self}, Depth: 1})
	excluded := worlds.TableRelation(t, "excluded")
	if g.Chance(0.6) {
		sql += queries.Where("WHERE", g.Tie(self, queries.Scope{Peers: []worlds.Relation{excluded}, Depth: 1}))
	}
	return sql
}
