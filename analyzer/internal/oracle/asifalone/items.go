package asifalone

import (
	"strconv"
	"strings"
)

// free chooses what the block gives.
func (b *block) free() {
	switch n := b.r.IntN(20); {
	case n < 8 && len(b.having) == 0:
		b.plain(b.chance(0.5))
	case n < 10 && len(b.having) == 0:
		b.star()
	case n < 12 && len(b.having) == 0:
		b.distinctOn()
	case n < 14 && len(b.having) == 0:
		b.window()
	default:
		b.grouped()
	}
}

// plain selects columns and expressions; tenantToo makes it show the tenant.
func (b *block) plain(tenantToo bool) {
	if tenantToo {
		for _, r := range b.peers {
			if c, ok := r.tenantCol(); ok {
				b.add(r.ref(c), c)
				break
			}
		}
	}
	for n := 1 + b.r.IntN(3); n > 0; n-- {
		r := one(b.r, b.peers)
		c := one(b.r, r.cols)
		if b.chance(0.2) {
			b.expression(r, c)
			continue
		}
		b.add(r.ref(c), c)
	}
	if b.chance(0.12) {
		b.distinct = "DISTINCT "
	}
}

// expression selects something computed.
func (b *block) expression(r relation, c column) {
	out := column{name: c.name + "_x", typ: c.typ}
	switch n := b.r.IntN(5); {
	case n == 0 && b.depth > 1:
		b.add(b.count(r, b.scope), column{name: "n", typ: "bigint"})
	case n == 1 && b.depth > 1:
		b.lookup(c)
	case n == 2:
		b.add("CASE WHEN "+b.noise(r, b.scope)+" THEN "+r.ref(c)+" END", out)
	case n == 3:
		b.add("COALESCE("+r.ref(c)+", "+b.literal(c.typ)+")", out)
	default:
		b.add("("+b.noise(r, scope{peers: b.peers})+")", column{name: "ok", typ: "boolean"})
	}
}

// lookup selects a column of another table by a sub-select.
func (b *block) lookup(c column) {
	t := b.someTable()
	inner := tableRelation(t, "")
	x := one(b.r, inner.cols)
	sql, _ := b.query(b.depth-1, append(append([]relation{}, b.peers...), b.outer...), shape{first: t, items: []string{x.name}, single: true})
	b.add("("+sql+")", column{name: c.name + "_y", typ: x.typ})
}

// star selects everything, of one relation or of all.
func (b *block) star() {
	r := one(b.r, b.peers)
	all := r.alias == "" || len(b.peers) == 1 && b.chance(0.5)
	if all {
		r = b.peers[0]
		b.items = []string{"*"}
		b.cols = r.cols
		return
	}
	b.items, b.cols = []string{r.alias + ".*"}, r.cols
}

// distinctOn keeps one row per key; the order is total in what is shown.
func (b *block) distinctOn() {
	b.plain(true)
	n := 1 + b.r.IntN(len(b.cols))
	if n > 2 {
		n = 2
	}
	var keys []string
	for _, i := range b.r.Perm(len(b.cols))[:n] {
		keys = append(keys, b.orderKey(i))
	}
	b.distinct = "DISTINCT ON (" + strings.Join(keys, ", ") + ") "
	b.order = " ORDER BY " + strings.Join(keys, ", ") + ", " + ordinals(len(b.cols))
}

// orderKey names an item of the select list: by itself, or by its place.
func (b *block) orderKey(i int) string {
	if !strings.Contains(b.items[i], " AS ") && b.chance(0.7) {
		return b.items[i]
	}
	return strconv.Itoa(i + 1)
}

// window adds a window function whose value depends on no order of equals.
func (b *block) window() {
	b.plain(b.chance(0.6))
	b.distinct = ""
	r := one(b.r, b.peers)
	over := ""
	if c, ok := r.tenantCol(); ok && b.chance(0.5) {
		over = "PARTITION BY " + r.ref(c)
	} else if b.chance(0.6) {
		over = "PARTITION BY " + r.ref(one(b.r, r.cols))
	}
	call := one(b.r, []string{"count(*)", "rank()", "dense_rank()"})
	if call != "count(*)" || b.chance(0.3) {
		over += " ORDER BY " + r.ref(one(b.r, r.cols))
	}
	b.add(call+" OVER ("+over+")", column{name: "w", typ: "bigint"})
}

// grouped groups by some columns, the tenant among them or not.
func (b *block) grouped() {
	r := one(b.r, b.peers)
	var keys []string
	if c, ok := r.tenantCol(); ok && b.chance(0.6) {
		b.add(r.ref(c), c)
		keys = append(keys, r.ref(c))
	}
	if len(keys) == 0 && b.chance(0.7) || b.chance(0.4) {
		c := one(b.r, r.cols)
		b.add(r.ref(c), c)
		keys = append(keys, r.ref(c))
	}
	b.aggregates()
	b.group = b.sets(keys)
	if b.chance(0.3) {
		b.having = append(b.having, b.overGroups(r, keys))
	}
}

// aggregates adds one or two aggregate columns.
func (b *block) aggregates() {
	for range 1 + b.r.IntN(2) {
		r := one(b.r, b.peers)
		c := one(b.r, r.cols)
		switch b.r.IntN(4) {
		case 0:
			b.add("count(DISTINCT "+r.ref(c)+")", column{name: "n", typ: "bigint"})
		case 1:
			b.add("max("+r.ref(c)+"::text)", column{name: "m", typ: "text"})
		case 2:
			b.add("count(*) FILTER (WHERE "+b.noise(r, scope{peers: b.peers})+")", column{name: "f", typ: "bigint"})
		default:
			b.add("count(*)", column{name: "n", typ: "bigint"})
		}
	}
}

// sets turns keys into GROUP BY, sometimes with several grouping sets.
func (b *block) sets(keys []string) []string {
	all := strings.Join(keys, ", ")
	switch n := b.r.IntN(20); {
	case len(keys) == 0:
		return nil
	case n == 0:
		return []string{"ROLLUP (" + all + ")"}
	case n == 1:
		return []string{"CUBE (" + all + ")"}
	case n == 2:
		return []string{"GROUPING SETS ((" + all + "), ())"}
	case n == 3 && len(keys) > 1:
		return []string{keys[0], "ROLLUP (" + keys[1] + ")"}
	case n < 8 && len(keys) <= len(b.cols):
		return strings.Split(ordinals(len(keys)), ", ")
	case n == 8 && len(keys) > 1:
		return []string{"GROUPING SETS ((" + keys[0] + "), (" + all + "))"}
	}
	return keys
}

// overGroups is a condition of HAVING.
func (b *block) overGroups(r relation, keys []string) string {
	c, ok := r.tenantCol()
	if ok && len(keys) > 0 && keys[0] == r.ref(c) && b.chance(0.6) {
		return b.wrap(b.equals(keys[0], c.typ), relation{alias: r.alias, cols: []column{c}}, scope{})
	}
	return one(b.r, []string{"count(*) > 1", "count(*) < 3", "count(*) = 1"})
}
