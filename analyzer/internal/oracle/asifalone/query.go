package asifalone

import (
	"fmt"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/catalogue"
)

// query makes up a SELECT with what may surround it.
func (g *grammar) query(depth int, outer []relation, sh shape) (string, []column) {
	if depth < 1 {
		depth = 1
	}
	before := len(g.ctes)
	with := ""
	if depth > 1 && g.chance(0.12) {
		with = g.with(depth, outer)
	}
	sql, cols := g.body(depth, outer, sh)
	g.ctes = g.ctes[:before]
	return with + sql, cols
}

// body is a block or a set operation of blocks.
func (g *grammar) body(depth int, outer []relation, sh shape) (string, []column) {
	if depth > 1 && !sh.single && g.chance(0.12) {
		return g.setOperation(depth-1, outer, sh)
	}
	return g.block(depth, outer, sh)
}

// with makes one or two CTEs, which later blocks may name.
func (g *grammar) with(depth int, outer []relation) string {
	var parts []string
	word := "WITH "
	for range 1 + g.r.IntN(2) {
		g.names++
		name := fmt.Sprintf("q%d", g.names)
		if t := g.selfOwned(); t != nil && g.chance(0.5) {
			text, cols := g.recursive(name, t, depth-1)
			word, parts = "WITH RECURSIVE ", append(parts, text)
			g.ctes = append(g.ctes, relation{alias: name, cols: cols})
			continue
		}
		if g.chance(0.15) {
			parts = append(parts, g.hiding(depth-1))
			continue
		}
		sql, cols := g.query(depth-1, outer, shape{loose: g.chance(0.4)})
		parts = append(parts, name+" AS ("+sql+")")
		g.ctes = append(g.ctes, relation{alias: name, cols: cols})
	}
	return word + strings.Join(parts, ", ") + " "
}

// hiding is a CTE that hides the table that it reads.
func (g *grammar) hiding(depth int) string {
	t := g.someTable()
	r := tableRelation(t, g.alias())
	return ident(t.Name) + " AS (SELECT " + r.alias + ".* FROM " + quotedName(t) + " " + r.alias +
		where("WHERE", g.tie(r, scope{peers: []relation{r}, depth: depth})) + ")"
}

// selfOwned finds a table that refers to itself.
func (g *grammar) selfOwned() *catalogue.Table {
	for _, t := range g.w.Order {
		for _, e := range t.Edges {
			if e.To == t && len(e.Columns) == 1 {
				return t
			}
		}
	}
	return nil
}

// recursive walks a table along its reference to itself.
func (g *grammar) recursive(name string, t *catalogue.Table, depth int) (string, []column) {
	first, next := tableRelation(t, g.alias()), tableRelation(t, g.alias())
	self := relation{alias: g.alias(), cols: first.cols}
	var edge *catalogue.Edge
	for _, e := range t.Edges {
		if e.To == t {
			edge = e
		}
	}
	link := next.byName(edge.Columns[0]) + " = " + self.byName(edge.RefColumns[0])
	if g.chance(0.3) {
		link = next.byName(edge.RefColumns[0]) + " = " + self.byName(edge.Columns[0])
	}
	conds := []string{link}
	if g.chance(0.5) {
		conds = append(conds, g.tie(next, scope{peers: []relation{self}, depth: depth}))
	}
	start := where("WHERE", g.tie(first, scope{depth: depth}))
	if g.chance(0.3) {
		start = ""
	}
	cols := []column{}
	var items, steps []string
	for _, c := range first.cols {
		if c.kind != plainColumn {
			cols, items, steps = append(cols, c), append(items, first.ref(c)), append(steps, next.ref(c))
		}
	}
	return fmt.Sprintf("%s AS (SELECT %s FROM %s %s%s UNION SELECT %s FROM %s %s JOIN %s %s ON %s)", name,
		strings.Join(items, ", "), quotedName(t), first.alias, start,
		strings.Join(steps, ", "), quotedName(t), next.alias, name, self.alias, and(conds)), cols
}

// setOperation combines two arms over the same columns, of the same table or of
// one that has columns of the same names.
func (g *grammar) setOperation(depth int, outer []relation, sh shape) (string, []column) {
	arm := sh
	if arm.items == nil {
		arm.first = g.someTable()
		arm.items = g.someColumns(arm.first)
	}
	left, cols := g.block(depth, outer, arm)
	if sh.items == nil && g.chance(0.6) {
		arm.first = g.similar(arm.first, arm.items)
	}
	right, _ := g.block(depth, outer, arm)
	op := one(g.r, []string{"UNION", "UNION ALL", "INTERSECT", "EXCEPT", "EXCEPT ALL"})
	return "(" + left + ") " + op + " (" + right + ")", cols
}

// someColumns picks columns, the tenant's more often: a set operation that shows it
// can be filtered outside.
func (g *grammar) someColumns(t *catalogue.Table) []string {
	var names []string
	for _, c := range tableRelation(t, "").cols {
		if c.kind == tenantColumn && g.chance(0.7) || g.chance(0.3) {
			names = append(names, c.name)
		}
	}
	if len(names) == 0 {
		names = []string{t.Columns[0].Name}
	}
	return names
}

// similar finds another table that has the columns.
func (g *grammar) similar(t *catalogue.Table, names []string) *catalogue.Table {
	other := g.someTable()
	for _, name := range names {
		i, j := columnIndex(t, name), columnIndex(other, name)
		if j < 0 || baseType(t.Columns[i].Type) != baseType(other.Columns[j].Type) {
			return t
		}
	}
	return other
}
