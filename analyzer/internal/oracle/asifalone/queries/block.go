package queries

import (
	"fmt"
	"strings"

	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/domain"
	"github.com/tenantvet/tenantvet/analyzer/internal/oracle/asifalone/worlds"
)

// Block is one SELECT in the making.
type Block struct {
	*Grammar
	Scope
	distinct string
	Items    []string
	Cols     []worlds.Column
	From     string
	Where    []string
	group    []string
	Having   []string
	order    string
	limit    string
}

// block makes up one SELECT block.
func (g *Grammar) block(depth int, outer []worlds.Relation, sh Shape) (string, []worlds.Column) {
	b := &Block{Grammar: g, Scope: Scope{outer: outer, Depth: depth}}
	n := 1
	for n < 3 && g.Chance(0.45) {
		n++
	}
	b.From, b.Peers = g.FromList(n, b.Scope, sh)
	b.Filter(sh)
	switch {
	case sh.items != nil:
		b.fixed(sh.items)
	case sh.loose && g.Chance(0.7):
		b.plain(true)
	default:
		b.free()
	}
	b.bound(sh.single)
	return b.Text(), b.Cols
}

// Filter makes WHERE: the ties of all relations, the link to the outside, and
// some noise, in any order.
func (b *Block) Filter(sh Shape) {
	for _, r := range b.Peers {
		if r.Alias == "" && b.Chance(0.6) || r.Table == nil && b.Chance(0.3) || sh.loose && b.Chance(0.8) {
			continue
		}
		if c, ok := r.TenantCol(); ok && b.Chance(0.02) {
			b.Having = append(b.Having, "bool_or("+b.equals(r.Ref(c), c.Typ)+")")
			continue
		}
		b.Where = append(b.Where, b.Tie(r, b.Scope))
	}
	if sh.where != nil {
		b.Where = append(b.Where, sh.where(b.Peers[0]))
	}
	if b.Chance(0.35) {
		b.Where = append(b.Where, b.Noise(domain.One(b.Rand, b.Peers), b.Scope))
	}
	if b.Chance(0.03) && len(b.Where) > 1 {
		b.Where = []string{"(" + strings.Join(kept(b.Where), ") OR (") + ")"}
	}
	b.Rand.Shuffle(len(b.Where), func(i, j int) { b.Where[i], b.Where[j] = b.Where[j], b.Where[i] })
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
func (b *Block) fixed(items []string) {
	var refs []string
	for _, name := range items {
		c, _ := b.Peers[0].Find(name)
		refs = append(refs, b.Peers[0].Ref(c))
		b.Add(b.Peers[0].Ref(c), c)
	}
	switch b.Rand.IntN(8) {
	case 0:
		b.distinct = "DISTINCT "
	case 1:
		b.group = refs
	}
}

// Add puts an expression into the select list under the column's name, or under
// another if that is taken.
func (b *Block) Add(expr string, c worlds.Column) {
	taken := false
	for _, other := range b.Cols {
		taken = taken || other.Name == c.Name
	}
	if taken || b.Chance(0.15) {
		c.Name = fmt.Sprintf("c%d", len(b.Cols)+1)
		expr += " AS " + c.Name
	} else if strings.ContainsAny(expr, "( ") {
		expr += " AS " + domain.Ident(c.Name)
	}
	b.Items, b.Cols = append(b.Items, expr), append(b.Cols, c)
}

// bound adds DISTINCT, LIMIT and OFFSET. A limit comes with a total order, so
// that there is one admissible result.
func (b *Block) bound(single bool) {
	switch {
	case single:
		b.limit = " LIMIT 1"
	case b.Chance(0.12):
		b.limit = fmt.Sprintf(" LIMIT %d", 1+b.Rand.IntN(3))
	default:
		return
	}
	if b.Chance(0.3) {
		b.limit += " OFFSET 1"
	}
	if b.order != "" {
		return
	}
	b.order = " ORDER BY " + ordinals(len(b.Cols))
	if b.Depth > 1 && b.distinct == "" && len(b.group) == 0 && b.Chance(0.1) {
		b.order = " ORDER BY " + b.Count(domain.One(b.Rand, b.Peers), b.Scope) + ", " + ordinals(len(b.Cols))
	}
	if b.Depth > 1 && !single && b.Chance(0.1) {
		b.limit = " LIMIT (" + b.AggregateOnly(b.Depth-1, b.outer) + ")"
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

// Text writes the block.
func (b *Block) Text() string {
	group := ""
	if len(b.group) > 0 {
		group = " GROUP BY " + strings.Join(b.group, ", ")
	}
	return "SELECT " + b.distinct + strings.Join(b.Items, ", ") + " FROM " + b.From +
		Where("WHERE", And(b.Where)) + group + Where("HAVING", And(b.Having)) + b.order + b.limit
}

// AggregateOnly is a block without GROUP BY: it gives one row whatever happens.
func (g *Grammar) AggregateOnly(depth int, outer []worlds.Relation) string {
	b := &Block{Grammar: g, Scope: Scope{outer: outer, Depth: depth}}
	b.From, b.Peers = g.FromList(1, b.Scope, Shape{})
	b.Filter(Shape{})
	r := domain.One(g.Rand, b.Peers)
	b.Items = []string{domain.One(g.Rand, []string{"count(*)", "count(DISTINCT " + r.Ref(domain.One(g.Rand, r.Cols)) + ")"})}
	return b.Text()
}
