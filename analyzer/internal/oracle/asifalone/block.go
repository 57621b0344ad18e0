package asifalone

import (
	"fmt"
	"strings"
)

// block is one SELECT in the making.
type block struct {
	*grammar
	scope
	distinct string
	items    []string
	cols     []column
	from     string
	where    []string
	group    []string
	having   []string
	order    string
	limit    string
}

// block makes up one SELECT block.
func (g *grammar) block(depth int, outer []relation, sh shape) (string, []column) {
	b := &block{grammar: g, scope: scope{outer: outer, depth: depth}}
	n := 1
	for n < 3 && g.chance(0.45) {
		n++
	}
	b.from, b.peers = g.fromList(n, b.scope, sh)
	b.filter(sh)
	switch {
	case sh.items != nil:
		b.fixed(sh.items)
	case sh.loose && g.chance(0.7):
		b.plain(true)
	default:
		b.free()
	}
	b.bound(sh.single)
	return b.text(), b.cols
}

// filter makes WHERE: the ties of all relations, the link to the outside, and
// some noise, in any order.
func (b *block) filter(sh shape) {
	for _, r := range b.peers {
		if r.alias == "" && b.chance(0.6) || r.table == nil && b.chance(0.3) || sh.loose && b.chance(0.8) {
			continue
		}
		if c, ok := r.tenantCol(); ok && b.chance(0.02) {
			b.having = append(b.having, "bool_or("+b.equals(r.ref(c), c.typ)+")")
			continue
		}
		b.where = append(b.where, b.tie(r, b.scope))
	}
	if sh.where != nil {
		b.where = append(b.where, sh.where(b.peers[0]))
	}
	if b.chance(0.35) {
		b.where = append(b.where, b.noise(one(b.r, b.peers), b.scope))
	}
	if b.chance(0.03) && len(b.where) > 1 {
		b.where = []string{"(" + strings.Join(kept(b.where), ") OR (") + ")"}
	}
	b.r.Shuffle(len(b.where), func(i, j int) { b.where[i], b.where[j] = b.where[j], b.where[i] })
}

// kept drops empty conditions; true stands for none at all.
func kept(list []string) []string {
	out := []string{"true"}
	for _, s := range list {
		if s != "" {
			out = append(out, s)
		}
	}
	if len(out) > 1 {
		return out[1:]
	}
	return out
}

// fixed selects given columns of the first relation.
func (b *block) fixed(items []string) {
	var refs []string
	for _, name := range items {
		c, _ := b.peers[0].find(name)
		refs = append(refs, b.peers[0].ref(c))
		b.add(b.peers[0].ref(c), c)
	}
	switch b.r.IntN(8) {
	case 0:
		b.distinct = "DISTINCT "
	case 1:
		b.group = refs
	}
}

// add puts an expression into the select list under the column's name, or under
// another if that is taken.
func (b *block) add(expr string, c column) {
	taken := false
	for _, other := range b.cols {
		taken = taken || other.name == c.name
	}
	if taken || b.chance(0.15) {
		c.name = fmt.Sprintf("c%d", len(b.cols)+1)
		expr += " AS " + c.name
	} else if strings.ContainsAny(expr, "( ") {
		expr += " AS " + ident(c.name)
	}
	b.items, b.cols = append(b.items, expr), append(b.cols, c)
}

// bound adds DISTINCT, LIMIT and OFFSET. A limit comes with a total order, so
// that there is one admissible result.
func (b *block) bound(single bool) {
	switch {
	case single:
		b.limit = " LIMIT 1"
	case b.chance(0.12):
		b.limit = fmt.Sprintf(" LIMIT %d", 1+b.r.IntN(3))
	default:
		return
	}
	if b.chance(0.3) {
		b.limit += " OFFSET 1"
	}
	if b.order != "" {
		return
	}
	b.order = " ORDER BY " + ordinals(len(b.cols))
	if b.depth > 1 && b.distinct == "" && len(b.group) == 0 && b.chance(0.1) {
		b.order = " ORDER BY " + b.count(one(b.r, b.peers), b.scope) + ", " + ordinals(len(b.cols))
	}
	if b.depth > 1 && !single && b.chance(0.1) {
		b.limit = " LIMIT (" + b.aggregateOnly(b.depth-1, b.outer) + ")"
	}
}

// ordinals is an order by all columns of the select list.
func ordinals(n int) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprint(i + 1)
	}
	return strings.Join(parts, ", ")
}

// text writes the block.
func (b *block) text() string {
	group := ""
	if len(b.group) > 0 {
		group = " GROUP BY " + strings.Join(b.group, ", ")
	}
	return "SELECT " + b.distinct + strings.Join(b.items, ", ") + " FROM " + b.from +
		where("WHERE", and(b.where)) + group + where("HAVING", and(b.having)) + b.order + b.limit
}

// aggregateOnly is a block without GROUP BY: it gives one row whatever happens.
func (g *grammar) aggregateOnly(depth int, outer []relation) string {
	b := &block{grammar: g, scope: scope{outer: outer, depth: depth}}
	b.from, b.peers = g.fromList(1, b.scope, shape{})
	b.filter(shape{})
	r := one(g.r, b.peers)
	b.items = []string{one(g.r, []string{"count(*)", "count(DISTINCT " + r.ref(one(g.r, r.cols)) + ")"})}
	return b.text()
}
