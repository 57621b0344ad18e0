package queries

import (
	"fmt"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
)

// Query makes up a SELECT with what may surround it.
func (g *Grammar) Query(depth int, outer []worlds.Relation, sh Shape) (string, []worlds.Column) {
	if depth < 1 {
		depth = 1
	}
	before := len(g.Ctes)
	with := ""
	if depth > 1 && g.Chance(0.12) {
		with = g.with(depth, outer)
	}
	sql, cols := g.Body(depth, outer, sh)
	g.Ctes = g.Ctes[:before]
	return with + sql, cols
}

// Body is a block or a set operation of blocks.
func (g *Grammar) Body(depth int, outer []worlds.Relation, sh Shape) (string, []worlds.Column) {
	if depth > 1 && !sh.single && g.Chance(0.12) {
		return g.setOperation(depth-1, outer, sh)
	}
	return g.block(depth, outer, sh)
}

// with makes one or two CTEs, which later blocks may name.
func (g *Grammar) with(depth int, outer []worlds.Relation) string {
	var parts []string
	word := "WITH "
	for range 1 + g.Rand.IntN(2) {
		g.Names++
		name := fmt.Sprintf("q%d", g.Names)
		if t := g.selfOwned(); t != nil && g.Chance(0.5) {
			text, cols := g.recursive(name, t, depth-1)
			word, parts = "WITH RECURSIVE ", append(parts, text)
			g.Ctes = append(g.Ctes, worlds.Relation{Alias: name, Cols: cols})
			continue
		}
		if g.Chance(0.15) {
			parts = append(parts, g.hiding(depth-1))
			continue
		}
		sql, cols := g.Query(depth-1, outer, Shape{loose: g.Chance(0.4)})
		parts = append(parts, name+" AS ("+sql+")")
		g.Ctes = append(g.Ctes, worlds.Relation{Alias: name, Cols: cols})
	}
	return word + strings.Join(parts, ", ") + " "
}

// hiding is a CTE that hides the table that it reads.
func (g *Grammar) hiding(depth int) string {
	t := g.SomeTable()
	r := worlds.TableRelation(t, g.Alias())
	return domain.Ident(t.Name) + " AS (SELECT " + r.Alias + ".* FROM " + domain.QuotedName(t) + " " + r.Alias +
		Where("WHERE", g.Tie(r, Scope{Peers: []worlds.Relation{r}, Depth: depth})) + ")"
}

// selfOwned finds a table that refers to itself.
func (g *Grammar) selfOwned() *catalogue.Table {
	for _, t := range g.World.Order {
		for _, e := range t.Edges {
			if e.To == t && len(e.Columns) == 1 {
				return t
			}
		}
	}
	return nil
}

// recursive walks a table along its reference to itself.
func (g *Grammar) recursive(name string, t *catalogue.Table, depth int) (string, []worlds.Column) {
	first, next := worlds.TableRelation(t, g.Alias()), worlds.TableRelation(t, g.Alias())
	self := worlds.Relation{Alias: g.Alias(), Cols: first.Cols}
	var edge *catalogue.Edge
	for _, e := range t.Edges {
		if e.To == t {
			edge = e
		}
	}
	link := next.ByName(edge.Columns[0]) + " = " + self.ByName(edge.RefColumns[0])
	if g.Chance(0.3) {
		link = next.ByName(edge.RefColumns[0]) + " = " + self.ByName(edge.Columns[0])
	}
	conds := []string{link}
	if g.Chance(0.5) {
		conds = append(conds, g.Tie(next, Scope{Peers: []worlds.Relation{self}, Depth: depth}))
	}
	start := Where("WHERE", g.Tie(first, Scope{Depth: depth}))
	if g.Chance(0.3) {
		start = ""
	}
	cols := []worlds.Column{}
	var items, steps []string
	for _, c := range first.Cols {
		if c.Kind != worlds.PlainColumn {
			cols, items, steps = append(cols, c), append(items, first.Ref(c)), append(steps, next.Ref(c))
		}
	}
	return fmt.Sprintf("%s AS (SELECT %s FROM %s %s%s UNION SELECT %s FROM %s %s JOIN %s %s ON %s)", name,
		strings.Join(items, ", "), domain.QuotedName(t), first.Alias, start,
		strings.Join(steps, ", "), domain.QuotedName(t), next.Alias, name, self.Alias, And(conds)), cols
}

// setOperation combines two arms over the same columns, of the same table or of
// one that has columns of the same names.
func (g *Grammar) setOperation(depth int, outer []worlds.Relation, sh Shape) (string, []worlds.Column) {
	arm := sh
	if arm.items == nil {
		arm.First = g.SomeTable()
		arm.items = g.someColumns(arm.First)
	}
	left, cols := g.block(depth, outer, arm)
	if sh.items == nil && g.Chance(0.6) {
		arm.First = g.similar(arm.First, arm.items)
	}
	right, _ := g.block(depth, outer, arm)
	op := domain.One(g.Rand, []string{"UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"})
	return "(" + left + ") " + op + " (" + right + ")", cols
}

// someColumns picks columns, the tenant's more often: a set operation that shows it
// can be filtered outside.
func (g *Grammar) someColumns(t *catalogue.Table) []string {
	var names []string
	for _, c := range worlds.TableRelation(t, "").Cols {
		if c.Kind == worlds.TenantColumn && g.Chance(0.7) || g.Chance(0.3) {
			names = append(names, c.Name)
		}
	}
	if len(names) == 0 {
		names = []string{t.Columns[0].Name}
	}
	return names
}

// similar finds another table that has the columns.
func (g *Grammar) similar(t *catalogue.Table, names []string) *catalogue.Table {
	other := g.SomeTable()
	for _, name := range names {
		i, j := worlds.ColumnIndex(t, name), worlds.ColumnIndex(other, name)
		if j < 0 || domain.BaseType(t.Columns[i].Type) != domain.BaseType(other.Columns[j].Type) {
			return t
		}
	}
	return other
}
