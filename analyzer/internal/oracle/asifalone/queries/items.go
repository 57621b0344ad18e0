package queries

import (
	"strconv"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
)

// free chooses what the block gives.
func (b *Block) free() {
	switch n := b.Rand.IntN(20); {
	case n < 8 && len(b.Having) == 0:
		b.plain(b.Chance(0.5))
	case n < 10 && len(b.Having) == 0:
		b.star()
	case n < 12 && len(b.Having) == 0:
		b.distinctOn()
	case n < 14 && len(b.Having) == 0:
		b.window()
	default:
		b.grouped()
	}
}

// plain selects columns and expressions; tenantToo makes it show the tenant.
func (b *Block) plain(tenantToo bool) {
	if tenantToo {
		for _, r := range b.Peers {
			if c, ok := r.TenantCol(); ok {
				b.Add(r.Ref(c), c)
				break
			}
		}
	}
	for n := 1 + b.Rand.IntN(3); n > 0; n-- {
		r := domain.One(b.Rand, b.Peers)
		c := domain.One(b.Rand, r.Cols)
		if b.Chance(0.2) {
			b.expression(r, c)
			continue
		}
		b.Add(r.Ref(c), c)
	}
	if b.Chance(0.12) {
		b.distinct = "DISTINCT "
	}
}

// expression selects something computed.
func (b *Block) expression(r worlds.Relation, c worlds.Column) {
	out := worlds.Column{Name: c.Name + "_x", Typ: c.Typ}
	switch n := b.Rand.IntN(5); {
	case n == 0 && b.Depth > 1:
		b.Add(b.Count(r, b.Scope), worlds.Column{Name: "n", Typ: "bigint"})
	case n == 1 && b.Depth > 1:
		b.lookup(c)
	case n == 2:
		b.Add("CASE WHEN "+b.Noise(r, b.Scope)+" THEN "+r.Ref(c)+" END", out)
	case n == 3:
		b.Add("COALESCE("+r.Ref(c)+", "+b.Literal(c.Typ)+")", out)
	default:
		b.Add("("+b.Noise(r, Scope{Peers: b.Peers})+")", worlds.Column{Name: "ok", Typ: "boolean"})
	}
}

// lookup selects a column of another table by a sub-select.
func (b *Block) lookup(c worlds.Column) {
	t := b.SomeTable()
	inner := worlds.TableRelation(t, "")
	x := domain.One(b.Rand, inner.Cols)
	sql, _ := b.Query(b.Depth-1, append(append([]worlds.Relation{}, b.Peers...), b.outer...), Shape{First: t, items: []string{x.Name}, single: true})
	b.Add("("+sql+")", worlds.Column{Name: c.Name + "_y", Typ: x.Typ})
}

// star selects everything, of one relation or of all.
func (b *Block) star() {
	r := domain.One(b.Rand, b.Peers)
	all := r.Alias == "" || len(b.Peers) == 1 && b.Chance(0.5)
	if all {
		r = b.Peers[0]
		b.Items = []string{"*"}
		b.Cols = r.Cols
		return
	}
	b.Items, b.Cols = []string{r.Alias + ".*"}, r.Cols
}

// distinctOn keeps one row per key; the order is total in what is shown.
func (b *Block) distinctOn() {
	b.plain(true)
	n := 1 + b.Rand.IntN(len(b.Cols))
	if n > 2 {
		n = 2
	}
	var keys []string
	for _, i := range b.Rand.Perm(len(b.Cols))[:n] {
		keys = append(keys, b.orderKey(i))
	}
	b.distinct = "DISTINCT ON (" + strings.Join(keys, ", ") + ") "
	b.order = " ORDER BY " + strings.Join(keys, ", ") + ", " + ordinals(len(b.Cols))
}

// orderKey names an item of the select list: by itself, or by its place.
func (b *Block) orderKey(i int) string {
	if !strings.Contains(b.Items[i], " AS ") && b.Chance(0.7) {
		return b.Items[i]
	}
	return strconv.Itoa(i + 1)
}

// window adds a window function whose value depends on no order of equals.
func (b *Block) window() {
	b.plain(b.Chance(0.6))
	b.distinct = ""
	r := domain.One(b.Rand, b.Peers)
	over := ""
	if c, ok := r.TenantCol(); ok && b.Chance(0.5) {
		over = "PARTITION BY " + r.Ref(c)
	} else if b.Chance(0.6) {
		over = "PARTITION BY " + r.Ref(domain.One(b.Rand, r.Cols))
	}
	call := domain.One(b.Rand, []string{"count(*)", "rank()", "dense_rank()"})
	if call != "count(*)" || b.Chance(0.3) {
		over += " ORDER BY " + r.Ref(domain.One(b.Rand, r.Cols))
	}
	b.Add(call+" OVER ("+over+")", worlds.Column{Name: "w", Typ: "bigint"})
}

// grouped groups by some columns, the tenant among them or not.
func (b *Block) grouped() {
	r := domain.One(b.Rand, b.Peers)
	var keys []string
	if c, ok := r.TenantCol(); ok && b.Chance(0.6) {
		b.Add(r.Ref(c), c)
		keys = append(keys, r.Ref(c))
	}
	if len(keys) == 0 && b.Chance(0.7) || b.Chance(0.4) {
		c := domain.One(b.Rand, r.Cols)
		b.Add(r.Ref(c), c)
		keys = append(keys, r.Ref(c))
	}
	b.aggregates()
	b.group = b.sets(keys)
	if b.Chance(0.3) {
		b.Having = append(b.Having, b.overGroups(r, keys))
	}
}

// aggregates adds one or two aggregate columns.
func (b *Block) aggregates() {
	for range 1 + b.Rand.IntN(2) {
		r := domain.One(b.Rand, b.Peers)
		c := domain.One(b.Rand, r.Cols)
		switch b.Rand.IntN(4) {
		case 0:
			b.Add("count(DISTINCT "+r.Ref(c)+")", worlds.Column{Name: "n", Typ: "bigint"})
		case 1:
			b.Add("max("+r.Ref(c)+"::text)", worlds.Column{Name: "m", Typ: "text"})
		case 2:
			b.Add("count(*) FILTER (WHERE "+b.Noise(r, Scope{Peers: b.Peers})+")", worlds.Column{Name: "f", Typ: "bigint"})
		default:
			b.Add("count(*)", worlds.Column{Name: "n", Typ: "bigint"})
		}
	}
}

// sets turns keys into GROUP BY, sometimes with several grouping sets.
func (b *Block) sets(keys []string) []string {
	all := strings.Join(keys, ", ")
	switch n := b.Rand.IntN(20); {
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
	case n < 8 && len(keys) <= len(b.Cols):
		return strings.Split(ordinals(len(keys)), ", ")
	case n == 8 && len(keys) > 1:
		return []string{"GROUPING SETS ((" + keys[0] + "), (" + all + "))"}
	}
	return keys
}

// overGroups is a condition of HAVING.
func (b *Block) overGroups(r worlds.Relation, keys []string) string {
	c, ok := r.TenantCol()
	if ok && len(keys) > 0 && keys[0] == r.Ref(c) && b.Chance(0.6) {
		return b.wrap(b.equals(keys[0], c.Typ), worlds.Relation{Alias: r.Alias, Cols: []worlds.Column{c}}, Scope{})
	}
	return domain.One(b.Rand, []string{"count(*) > 1", "count(*) < 3", "count(*) = 1"})
}
